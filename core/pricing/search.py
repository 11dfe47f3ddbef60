"""The cheapest allowed set of offers: exact, by depth-first search with a bound.

A set has at most one offer of each type; its price is what the lines come down to when its
offers are applied in order of priority. The number of sets is the product of (offers + 1) over
the types: some 7 000 for 20 bundles, 10 codes and 30 coupons. Few are priced: an offer never
saves more on cheaper lines (`reductions.py`), so what the types still to come save at full
price bounds from below what any set with this beginning can cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.pricing.provider import AnyProvider, Offer

Key = tuple[tuple[int, int], ...]
"""Of a set, for ties: (rank of the type, id) of its offers in order of application."""


@dataclass(slots=True)
class Candidate:
    """An offer that saves something at full price.

    `most`: fen it never exceeds. `minimum`: fen the cart must at least cost at its turn.
    `excludes`: types it forbids, as bits.
    """

    offer: Offer
    most: int
    minimum: int
    excludes: int
    key: Key


@dataclass(slots=True)
class Lane:
    """All candidates of one type, the most promising first; at most one of them is chosen."""

    provider: AnyProvider
    bit: int
    candidates: list[Candidate]


@dataclass(slots=True)
class Stage:
    """An offer of the set, and what the lines had come down to when its turn came."""

    offer: Offer
    amounts: Sequence[int]
    total: int


@dataclass(slots=True)
class Branch:
    """The beginning of a set. `taken`, `banned`: types it has and types it forbids, as bits.

    `consumed`: how many codes and coupons it uses up.
    """

    amounts: Sequence[int]
    total: int
    taken: int = 0
    banned: int = 0
    consumed: int = 0
    key: Key = ()
    stages: tuple[Stage, ...] = ()


class Search:
    """One search over `lanes`, which are in order of application."""

    __slots__ = ("lanes", "_final", "_tie", "_stages")

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = lanes

    def best(self, amounts: Sequence[int]) -> tuple[Stage, ...]:
        """The best set for lines that cost `amounts`.

        Best is cheapest; then fewer codes and coupons used up; then higher priority, then lower
        id, of the first offer in which two sets differ (decision Q3).
        """
        root = Branch(amounts, sum(amounts))
        self._final = root.total
        self._tie: tuple[int, Key] = (0, ())
        self._stages: tuple[Stage, ...] = ()
        if self.lanes:
            self._grow(root, 0)
        return self._stages

    def _grow(self, branch: Branch, depth: int) -> None:
        """Try the branch with every candidate of the lane at `depth`, and with none."""
        lane = self.lanes[depth]
        depth += 1
        last = depth == len(self.lanes)
        total = branch.total
        if not lane.bit & branch.banned:
            ahead = 0 if last else self._ahead(depth, branch.banned, total)
            used = branch.consumed + lane.provider.consumes
            for candidate in lane.candidates:
                if total - candidate.most - ahead > self._final:
                    break  # the others of this lane promise no more
                if candidate.excludes & branch.taken or candidate.minimum > total:
                    continue
                offer = candidate.offer
                saved = offer.saves(branch.amounts, total)
                if not saved:
                    continue
                left = total - saved
                banned = branch.banned | candidate.excludes
                floor = left if last else left - self._ahead(depth, banned, left)
                if floor > self._final:
                    continue
                tie = used, branch.key + candidate.key
                if floor == self._final and tie > self._tie:
                    continue  # could only draw, and would lose the tie
                stages = (*branch.stages, Stage(offer, branch.amounts, total))
                if left < self._final or (left == self._final and tie < self._tie):
                    self._final, self._tie, self._stages = left, tie, stages
                if not last:
                    amounts = lane.provider.apply(offer, branch.amounts)
                    self._grow(Branch(amounts, left, branch.taken | lane.bit, banned, used,
                                      tie[1], stages), depth)
        if not last:
            floor = total - self._ahead(depth, branch.banned, total)
            tie = branch.consumed, branch.key
            if floor < self._final or (floor == self._final and tie <= self._tie):
                self._grow(branch, depth)

    def _ahead(self, depth: int, banned: int, total: int) -> int:
        """The most that the lanes from `depth` on, but for banned ones, can take off `total`."""
        ahead = 0
        for lane in self.lanes[depth:]:
            if lane.bit & banned:
                continue
            most = 0
            for candidate in lane.candidates:
                if candidate.most <= most:
                    break
                if candidate.minimum <= total:
                    bound = candidate.offer.reduction.bound(total)
                    if bound > most:
                        most = bound if bound < candidate.most else candidate.most
            ahead += most
        return ahead
