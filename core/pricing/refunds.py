"""Giving back what single units were paid for, so that all units together give back all of it.

The units of a line are interchangeable (`cart.units_cost`): the n-th unit given back is worth
what the n-th share of the line is. So any sequence of refunds, in any order and any portions,
sums to what was paid, and no refund needs to look at the promotions again (invariant I5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import PricingError
from core.money import Money
from core.pricing.cart import units_cost
from core.pricing.quote import Quote


@dataclass(frozen=True, slots=True)
class PaidLine:
    """`quantity` units paid with `paid` in all, of which `refunded` were given back."""

    quantity: int
    paid: Money
    refunded: int = 0

    @property
    def left(self) -> int:
        """Units that can still be given back."""
        return self.quantity - self.refunded

    def worth(self, units: int) -> Money:
        """What the next `units` units give back.

        Raises PricingError `bad_quantity` below 0, `refund_too_many` (`left`) above what is left.
        """
        if units < 0:
            raise PricingError("bad_quantity")
        if units > self.left:
            raise PricingError("refund_too_many", left=self.left)
        paid = self.paid.fen
        return Money(units_cost(paid, self.quantity, self.refunded + units)
                     - units_cost(paid, self.quantity, self.refunded))


@dataclass(frozen=True, slots=True)
class Refund:
    """What one refund gives back per line, and the lines after it."""

    per_line: tuple[Money, ...]
    lines: tuple[PaidLine, ...]

    @property
    def total(self) -> Money:
        return Money(sum(amount.fen for amount in self.per_line))

    @property
    def completes(self) -> bool:
        """Whether nothing is left to give back."""
        return all(not line.left for line in self.lines)


def paid_lines(quote: Quote) -> tuple[PaidLine, ...]:
    """The lines of a cart that was paid as quoted."""
    return tuple(PaidLine(line.line.quantity, line.final) for line in quote.lines)


def refund(lines: Sequence[PaidLine], units: Sequence[int]) -> Refund:
    """Give back so many units of each line. Raises PricingError as `PaidLine.worth` does."""
    return Refund(
        tuple(line.worth(count) for line, count in zip(lines, units, strict=True)),
        tuple(replace(line, refunded=line.refunded + count)
              for line, count in zip(lines, units, strict=True)))
