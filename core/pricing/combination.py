"""Complete sets of a bundle's combination, and what they cost less.

Sets are made of the dearest units first, as many as the cart holds: the member gets the most
out of each. A unit is in one set only. What a set saves is shared by its lines, as the units
of a line are interchangeable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.money import WHOLE, split
from core.pricing.cart import Cart
from core.pricing.kinds import BundleDiscountType
from core.pricing.promotion import Bundle, BundleItem


@dataclass(slots=True)
class Place:
    """One part of the combination: `each` units a set, taken from `lines` of the cart."""

    each: int
    lines: tuple[int, ...]
    quantities: tuple[int, ...]


@dataclass(slots=True)
class Run:
    """`count` units of one line that cost `fen` each."""

    fen: int
    line: int
    count: int


def places(cart: Cart, wanted: Sequence[BundleItem]) -> tuple[Place, ...]:
    """Where the units of each part come from."""
    found = []
    for item in wanted:
        fitting = cart.lines_of(frozenset((item.product_type,)))
        if item.product_id is not None:
            fitting = [(index, line) for index, line in fitting
                       if line.product_id == item.product_id]
        found.append(Place(item.quantity, tuple([index for index, _ in fitting]),
                           tuple([line.quantity for _, line in fitting])))
    return tuple(found)


def complete_sets(parts: Sequence[Place]) -> int:
    """How many complete sets the cart holds."""
    return min(sum(part.quantities) // part.each for part in parts)


@dataclass(slots=True)
class SetPrice:
    """`sets` complete sets at a fixed price, a fixed reduction or a percentage each."""

    places: tuple[Place, ...]
    sets: int
    kind: BundleDiscountType
    value: int

    def saves(self, amounts: Sequence[int], total: int) -> int:
        return sum(self._off(amounts).values())

    def apply(self, amounts: Sequence[int]) -> list[int]:
        after = list(amounts)
        for line, off in self._off(amounts).items():
            after[line] -= off
        return after

    @property
    def slack(self) -> int:
        """With a percentage, cheaper lines may spread the sets over other lines, whose roundings
        differ by half a fen a line each way."""
        if self.kind is not BundleDiscountType.PERCENTAGE_DISCOUNT:
            return 0
        return sum(len(part.lines) for part in self.places)

    def bound(self, total: int) -> int:
        return total

    def _off(self, amounts: Sequence[int]) -> dict[int, int]:
        """Fen off each line that gives units to a set."""
        ranked = [(part.each, _dearest_first(part, amounts)) for part in self.places]
        if self.kind is BundleDiscountType.PERCENTAGE_DISCOUNT:
            taken = _taken(ranked, self.sets)
            return {line: fen - (fen * self.value + WHOLE // 2) // WHOLE
                    for line, fen in taken.items()}

        def cost(sets: int) -> int:
            return sum(_cost(runs, each * sets) for each, runs in ranked)

        def full_effect(number: int) -> bool:
            """Whether the set of this number, dearest first, costs more than the value."""
            return cost(number) - cost(number - 1) > self.value

        dear = _last_true(full_effect, self.sets)
        if self.kind is BundleDiscountType.FIXED_PRICE:
            taken, off = _taken(ranked, dear), cost(dear) - self.value * dear
        else:
            taken = _taken(ranked, self.sets)
            off = self.value * dear + cost(self.sets) - cost(dear)
        if not off:
            return {}
        return dict(zip(taken, split(off, list(taken.values())), strict=True))


def set_price(bundle: Bundle, parts: tuple[Place, ...], sets: int) -> SetPrice:
    """The reduction of a bundle with a combination."""
    value = bundle.amount.fen if bundle.amount is not None else bundle.kept
    assert value is not None, "a Bundle gives an amount or a percentage"
    return SetPrice(parts, sets, bundle.discount_type, value)


def _dearest_first(part: Place, amounts: Sequence[int]) -> list[Run]:
    runs = []
    for line, quantity in zip(part.lines, part.quantities, strict=True):
        each, dearer = divmod(amounts[line], quantity)
        if dearer:
            runs.append(Run(each + 1, line, dearer))
        runs.append(Run(each, line, quantity - dearer))
    return sorted(runs, key=lambda run: (-run.fen, run.line))


def _cost(runs: Sequence[Run], units: int) -> int:
    cost = 0
    for run in runs:
        count = min(run.count, units)
        cost += run.fen * count
        units -= count
        if not units:
            break
    return cost


def _taken(ranked: Sequence[tuple[int, list[Run]]], sets: int) -> dict[int, int]:
    """Fen of the units that the sets take from each line, in the order of the lines."""
    taken: dict[int, int] = {}
    for each, runs in ranked:
        units = each * sets
        for run in runs:
            count = min(run.count, units)
            if count:
                taken[run.line] = taken.get(run.line, 0) + run.fen * count
            units -= count
    return dict(sorted(taken.items()))


def _last_true(holds: Callable[[int], bool], most: int) -> int:
    """The last number from 1 to `most` for which `holds`, which never turns true again; or 0."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
