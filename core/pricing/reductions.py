"""What a discount does to the lines of a cart, in whole fen.

A reduction is made for one cart and works on any amounts its lines have come down to.
Law (held by tests for every shape): on cheaper lines it saves no more than on dearer ones, but
for `slack` fen. So what it saves at full price bounds what it can save later, which is what
lets the engine skip sets without pricing them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from core.money import WHOLE, split

Covered = tuple[int, ...] | None
"""Indices of the lines it works on; None, which is faster, for all of them."""

_HALF = WHOLE // 2


class Reduction(Protocol):
    """`amounts`: fen of each cart line at its turn; `total`: their sum."""

    @property
    def slack(self) -> int:
        """Fen that roundings may add on cheaper lines."""
        ...

    def saves(self, amounts: Sequence[int], total: int) -> int:
        """Fen it takes off, from 0 to `total`: the sum of what `apply` takes off."""
        ...

    def apply(self, amounts: Sequence[int]) -> list[int]:
        """The amounts after it; no line goes up or below zero."""
        ...

    def bound(self, total: int) -> int:
        """Fen that it surely does not exceed on any lines that cost `total`; quick to tell."""
        ...


@dataclass(slots=True)
class KeepPercent:
    """Each covered line keeps `kept` basis points, half a fen up, once per line.

    `cap`: at most so many fen off in all, shared in proportion to what each line would lose.
    """

    slack: ClassVar[int] = 0

    covered: Covered
    kept: int
    cap: int | None
    lines: int

    def saves(self, amounts: Sequence[int], total: int) -> int:
        kept = self.kept
        if self.covered is None:
            off = total - sum([(fen * kept + _HALF) // WHOLE for fen in amounts])
        else:
            mine = [amounts[index] for index in self.covered]
            off = sum(mine) - sum([(fen * kept + _HALF) // WHOLE for fen in mine])
        return off if self.cap is None or off <= self.cap else self.cap

    def apply(self, amounts: Sequence[int]) -> list[int]:
        kept = self.kept
        if self.covered is None:
            after = [(fen * kept + _HALF) // WHOLE for fen in amounts]
        else:
            after = list(amounts)
            for index in self.covered:
                after[index] = (after[index] * kept + _HALF) // WHOLE
        if self.cap is None:
            return after
        losses = [was - now for was, now in zip(amounts, after, strict=True)]
        if sum(losses) <= self.cap:
            return after
        return [was - loss for was, loss in zip(amounts, split(self.cap, losses), strict=True)]

    def bound(self, total: int) -> int:
        # A line's rounding gives away half a fen at most.
        off = total * (WHOLE - self.kept) // WHOLE + self.lines // 2 + 1
        return off if self.cap is None or off <= self.cap else self.cap


@dataclass(slots=True)
class TakeOff:
    """`amount` fen off what is covered, at most all of it, shared in proportion."""

    slack: ClassVar[int] = 0

    covered: Covered
    amount: int

    def saves(self, amounts: Sequence[int], total: int) -> int:
        if self.covered is not None:
            total = sum([amounts[index] for index in self.covered])
        return self.amount if self.amount < total else total

    def apply(self, amounts: Sequence[int]) -> list[int]:
        return take_off(amounts, self.covered, self.saves(amounts, sum(amounts)))

    def bound(self, total: int) -> int:
        return self.amount if self.amount < total else total


@dataclass(slots=True)
class DownTo:
    """What is covered costs `price` fen together, if it cost more."""

    slack: ClassVar[int] = 0

    covered: Covered
    price: int

    def saves(self, amounts: Sequence[int], total: int) -> int:
        return self.bound(covered_sum(amounts, self.covered, total))

    def apply(self, amounts: Sequence[int]) -> list[int]:
        return take_off(amounts, self.covered, self.saves(amounts, sum(amounts)))

    def bound(self, total: int) -> int:
        return total - self.price if total > self.price else 0


@dataclass(slots=True)
class TakeOffEach:
    """`amount` fen off every unit of the covered lines, no unit below zero.

    `most_off` runs parallel to `covered`: `amount` times the line's quantity.
    """

    slack: ClassVar[int] = 0

    covered: tuple[int, ...]
    most_off: tuple[int, ...]

    # Units of a line differ by a fen at most, so the amount is either no more than every unit,
    # or no less than every unit: the line loses it times its quantity, or all that it costs.

    def saves(self, amounts: Sequence[int], total: int) -> int:
        return sum([off if off < amounts[index] else amounts[index]
                    for index, off in zip(self.covered, self.most_off, strict=True)])

    def apply(self, amounts: Sequence[int]) -> list[int]:
        after = list(amounts)
        for index, off in zip(self.covered, self.most_off, strict=True):
            after[index] -= min(off, after[index])
        return after

    def bound(self, total: int) -> int:
        return total


def covered_sum(amounts: Sequence[int], covered: Covered, total: int) -> int:
    """Fen of the covered lines."""
    return total if covered is None else sum([amounts[index] for index in covered])


def take_off(amounts: Sequence[int], covered: Covered, off: int) -> list[int]:
    """Share `off` fen among the covered lines by what they cost (largest remainder)."""
    if not off:
        return list(amounts)
    if covered is None:
        return [fen - share for fen, share in zip(amounts, split(off, amounts), strict=True)]
    after = list(amounts)
    for index, share in zip(covered, split(off, [amounts[i] for i in covered]), strict=True):
        after[index] -= share
    return after
