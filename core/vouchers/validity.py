"""From when until when something may be used, and how that is said.

Windows are half-open, [starts, ends): an `expire_date` is usable until 24:00 of that day at the
venue (design section 4). Nothing here reads a clock: `at` comes in as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

from core.clock import DEFAULT_ZONE, business_day, day_ends, day_starts, zone

Language = Literal["zh", "en"]

_LAST_MINUTE = time(23, 59)


class Phase(StrEnum):
    NOT_STARTED = "not_started"
    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Window:
    """Usable from `starts` (included) to `ends` (excluded), aware datetimes; None: no limit."""

    starts: datetime | None = None
    ends: datetime | None = None

    def phase(self, at: datetime) -> Phase:
        """Where an instant lies. A window that ends before it starts is never open."""
        if self.ends is not None and at >= self.ends:
            return Phase.ENDED
        if self.starts is not None and at < self.starts:
            return Phase.NOT_STARTED
        return Phase.OPEN

    def __contains__(self, at: datetime) -> bool:
        return self.phase(at) is Phase.OPEN

    def within(self, other: Window) -> Window:
        """The part that lies in both."""
        starts = [start for start in (self.starts, other.starts) if start is not None]
        ends = [end for end in (self.ends, other.ends) if end is not None]
        return Window(max(starts, default=None), min(ends, default=None))

    def last_day(self, zone_name: str = DEFAULT_ZONE) -> date | None:
        """The last calendar day at the venue on which something is usable."""
        if self.ends is None:
            return None
        return business_day(self.ends - timedelta.resolution, zone_name)


def of_days(first: date | None, last: date | None, zone_name: str = DEFAULT_ZONE) -> Window:
    """From 0:00 of the first day until 24:00 of the last, both at the venue."""
    return Window(
        None if first is None else day_starts(first, zone_name),
        None if last is None else day_ends(last, zone_name),
    )


def after_claim(claimed_at: datetime, days: int, zone_name: str = DEFAULT_ZONE) -> Window:
    """Usable at once and until 24:00 of the `days`-th day after the claim.

    Claimed on 11-21 with 30 days: until 12-21 inclusive, whatever the hour of the claim; with 0
    days: until tonight. Narrow it by the batch's own window with `within`.
    Raises ValueError for negative days.
    """
    if days < 0:
        raise ValueError("days after claim cannot be negative")
    last = business_day(claimed_at, zone_name) + timedelta(days=days)
    return Window(claimed_at, day_ends(last, zone_name))


def words(
    window: Window, at: datetime, language: Language = "zh", zone_name: str = DEFAULT_ZONE
) -> str:
    """The window as a member reads it at an instant: `到 2026-12-24`, `until 2026-12-24`.

    The hour is said only when it is not the end (or start) of a day; a platform's 23:59:59 is
    the end of a day.
    """
    phase = window.phase(at)
    ends = "" if window.ends is None else _end_words(window.ends, zone_name)
    starts = "" if window.starts is None else _start_words(window.starts, zone_name)
    if language == "en":
        if phase is Phase.ENDED:
            return f"expired on {ends}"
        until = f"until {ends}" if ends else "no end date"
        if phase is Phase.NOT_STARTED:
            return f"from {starts}" + (f" {until}" if ends else "")
        return until
    if phase is Phase.ENDED:
        return f"{ends} 到期了"
    if phase is Phase.NOT_STARTED:
        return f"{starts} 起可用" + (f"，到 {ends}" if ends else "")
    return f"到 {ends}" if ends else "长期有效"


def _end_words(ends: datetime, zone_name: str) -> str:
    last = (ends - timedelta.resolution).astimezone(zone(zone_name))
    if last.time() >= _LAST_MINUTE:
        return f"{last:%Y-%m-%d}"
    return f"{ends.astimezone(zone(zone_name)):%Y-%m-%d %H:%M}"


def _start_words(starts: datetime, zone_name: str) -> str:
    local = starts.astimezone(zone(zone_name))
    return f"{local:%Y-%m-%d}" if local.time() == time.min else f"{local:%Y-%m-%d %H:%M}"
