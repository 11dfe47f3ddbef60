"""Carts and promotions in few words, and hypothesis strategies for random ones.

Amounts are in fen. 20_00 reads as twenty yuan.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from core.money import Money
from core.pricing.cart import Cart, CartLine
from core.pricing.kinds import BundleDiscountType, CouponType, ProductType, VoucherDiscountType
from core.pricing.promotion import (
    Bundle,
    BundleItem,
    Coupon,
    OnePrice,
    Promotion,
    VoucherCode,
)

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

PHOTOS = ProductType.PHOTO_SET
VLOG = ProductType.VLOG_VIDEO
FILM = ProductType.RECORDING_SET
PRINT = ProductType.PHOTO_PRINT
MACHINE = ProductType.MACHINE_PRINT


def line(kind: ProductType, price: int, quantity: int = 1, product_id: str = "") -> CartLine:
    return CartLine(kind, product_id or kind.name.lower(), quantity, Money(price))


def cart(*lines: CartLine) -> Cart:
    return Cart(lines)


def _fen(values: dict[str, Any]) -> dict[str, Any]:
    amounts = ("price", "amount", "min_amount", "minimum", "cap")
    return {name: Money(value) if name in amounts and value is not None else value
            for name, value in values.items()}


def one_price(price: int, id: int = 1, **more: Any) -> OnePrice:
    return OnePrice(id=id, **_fen({"price": price, **more}))


def bundle(kind: str, value: int, id: int = 1, **more: Any) -> Bundle:
    discount_type = BundleDiscountType[kind]
    gives = "kept" if discount_type is BundleDiscountType.PERCENTAGE_DISCOUNT else "amount"
    return Bundle(id=id, discount_type=discount_type, **_fen({gives: value, **more}))


def together(price: int, *kinds: ProductType, id: int = 1, **more: Any) -> Bundle:
    """One of each kind for `price`."""
    return bundle("FIXED_PRICE", price, id, combination=tuple(map(BundleItem, kinds)), **more)


def free_all(id: int = 1, **more: Any) -> VoucherCode:
    return VoucherCode(id=id, discount_type=VoucherDiscountType.FREE_ALL, **more)


def each_less(amount: int, id: int = 1, **more: Any) -> VoucherCode:
    return VoucherCode(id=id, discount_type=VoucherDiscountType.REDUCE_PRICE,
                       amount=Money(amount), **more)


def code_percent(kept: int, id: int = 1, **more: Any) -> VoucherCode:
    return VoucherCode(id=id, discount_type=VoucherDiscountType.DISCOUNT, kept=kept, **more)


def coupon(amount: int, minimum: int | None = None, id: int = 1, **more: Any) -> Coupon:
    return Coupon(id=id, coupon_type=CouponType.FIXED_AMOUNT,
                  **_fen({"amount": amount, "minimum": minimum, **more}))


def coupon_percent(kept: int, minimum: int | None = None, id: int = 1, **more: Any) -> Coupon:
    return Coupon(id=id, coupon_type=CouponType.PERCENTAGE,
                  **_fen({"kept": kept, "minimum": minimum, **more}))


# The seed's three bundle rules (P208–P210).
RULE_1 = bundle("PERCENTAGE_DISCOUNT", 9000, 1, min_types=2)
RULE_2 = bundle("FIXED_DISCOUNT", 50_00, 2, min_quantity=10, min_amount=500_00, any_trigger=True)
RULE_3 = together(199_00, PHOTOS, VLOG, id=3, can_use_with_coupon=False,
                  can_use_with_voucher=False)


# Few distinct values, so that ties, equal prices and exact minimums come up often.
fen = st.one_of(st.sampled_from([0, 1, 99, 100, 500, 1000, 1999]), st.integers(0, 2500))
kept = st.one_of(st.sampled_from([0, 3333, 5000, 8500, 9000, 9999, 10000]), st.integers(0, 10000))
few = st.integers(1, 4)
kinds = st.sampled_from(list(ProductType))
types = st.one_of(st.just(frozenset()), st.frozensets(kinds, max_size=3))
instants = st.one_of(st.none(), st.none(), st.none(),
                     st.sampled_from([NOON - HOUR, NOON, NOON + HOUR]))
lines = st.builds(CartLine, kinds, st.sampled_from(["a", "b"]), few, fen.map(Money))
carts = st.lists(lines, max_size=5).map(tuple).map(Cart)
ids = st.integers(1, 3)


@st.composite
def promotions(draw: st.DrawFn) -> Promotion:
    """Any promotion that could be saved."""
    starts, ends = draw(instants), draw(instants)
    common: dict[str, Any] = {"id": draw(ids), "starts": starts, "ends": ends}
    if starts and ends and ends <= starts:
        common["ends"] = None
    build = draw(st.sampled_from([_a_one_price, _a_bundle, _a_bundle, _a_code, _a_coupon,
                                  _a_coupon]))
    return build(draw, common)


def _a_one_price(draw: st.DrawFn, common: dict[str, Any]) -> Promotion:
    return OnePrice(**common, product_types=draw(types), price=Money(draw(fen)),
                    can_use_coupon=draw(st.booleans()), can_use_voucher=draw(st.booleans()))


def _a_bundle(draw: st.DrawFn, common: dict[str, Any]) -> Promotion:
    flags = {f"can_use_with_{name}": draw(st.booleans())
             for name in ("coupon", "voucher", "one_price")}
    wanted = draw(st.dictionaries(kinds, st.tuples(st.integers(1, 2), st.sampled_from(
        [None, "a"])), max_size=2))
    combination = tuple(BundleItem(kind, count, product)
                        for kind, (count, product) in wanted.items())
    kind = draw(st.sampled_from(list(BundleDiscountType)))
    if kind is BundleDiscountType.FIXED_PRICE and not combination:
        kind = BundleDiscountType.FIXED_DISCOUNT
    gives: dict[str, Any] = (
        {"kept": draw(kept)} if kind is BundleDiscountType.PERCENTAGE_DISCOUNT
        else {"amount": Money(draw(fen))})
    triggers = draw(st.fixed_dictionaries({}, optional={
        "min_quantity": st.integers(1, 8), "min_types": st.integers(1, 3),
        "min_amount": fen.map(Money)}))
    if not triggers and not combination:
        triggers = {"min_quantity": 1}
    return Bundle(
        **common, **flags, **gives, **triggers, discount_type=kind, combination=combination,
        product_types=frozenset() if combination else draw(types),
        max_sets=draw(st.one_of(st.none(), st.integers(1, 2))) if combination else None,
        any_trigger=len(triggers) > 1 and draw(st.booleans()))


def _a_code(draw: st.DrawFn, common: dict[str, Any]) -> Promotion:
    kind = draw(st.sampled_from([VoucherDiscountType.REDUCE_PRICE, VoucherDiscountType.DISCOUNT,
                                 VoucherDiscountType.REDUCE_PRICE, VoucherDiscountType.DISCOUNT,
                                 VoucherDiscountType.FREE_ALL]))
    if kind is VoucherDiscountType.FREE_ALL:
        return VoucherCode(**common, discount_type=kind)
    if kind is VoucherDiscountType.DISCOUNT:
        return VoucherCode(**common, discount_type=kind, kept=draw(kept),
                           product_types=draw(types))
    return VoucherCode(**common, discount_type=kind, amount=Money(draw(fen)),
                       product_types=draw(types))


def _a_coupon(draw: st.DrawFn, common: dict[str, Any]) -> Promotion:
    common["product_types"] = draw(types)
    common["minimum"] = draw(st.one_of(st.none(), fen.map(Money)))
    if draw(st.booleans()):
        return Coupon(**common, coupon_type=CouponType.FIXED_AMOUNT, amount=Money(draw(fen)))
    return Coupon(**common, coupon_type=CouponType.PERCENTAGE, kept=draw(kept),
                  cap=draw(st.one_of(st.none(), fen.map(Money))))


offered = st.lists(promotions(), max_size=12, unique_by=lambda one: (one.type, one.id))
