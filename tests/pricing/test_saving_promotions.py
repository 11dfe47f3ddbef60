"""Odd promotions are refused when they are saved, and all others survive the database."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import zone
from core.errors import PricingError, PromotionUnclear
from core.money import Money
from core.pricing import codec
from core.pricing.cart import CartLine
from core.pricing.engine import quote
from core.pricing.kinds import (
    CouponStatus,
    CouponType,
    ProductType,
    VoucherCodeStatus,
    VoucherDiscountType,
)
from core.pricing.promotion import BundleItem, Coupon, VoucherCode
from tests.pricing.builders import (
    NOON,
    PHOTOS,
    RULE_1,
    VLOG,
    bundle,
    cart,
    coupon,
    coupon_percent,
    free_all,
    line,
    one_price,
    promotions,
    together,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(promotions())
def test_a_saved_promotion_reads_back_equal(promotion) -> None:
    row = codec.to_row(promotion)
    assert codec.from_row(promotion.type, row) == promotion
    assert all(isinstance(value, str | int | bool | type(NOON) | None) for value in row.values())


@pytest.mark.parametrize(("make", "word"), [
    pytest.param(lambda: coupon(-1), "negative_amount", id="negative amount"),
    pytest.param(lambda: coupon(10**14), "amount_too_large", id="absurd amount"),
    pytest.param(lambda: coupon(1, -1), "negative_amount", id="negative minimum"),
    pytest.param(lambda: coupon(1, cap=1), "cap_on_fixed_amount", id="cap on a fixed amount"),
    pytest.param(lambda: coupon_percent(10_001), "percentage_out_of_range", id="over 100 %"),
    pytest.param(lambda: coupon_percent(-1), "percentage_out_of_range", id="negative percent"),
    pytest.param(lambda: coupon(1, starts=NOON, ends=NOON), "ends_before_it_starts",
                 id="a window that never opens"),
    pytest.param(lambda: coupon(1, starts=NOON.replace(tzinfo=None)), "naive_time",
                 id="an instant of no zone"),
    pytest.param(lambda: Coupon(id=1, coupon_type=CouponType.PERCENTAGE), "nothing_to_give",
                 id="a coupon that gives nothing"),
    pytest.param(lambda: Coupon(id=1, coupon_type=CouponType.FIXED_AMOUNT, kept=1,
                                amount=Money(1)), "two_things_to_give", id="gives two things"),
    pytest.param(lambda: free_all(product_types=frozenset({PHOTOS})),
                 "free_all_with_product_types", id="FREE_ALL of some"),
    pytest.param(lambda: VoucherCode(id=1, discount_type=VoucherDiscountType.FREE_ALL, kept=1),
                 "two_things_to_give", id="FREE_ALL and a percentage"),
    pytest.param(lambda: one_price(-1), "negative_amount", id="negative one price"),
    pytest.param(lambda: bundle("FIXED_DISCOUNT", 1), "no_trigger", id="a bundle of anything"),
    pytest.param(lambda: bundle("FIXED_PRICE", 1, min_quantity=3),
                 "fixed_price_without_combination", id="30 pieces for the price of 3"),
    pytest.param(lambda: bundle("FIXED_DISCOUNT", 1, min_quantity=0), "bad_count",
                 id="from no pieces"),
    pytest.param(lambda: bundle("FIXED_DISCOUNT", 1, min_quantity=1, any_trigger=True),
                 "any_trigger_needs_two", id="any of one"),
    pytest.param(lambda: bundle("FIXED_DISCOUNT", 1, min_quantity=1, max_sets=1), "bad_count",
                 id="sets of no combination"),
    pytest.param(lambda: together(1, PHOTOS, VLOG, PHOTOS), "combination_overlaps",
                 id="a part named twice"),
    pytest.param(lambda: bundle("FIXED_PRICE", 1, combination=(
        BundleItem(PHOTOS), BundleItem(PHOTOS, product_id="a"))), "combination_overlaps",
        id="a unit that fits two parts"),
    pytest.param(lambda: together(1, PHOTOS, product_types=frozenset({PHOTOS})),
                 "combination_with_product_types", id="combination and types"),
    pytest.param(lambda: BundleItem(PHOTOS, 0), "bad_count", id="no unit of a part"),
])
def test_odd_promotions_are_refused_with_the_reason(make, word: str) -> None:
    with pytest.raises(PromotionUnclear) as refused:
        make()
    assert refused.value.word == word
    assert refused.value.facts["field"]


TYPES_ROW = codec.to_row(coupon(1))
BUNDLE_ROW = codec.to_row(RULE_1)


@pytest.mark.parametrize(("kind", "row", "word"), [
    pytest.param("COUPON", {**TYPES_ROW, "product_types": text}, word, id=f"types {label}")
    for label, text, word in [
        ("not JSON", "[PHOTO", "malformed_json"), ("an object", "{}", "wrong_type"),
        ("unknown", '["PIZZA"]', "unknown_product_type"), ("a number", "[1]",
                                                           "unknown_product_type"),
        ("nested deep", "[" * 100_000, "malformed_json"), ("not text", 5, "wrong_type"),
        ("a huge number", "[" + "9" * 5000 + "]", "malformed_json"),
        ("endless", json.dumps(["PHOTO_SET"] * 51), "wrong_type")]
] + [
    pytest.param("BUNDLE", {**BUNDLE_ROW, "combination": text}, word, id=f"combination {label}")
    for label, text, word in [
        ("not JSON", "{", "malformed_json"), ("of numbers", "[1]", "wrong_type"),
        ("unknown type", '[{"productType": "PIZZA"}]', "unknown_product_type"),
        ("no type", '[{"quantity": 1}]', "unknown_product_type"),
        ("half a unit", '[{"productType": "PHOTO_SET", "quantity": 1.5}]', "wrong_type"),
        ("true units", '[{"productType": "PHOTO_SET", "quantity": true}]', "wrong_type"),
        ("minus a unit", '[{"productType": "PHOTO_SET", "quantity": -1}]', "bad_count"),
        ("product id of no text", '[{"productType": "PHOTO_SET", "productId": 5}]',
         "wrong_type"),
        ("a surprise", '[{"productType": "PHOTO_SET", "price": 5}]', "wrong_type")]
] + [
    pytest.param("PIZZA", {}, "unknown_code", id="unknown kind"),
    pytest.param("COUPON", {"id": 1}, "missing_field", id="missing columns"),
    pytest.param("COUPON", {**TYPES_ROW, "id": None}, "missing_field", id="no id"),
    pytest.param("COUPON", {**TYPES_ROW, "amount_fen": 1.5}, "wrong_type", id="float fen"),
    pytest.param("COUPON", {**TYPES_ROW, "amount_fen": True}, "wrong_type", id="true fen"),
    pytest.param("COUPON", {**TYPES_ROW, "starts": "2026"}, "wrong_type", id="text instant"),
    pytest.param("COUPON", {**TYPES_ROW, "coupon_type": "bogus"}, "unknown_code",
                 id="unknown coupon type"),
    pytest.param("VOUCHER", {"id": 1, "discount_type": True, "amount_fen": 1}, "unknown_code",
                 id="a type that only looks like 1"),
    pytest.param("ONE_PRICE", {"id": 1, "price_fen": None}, "missing_field", id="no price"),
    pytest.param("ONE_PRICE", {"id": 1, "price_fen": 1, "can_use_coupon": "yes"}, "wrong_type",
                 id="flag of text"),
])
def test_malformed_rows_are_refused_never_a_crash(kind: str, row, word: str) -> None:
    with pytest.raises(PromotionUnclear) as refused:
        codec.from_row(kind, row)
    assert refused.value.word == word


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["productType", "quantity", "productId"]), inner, max_size=3),
    max_leaves=6).map(json.dumps))
def test_any_json_is_read_or_refused(text: str) -> None:
    for read in (codec.product_types, codec.combination):
        try:
            read(text)
        except PromotionUnclear as refused:
            assert refused.facts["field"]


@pytest.mark.parametrize(("share", "kept"), [
    ("0.85", 8500), (1, 10_000), (0, 0), (Decimal("0.9"), 9000), ("0.3333", 3333)])
def test_the_seeds_share_is_read_and_shown_as_basis_points(share, kept: int) -> None:
    assert codec.kept_from_share(share) == kept
    assert codec.share_from_kept(kept) == Decimal(str(share))


@pytest.mark.parametrize("share", ["85", "-0.1", "0.33333", "NaN", "Infinity", "x", True])
def test_a_share_outside_zero_to_one_is_refused(share) -> None:
    with pytest.raises(PromotionUnclear):
        codec.kept_from_share(share)


@pytest.mark.parametrize(("kind", "codes"), [
    (ProductType, ["VLOG_VIDEO", "RECORDING_SET", "PHOTO_SET", "PHOTO_PRINT", "MACHINE_PRINT"]),
    (CouponType, ["percentage", "fixed_amount"]),
    (CouponStatus, ["claimed", "used", "expired"]),
    (VoucherDiscountType, [0, 1, 2]),
    (VoucherCodeStatus, [0, 1, 2, 3, 4]),
])
def test_the_seeds_enums_keep_their_codes(kind, codes) -> None:
    assert [one.code for one in kind] == codes
    assert [kind.from_code(code) for code in codes] == list(kind)
    assert all(one.description for one in kind)
    with pytest.raises(PricingError):
        kind.from_code("nonsense")
    with pytest.raises(PricingError):
        kind.from_code(True)


@pytest.mark.parametrize(("quantity", "fen"), [(0, 1), (-1, 1), (10**6 + 1, 1), (1, -1),
                                               (10**6, 10**9)])
def test_an_impossible_cart_line_is_refused(quantity: int, fen: int) -> None:
    with pytest.raises(PricingError):
        CartLine(PHOTOS, "a", quantity, Money(fen))


def test_two_promotions_cannot_share_one_id() -> None:
    with pytest.raises(PricingError) as refused:
        quote(cart(line(PHOTOS, 1_00)), [coupon(1), coupon(2)], NOON)
    assert refused.value.word == "promotion_id_twice"


def test_times_of_any_zone_are_compared_as_instants() -> None:
    shop, noon_there = cart(line(PHOTOS, 1_00)), NOON.astimezone(zone())
    assert noon_there.hour == 12
    assert quote(shop, [coupon(1, ends=noon_there)], NOON).final == Money(1_00)
    assert quote(shop, [coupon(1, starts=noon_there)], NOON).final == Money(99)
