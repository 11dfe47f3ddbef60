"""Quantity tiers: what a unit costs when so many are bought (P136–P137).

Bounds are inclusive. Below the first tier, above a last one with an end, and without tiers, the
base price holds. Between tiers there is neither gap nor overlap: nobody would know the price.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from core.errors import PromotionUnclear
from core.money import MAX_FEN, Money
from core.pricing.promotion import MAX_COUNT


@dataclass(frozen=True, slots=True)
class Tier:
    """From `first` to `last` units, `last` included; None: and more."""

    first: int
    last: int | None
    unit_price: Money

    def __post_init__(self) -> None:
        if not 1 <= self.first <= MAX_COUNT:
            raise PromotionUnclear("bad_count", field="min_quantity")
        if self.last is not None and not self.first <= self.last <= MAX_COUNT:
            raise PromotionUnclear("tier_ends_before_it_starts", field="max_quantity")
        if not 0 <= self.unit_price.fen <= MAX_FEN:
            raise PromotionUnclear("negative_amount", field="unit_price")


@dataclass(frozen=True, slots=True)
class PriceList:
    """One product's base price and tiers, which are kept in order of quantity.

    Raises PromotionUnclear `tier_gap` or `tier_overlap`, with `after` and `before`: the tiers'
    quantities on either side.
    """

    base_price: Money
    tiers: tuple[Tier, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.base_price.fen <= MAX_FEN:
            raise PromotionUnclear("negative_amount", field="base_price")
        ordered = tuple(sorted(self.tiers, key=lambda tier: tier.first))
        object.__setattr__(self, "tiers", ordered)
        for tier, following in pairwise(ordered):
            if tier.last is None or following.first <= tier.last:
                raise PromotionUnclear("tier_overlap", field="min_quantity",
                                       after=tier.first, before=following.first)
            if following.first > tier.last + 1:
                raise PromotionUnclear("tier_gap", field="min_quantity",
                                       after=tier.last, before=following.first)

    def unit_price(self, quantity: int) -> Money:
        """What one of `quantity` units costs."""
        for tier in self.tiers:
            if tier.first <= quantity and (tier.last is None or quantity <= tier.last):
                return tier.unit_price
        return self.base_price
