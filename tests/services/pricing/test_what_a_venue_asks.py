"""Products, tiers and offers of a venue: which price holds where, and from when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Conflict, NotAllowed, NotFound, PricingError, PromotionUnclear
from core.money import Money
from core.pricing.kinds import ProductType
from core.pricing.tiers import Tier
from core.services.pricing.price import Price, PriceRequest, Wanted
from core.store.tables import Audit, PriceBundle
from tests.services.pricing.photo_shop import PHOTOS, PRINT, VLOG, PhotoShop

KEY = ("PHOTO_PRINT", "default", 0)


def unit_price(shop: PhotoShop, kind: ProductType, product_id: str, scenic_id: int,
               quantity: int = 1) -> Money:
    priced = shop.pricing.price.calculate(
        PriceRequest((Wanted(kind, product_id, quantity),), scenic_id), shop.owner)
    return priced.quote.lines[0].line.unit_price


def test_every_product_type_has_a_default_price(shop: PhotoShop) -> None:
    """P137, P246"""
    for kind in ProductType:
        assert unit_price(shop, kind, "anything", shop.lake)


def test_a_product_without_any_price_is_refused_by_name(shop: PhotoShop) -> None:
    """P62"""
    row = next(one for one in shop.pricing.products.listed(shop.owner)
               if one.product_type == "VLOG_VIDEO")
    shop.pricing.products.update(row.id, {"status": 0}, shop.owner)
    with pytest.raises(PricingError) as refused:
        shop.price((VLOG, 1))
    assert refused.value.word == "product_config_not_found"
    assert refused.value.facts == {"productType": "VLOG_VIDEO", "productId": "default"}


def test_the_most_particular_price_wins(shop: PhotoShop) -> None:
    """the product's own before the type's, and the venue's own before everybody's"""
    assert unit_price(shop, PHOTOS, "album", shop.lake) == Money.yuan(128)
    shop.product("PHOTO_SET", 120, scenic_id=shop.lake)
    assert unit_price(shop, PHOTOS, "album", shop.lake) == Money.yuan(120)
    shop.product("PHOTO_SET", 150, product_id="album")
    assert unit_price(shop, PHOTOS, "album", shop.lake) == Money.yuan(150)
    shop.product("PHOTO_SET", 140, product_id="album", scenic_id=shop.lake)
    assert unit_price(shop, PHOTOS, "album", shop.lake) == Money.yuan(140)
    assert unit_price(shop, PHOTOS, "album", shop.hill) == Money.yuan(150)


def test_tiers_hold_from_their_first_to_their_last_unit(shop: PhotoShop) -> None:
    """P136"""
    products = shop.pricing.products
    products.add_tier(KEY, Tier(1, 7, Money.yuan(15)), shop.owner)
    products.add_tier(KEY, Tier(8, None, Money.yuan(12)), shop.owner)
    prices = [unit_price(shop, PRINT, "default", shop.lake, count) for count in (1, 7, 8, 10_000)]
    assert prices == [Money.yuan(15), Money.yuan(15), Money.yuan(12), Money.yuan(12)]


def test_the_same_product_twice_reaches_its_tier_together(shop: PhotoShop) -> None:
    shop.pricing.products.replace_tiers(
        KEY, [Tier(1, 7, Money.yuan(15)), Tier(8, None, Money.yuan(12))], shop.owner)
    priced = shop.price((PRINT, 4), (PHOTOS, 1), (PRINT, 4))
    assert [(line.line.quantity, line.line.unit_price) for line in priced.quote.lines] == [
        (8, Money.yuan(12)), (1, Money.yuan(128))]


@pytest.mark.parametrize(("first", "last", "word"), [
    (10, None, "tier_gap"), (7, None, "tier_overlap"), (8, 7, "tier_ends_before_it_starts"),
    (0, 3, "bad_count"), (1, 3, "tier_overlap")])
def test_gaps_and_overlaps_of_tiers_are_refused_when_saved(
        shop: PhotoShop, first: int, last: int | None, word: str) -> None:
    shop.pricing.products.add_tier(KEY, Tier(1, 7, Money.yuan(15)), shop.owner)
    with pytest.raises(PromotionUnclear) as refused:
        shop.pricing.products.add_tier(KEY, Tier(first, last, Money.yuan(12)), shop.owner)
    assert refused.value.word == word
    assert len(shop.pricing.products.tiers(shop.owner)) == 1


def test_a_tier_cannot_leave_a_hole_behind(shop: PhotoShop) -> None:
    products = shop.pricing.products
    middle = products.replace_tiers(
        KEY, [Tier(1, 3, Money.yuan(15)), Tier(4, 7, Money.yuan(14)),
              Tier(8, None, Money.yuan(12))], shop.owner)[1]
    with pytest.raises(PromotionUnclear, match="tier_gap"):
        products.drop_tier(middle.id, shop.owner)
    with pytest.raises(PromotionUnclear, match="tier_gap"):
        products.change_tier(middle.id, Tier(4, 6, Money.yuan(14)), shop.owner)
    products.change_tier(middle.id, Tier(4, 7, Money.yuan(13)), shop.owner)
    assert unit_price(shop, PRINT, "default", shop.lake, 5) == Money.yuan(13)


def test_tiers_need_their_product(shop: PhotoShop) -> None:
    with pytest.raises(NotFound, match="product_config_not_found"):
        shop.pricing.products.add_tier(("PHOTO_PRINT", "big", 0), Tier(1, 2, Money.yuan(1)),
                                       shop.owner)


def test_a_price_is_set_once_per_product_and_venue(shop: PhotoShop) -> None:
    with pytest.raises(Conflict, match="product_exists"):
        shop.product("PHOTO_SET", 1)


def test_a_change_counts_at_once_in_every_process(shop: PhotoShop) -> None:
    """another process has the same offers in memory and never hears of the change"""
    other = Price(shop.services.store, shop.clock)
    asked = shop.cart((PHOTOS, 1), (VLOG, 1))
    assert other.calculate(asked, shop.kiosk).quote.final == Money.yuan(227)
    made = shop.bundle(discount_type="FIXED_DISCOUNT", amount_fen=50, min_types=2)
    assert other.calculate(asked, shop.kiosk).quote.final == Money.yuan(177)
    shop.pricing.bundles.set_status(made, 0, shop.owner)
    assert other.calculate(asked, shop.kiosk).quote.final == Money.yuan(227)
    shop.pricing.bundles.set_status(made, 1, shop.owner)
    shop.pricing.bundles.delete(made, shop.owner)
    assert other.calculate(asked, shop.kiosk).quote.final == Money.yuan(227)


def test_an_offer_starts_and_ends_on_time_though_the_price_is_remembered(shop: PhotoShop) -> None:
    at = shop.clock.now()
    shop.bundle(discount_type="FIXED_DISCOUNT", amount_fen=50, min_quantity=1,
                starts=at + timedelta(hours=1), ends=at + timedelta(hours=2))
    assert shop.price((PHOTOS, 1)).quote.discount == Money.zero()
    shop.pass_time(minutes=61)
    assert shop.price((PHOTOS, 1)).quote.discount == Money.yuan(50)
    shop.pass_time(minutes=60)
    assert shop.price((PHOTOS, 1)).quote.discount == Money.zero()


def test_an_offer_of_one_venue_is_no_offer_of_another(shop: PhotoShop) -> None:
    shop.bundle(discount_type="FIXED_DISCOUNT", amount_fen=50, min_quantity=1, scenic_id=shop.hill)
    assert not shop.price((PHOTOS, 1)).quote.discount
    assert shop.price((PHOTOS, 1), actor=shop.owner, scenic_id=shop.hill).quote.discount


def test_a_row_that_nobody_can_read_does_not_close_the_shop(
        shop: PhotoShop, caplog: pytest.LogCaptureFixture) -> None:
    """P68, P69: somebody wrote rubbish into the table"""
    shop.bundle("好的", discount_type="FIXED_DISCOUNT", amount_fen=50, min_quantity=1)
    bad = shop.bundle("坏的", discount_type="FIXED_DISCOUNT", amount_fen=90, min_quantity=1)
    with shop.services.store.connection():
        PriceBundle.update(product_types='["PHOTO_SET"').where(PriceBundle.id == bad).execute()
    other = Price(shop.services.store, shop.clock)
    assert other.calculate(shop.cart((PHOTOS, 1)), shop.kiosk).quote.discount \
        == Money.yuan(50)
    assert f"BUNDLE {bad}: malformed_json" in caplog.text


def test_what_holds_everywhere_is_for_the_owner_to_change(shop: PhotoShop) -> None:
    own = {"name": "本店", "discount_type": "FIXED_DISCOUNT", "amount_fen": Money.yuan(5),
           "min_quantity": 1, "scenic_id": shop.lake}
    made = shop.pricing.bundles.create(own, shop.manager)
    for actor, columns in ((shop.manager, {**own, "scenic_id": 0}),
                           (shop.manager, {**own, "scenic_id": shop.hill}),
                           (shop.clerk, own), (shop.kiosk, own), (shop.lin, own)):
        with pytest.raises(NotAllowed):
            shop.pricing.bundles.create(columns, actor)
    with pytest.raises(NotAllowed):
        shop.pricing.bundles.update(made.id, {"scenic_id": shop.hill}, shop.manager)
    with pytest.raises(NotFound):
        shop.pricing.bundles.update(made.id, {"status": 0}, shop.hill_manager)


def test_every_change_leaves_its_mark(shop: PhotoShop) -> None:
    """I4"""
    made = shop.coupon(20)
    shop.pricing.coupon_configs.update(made, {"status": 0}, shop.owner)
    shop.pricing.coupon_configs.delete(made, shop.owner)
    marks = shop.rows(Audit, Audit.subject_kind == "coupon")
    assert [(mark.action, mark.actor_id) for mark in marks] == [
        (f"coupon.{what}", shop.owner.id) for what in ("create", "update", "delete")]
