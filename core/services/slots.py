"""One run per slot of a scheduled job, whoever and however many try (libraries.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.clock import DEFAULT_ZONE, Clock, business_day, day_starts
from core.store import slots
from core.store.db import Store

FREQUENT = 300
"""Seconds. Jobs that come more often keep one row that moves on; the others a row per slot."""


@dataclass(frozen=True, slots=True)
class Timed:
    """When a job is due: exactly one of `every` (seconds) and `daily` ("03:40", at the shop).

    `lease`: seconds after which a run that did not end may be begun again. What a daily job does
    covers the days before, so that one run catches up however many were missed.
    """

    name: str
    lease: int
    every: int | None = None
    daily: str | None = None

    @property
    def frequent(self) -> bool:
        return self.every is not None and self.every < FREQUENT

    def due(self, at: datetime, zone: str = DEFAULT_ZONE) -> datetime:
        """When the slot that counts at `at` began: the newest one that is not to come."""
        if self.every is not None:
            return datetime.fromtimestamp(int(at.timestamp()) // self.every * self.every, UTC)
        into = self._into_the_day()
        return day_starts(business_day(at - into, zone), zone) + into

    def next(self, at: datetime, zone: str = DEFAULT_ZONE) -> datetime:
        """When the slot after that one begins."""
        step = timedelta(seconds=self.every) if self.every is not None else timedelta(days=1)
        return self.due(at, zone) + step

    def slot(self, at: datetime, zone: str = DEFAULT_ZONE) -> str:
        """The slot's name; a later one is greater."""
        if self.every is not None:
            return self.due(at).strftime("%Y%m%dT%H%M%S")
        return business_day(at - self._into_the_day(), zone).isoformat()

    def _into_the_day(self) -> timedelta:
        assert self.daily is not None, "a job has `every` or `daily`"
        hours, minutes = self.daily.split(":")
        return timedelta(hours=int(hours), minutes=int(minutes))


class Slots:
    """A slot is the job's name and the time it stands for; the row in `job_slots` is the lock."""

    def __init__(self, store: Store, clock: Clock, zone: str = DEFAULT_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def take(self, job: Timed) -> int | None:
        """Take the present slot: the row's id, or None when somebody has or had it.

        A slot whose taker died (lease over, not finished) may be taken again while it is the
        present one.
        """
        at = self._clock.now()
        slot = job.slot(at, self._zone)
        if not job.frequent:
            return self.take_named(job.name, slot, job.lease)
        until = at + timedelta(seconds=job.lease)
        return self._store.transact(
            "slot.move_on", lambda: slots.move_on(job.name, slot, at=at, lease_until=until))

    def take_named(self, job: str, slot: str, lease_seconds: int) -> int | None:
        """Take a named slot, such as a missed day."""
        at = self._clock.now()
        until = at + timedelta(seconds=lease_seconds)
        return self._store.transact(
            "slot.take", lambda: slots.take(job, slot, at=at, lease_until=until))

    def finish(self, slot_id: int, result: str) -> None:
        """The slot's work is done for ever."""
        self._store.transact(
            "slot.finish", lambda: slots.finish(slot_id, result[:200], self._clock.now()))
