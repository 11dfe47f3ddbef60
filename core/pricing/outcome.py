"""Turns a chosen set into a Quote: the waterfall, the lines, and why the others were skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from core.money import Money
from core.pricing.cart import Cart
from core.pricing.promotion import Promotion
from core.pricing.provider import AnyProvider, Offer
from core.pricing.quote import Quote, QuotedLine, Skipped, Step
from core.pricing.refusals import NotCheaper, NotTogether, Refusal, SavesNothing
from core.pricing.search import Stage
from core.pricing.stacking import conflict


@dataclass(slots=True)
class Seen:
    """A promotion with what its provider found.

    `rank`: of its provider in order of application. `alone`: fen it saves by itself.
    """

    promotion: Promotion
    provider: AnyProvider
    rank: int
    found: Offer | Refusal
    alone: int


@dataclass(slots=True)
class _Applied:
    """A promotion of the chosen set and its stage."""

    seen: Seen
    stage: Stage


@dataclass(slots=True)
class _Turn:
    """Where promotions of one type, not applied, are looked at.

    `amounts`, `total`: what the lines had come down to. `in_place`: the applied promotion of
    this type; `others`: those of other types, `later` the ones after it. `barred`: some other
    forbids this type.
    """

    amounts: Sequence[int]
    total: int
    in_place: Promotion | None
    others: list[Promotion]
    later: list[_Applied]
    barred: bool


def describe(cart: Cart, amounts: Sequence[int], seen: Sequence[Seen],
             chosen: Sequence[Stage]) -> Quote:
    """The quote of `chosen`, which is in order of application, as `seen` is."""
    waiting = list(reversed(chosen))
    applied: list[_Applied] = []
    left_out: list[Seen] = []
    for one in seen:
        if waiting and one.found is waiting[-1].offer:
            applied.append(_Applied(one, waiting.pop()))
        else:
            left_out.append(one)
    steps, end = _steps(applied, amounts)
    total = sum(end)
    lines = tuple([
        QuotedLine(line, tuple([step.per_line[index] for step in steps]), Money(end[index]))
        for index, line in enumerate(cart.lines)])
    return Quote(cart, Money(sum(amounts)), Money(total), steps, lines,
                 partial(_skipped, left_out, applied, amounts, end, total))


def _steps(applied: Sequence[_Applied],
           amounts: Sequence[int]) -> tuple[tuple[Step, ...], Sequence[int]]:
    """The waterfall, and what the lines cost at its end."""
    steps = []
    end = amounts
    for number, one in enumerate(applied):
        before = one.stage.amounts
        end = (applied[number + 1].stage.amounts if number + 1 < len(applied)
               else one.seen.provider.apply(one.stage.offer, before))
        off = [was - now for was, now in zip(before, end, strict=True)]
        steps.append(Step(one.seen.promotion, Money(one.stage.total), Money(sum(off)),
                          tuple([Money(fen) for fen in off])))
    return tuple(steps), end


def _skipped(left_out: Sequence[Seen], applied: Sequence[_Applied], amounts: Sequence[int],
             end: Sequence[int], total: int) -> tuple[Skipped, ...]:
    """Why each of the others is not in the set."""
    nothing = Money.zero()
    turns: dict[int, _Turn] = {}
    skipped = []
    for one in left_out:
        refusal = one.found
        if isinstance(refusal, Offer):
            if one.rank not in turns:
                turns[one.rank] = _turn(one, applied, end, total)
            refusal = _why(one, refusal, turns[one.rank], amounts)
        alone = Money(one.alone) if one.alone else nothing
        skipped.append(Skipped(one.promotion, refusal, alone))
    return tuple(skipped)


def _turn(one: Seen, applied: Sequence[_Applied], end: Sequence[int], total: int) -> _Turn:
    """The turn of a type. `end`, `total`: what the lines cost after all that is applied."""
    turn = _Turn(end, total, None, [], [], False)
    for other in reversed(applied):
        promotion = other.seen.promotion
        if other.seen.rank >= one.rank:
            turn.amounts, turn.total = other.stage.amounts, other.stage.total
        if other.seen.rank == one.rank:
            turn.in_place = promotion
            continue
        if other.seen.rank > one.rank:
            turn.later.insert(0, other)
        turn.others.insert(0, promotion)
        if promotion.stands_alone or one.promotion.type in promotion.excludes:
            turn.barred = True
    return turn


def _why(one: Seen, offer: Offer, turn: _Turn, original: Sequence[int]) -> Refusal:
    """Why a promotion that could be used is not in the best set."""
    promotion = one.promotion
    if one.alone and (turn.barred or promotion.stands_alone or promotion.excludes):
        for beside in turn.others:
            clash = conflict(promotion, beside)
            if clash is not None:
                return NotTogether(beside, clash.flag, clash.flag_of)
    amounts, total = turn.amounts, turn.total
    if offer.minimum is not None and not offer.minimum.met(amounts, total):
        return offer.minimum.refusal(amounts, total, original)
    saved = offer.reduction.saves(amounts, total)
    if not saved:
        return SavesNothing(Money(total))
    instead = total - saved
    provider = one.provider
    for other in turn.later:
        amounts = provider.apply(offer, amounts)
        offer, provider = other.stage.offer, other.seen.provider
        instead -= offer.saves(amounts, instead)
    return NotCheaper(Money(instead), turn.in_place)
