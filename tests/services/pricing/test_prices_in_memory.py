"""Prices are remembered, and yet right at once after any change, by whomever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.config import Settings
from core.money import Money
from core.store.tables import PriceProduct
from tests.services.pricing.photo_shop import PHOTOS, VLOG, PhotoShop
from tests.services.pricing.test_claiming_codes import a_batch
from tests.services.pricing.test_many_processes import Processes


@pytest.fixture
def processes(environment: dict[str, str], settings: Settings) -> Processes:
    return Processes(environment, settings)


def test_the_same_cart_twice_is_one_price(shop: PhotoShop) -> None:
    """an equal one too when something else was written meanwhile"""
    first = shop.price((PHOTOS, 1), actor=shop.lin)
    assert shop.price((PHOTOS, 1), actor=shop.lin) is first
    shop.pricing.coupons.claim(shop.coupon(20, minimum=5000), shop.wang)
    assert shop.price((PHOTOS, 1), actor=shop.lin).quote == first.quote


@pytest.mark.parametrize("before", [1, 3])
def test_a_new_price_holds_from_the_next_cart_on(shop: PhotoShop, before: int) -> None:
    for _ in range(before):
        assert shop.price((PHOTOS, 1)).quote.final == Money.yuan(128)
    row = shop.rows(PriceProduct, PriceProduct.product_type == "PHOTO_SET")[0]
    shop.pricing.products.update(row.id, {"base_price_fen": Money.yuan(150)}, shop.owner)
    assert shop.price((PHOTOS, 1)).quote.final == Money.yuan(150)


def test_every_kind_of_offer_holds_at_once_and_ends_at_once(shop: PhotoShop) -> None:
    cart = (PHOTOS, 1), (VLOG, 1)
    full = shop.price(*cart).quote.final
    bundle = shop.bundle(discount_type="FIXED_DISCOUNT", amount_fen=20, min_quantity=1)
    assert shop.price(*cart).quote.final == full - Money.yuan(20)
    shop.pricing.bundles.delete(bundle, shop.owner)
    assert shop.price(*cart).quote.final == full
    one_price = shop.one_price(99)
    assert shop.price(*cart).quote.final == Money.yuan(99)
    shop.pricing.one_prices.delete(one_price, shop.owner)
    assert shop.price(*cart).quote.final == full


def test_a_coupon_claimed_and_spent_is_seen_at_once(shop: PhotoShop) -> None:
    coupon = shop.coupon(20)
    assert shop.price((PHOTOS, 1), actor=shop.lin).quote.final == Money.yuan(128)
    shop.pricing.coupons.claim(coupon, shop.lin)
    assert shop.price((PHOTOS, 1), actor=shop.lin).quote.final == Money.yuan(108)
    assert shop.price((PHOTOS, 1), actor=shop.wang).quote.final == Money.yuan(128)
    shop.pricing.checkout.settle(shop.cart((PHOTOS, 1)), shop.lin)
    assert shop.price((PHOTOS, 1), actor=shop.lin).quote.final == Money.yuan(128)


def test_a_kiosk_prices_for_one_face_after_another(shop: PhotoShop) -> None:
    """nothing is written between them, and no two carts are alike"""
    shop.pricing.coupons.claim(shop.coupon(20), shop.kiosk, face_id="face-7")
    for face, photos in (("face-7", 1), (None, 2), ("face-8", 3), ("face-7", 4)):
        quote = shop.price((PHOTOS, photos), face_id=face).quote
        assert quote.discount == Money.yuan(20 if face == "face-7" else 0), face


def test_what_another_process_did_is_seen_at_once(shop: PhotoShop, processes: Processes) -> None:
    a_batch(shop, 1)
    cart = shop.cart((PHOTOS, 1), face_id="face-7")
    before = shop.pricing.price.calculate(cart, shop.kiosk)
    assert not before.quote.steps
    claiming = processes.start("claim", str(shop.lake), "7", "8")
    out, err = claiming.communicate(timeout=60)
    assert "claimed" in out, err
    assert shop.pricing.price.calculate(cart, shop.kiosk).quote.steps


def test_an_offer_ends_by_itself(shop: PhotoShop) -> None:
    """nothing is written when its time has come"""
    shop.bundle(discount_type="FIXED_DISCOUNT", amount_fen=20, min_quantity=1,
                ends=shop.clock.now() + timedelta(hours=1))
    assert shop.price((PHOTOS, 1)).quote.final == Money.yuan(108)
    shop.pass_time(minutes=61)
    assert shop.price((PHOTOS, 1)).quote.final == Money.yuan(128)
