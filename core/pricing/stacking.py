"""Which promotions may be applied together.

At most one of each type, and no two of which either one's flags forbid the other's type:
`can_use_coupon` of a one-price binds the coupon as much as the one-price. FREE_ALL stands
alone. This is the only place that knows; providers do not know each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from core.pricing.promotion import Promotion


class Conflict(NamedTuple):
    """`flag` of the promotion `flag_of` forbids the other one."""

    flag: str
    flag_of: Promotion


def conflict(one: Promotion, other: Promotion) -> Conflict | None:
    """Why two promotions of different types may not be applied together; None if they may."""
    for promotion, against in ((one, other), (other, one)):
        if promotion.stands_alone:
            return Conflict("stands_alone", promotion)
        if against.type in promotion.excludes:
            flag = dict(promotion.forbidding_flags())[against.type]
            return Conflict(flag, promotion)
    return None


def forbidden_bits(promotion: Promotion, bits: Mapping[str, int]) -> int:
    """The types that a promotion's own side forbids, as a sum of `bits` by type: what the search
    checks, both ways, in place of `conflict`."""
    if promotion.stands_alone:
        return sum(bits.values()) - bits[promotion.type]
    if not promotion.excludes:
        return 0
    return sum([bits.get(kind, 0) for kind in promotion.excludes])
