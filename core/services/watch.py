"""Watches what nobody looks at: silent kiosks, failing platforms, late orders, open questions,
a wrong clock. Each trouble is one alert that ends when the trouble does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock, zone
from core.platforms.traffic import ANSWERED, Traffic
from core.services import alarm
from core.services.ticket import ticket
from core.store import alerts, merchants, pulse
from core.store.db import Store
from core.store.tables import Venue

SILENT = timedelta(minutes=5)
LATE = timedelta(minutes=15)
UNKNOWN_LONG = timedelta(minutes=5)
LOOK_BACK = timedelta(minutes=10)
FEW = 3
"""Redemptions without an answer, and half of all, before a platform counts as failing."""
FEW_CALLS = 6
MOST_SKEW = 30
"""Seconds; Meituan refuses requests that are ten minutes off."""
KINDS = ("kiosk_silent", "platform_failing", "sync_late", "unknown_long", "clock_skew")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now."""

    kind: str
    key: str
    venue_id: int | None
    facts: dict[str, Any]


class Watch:
    """`traffic` is of this process; what other processes meet shows in the journal."""

    def __init__(self, store: Store, clock: Clock, traffic: Traffic,
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._traffic = traffic
        self._nudge = nudge
        self._seen: dict[tuple[str, str, str], int] = {}

    def run(self) -> str:
        """Look once, begin new alerts, end those that are over. Run by a job every minute."""
        at = self._clock.now()
        with self._store.connection():
            found = [*self._kiosks(at), *self._platforms(at), *self._late(at),
                     *self._unknown(at), *self._skew()]
            began, ended = self._store.transact("watch.tell", lambda: self._tell(found, at))
        if began:
            self._nudge("outbox")
        return f"{len(found)} troubles, {began} new, {ended} over"

    @staticmethod
    def _tell(found: list[Trouble], at: datetime) -> tuple[int, int]:
        began = sum(alarm.sound(one.kind, one.key, venue_id=one.venue_id, facts=one.facts, at=at)
                    for one in found)
        now = {(one.kind, one.key) for one in found}
        ended = sum(alarm.over(kind, key, at) for kind in KINDS
                    for key in alerts.open_keys(kind) if (kind, key) not in now)
        return began, ended

    @staticmethod
    def _kiosks(at: datetime) -> list[Trouble]:
        return [Trouble("kiosk_silent", str(one.id), one.venue_id,
                        {"label": f"{one.venue.name} {one.name}",
                         "minutes": _minutes(at - one.last_seen_at)})
                for one in pulse.kiosks() if one.last_seen_at is not None
                and at - one.last_seen_at > SILENT and is_open(one.venue, at, SILENT)]

    def _platforms(self, at: datetime) -> list[Trouble]:
        """By the journal of every process, and by the calls of this one since the last look."""
        fates, calls = pulse.fates(at - LOOK_BACK), self._calls()
        found = []
        for one in pulse.platforms():
            moved, lost = fates.get(one.id, (0, 0))
            made, failed = calls.get(one.platform_code, (0, 0))
            if lost >= FEW and 2 * lost >= moved or made >= FEW_CALLS and 2 * failed >= made:
                found.append(Trouble("platform_failing", one.platform_code, None,
                                     {"platform_name": one.platform_name, "lost": lost,
                                      "label": one.platform_name}))
        return found

    def _calls(self) -> dict[str, tuple[int, int]]:
        """Calls and failures by platform since the last look."""
        found: dict[str, tuple[int, int]] = {}
        for figures in self._traffic.figures():
            for outcome, count in figures.outcomes.items():
                key = (figures.platform, figures.endpoint, outcome)
                fresh, self._seen[key] = count - self._seen.get(key, 0), count
                made, failed = found.get(figures.platform, (0, 0))
                found[figures.platform] = (
                    made + fresh, failed + (0 if outcome in ANSWERED else fresh))
        return found

    @staticmethod
    def _late(at: datetime) -> list[Trouble]:
        """Merchants whose orders were listed once and are not any more."""
        until = pulse.synced()
        names = {one.id: one.platform_name for one in pulse.platforms()}
        found = []
        for merchant in merchants.merchants():
            last = until.get((merchant.platform_id, merchant.account_id))
            if last is not None and at - last > LATE:
                name = names.get(merchant.platform_id, merchant.platform_code)
                found.append(Trouble(
                    "sync_late", f"{merchant.platform_code}:{merchant.account_id}", None,
                    {"platform_name": name, "minutes": _minutes(at - last), "label": name}))
        return found

    @staticmethod
    def _unknown(at: datetime) -> list[Trouble]:
        return [Trouble("unknown_long", one.ref, one.venue_id,
                        {"label": ticket(one.id), "ref": one.ref,
                         "minutes": _minutes(at - one.moved_at)})
                for one in pulse.unknown_since(at - UNKNOWN_LONG)]

    def _skew(self) -> list[Trouble]:
        names = {one.platform_code: one.platform_name for one in pulse.platforms()}
        return [Trouble("clock_skew", platform, None,
                        {"platform_name": names[platform], "seconds": round(seconds),
                         "label": names[platform]})
                for platform, seconds in self._traffic.skews().items()
                if platform in names and abs(seconds) > MOST_SKEW]


def is_open(venue: Venue, at: datetime, since: timedelta = timedelta()) -> bool:
    """Whether a venue is open, and has been for `since`."""
    return all(_within(venue, moment) for moment in (at, at - since))


def _within(venue: Venue, at: datetime) -> bool:
    clock = at.astimezone(zone(venue.zone)).strftime("%H:%M")
    if venue.opens <= venue.closes:
        return bool(venue.opens <= clock < venue.closes)
    return bool(clock >= venue.opens or clock < venue.closes)


def _minutes(by: timedelta) -> int:
    return int(by.total_seconds() // 60)
