"""Promotions as frozen data: what a shop promises, without a word on how it is computed.

Every value that exists is clear: `PromotionUnclear` is raised when one is made, so when it is
saved, never when a cart is priced. Words: `negative_amount`, `amount_too_large`,
`percentage_out_of_range`, `ends_before_it_starts`, `naive_time`, `nothing_to_give`,
`two_things_to_give`, `free_all_with_product_types`, `cap_on_fixed_amount`, `no_trigger`,
`fixed_price_without_combination`, `any_trigger_needs_two`, `combination_with_product_types`,
`combination_overlaps`, `bad_count`.

Percentages are basis points KEPT: 8.5折 is 8500 (decision Q5). Windows are half-open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from core.errors import PromotionUnclear
from core.money import MAX_FEN, WHOLE, Money
from core.pricing.kinds import BundleDiscountType, CouponType, ProductType, VoucherDiscountType

ONE_PRICE = "ONE_PRICE"
BUNDLE = "BUNDLE"
VOUCHER = "VOUCHER"
COUPON = "COUPON"

MAX_COUNT = 1_000_000
"""No cart line, trigger or set is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """What all promotions share. `type` names the provider; `id` is unique within the type.

    `product_types`: what it covers; empty means everything (checklist P121).
    `excludes`: types of promotion it may not stand beside, as its own flags say.
    `stands_alone`: it forbids every other promotion, of whatever type (FREE_ALL, decision Q2).
    """

    type: ClassVar[str]

    id: int
    name: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    product_types: frozenset[ProductType] = frozenset()
    excludes: frozenset[str] = field(init=False, default=frozenset())
    stands_alone: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        for instant, where in ((self.starts, "starts"), (self.ends, "ends")):
            if instant is not None and instant.tzinfo is None:
                raise PromotionUnclear("naive_time", field=where)
        if self.starts and self.ends and self.ends <= self.starts:
            raise PromotionUnclear("ends_before_it_starts", field="ends")
        object.__setattr__(self, "excludes",
                           frozenset(kind for kind, _ in self.forbidding_flags()))

    def forbidding_flags(self) -> tuple[tuple[str, str], ...]:
        """(type of promotion it forbids, name of the flag that says so), from its own flags."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePrice(Promotion):
    """A venue's unified price for all that it covers, when that is lower (P186–P188)."""

    type: ClassVar[str] = ONE_PRICE

    price: Money
    can_use_coupon: bool = False
    can_use_voucher: bool = False

    def __post_init__(self) -> None:
        _amount(self.price, "price")
        Promotion.__post_init__(self)

    def forbidding_flags(self) -> tuple[tuple[str, str], ...]:
        return _forbidden((COUPON, self.can_use_coupon, "can_use_coupon"),
                          (VOUCHER, self.can_use_voucher, "can_use_voucher"))


@dataclass(frozen=True, slots=True)
class BundleItem:
    """One part of a combination: `quantity` units of a type, or of one product of that type."""

    product_type: ProductType
    quantity: int = 1
    product_id: str | None = None

    def __post_init__(self) -> None:
        _count(self.quantity, "quantity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle(Promotion):
    """Bought together, cheaper (P189–P192, P202–P213).

    Two shapes. With a `combination`, it works on complete sets only, on as many as the cart
    holds, at most `max_sets`, dearest units first; other units keep their price. Without, it
    works once, on everything that `product_types` cover, when the triggers say so: all of them,
    or with `any_trigger` one of them. Triggers may also guard a combination.
    """

    type: ClassVar[str] = BUNDLE

    discount_type: BundleDiscountType
    amount: Money | None = None
    kept: int | None = None
    combination: tuple[BundleItem, ...] = ()
    max_sets: int | None = None
    min_quantity: int | None = None
    min_amount: Money | None = None
    min_types: int | None = None
    any_trigger: bool = False
    can_use_with_coupon: bool = True
    can_use_with_voucher: bool = True
    can_use_with_one_price: bool = False

    def __post_init__(self) -> None:
        if self.discount_type is BundleDiscountType.PERCENTAGE_DISCOUNT:
            _gives_percentage(self.kept, self.amount)
        else:
            _gives_amount(self.amount, self.kept)
        self._check_triggers()
        self._check_combination()
        Promotion.__post_init__(self)

    def _check_triggers(self) -> None:
        for count, where in ((self.min_quantity, "min_quantity"), (self.min_types, "min_types"),
                             (self.max_sets, "max_sets")):
            if count is not None:
                _count(count, where)
        if self.min_amount is not None:
            _amount(self.min_amount, "min_amount")
        triggers = sum(trigger is not None
                       for trigger in (self.min_quantity, self.min_amount, self.min_types))
        if not triggers and not self.combination:
            raise PromotionUnclear("no_trigger", field="min_quantity")
        if self.any_trigger and triggers < 2:
            raise PromotionUnclear("any_trigger_needs_two", field="any_trigger")

    def _check_combination(self) -> None:
        fixed_price = self.discount_type is BundleDiscountType.FIXED_PRICE
        if fixed_price and not self.combination:
            # "3 pieces for 199" without naming pieces would sell 30 pieces for 199.
            raise PromotionUnclear("fixed_price_without_combination", field="combination")
        if self.max_sets is not None and not self.combination:
            raise PromotionUnclear("bad_count", field="max_sets")
        if self.combination and self.product_types:
            raise PromotionUnclear("combination_with_product_types", field="product_types")
        wanted = [(item.product_type, item.product_id) for item in self.combination]
        whole_types = {kind for kind, product in wanted if product is None}
        if len(set(wanted)) < len(wanted) or any(
                product is not None and kind in whole_types for kind, product in wanted):
            # One unit could fill two places; nobody could say which.
            raise PromotionUnclear("combination_overlaps", field="combination")

    def forbidding_flags(self) -> tuple[tuple[str, str], ...]:
        return _forbidden((COUPON, self.can_use_with_coupon, "can_use_with_coupon"),
                          (VOUCHER, self.can_use_with_voucher, "can_use_with_voucher"),
                          (ONE_PRICE, self.can_use_with_one_price, "can_use_with_one_price"))


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherCode(Promotion):
    """A code of our own (P143–P146): everything free, an amount off each unit, or a percentage."""

    type: ClassVar[str] = VOUCHER

    discount_type: VoucherDiscountType
    amount: Money | None = None
    kept: int | None = None

    def __post_init__(self) -> None:
        if self.discount_type is VoucherDiscountType.FREE_ALL:
            if self.amount is not None or self.kept is not None:
                raise PromotionUnclear("two_things_to_give", field="amount")
            if self.product_types:
                raise PromotionUnclear("free_all_with_product_types", field="product_types")
            object.__setattr__(self, "stands_alone", True)
        elif self.discount_type is VoucherDiscountType.DISCOUNT:
            _gives_percentage(self.kept, self.amount)
        else:
            _gives_amount(self.amount, self.kept)
        Promotion.__post_init__(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon(Promotion):
    """A member's coupon (P116–P124): `minimum` is looked at when its turn comes, over what it
    covers; `cap` is the most a percentage takes off."""

    type: ClassVar[str] = COUPON

    coupon_type: CouponType
    amount: Money | None = None
    kept: int | None = None
    minimum: Money | None = None
    cap: Money | None = None

    def __post_init__(self) -> None:
        if self.coupon_type is CouponType.PERCENTAGE:
            _gives_percentage(self.kept, self.amount)
        else:
            _gives_amount(self.amount, self.kept)
            if self.cap is not None:
                raise PromotionUnclear("cap_on_fixed_amount", field="cap")
        for amount, where in ((self.minimum, "minimum"), (self.cap, "cap")):
            if amount is not None:
                _amount(amount, where)
        Promotion.__post_init__(self)


def _forbidden(*flags: tuple[str, bool, str]) -> tuple[tuple[str, str], ...]:
    return tuple((kind, name) for kind, allowed, name in flags if not allowed)


def _amount(amount: Money, where: str) -> None:
    if amount.fen < 0:
        raise PromotionUnclear("negative_amount", field=where)
    if amount.fen > MAX_FEN:
        raise PromotionUnclear("amount_too_large", field=where)


def _count(count: int, where: str) -> None:
    if not 1 <= count <= MAX_COUNT:
        raise PromotionUnclear("bad_count", field=where)


def _gives_amount(amount: Money | None, kept: int | None) -> None:
    if kept is not None:
        raise PromotionUnclear("two_things_to_give", field="kept")
    if amount is None:
        raise PromotionUnclear("nothing_to_give", field="amount")
    _amount(amount, "amount")


def _gives_percentage(kept: int | None, amount: Money | None) -> None:
    if amount is not None:
        raise PromotionUnclear("two_things_to_give", field="amount")
    if kept is None:
        raise PromotionUnclear("nothing_to_give", field="kept")
    if not 0 <= kept <= WHOLE:
        raise PromotionUnclear("percentage_out_of_range", field="kept")
