"""Charts as coordinates for an SVG; the values stand in it as text, so nothing needs hovering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.services.statistics import Step
from kiosk.desk.showing import short_day, weekday
from kiosk.desk.words import say

LEFT, STEP, BAR = 64, 35, 25
FIT = 30
"""This many steps fit a page; with more the chart is wider and can be moved sideways."""
COUNT_TOP, COUNT_BASE = 32.0, 128.0
SUM_TOP, SUM_BASE = 174.0, 236.0
THOUSANDS = 3_000_00
"""From this largest amount (fen) on, amounts are shown in thousands of yuan."""
TICKS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One day (or month): `end` for a weekend, `strong` for the busiest."""

    x: float
    middle: float
    y: float
    height: float
    label: str
    end: bool
    strong: bool


@dataclass(frozen=True, slots=True)
class Point:
    """The amount of one day."""

    x: float
    y: float
    label: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A chart of counts above amounts."""

    width: int
    wide: bool
    bars: tuple[Bar, ...]
    points: tuple[Point, ...]
    line: str
    area: str
    ticks: tuple[Tick, ...]
    unit: str
    busiest: str


def trend(steps: Sequence[Step], by_month: bool) -> Trend:
    """The trend of a range."""
    gap = STEP if len(steps) > FIT else (1056 / len(steps) if steps else STEP)
    bar = min(BAR, gap * .72)
    counts = [step.redeemed + step.partly for step in steps]
    sums = [step.amount.fen for step in steps]
    most, largest = max(counts, default=0), max(sums, default=0)
    thousands = largest >= THOUSANDS
    middles = [LEFT + gap * (number + .5) for number in range(len(steps))]
    bars = tuple(_bar(step, count, middle, bar, most, by_month)
                 for step, count, middle in zip(steps, counts, middles, strict=True))
    points = tuple(Point(
        round(middle, 1), round(_height(fen, largest, SUM_TOP, SUM_BASE), 1),
        _amount(fen, thousands), fen == largest > 0)
        for fen, middle in zip(sums, middles, strict=True))
    line = "M" + "L".join(f"{point.x} {point.y}" for point in points) if points else ""
    area = (f"M{points[0].x} {SUM_BASE}L{line[1:]}L{points[-1].x} {SUM_BASE}z" if points else "")
    return Trend(
        width=round(LEFT + gap * len(steps) + 4), wide=len(steps) > FIT, bars=bars, points=points,
        line=line, area=area, ticks=_ticks(steps, middles, by_month),
        unit=say("千元", "1000 yuan") if thousands else say("元", "yuan"),
        busiest=_busiest(steps, counts, most, by_month))


def _amount(fen: int, thousands: bool) -> str:
    if not fen:
        return ""
    return f"{fen / 100_000:.1f}" if thousands else f"{fen / 100:.0f}"


def _bar(step: Step, count: int, middle: float, width: float, most: int, by_month: bool) -> Bar:
    top = _height(count, most, COUNT_TOP, COUNT_BASE)
    return Bar(round(middle - width / 2, 1), round(middle, 1), round(top, 1),
               round(COUNT_BASE - top, 1), f"{count:,}",
               not by_month and step.day.weekday() >= 5, count == most > 0)


def _height(value: int, largest: int, top: float, base: float) -> float:
    return base - (base - top) * value / largest if largest else base


def _ticks(steps: Sequence[Step], middles: Sequence[float], by_month: bool) -> tuple[Tick, ...]:
    every = max(1, -(-len(steps) // (TICKS if len(steps) <= FIT else len(steps) // 7 + 1)))
    return tuple(Tick(round(middle, 1), _named(step.day, by_month))
                 for number, (step, middle) in enumerate(zip(steps, middles, strict=True))
                 if number % every == 0)


def _named(day: date, by_month: bool) -> str:
    return day.strftime("%Y-%m") if by_month else day.strftime("%m-%d")


def _busiest(steps: Sequence[Step], counts: Sequence[int], most: int, by_month: bool) -> str:
    if not most:
        return ""
    day = steps[counts.index(most)].day
    name = _named(day, True) if by_month else f"{short_day(day)} {weekday(day)}"
    return say("最忙 {day}，{n} 张", "busiest {day}: {n}", day=name, n=most)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a ring of circumference 100, from the top; `tone` 1 to 4."""

    name: str
    share: float
    length: float
    offset: float
    tone: int


def ring(parts: Sequence[tuple[str, float]]) -> list[Slice]:
    """The slices of a ring; shares sum to at most one."""
    slices, so_far = [], 0.0
    for number, (name, share) in enumerate(parts):
        slices.append(Slice(name, share, round(share * 100, 2), round(-so_far * 100, 2),
                            min(number + 1, 4)))
        so_far += share
    return slices
