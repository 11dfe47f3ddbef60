"""The pricing module's housekeeping: drift is reported, dead codes go, old stories are put away
(P264–P266)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.clock import Clock
from core.store import tasks
from core.store.db import Store
from core.store.pricing import upkeep
from core.store.pricing.upkeep import Drift

KEEP_DEAD = timedelta(days=30)
"""Expired codes that nobody claimed."""
KEEP_LIVE = timedelta(days=400)
"""After that a used or expired code moves to the archive."""
AT_ONCE = 1000


class PricingUpkeep:
    """Each method is the work of one job and returns a line for its log."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def drift(self) -> list[Drift]:
        """Every counter that differs from the rows it counts."""
        with self._store.connection():
            return [*upkeep.batch_drift(), *upkeep.coupon_drift(), *upkeep.code_drift(),
                    *upkeep.order_drift()]

    def check(self) -> str:
        """Look at every counter twice: work under way between two statements is no drift. What
        stays is a task for a person, once."""
        first = {(one.subject, one.id, one.counter) for one in self.drift()}
        found = [one for one in self.drift() if (one.subject, one.id, one.counter) in first] \
            if first else []
        at = self._clock.now()
        for one in found:
            self._store.transact("pricing.drift", partial(_report, one, at))
        return f"{len(found)} counters differ from their rows"

    def purge(self) -> str:
        """Delete expired codes that nobody claimed (P265)."""
        before = self._clock.now() - KEEP_DEAD
        gone = self._all("pricing.purge", upkeep.dead(before),
                         lambda ids: upkeep.purge(ids, before))
        return f"{gone} unclaimed codes deleted"

    def archive(self) -> str:
        """Move codes whose story ended long ago out of the way (P264)."""
        before = self._clock.now() - KEEP_LIVE
        moved = self._all("pricing.archive", upkeep.over(before),
                          lambda ids: upkeep.archive(self._store, ids, before))
        return f"{moved} codes archived"

    def _all(self, name: str, condition: Any, work: Callable[[Collection[int]], int]) -> int:
        total = 0
        while True:
            with self._store.connection():
                ids = upkeep.some(condition, AT_ONCE)
            done = self._store.transact(name, partial(work, ids)) if ids else 0
            total += done
            if not done:
                return total


def _report(drift: Drift, at: datetime) -> None:
    tasks.open_task(
        "price_drift", f"{drift.subject}:{drift.id}:{drift.counter}", venue_id=None,
        subject_kind=drift.subject, subject_id=drift.id, at=at,
        facts={"subject": drift.subject, "number": drift.id, "counter": drift.counter,
               "counted": drift.counted, "rows": drift.rows})
