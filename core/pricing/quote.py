"""The engine's answer as data: what is paid and why, per cart, line and unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from core.money import Money
from core.pricing.cart import Cart, CartLine, units_cost
from core.pricing.promotion import Promotion
from core.pricing.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Step:
    """One promotion's row in the waterfall. `per_line`: its discount on each cart line."""

    promotion: Promotion
    before: Money
    discount: Money
    per_line: tuple[Money, ...]

    @property
    def after(self) -> Money:
        return self.before - self.discount


@dataclass(frozen=True, slots=True)
class Skipped:
    """A promotion that was offered and not applied. `alone`: what it would save by itself."""

    promotion: Promotion
    refusal: Refusal
    alone: Money


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """What one cart line costs. `discounts` run parallel to the quote's steps."""

    line: CartLine
    discounts: tuple[Money, ...]
    final: Money

    @property
    def original(self) -> Money:
        return self.line.amount

    def unit_finals(self) -> tuple[Money, ...]:
        """What each single unit costs; the sum is `final`."""
        return tuple(Money(fen) for fen in _each(self.final.fen, self.line.quantity))

    def unit_discounts(self, step: int) -> tuple[Money, ...]:
        """What one step takes off each single unit; never negative, the sum is its discount."""
        before = self.original.fen - sum(amount.fen for amount in self.discounts[:step])
        after = before - self.discounts[step].fen
        quantity = self.line.quantity
        return tuple(Money(dear - cheap) for dear, cheap in
                     zip(_each(before, quantity), _each(after, quantity), strict=True))


@dataclass(frozen=True)
class Quote:
    """The cheapest allowed price of a cart, and how it came about.

    original − Σ discounts = final ≥ 0 on the cart, on each line and on each unit (invariant I5).
    `steps` are in order of application.
    """

    cart: Cart
    original: Money
    final: Money
    steps: tuple[Step, ...]
    lines: tuple[QuotedLine, ...]
    _reasons: Callable[[], tuple[Skipped, ...]] = field(repr=False, compare=False)

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was offered and not applied, in order of application, then id, each with its
        reason. Worked out when asked: a checkout that only compares prices does not."""
        return self._reasons()

    @property
    def discount(self) -> Money:
        return self.original - self.final

    @property
    def applied(self) -> tuple[Promotion, ...]:
        return tuple(step.promotion for step in self.steps)

    def applied_of(self, type_: str) -> Promotion | None:
        """The applied promotion of a type, such as `VOUCHER`; there is at most one."""
        return next((step.promotion for step in self.steps if step.promotion.type == type_), None)


def _each(amount: int, quantity: int) -> list[int]:
    bounds = [units_cost(amount, quantity, first) for first in range(quantity + 1)]
    return [upper - lower for lower, upper in zip(bounds, bounds[1:], strict=False)]
