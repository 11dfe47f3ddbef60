"""Money as whole fen, so that no sum is ever off by a rounding error (invariant I5).

Tables and rules hold fen (1/100 CNY); yuan exist only at the edges: the wire, pages and slips.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

WHOLE = 10_000
"""Basis points of an undiminished price: 8.5折 keeps 8500 of them (decision Q5)."""

MAX_FEN = 10**13
"""Above this (a hundred billion yuan) an amount is a mistake, not a price."""


class NotAnAmount(ValueError):
    """The text or number is not a non-negative amount in yuan with at most two decimals."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen. May be negative only as the difference of two amounts."""

    fen: int

    @classmethod
    def zero(cls) -> Money:
        return _ZERO

    @classmethod
    def yuan(cls, amount: str | int | float | Decimal) -> Money:
        """Read an amount in yuan as it stands on the wire.

        Raises NotAnAmount for NaN, infinities, negatives, more than two decimals or anything
        that is not a number (design section 4, row "money").
        """
        if isinstance(amount, bool):
            raise NotAnAmount(repr(amount))
        try:
            fen = Decimal(str(amount)) * 100
            whole = int(fen)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise NotAnAmount(repr(amount)) from error
        if whole != fen or not 0 <= whole <= MAX_FEN:
            raise NotAnAmount(repr(amount))
        return cls(whole)

    def to_yuan(self) -> Decimal:
        """The amount in yuan with exactly two decimals, for the wire."""
        return self.fen * _ONE_FEN

    def percent(self, basis_points: int) -> Money:
        """Keep `basis_points` of 10 000; half a fen rounds up (decision Q5)."""
        return Money((self.fen * basis_points + WHOLE // 2) // WHOLE)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __mul__(self, count: int) -> Money:
        return Money(self.fen * count)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        """For people: `¥1,234.50`."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}¥{abs(self.fen) // 100:,}.{abs(self.fen) % 100:02d}"


_ZERO = Money(0)
_ONE_FEN = Decimal("0.01")


def total(amounts: Iterable[Money]) -> Money:
    """The sum of the amounts; zero for none."""
    return Money(sum(amount.fen for amount in amounts))


def split(fen: int, weights: Sequence[int]) -> list[int]:
    """`allocate` on bare fen, for the price engine's inner loop."""
    if fen < 0 or not weights or min(weights) < 0:
        raise ValueError("a split needs an amount >= 0 and at least one weight >= 0")
    whole = sum(weights)
    if whole == 0:
        return [fen, *[0] * (len(weights) - 1)]
    parts = [fen * weight // whole for weight in weights]
    left = fen - sum(parts)
    if left:
        fractions = [fen * weight % whole for weight in weights]
        by_fraction = sorted(range(len(weights)), key=fractions.__getitem__, reverse=True)
        for index in by_fraction[:left]:
            parts[index] += 1
    return parts


def allocate(amount: Money, weights: Sequence[int]) -> list[Money]:
    """Split `amount` (not negative) by `weights`, to the fen.

    The parts sum to `amount`: leftover fen go to the largest fractions, then to the earliest
    part (largest-remainder method). With only zero weights the first part takes all.
    Raises ValueError for a negative amount or weight, or no weights at all.
    """
    return [Money(part) for part in split(amount.fen, weights)]
