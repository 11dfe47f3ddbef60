"""Codes in batches: made, watched, switched off, printed; whole codes only for managers."""

from __future__ import annotations

import re

import pytest

from core.ids import new_key
from core.store.tables import PriceVoucherBatch, PriceVoucherCode, VoucherPrint
from tests.builders import Chain
from tests.desk.conftest import Browser
from tests.desk.prices.conftest import PhotoShop

LIST = "/desk/prices/batches"


def batch_form(chain: Chain, **more: str) -> dict[str, str]:
    return {"name": "开业券", "scenic_id": str(chain.binjiang), "discount_type": "2", "kept": "85",
            "total_count": "12", "max_uses": "1", "way": "claim", "ends": "2099-12-31", **more}


def test_a_batch_is_made_and_its_page_shows_codes_and_counters(
        manager: Browser, chain: Chain) -> None:
    page = manager.send(f"{LIST}/new", batch_form(chain)).text
    assert "12 张都做好了" in page and "券码 8.5 折" in page and "到 2099-12-31" in page
    (batch,) = chain.rows(PriceVoucherBatch, PriceVoucherBatch.scenic_id == chain.binjiang)
    assert batch.kept == 8500 and batch.total_count == batch.generated_count == 12
    page = manager.text(f"{LIST}/{batch.id}")
    assert len(re.findall(r'<td class="hx-code">', page)) == 12
    assert "开业券" in manager.text(LIST)


def test_a_large_batch_shows_how_far_it_is_until_the_job_has_made_all(
        manager: Browser, chain: Chain) -> None:
    page = manager.send(f"{LIST}/new", batch_form(chain, total_count="2500")).text
    (batch,) = chain.rows(PriceVoucherBatch, PriceVoucherBatch.scenic_id == chain.binjiang)
    assert "1,000 / 2,500 张" in page and f"{LIST}/{batch.id}/progress" in page
    assert "data-settled" not in manager.text(f"{LIST}/{batch.id}/progress")
    chain.services.pricing.batches.generate()
    done = manager.text(f"{LIST}/{batch.id}/progress")
    assert "data-settled" in done and "2,500 张都做好了" in done


@pytest.mark.parametrize("more, field, said", [
    ({"name": ""}, "name", "要填"), ({"kept": "101"}, "kept", "0 到 100"),
    ({"kept": ""}, "kept", "0 到 100"), ({"total_count": "0"}, "total_count", "1 到"),
    ({"discount_type": "1", "amount": ""}, "amount", "金额"),
    ({"discount_type": "0", "product_types": "PHOTO_SET"}, "product_types", "全场免费不能只限"),
    ({"starts": "2099-12-31", "ends": "2099-01-01"}, "ends", "开始以后"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_a_batch_nobody_could_explain_is_refused_beside_the_field(
        manager: Browser, chain: Chain, more: dict[str, str], field: str, said: str) -> None:
    answer = manager.send(f"{LIST}/new", batch_form(chain, **more))
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">([^<]+)', answer.text)
    assert error is not None and said in error[1]
    assert chain.rows(PriceVoucherBatch, PriceVoucherBatch.scenic_id == chain.binjiang) == []


def test_a_double_click_makes_one_batch(manager: Browser, chain: Chain) -> None:
    form = batch_form(chain, key=new_key())
    for _ in range(2):
        assert manager.send(f"{LIST}/new", form).status_code == 200
    assert len(chain.rows(PriceVoucherBatch,
                          PriceVoucherBatch.scenic_id == chain.binjiang)) == 1


def test_codes_are_whole_for_a_manager_and_masked_for_a_clerk(
        manager: Browser, clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    batch = shop.batch()
    whole = r'<td class="hx-code">[0-9A-Z]{4}[ -]?[0-9A-Z]{4}'
    assert re.search(whole, manager.text(f"{LIST}/{batch.id}"))
    page = clerk.text(f"{LIST}/{batch.id}")
    assert "****" in page and not re.search(whole, page)
    for row in chain.rows(PriceVoucherCode, PriceVoucherCode.batch == batch.id):
        assert row.code not in page


def test_switched_off_nobody_can_claim_and_a_clerk_cannot_switch(
        manager: Browser, clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    batch = shop.batch()
    assert clerk.send(f"{LIST}/{batch.id}/status").status_code == 403
    assert "停用" in manager.send(f"{LIST}/{batch.id}/status").text
    assert chain.rows(PriceVoucherBatch, PriceVoucherBatch.id == batch.id)[0].status == 0
    manager.send(f"{LIST}/{batch.id}/status", {"active": "1"})
    assert chain.rows(PriceVoucherBatch, PriceVoucherBatch.id == batch.id)[0].status == 1


def test_a_slip_is_an_original_once_and_then_a_marked_reprint(
        clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    code = chain.rows(PriceVoucherCode,
                      PriceVoucherCode.batch == shop.batch(on_paper=True).id)[0]
    path = f"{LIST}/codes/{code.id}/print"
    assert "这次是原件" in clerk.text(path)
    key = new_key()
    for _ in range(2):  # a double click is one slip
        slip = clerk.send(path, {"key": key})
        assert slip.mimetype == "application/pdf" and slip.data.startswith(b"%PDF")
    assert "补打 2" in clerk.text(path)
    clerk.send(path, {"key": new_key()})
    prints = chain.rows(VoucherPrint, VoucherPrint.voucher_code_id == code.id)
    assert sorted(one.number for one in prints) == [1, 2]


def test_filters_by_state_and_another_venues_batch_is_not_found(
        manager: Browser, owner: Browser, chain: Chain, shop: PhotoShop) -> None:
    batch = shop.batch()
    assert "没有这样的券码" in manager.text(f"{LIST}/{batch.id}?status=2")
    other = chain.services.pricing.batches.create(
        {"name": "城西券", "scenic_id": chain.chengxi, "discount_type": 0, "product_types": "[]",
         "total_count": 1}, chain.owner)
    assert manager.open(f"{LIST}/{other.id}").status_code == 404
    assert owner.open(f"{LIST}/{other.id}").status_code == 200
