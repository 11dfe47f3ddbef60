"""Bundles: bought together, cheaper (P189–P192, P202–P213).

At most one bundle is applied to a cart, like one of every other type: the seed asks for the
best bundle (P217), and a clerk can say it in one breath. As its combination works on every
complete set, the choice is between rules, never between piles of units.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from core.pricing.cart import Cart
from core.pricing.combination import complete_sets, places, set_price
from core.pricing.promotion import BUNDLE, Bundle
from core.pricing.provider import MinimumSpend, Offer, Provider, not_here
from core.pricing.reductions import KeepPercent, Reduction, TakeOff
from core.pricing.refusals import (
    CombinationIncomplete,
    Refusal,
    TooFewTypes,
    TooFewUnits,
    TriggerUnmet,
)


class BundleProvider(Provider[Bundle]):
    type: ClassVar[str] = BUNDLE
    priority: ClassVar[int] = 100
    consumes: ClassVar[bool] = False

    def detect(self, promotion: Bundle, cart: Cart, at: datetime) -> Offer | Refusal:
        refusal = not_here(promotion, cart, at)
        if refusal is not None:
            return refusal
        minimum = _trigger(promotion, cart)
        if isinstance(minimum, Refusal):
            return minimum
        reduction = _sets(promotion, cart) if promotion.combination else _whole(promotion, cart)
        if isinstance(reduction, Refusal):
            return reduction
        return Offer(promotion, reduction, minimum)


def _trigger(bundle: Bundle, cart: Cart) -> Refusal | MinimumSpend | None:
    """Counts never change, so they are settled here; an amount is looked at when its turn
    comes, as a coupon's minimum is."""
    covered = cart.covered(bundle.product_types)
    units = types = None
    if bundle.min_quantity is not None or bundle.min_types is not None:
        lines = [line for _, line in cart.lines_of(bundle.product_types)]
        units = _short(bundle.min_quantity, sum([line.quantity for line in lines]))
        types = _short(bundle.min_types, len({line.product_type for line in lines}))
    amount = bundle.min_amount
    if bundle.any_trigger:
        if units == 0 or types == 0:
            return None
        if amount is None:
            return TriggerUnmet(units, types)
        return MinimumSpend(amount.fen, covered, or_units=units, or_types=types)
    if units:
        return TooFewUnits(units)
    if types:
        return TooFewTypes(types)
    return MinimumSpend(amount.fen, covered) if amount else None


def _short(wanted: int | None, have: int) -> int | None:
    """How many are missing; None when none were asked for."""
    return None if wanted is None else max(wanted - have, 0)


def _whole(bundle: Bundle, cart: Cart) -> Reduction:
    covered = cart.covered(bundle.product_types)
    if bundle.kept is not None:
        return KeepPercent(covered, bundle.kept, None, len(cart.lines))
    assert bundle.amount is not None, "a Bundle gives an amount or a percentage"
    return TakeOff(covered, bundle.amount.fen)


def _sets(bundle: Bundle, cart: Cart) -> Reduction | Refusal:
    parts = places(cart, bundle.combination)
    sets = complete_sets(parts)
    if not sets:
        short: Sequence[int] = [max(part.each - sum(part.quantities), 0) for part in parts]
        return CombinationIncomplete(
            tuple(item.product_type for item, missing
                  in zip(bundle.combination, short, strict=True) if missing), sum(short))
    return set_price(bundle, parts, min(sets, bundle.max_sets or sets))
