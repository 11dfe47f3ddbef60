"""What the engine asks of a kind of promotion. One provider a file; all are in registry.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from core.money import Money
from core.pricing.cart import Cart
from core.pricing.promotion import Promotion
from core.pricing.reductions import Covered, Reduction, covered_sum
from core.pricing.refusals import (
    Expired,
    NothingCovered,
    NotStarted,
    Refusal,
    SpendTooLow,
    TriggerUnmet,
)

P_contra = TypeVar("P_contra", bound=Promotion, contravariant=True)


@dataclass(slots=True)
class MinimumSpend:
    """Looked at when the promotion's turn comes, over the lines that it covers.

    `fen`: the least they must cost. `or_units`, `or_types`: how many more of these would do
    instead, for rules with `any_trigger`.
    """

    fen: int
    covered: Covered
    or_units: int | None = None
    or_types: int | None = None

    def met(self, amounts: Sequence[int], total: int) -> bool:
        if self.covered is not None:
            total = sum([amounts[index] for index in self.covered])
        return total >= self.fen

    def refusal(self, amounts: Sequence[int], total: int, original: Sequence[int]) -> Refusal:
        """Why not, when `met` says no. `original`: the undiscounted lines."""
        covered = self.covered
        then = total if covered is None else sum([amounts[index] for index in covered])
        missing = Money(self.fen - then)
        if self.or_units is not None or self.or_types is not None:
            return TriggerUnmet(self.or_units, self.or_types, missing)
        full = covered_sum(original, covered, sum(original))
        return SpendTooLow(missing, Money(then), then < full)


@dataclass(slots=True)
class Offer:
    """A promotion made ready for one cart."""

    promotion: Promotion
    reduction: Reduction
    minimum: MinimumSpend | None = None

    def saves(self, amounts: Sequence[int], total: int) -> int:
        """Fen it takes off at its turn; 0 while its minimum is not met."""
        if self.minimum is not None and not self.minimum.met(amounts, total):
            return 0
        return self.reduction.saves(amounts, total)


class Provider(Protocol[P_contra]):
    """Knows one type of promotion, and no other provider.

    `priority` fixes when its turn comes, larger first (decision Q1). At most one promotion of a
    type is applied to a cart. `consumes`: applying one uses something up (a code, a coupon).
    """

    type: ClassVar[str]
    priority: ClassVar[int]
    consumes: ClassVar[bool]

    def detect(self, promotion: P_contra, cart: Cart, at: datetime) -> Offer | Refusal:
        """What the promotion can do for this cart at this instant, or why nothing."""
        ...

    def apply(self, offer: Offer, amounts: Sequence[int]) -> list[int]:
        """Fen of each line after the offer; equal in sum to what the offer says it saves."""
        return offer.reduction.apply(amounts)


AnyProvider = Provider[Any]
"""A provider whose promotions are only known by their `type`."""


def not_here(promotion: Promotion, cart: Cart, at: datetime) -> Refusal | None:
    """Outside its window of validity, which is half-open (section 4, "validity"), or nothing in
    the cart that it covers."""
    if promotion.starts is not None and at < promotion.starts:
        return NotStarted(promotion.starts)
    if promotion.ends is not None and at >= promotion.ends:
        return Expired(promotion.ends)
    if promotion.product_types and cart.covered(promotion.product_types) == ():
        return NothingCovered(tuple(sorted(promotion.product_types, key=lambda one: one.name)))
    return None
