"""Keeps the sums over vouchers: counts what changed, and proves every night that they are right."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import date
from functools import partial

from core.clock import DEFAULT_ZONE, Clock
from core.services.actor import SYSTEM
from core.store import audit, door_tallies, tallies, tally_check
from core.store.db import Store

log = logging.getLogger(__name__)

BATCH = 200
"""Vouchers of one transaction, so that SQLite's write lock is held for some 20 ms."""
WALK = 2_000
FOLD_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Proof:
    """`miscounted`: vouchers changed past the tables' own update; `repaired`: sums put right."""

    miscounted: int
    repaired: int


class Tallies:
    """Days are those of `zone`, one for the whole chain."""

    def __init__(self, store: Store, clock: Clock, zone: str = DEFAULT_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def fold(self, seconds: float = FOLD_SECONDS) -> int:
        """Count the vouchers that changed, for some seconds at most; returns how many.

        Readers add what is not folded yet, so being late costs them time, never exactness.
        """
        ends, total = time.monotonic() + seconds, 0
        while True:
            began = time.monotonic()
            folded = self._store.transact(
                "tallies.fold", lambda: tallies.fold(self._store, self._zone, BATCH))
            total += folded
            now = time.monotonic()
            if folded < BATCH or now >= ends:
                break
            time.sleep(now - began)  # as long for the other writers as for us
        self._close_days(ends)
        return total

    def _close_days(self, ends: float) -> None:
        while True:
            with self._store.connection():
                day = door_tallies.next_over(self._clock.now(), self._zone)
            if day is None or time.monotonic() >= ends:
                return
            self._store.transact("tallies.close_day",
                                 partial(door_tallies.count_day, day, self._zone))

    def prove(self) -> Proof:
        """Compare every sum with the plain query, repair what differs, with an audit row each."""
        miscounted = self._recount()
        repaired = 0
        for dimension in tally_check.DIMENSIONS:
            with self._store.connection():
                months = list(tally_check.months(dimension, self._zone))
            for month in months:
                with self._store.snapshot():
                    lacking = tally_check.drift(self._store, dimension, month, self._zone)
                if not lacking:
                    continue
                repaired += len(lacking)
                log.error("tallies of %s %s were wrong in %d rows", dimension, month,
                          len(lacking))
                self._store.transact("tallies.repair", partial(
                    self._repair, dimension, month, lacking))
        self._store.transact("tallies.tidy", tally_check.forget_empty)
        return Proof(miscounted, repaired + self._prove_doors())

    def _prove_doors(self) -> int:
        with self._store.connection():
            wrong = door_tallies.wrong_days(self._zone)
        for day in wrong:
            log.error("redemptions by door of %s were wrong", day)
            self._store.transact("tallies.repair_doors", partial(self._repair_doors, day))
        return len(wrong)

    def _repair_doors(self, day: date) -> None:
        door_tallies.count_day(day, self._zone)
        audit.add(SYSTEM, "tallies.repaired", "tallies", int(day.strftime("%Y%m%d")),
                  self._clock.now(), dimension="door", rows=1)

    def _repair(self, dimension: str, month: date,
                lacking: dict[tallies.Key, tallies.Sums]) -> None:
        """Add what is lacking: a difference, so that folding meanwhile does no harm."""
        tallies.add(self._store, lacking)
        audit.add(SYSTEM, "tallies.repaired", "tallies", int(month.strftime("%Y%m")),
                  self._clock.now(), dimension=dimension, rows=len(lacking))

    def _recount(self) -> int:
        """Mark vouchers stale whose count is out of date though nobody said so."""
        last: int | None = 0
        total = 0
        while last is not None:
            with self._store.connection():
                last, wrong = tally_check.miscounted(self._store, last, WALK, self._zone)
            total += len(wrong)
            for start in range(0, len(wrong), BATCH):
                self._store.transact("tallies.recount", partial(
                    tally_check.make_stale, wrong[start:start + BATCH]))
        if total:
            log.error("%d vouchers had been changed without being marked stale", total)
            self._store.transact("tallies.recounted", lambda: audit.add(
                SYSTEM, "tallies.recounted", "tallies", 0, self._clock.now(), vouchers=total))
        return total
