"""Why a price is what it is: read by a clerk, without selling anything."""

from __future__ import annotations

from typing import Any

from core.money import Money
from core.services.actor import Actor
from core.store.tables import Member, PriceOrder, PriceVoucherCode
from tests.builders import Chain
from tests.desk.conftest import Browser
from tests.desk.prices.conftest import PhotoShop

PART = {"X-Desk-Part": "1"}


def cart(photos: str = "", prints: str = "", **more: str) -> dict[str, str]:
    """As the page's fields name them: products stand in the order of their types."""
    return {"product_0": "PHOTO_PRINT:default", "count_0": prints,
            "product_1": "PHOTO_SET:default", "count_1": photos, **more}


def whole_code(chain: Chain, batch: Any) -> str:
    return str(chain.rows(PriceVoucherCode, PriceVoucherCode.batch == batch.id)[0].code)


def test_the_waterfall_goes_from_original_to_final_with_its_reasons(
        clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    code = whole_code(chain, shop.batch(on_paper=True))
    page = clerk.send("/desk/prices", cart("1", "8", codes=code)).text
    assert "¥224.00" in page and "¥190.40" in page and "−¥33.60" in page
    assert "开业券" in page and "省了 ¥33.60，已经是最低价" in page
    assert "¥12.00 × 8" in page
    assert chain.rows(PriceOrder) == []
    assert chain.rows(PriceVoucherCode, PriceVoucherCode.used_count > 0) == []


def test_a_coupon_that_does_not_apply_says_how_much_more_to_spend(
        clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    coupon = chain.services.pricing.coupon_configs.create(
        {"scenic_id": shop.venue, "name": "满 300 减 40", "coupon_type": "fixed_amount",
         "amount_fen": Money(40_00), "minimum_fen": Money(300_00), "product_types": "[]"},
        chain.manager)
    chain.services.pricing.coupons.claim(coupon.id, chain.kiosk, face_id="face-new")
    page = clerk.send("/desk/prices", cart("2", member="face-new")).text
    assert "满 300 减 40" in page and "还差 ¥44.00" in page
    page = clerk.send("/desk/prices", cart("3", member="face-new")).text
    assert "−¥40.00" in page and "¥344.00" in page


def test_what_a_member_holds_counts_when_a_clerk_names_his_phone(
        clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    with chain.store.connection():
        member = Member.create(phone="13700137000", phone_tail="7000", name="周岩",
                               created_at=chain.clock.now())
    coupon = chain.services.pricing.coupon_configs.create(
        {"scenic_id": shop.venue, "name": "立减 8", "coupon_type": "fixed_amount",
         "amount_fen": Money(8_00), "product_types": "[]"}, chain.manager)
    chain.services.pricing.coupons.claim(coupon.id, Actor("member", member.id, "mini"))
    assert "立减 8" in clerk.send("/desk/prices", cart("1", member="137 0013 7000")).text
    assert "立减 8" not in clerk.send("/desk/prices", cart("1")).text
    answer = clerk.send("/desk/prices", cart("1", member="13700137001"))
    assert answer.status_code == 422 and "没有用这个手机号的会员" in answer.text


def test_a_code_that_cannot_be_used_says_why(
        clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    unclaimed = whole_code(chain, shop.batch())
    page = clerk.send("/desk/prices", cart("1", codes=f"{unclaimed}，没有这张")).text
    assert "还没有人领" in page and "没有这个券码" in page and "¥128.00" in page
    assert unclaimed not in page.split('id="price"')[1]


def test_an_empty_cart_says_what_to_do_and_a_script_gets_only_the_part(
        clerk: Browser, shop: PhotoShop) -> None:
    answer = clerk.send("/desk/prices", cart(), headers=PART)
    assert answer.status_code == 422 and "还没有选商品" in answer.text
    assert "<html" not in answer.text
    assert "<html" not in clerk.send("/desk/prices", cart("1"), headers=PART).text


def test_a_shop_without_products_says_so(clerk: Browser, manager: Browser) -> None:
    assert "还没有商品" in clerk.text("/desk/prices")
    assert "/desk/prices/products" in manager.text("/desk/prices")
