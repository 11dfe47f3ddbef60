"""Any page of a list of vouchers, however deep, without walking there.

The tallies say how many vouchers of the filter each day has, so they say on which days a page
lies; only those days are read, and from an index alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from peewee import Case, fn

from core.store.counted import CREATED, DAY, VERIFIED, Sums
from core.store.db import Store
from core.store.tables import Voucher
from core.store.tallies import Kind, Reading, Span, raw
from core.store.voucher_search import DATES, VoucherFilter, bounds, matching, of_kind, within

ONE_DAY = timedelta(days=1)
MOST = 2**31
"""More rows than any list has."""


@dataclass(frozen=True, slots=True)
class Order:
    """By which date; vouchers without it come last, by when they were created."""

    dimension: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Window:
    """Some days in a row."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a list that one date orders: `lacking` is the date its vouchers do not have."""

    dimension: str
    lacking: str | None = None

    def count(self, sums: Sums) -> int:
        if self.lacking is None:
            return sums.vouchers
        return sums.vouchers - (sums.verified if self.lacking == VERIFIED else sums.expiring)

    def conditions(self) -> Iterator[Any]:
        if self.lacking is not None:
            # Wrapped, lest a database should walk that date's index instead of a few days.
            yield fn.COALESCE(DATES[self.lacking], None).is_null()


class Pages:
    """Reads one list; make and use it inside one `store.snapshot()`."""

    def __init__(self, store: Store, zone: str, reading: Reading) -> None:
        self._store = store
        self._zone = zone
        self._reading = reading

    def by_status(self, wanted: VoucherFilter) -> dict[int, int]:
        """How many vouchers of each status the filter has, its own status left aside."""
        wanted = replace(wanted, status=None)
        if wanted.keyword.strip():
            return self._counted_one_by_one(wanted)
        sums = self._reading.sums(
            wanted.date_field if wanted.dated else CREATED, wanted.kind(), by=("status",),
            first=wanted.start_date, last=wanted.end_date, measures=("vouchers",))
        return {status: each.vouchers for (status,), each in sums.items()}

    def _counted_one_by_one(self, wanted: VoucherFilter) -> dict[int, int]:
        found: dict[int, int] = {}
        for (status,) in raw(self._store, Voucher.select(Voucher.status).where(
                *matching(wanted, self._zone))):
            found[status] = found.get(status, 0) + 1
        return found

    def ids(self, wanted: VoucherFilter, order: Order, offset: int, size: int) -> list[int]:
        """The ids of one page."""
        if wanted.keyword.strip() or (wanted.dated and wanted.date_field != order.dimension):
            return self._sorted(wanted, order, offset, size)
        stretches = [Stretch(order.dimension)]
        if order.dimension != CREATED and not wanted.dated:
            stretches.append(Stretch(CREATED, lacking=order.dimension))
        found: list[int] = []
        for stretch in stretches:
            windows, offset = self._windows(stretch, wanted, order.descending, offset,
                                            size - len(found))
            if windows:
                found += self._read(stretch, wanted.kind(), order.descending, windows, offset,
                                    size - len(found))
                offset = 0
        return found

    def everything(self, wanted: VoucherFilter, order: Order) -> list[int]:
        """The ids of the whole list."""
        return self.ids(wanted, order, 0, MOST)

    def _sorted(self, wanted: VoucherFilter, order: Order, offset: int, size: int) -> list[int]:
        """By sorting all that match: few by keyword, or one date's range in another's order."""
        column = DATES[order.dimension]
        lacking = Case(None, ((column.is_null(), Voucher.created_at),), None)
        by = [each.desc() if order.descending else each
              for each in (column, lacking, Voucher.id)]
        query = Voucher.select(Voucher.id).where(*matching(wanted, self._zone)).order_by(
            column.is_null(), *by).limit(size).offset(offset)
        return [row[0] for row in raw(self._store, query)]

    def _windows(self, stretch: Stretch, wanted: VoucherFilter, descending: bool, offset: int,
                 size: int) -> tuple[list[Window], int]:
        """The days on which rows `offset` to `offset + size` lie, and what remains of the offset:
        inside the first of them, or beyond the stretch."""
        kind, found = wanted.kind(), list[Window]()
        pieces = self._reading.pieces(stretch.dimension, kind, wanted.start_date, wanted.end_date)
        for span, sums in reversed(pieces) if descending else pieces:
            if not found and offset >= stretch.count(sums):
                offset -= stretch.count(sums)
                continue
            for day, count in self._days(stretch, kind, span, sums, descending):
                if not found and offset >= count:
                    offset -= count
                elif count:
                    found.append(Window(day, day))
                    size -= count - (offset if len(found) == 1 else 0)
                if size <= 0:
                    return _joined(found), offset
        return _joined(found), offset

    def _days(self, stretch: Stretch, kind: Kind, span: Span, sums: Sums,
              descending: bool) -> list[tuple[date, int]]:
        assert span.first is not None, "a piece has both ends"
        if span.grain == DAY:
            return [(span.first, stretch.count(sums))]
        days = self._reading.sums(stretch.dimension, kind, by=("day",), first=span.first,
                                  last=span.last)
        return [(day, stretch.count(each)) for (day,), each in
                sorted(days.items(), reverse=descending)]

    def _read(self, stretch: Stretch, kind: Kind, descending: bool, windows: Sequence[Window],
              offset: int, size: int) -> list[int]:
        column = DATES[stretch.dimension]
        first = windows[0]
        # Bounds come first, so that one statement serves all windows with other bounds.
        query = Voucher.select(Voucher.id).where(
            *within(stretch.dimension, first.first, first.last, self._zone), *of_kind(kind),
            *stretch.conditions()).order_by(*(
                (column.desc(), Voucher.id.desc()) if descending else (column, Voucher.id))
            ).limit(offset + size)
        sql, parameters = query.sql()
        found: list[int] = []
        for window in windows:
            start, end = bounds(stretch.dimension, window.first, window.last, self._zone)
            rows = self._store.database.execute_sql(
                sql, [column.db_value(start), column.db_value(end), *parameters[2:]])
            found += [row[0] for row in rows]
            if len(found) >= offset + size:
                break
        return found[offset:offset + size]


def _joined(days: Sequence[Window]) -> list[Window]:
    """Neighbouring days as one window."""
    found: list[Window] = []
    for day in days:
        if found and day.first - found[-1].last == ONE_DAY:
            found[-1] = Window(found[-1].first, day.last)
        elif found and found[-1].first - day.last == ONE_DAY:
            found[-1] = Window(day.first, found[-1].last)
        else:
            found.append(day)
    return found
