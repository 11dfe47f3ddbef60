"""By which door redemptions were completed, day by day (the value S7: less staff labour).

Days that are over are counted once, since nothing is completed on them any more; the open days are
counted when asked, and what was undone since is taken off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from core.clock import business_day, day_ends, day_starts
from core.store.select import tuples, unsought
from core.store.tables import DoorTally, Redemption
from core.store.tallies import Kind
from core.vouchers.redemption import State

ONE_DAY = timedelta(days=1)
SURELY_OVER = timedelta(hours=1)
"""After midnight: no transaction that took its instant before is still under way."""


def standing(first: date | None, last: date | None, kind: Kind, zone: str) -> dict[str, int]:
    """Redemptions completed on these days and not undone, by door. Only the venues of `kind`
    count. Inside one `store.snapshot()`."""
    found: Counter[str] = Counter()
    closed = _newest()
    kept = [*_kept_days(first, last), *_venues(DoorTally.venue_id, kind)]
    query = DoorTally.select(DoorTally.door, fn.SUM(DoorTally.completed)).group_by(DoorTally.door)
    for door, count in tuples(query.where(*kept) if kept else query):
        found[door] += int(count)
    opened = max(filter(None, (first, closed and closed + ONE_DAY)), default=None)
    for door, count in _count(Redemption.completed_at.is_null(False),
                              *_instants(Redemption.completed_at, opened, last, zone),
                              *_venues(unsought(Redemption.venue), kind)):
        found[door] += count
    # Few: found by their state, not by walking all of the days.
    completed = unsought(Redemption.completed_at)
    for door, count in _count(Redemption.state == State.UNDONE.value,
                              *_instants(completed, first, last, zone),
                              *_venues(Redemption.venue, kind)):
        found[door] -= count
    return {door: count for door, count in sorted(found.items()) if count}


def _kept_days(first: date | None, last: date | None) -> Iterator[Any]:
    if first is not None:
        yield DoorTally.day >= first
    if last is not None:
        yield DoorTally.day <= last


def _instants(column: Any, first: date | None, last: date | None, zone: str) -> Iterator[Any]:
    if first is not None:
        yield column >= day_starts(first, zone)
    if last is not None:
        yield column < day_ends(last, zone)


def _venues(column: Any, kind: Kind) -> Iterator[Any]:
    if kind.venue_id is not None:
        yield column == kind.venue_id
    if kind.venues is not None:
        yield column.in_(sorted(kind.venues))


def _count(*conditions: Any) -> list[tuple[str, int]]:
    query = Redemption.select(Redemption.door, fn.COUNT(Redemption.id)).group_by(Redemption.door)
    return [(door, int(count)) for door, count in tuples(query.where(*conditions))]


def _newest() -> date | None:
    day: date | None = DoorTally.select(fn.MAX(DoorTally.day)).scalar()
    return day


def next_over(at: datetime, zone: str) -> date | None:
    """The oldest day with completed redemptions that is over and not counted yet."""
    newest = _newest()
    query = Redemption.select(fn.MIN(Redemption.completed_at))
    if newest is not None:
        query = query.where(Redemption.completed_at >= day_ends(newest, zone))
    first: datetime | None = query.scalar()
    if first is None:
        return None
    day = business_day(first, zone)
    return day if day_ends(day, zone) + SURELY_OVER <= at else None


def count_day(day: date, zone: str) -> None:
    """Keep the counts of a day that is over, inside `transact`; anew, should it have some."""
    rows = tuples(Redemption.select(Redemption.venue, Redemption.door, fn.COUNT(Redemption.id))
                  .where(*_instants(Redemption.completed_at, day, day, zone))
                  .group_by(Redemption.venue, Redemption.door))
    DoorTally.delete().where(DoorTally.day == day).execute()
    if rows:
        DoorTally.insert_many([
            {"day": day, "venue_id": venue, "door": door, "completed": count}
            for venue, door, count in rows]).execute()


def wrong_days(zone: str) -> list[date]:
    """Counted days whose redemptions say otherwise."""
    days: dict[date, dict[tuple[int, str], int]] = {}
    for day, venue, door, completed in tuples(DoorTally.select(
            DoorTally.day, DoorTally.venue_id, DoorTally.door, DoorTally.completed)):
        days.setdefault(day, {})[venue, door] = completed
    return [day for day, told in sorted(days.items()) if told != {
        (venue, door): count for venue, door, count in tuples(
            Redemption.select(Redemption.venue, Redemption.door, fn.COUNT(Redemption.id))
            .where(*_instants(Redemption.completed_at, day, day, zone))
            .group_by(Redemption.venue, Redemption.door))}]
