"""One-prices, bundles and coupons: set up on a page, counted in the next cart."""

from __future__ import annotations

import re

import pytest

from core.money import Money
from core.store.tables import PriceBundle, PriceCoupon, PriceOnePrice
from tests.builders import Chain
from tests.desk.conftest import Browser
from tests.desk.prices.conftest import PhotoShop
from tests.desk.prices.test_trying_a_cart import cart

NOUNS = {"one-prices": PriceOnePrice, "bundles": PriceBundle, "coupons": PriceCoupon}
FORMS: dict[str, dict[str, str]] = {
    "one-prices": {"name": "全场一口价", "price": "99"},
    "bundles": {"name": "一起买", "discount_type": "FIXED_PRICE", "amount": "130",
                "part_0": "PHOTO_SET:", "quantity_0": "1", "part_1": "PHOTO_PRINT:",
                "quantity_1": "1", "can_use_with_coupon": "1"},
    "coupons": {"name": "满 200 减 20", "coupon_type": "fixed_amount", "amount": "20",
                "minimum": "200", "claim_limit": "1"},
}


def added(manager: Browser, chain: Chain, noun: str, **more: str) -> int:
    """Its id, once the list shows it."""
    form = {**FORMS[noun], "scenic_id": str(chain.binjiang), "ends": "2099-12-31", **more}
    page = manager.send(f"/desk/prices/{noun}/new", form)
    assert page.status_code == 200 and form["name"] in page.text and "到 2099-12-31" in page.text
    table = NOUNS[noun]
    return int(chain.rows(table, table.scenic_id == chain.binjiang)[-1].id)


@pytest.mark.parametrize("noun, price", [("one-prices", "¥99.00"), ("bundles", "¥130.00")])
def test_what_was_set_up_counts_in_the_next_cart(
        manager: Browser, clerk: Browser, chain: Chain, shop: PhotoShop, noun: str,
        price: str) -> None:
    added(manager, chain, noun)
    page = clerk.send("/desk/prices", cart("1", "1")).text
    assert FORMS[noun]["name"] in page and f"<b>{price}</b>" in page


@pytest.mark.parametrize("noun", list(NOUNS))
def test_it_is_changed_switched_off_and_deleted(
        manager: Browser, chain: Chain, shop: PhotoShop, noun: str) -> None:
    made = added(manager, chain, noun)
    path = f"/desk/prices/{noun}/{made}"
    assert FORMS[noun]["name"] in manager.text(path)
    form = {**FORMS[noun], "name": "改过的", "scenic_id": str(chain.binjiang),
            "ends": "2099-12-31"}
    page = manager.send(path, form).text
    assert "改过的" in page and "停用" in page
    row = chain.rows(NOUNS[noun], NOUNS[noun].id == made)[0]
    assert row.status == 0 and row.ends.year == 2099
    assert "改过的" not in manager.send(f"{path}/delete").text
    assert manager.open(path).status_code == 404


def test_a_clerk_sees_them_and_changes_none(
        manager: Browser, clerk: Browser, owner: Browser, chain: Chain, shop: PhotoShop) -> None:
    for noun in NOUNS:
        made = added(manager, chain, noun)
        page = clerk.text(f"/desk/prices/{noun}")
        assert FORMS[noun]["name"] in page and f"{noun}/{made}" not in page
        assert clerk.open(f"/desk/prices/{noun}/{made}").status_code == 403
        assert clerk.send(f"/desk/prices/{noun}/{made}/delete").status_code == 403
        owner.send(f"/desk/prices/{noun}/new", {**FORMS[noun], "scenic_id": "0"})
        everywhere = chain.rows(NOUNS[noun], NOUNS[noun].scenic_id == 0)[-1].id
        assert manager.send(f"/desk/prices/{noun}/{everywhere}", FORMS[noun]).status_code == 403


@pytest.mark.parametrize("noun, more, field, said", [
    ("one-prices", {"price": ""}, "price", "金额"),
    ("bundles", {"quantity_0": "", "quantity_1": ""}, "min_quantity", "还没写满足什么"),
    ("bundles", {"product_types": "PHOTO_SET"}, "product_types", "把勾去掉"),
    ("bundles", {"any_trigger": "1"}, "form", "两个以上条件"),
    ("coupons", {"cap": "5"}, "cap", "不用封顶"),
    ("coupons", {"coupon_type": "percentage", "kept": "850"}, "kept", "0 到 100"),
    ("coupons", {"claim_limit": "0"}, "claim_limit", "1 到 100"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_nobody_could_explain_is_refused_in_words(
        manager: Browser, chain: Chain, shop: PhotoShop, noun: str, more: dict[str, str],
        field: str, said: str) -> None:
    answer = manager.send(f"/desk/prices/{noun}/new", {
        **FORMS[noun], "scenic_id": str(chain.binjiang), **more})
    assert answer.status_code == 422 and said in answer.text
    if field != "form":
        error = re.search(rf'id="{field}-error">([^<]+)', answer.text)
        assert error is not None and said in error[1]
    assert chain.rows(NOUNS[noun], NOUNS[noun].scenic_id == chain.binjiang) == []


def test_a_coupon_cannot_shrink_below_what_was_claimed(
        manager: Browser, chain: Chain, shop: PhotoShop) -> None:
    made = added(manager, chain, "coupons", total_quantity="5")
    for face in ("face-1", "face-2"):
        chain.services.pricing.coupons.claim(made, chain.kiosk, face_id=face)
    form = {**FORMS["coupons"], "scenic_id": str(chain.binjiang), "active": "1",
            "total_quantity": "1"}
    answer = manager.send(f"/desk/prices/coupons/{made}", form)
    assert answer.status_code == 422 and "已经领走 2 张" in answer.text
    assert "2 / 0" in manager.text("/desk/prices/coupons")


def test_an_hour_that_only_the_api_can_set_survives_an_edit(
        manager: Browser, chain: Chain, shop: PhotoShop) -> None:
    made = added(manager, chain, "one-prices")
    with chain.store.connection():
        ends = PriceOnePrice.get_by_id(made).ends.replace(hour=9, minute=30)
        PriceOnePrice.update(ends=ends, price_fen=Money(88_00)).where(
            PriceOnePrice.id == made).execute()
    shown = re.search(r'name="ends" type="date" value="([^"]+)"',
                      manager.text(f"/desk/prices/one-prices/{made}"))
    assert shown is not None
    manager.send(f"/desk/prices/one-prices/{made}", {
        **FORMS["one-prices"], "scenic_id": str(chain.binjiang), "ends": shown[1], "active": "1"})
    assert chain.rows(PriceOnePrice, PriceOnePrice.id == made)[0].ends == ends
