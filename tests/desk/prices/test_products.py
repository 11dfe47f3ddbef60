"""What the shop sells, with a price for many: refused in words when nobody could explain it."""

from __future__ import annotations

import re

import pytest

from core.ids import new_key
from core.store.tables import PriceProduct, PriceTier
from tests.builders import Chain
from tests.desk.conftest import Browser
from tests.desk.prices.conftest import PhotoShop

LIST = "/desk/prices/products"
VLOG = {"product_type": "VLOG_VIDEO", "product_name": "Vlog 视频", "base_price": "99", "unit": "个"}


def tiers(*rows: tuple[str, str, str]) -> dict[str, str]:
    return {f"{name}_{number}": value for number, row in enumerate(rows)
            for name, value in zip(("from", "to", "price"), row, strict=True)}


def test_a_product_with_tiers_is_added_shown_and_changed(manager: Browser, chain: Chain) -> None:
    form = {**VLOG, "scenic_id": str(chain.binjiang), **tiers(("2", "4", "89"), ("5", "", "79"))}
    page = manager.send(f"{LIST}/new", form).text
    assert "Vlog 视频" in page and "¥99.00 / 个" in page
    assert "2 到 4 件 ¥89.00" in page and "5 件起 ¥79.00" in page
    (row,) = chain.rows(PriceProduct, PriceProduct.product_type == "VLOG_VIDEO")
    shown = manager.text(f"{LIST}/{row.id}")
    assert 'name="to_0" inputmode="numeric" value="4"' in shown
    manager.send(f"{LIST}/{row.id}", {**VLOG, "base_price": "109", "active": "1",
                                      **tiers(("3", "", "90"))})
    page = manager.text(LIST)
    assert "¥109.00" in page and "3 件起 ¥90.00" in page and "5 件起" not in page


@pytest.mark.parametrize("rows, said", [
    ([("1", "5", "10"), ("8", "", "9")], "5 件和 8 件之间没有价格"),
    ([("1", "5", "10"), ("5", "", "9")], "5 件起的这一档，和 1 件起的重了"),
    ([("1", "", "10"), ("5", "", "9")], "重了"),
    ([("5", "3", "10")], "“到几件”比“从几件”小"),
    ([("", "3", "10")], "从几件"),
    ([("1", "3", "1.234")], "两位小数"),
], ids=["gap", "overlap", "after an open end", "ends before it starts", "no start", "odd price"])
def test_tiers_that_nobody_could_explain_are_refused_and_nothing_is_kept(
        manager: Browser, chain: Chain, shop: PhotoShop, rows: list[tuple[str, str, str]],
        said: str) -> None:
    answer = manager.send(f"{LIST}/{shop.prints}", {
        "product_name": "改了", "base_price": "1", "active": "1", **tiers(*rows)})
    assert answer.status_code == 422
    error = re.search(r'id="tiers-error">([^<]+)', answer.text)
    assert error is not None and said in error[1]
    assert 'aria-invalid="true"' in answer.text and f'value="{rows[0][2]}"' in answer.text
    (row,) = chain.rows(PriceProduct, PriceProduct.id == shop.prints)
    assert row.product_name == "6 寸打印"
    (tier,) = chain.rows(PriceTier, PriceTier.scenic_id == shop.venue)
    assert tier.min_quantity == 8


def test_a_double_click_adds_one_product(manager: Browser, chain: Chain) -> None:
    form = {**VLOG, "scenic_id": str(chain.binjiang), "key": new_key()}
    for _ in range(2):
        assert manager.send(f"{LIST}/new", form).status_code == 200
    assert len(chain.rows(PriceProduct, PriceProduct.scenic_id == chain.binjiang)) == 1
    again = manager.send(f"{LIST}/new", {**form, "key": new_key()})
    assert again.status_code == 422 and "已经有价格了" in again.text


def test_a_clerk_sees_prices_and_cannot_change_them(
        clerk: Browser, manager: Browser, owner: Browser, shop: PhotoShop) -> None:
    page = clerk.text(LIST)
    assert "照相集" in page and "/desk/prices/products/" not in page
    assert clerk.open(f"{LIST}/{shop.photos}").status_code == 403
    owner.send(f"{LIST}/new", {**VLOG, "scenic_id": "0"})
    everywhere = re.search(r'products/(\d+)" data-dialog>改<[^>]*> Vlog', owner.text(LIST))
    assert everywhere is not None
    assert f'products/{everywhere[1]}"' not in manager.text(LIST)
    assert manager.send(f"{LIST}/{everywhere[1]}", VLOG).status_code == 403


def test_another_venues_prices_are_not_found(
        manager: Browser, owner: Browser, chain: Chain) -> None:
    owner.send(f"{LIST}/new", {**VLOG, "scenic_id": str(chain.chengxi)})
    (row,) = chain.rows(PriceProduct, PriceProduct.scenic_id == chain.chengxi)
    assert manager.open(f"{LIST}/{row.id}").status_code == 404
    assert "城西" not in manager.text(LIST)
    refused = manager.send(f"{LIST}/new", {**VLOG, "scenic_id": str(chain.chengxi)})
    assert refused.status_code == 403


def test_an_empty_shop_says_what_to_do(manager: Browser) -> None:
    assert "先加一样" in manager.text(LIST)
