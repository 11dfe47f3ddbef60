"""Time comes in as an argument: services own a Clock, rules take `at`.

Instants are aware UTC datetimes; a business day is a calendar day in the venue's zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """An aware datetime in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told; for tests and simulated days."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by


@lru_cache(maxsize=64)
def zone(name: str = DEFAULT_ZONE) -> ZoneInfo:
    """The zone of a venue, by its IANA name."""
    return ZoneInfo(name)


def business_day(at: datetime, zone_name: str = DEFAULT_ZONE) -> date:
    """The calendar day of an instant at the venue."""
    return at.astimezone(zone(zone_name)).date()


ONE_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1970, 1, 2), date(9998, 12, 30)
"""Beyond these days not every zone and database has instants: who types such a day means the
beginning or the end of time."""


def day_starts(day: date, zone_name: str = DEFAULT_ZONE) -> datetime:
    """The instant (UTC) at which a day begins at the venue."""
    there_is = max(EARLIEST, min(day, LATEST))
    return datetime.combine(there_is, time.min, zone(zone_name)).astimezone(UTC)


def day_ends(day: date, zone_name: str = DEFAULT_ZONE) -> datetime:
    """The first instant (UTC) after a day: an `expire_date` is usable before it (section 4)."""
    return day_starts(min(day, LATEST - ONE_DAY) + ONE_DAY, zone_name)
