"""Sums over vouchers by day, kept in `voucher_tallies`.

A voucher that changes becomes `stale`; folding takes what it was counted as out of the sums and
puts in what it counts as now. A reading adds the same for the vouchers still stale, so it always
equals the plain query over all vouchers, whether folding has caught up or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import fn

from core.clock import zone
from core.store.counted import (
    COLUMNS,
    DAY,
    MONTH,
    Counted,
    Key,
    Sums,
    changes,
    counted,
    remembered,
)
from core.store.db import MARIADB, SQLITE, Store
from core.store.tables import Voucher, VoucherTally
from core.store.tables.tallies import KEY, MEASURES

_ONE_DAY = timedelta(days=1)
MOST_PLACES = 500
"""Rows of one statement: SQLite takes 32 766 values."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Which vouchers, whatever their dates. `venues`: those the caller may see, None for all; a
    voucher of no venue yet (0) is everybody's."""

    platform_id: int | None = None
    voucher_type: int | None = None
    status: int | None = None
    venue_id: int | None = None
    venues: frozenset[int] | None = None

    def conditions(self) -> Iterator[Any]:
        """On the tallies."""
        for column, wanted in ((VoucherTally.platform_id, self.platform_id),
                               (VoucherTally.voucher_type, self.voucher_type),
                               (VoucherTally.status, self.status),
                               (VoucherTally.venue_id, self.venue_id)):
            if wanted is not None:
                yield column == wanted
        if self.venues is not None:
            yield VoucherTally.venue_id.in_(sorted(self.venues | {0}))

    def takes(self, key: Key) -> bool:
        """The same on one row."""
        return ((self.platform_id is None or key.platform_id == self.platform_id)
                and (self.voucher_type is None or key.voucher_type == self.voucher_type)
                and (self.status is None or key.status == self.status)
                and (self.venue_id is None or key.venue_id == self.venue_id)
                and (self.venues is None or key.venue_id in self.venues or key.venue_id == 0))


EVERY = Kind()


@dataclass(frozen=True, slots=True)
class Span:
    """Days `first` to `last`, both included, summed in one grain; None: no end on that side."""

    grain: str
    first: date | None
    last: date | None

    def conditions(self) -> Iterator[Any]:
        """On the tallies."""
        yield VoucherTally.grain == self.grain
        if self.first is not None:
            yield VoucherTally.day >= self.first
        if self.last is not None:
            yield VoucherTally.day <= self.last

    def takes(self, key: Key) -> bool:
        """The same on one row of this grain."""
        return ((self.first is None or key.day >= self.first.toordinal())
                and (self.last is None or key.day <= self.last.toordinal()))


def spans(first: date | None, last: date | None) -> list[Span]:
    """A range as whole months and the days at its edges, in order."""
    inner_first = inner_last = None
    if first is not None and first.day > 1:
        inner_first = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
    elif first is not None:
        inner_first = first
    if last is not None:
        next_day = last + _ONE_DAY
        inner_last = (next_day.replace(day=1) if next_day.day > 1 else next_day) - _ONE_DAY
    if inner_first is not None and inner_last is not None and inner_first > inner_last:
        return [Span(DAY, first, last)]
    found = []
    if first is not None and inner_first is not None and first < inner_first:
        found.append(Span(DAY, first, inner_first - _ONE_DAY))
    found.append(Span(MONTH, inner_first, inner_last))
    if last is not None and inner_last is not None and inner_last < last:
        found.append(Span(DAY, inner_last + _ONE_DAY, last))
    return found


class Reading:
    """The sums of one moment. Make and use it inside one `store.snapshot()`."""

    def __init__(self, store: Store, zone_name: str) -> None:
        self._store = store
        self._waiting: dict[tuple[str, str], list[tuple[Key, Sums]]] = {}
        stale = _stale_rows(store, zone_name)
        for key, gain in changes((before, now) for _, before, now in stale).items():
            self._waiting.setdefault((key.dimension, key.grain), []).append((key, gain))

    def sums(self, dimension: str, kind: Kind = EVERY, *, by: tuple[str, ...] = (),
             first: date | None = None, last: date | None = None,
             measures: tuple[str, ...] = MEASURES) -> dict[tuple[Any, ...], Sums]:
        """Sums of the vouchers whose date of `dimension` lies in [first, last], by the values of
        some columns of `Kind`, after the day where `by` begins with "day". Only the `measures`
        asked for are filled in."""
        found: dict[tuple[Any, ...], Sums] = {}
        for part in [Span(DAY, first, last)] if by[:1] == ("day",) else spans(first, last):
            for values, sums in self._of_part(dimension, kind, by, part, measures):
                found.setdefault(values, Sums()).add(sums)
        return {values: sums for values, sums in found.items() if sums}

    def pieces(self, dimension: str, kind: Kind, first: date | None, last: date | None,
               ) -> list[tuple[Span, Sums]]:
        """The range cut into its whole months and the days at its edges, oldest first, empty ones
        left out: enough to find the place of a row without summing every day."""
        found: list[tuple[Span, Sums]] = []
        for part in spans(first, last):
            days: dict[date, Sums] = {}
            for (day,), sums in self._of_part(dimension, kind, ("day",), part, MEASURES):
                days.setdefault(day, Sums()).add(sums)
            found += [(Span(part.grain, day, _last_day(day) if part.grain == MONTH else day), sums)
                      for day, sums in sorted(days.items()) if sums]
        return found

    def _of_part(self, dimension: str, kind: Kind, by: tuple[str, ...], part: Span,
                 measures: tuple[str, ...]) -> Iterator[tuple[tuple[Any, ...], Sums]]:
        """What is kept, then what waits to be folded."""
        by_day = by[:1] == ("day",)
        query = VoucherTally.select(
            *(getattr(VoucherTally, name) for name in by),
            *(fn.SUM(getattr(VoucherTally, name)) for name in measures)).where(
                VoucherTally.dimension == dimension, *part.conditions(), *kind.conditions())
        if by:
            query = query.group_by(*(getattr(VoucherTally, name) for name in by))
        for row in raw(self._store, query):
            values, measured = row[:len(by)], row[len(by):]
            if measured[0] is not None:
                if by_day and isinstance(values[0], str):
                    values = (date.fromisoformat(values[0]), *values[1:])
                yield values, Sums(**dict(zip(measures, map(int, measured), strict=True)))
        for key, sums in self._waiting.get((dimension, part.grain), ()):
            if part.takes(key) and kind.takes(key):
                values = tuple(getattr(key, name) for name in by)
                yield ((date.fromordinal(key.day), *values[1:]) if by_day else values), sums


def _last_day(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1) - _ONE_DAY


def _stale_rows(store: Store, zone_name: str, *, most: int | None = None,
                lock: bool = False) -> list[tuple[int, Counted | None, Counted]]:
    """Id, what it was counted as, what it counts as now."""
    query = Voucher.select(Voucher.id, Voucher.tallied, *(
        getattr(Voucher, name.removesuffix("_id")) for name in COLUMNS)).where(
            Voucher.stale == 1)
    if most is not None:
        query = query.limit(most)
    if lock and store.engine != SQLITE:
        # A row that somebody is changing now is left for the next round.
        query = query.for_update(skip_locked=True)
    where = zone(zone_name)
    return [(row[0], remembered(row[1]), counted(row[2:], where))
            for row in raw(store, query)]


def raw(store: Store, query: Any) -> Iterable[tuple[Any, ...]]:
    """The rows of a query as the driver gives them: reading ten thousand dates through the
    fields would take longer than everything else."""
    sql, parameters = query.sql()
    rows: Iterable[tuple[Any, ...]] = store.database.execute_sql(sql, parameters)
    return rows


def fold(store: Store, zone_name: str, most: int) -> int:
    """Count up to `most` stale vouchers anew, inside `transact`; returns how many there were."""
    rows = _stale_rows(store, zone_name, most=most, lock=True)
    add(store, changes((before, now) for _, before, now in rows))
    # Written out, since building the statement anew for each row costs more than running it.
    mark = store.database.param
    one = f"UPDATE vouchers SET stale = 0, tallied = {mark} WHERE id = {mark}"
    for voucher_id, _, now in rows:
        store.database.execute_sql(one, (now.text, voucher_id))
    return len(rows)


def add(store: Store, gains: dict[Key, Sums]) -> None:
    """Add to the kept sums, inside `transact`; always in the same order of rows, so that two who
    do it at once wait for each other rather than deadlock."""
    ordered = sorted(gains.items(), key=lambda gain: gain[0])
    for start in range(0, len(ordered), MOST_PLACES):
        _add_some(store, ordered[start:start + MOST_PLACES])


def _add_some(store: Store, gains: list[tuple[Key, Sums]]) -> None:
    place = f"({', '.join([store.database.param] * (len(KEY) + len(MEASURES)))})"
    new = "VALUES({0})" if store.engine == MARIADB else "excluded.{0}"
    sums = ", ".join(f"{name} = voucher_tallies.{name} + {new.format(name)}" for name in MEASURES)
    clash = ("ON DUPLICATE KEY UPDATE" if store.engine == MARIADB
             else f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET")
    values: list[Any] = []
    for key, sum_ in gains:
        values += [key.dimension, key.grain, date.fromordinal(key.day).isoformat(), *key[3:],
                   *sum_.values()]
    store.database.execute_sql(
        f"INSERT INTO voucher_tallies ({', '.join(KEY + MEASURES)}) "
        f"VALUES {', '.join([place] * len(gains))} {clash} {sums}", values)


__all__ = ["EVERY", "Key", "Kind", "Reading", "Span", "Sums", "add", "fold", "raw", "spans"]
