"""Every periodic job, in one table.

A job may run twice or late without harm. `every` is in seconds; `daily` is a time of day at the
shop. What a job does is one call of one service; it returns a line for the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.services.slots import Timed
from core.wiring import Services
from jobs.offers import (
    archive_codes,
    check_counters,
    expire_offers,
    expire_orders,
    generate_codes,
    purge_codes,
)
from jobs.queues import QUICK, SLOW

DAILY_LOOK = 600
"""Seconds between two looks whether today's run of a daily job is still to be done."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """One job. Exactly one of `every` and `daily` is given; `timeout` in seconds.

    A run takes its slot in the database first, so that two schedulers run each slot once. Daily
    jobs are looked after every few minutes: one that was missed is caught up.
    """

    name: str
    run: Callable[[Services], str]
    queue: str
    every: int | None = None
    daily: str | None = None
    timeout: int = 60

    @property
    def timed(self) -> Timed:
        """When it is due, as the slots and the health report know it."""
        return Timed(self.name, self.timeout, self.every, self.daily)

    @property
    def interval(self) -> int:
        """Seconds between two looks of a scheduler."""
        return self.every or DAILY_LOOK


def settle(services: Services) -> str:
    """Ask the platforms what became of unknown outcomes."""
    report = services.settle.run()
    return (f"{report.settled} settled, {report.still_unknown} still unknown, "
            f"{report.manual} for a person")


def expire_waiting(services: Services) -> str:
    """End requests that nobody confirmed in time."""
    return f"{services.settle.expire_waiting()} expired"


def outbox(services: Services) -> str:
    """Send what is waiting in the outbox."""
    return str(services.notify.deliver())


def remind_classes(services: Services) -> str:
    """Remind members of classes that are near."""
    return f"{services.members.notices.remind()} seats near"


def escalate(services: Services) -> str:
    """Tell more people of tasks that nobody takes."""
    return f"{services.operations.tasks.escalate()} told of"


def watch(services: Services) -> str:
    """Look for silent kiosks, failing platforms, late orders, open questions, a wrong clock."""
    return services.operations.watch.run()


def reconcile(services: Services) -> str:
    """Compare every day that is over with the platforms' books; the digest in the morning."""
    said = services.operations.reconcile.due()
    return said + (", digest told" if services.operations.digest.tell() else "")


def check_orders(services: Services) -> str:
    """Ask the platforms about orders of which something was heard."""
    return str(services.platforms.checks.run(seconds=3.0, batch=24))


def sync_requested(services: Services) -> str:
    """List the orders somebody asked for, and go on with what was cut off."""
    return services.platforms.sync.go_on(SYNC_SECONDS)


def sync_incremental(services: Services) -> str:
    """List the orders that are new since the last time."""
    return services.platforms.sync.run("incremental", SYNC_SECONDS)


def sync_sweep(services: Services) -> str:
    """List the orders of the last hours once more, for what came late."""
    return services.platforms.sync.run("sweep", SYNC_SECONDS)


def sync_status(services: Services) -> str:
    """Ask for orders that may have changed unseen; let certificates expire."""
    return services.platforms.sync.run("status", SYNC_SECONDS)


def refresh_tokens(services: Services) -> str:
    """Renew the platforms' tokens well before they end."""
    return services.platforms.tokens.run()


def purge(services: Services) -> str:
    """Forget idempotency keys, job slots, callbacks and sessions that are long over."""
    return services.upkeep.purge()


FOLD_SECONDS = 0.5
"""Of one turn: the quick queue has better to do than a whole import, and the slow one may be busy
with it for minutes."""


def fold_tallies(services: Services) -> str:
    """Count the vouchers that changed into the sums by day."""
    return f"{services.tallies.fold(FOLD_SECONDS)} counted"


def fold_backlog(services: Services) -> str:
    """Count what an import left behind."""
    return f"{services.tallies.fold()} counted"


def prove_tallies(services: Services) -> str:
    """Compare the sums by day with the vouchers themselves, and repair them."""
    proof = services.tallies.prove()
    return f"{proof.miscounted} counted anew, {proof.repaired} sums repaired"


SYNC_SECONDS = 180.0
"""Of one turn; a run that is not done goes on at the next one."""

PERIODIC: tuple[Periodic, ...] = (
    Periodic("settle", settle, QUICK, every=5),
    Periodic("outbox", outbox, QUICK, every=5),
    Periodic("expire_waiting", expire_waiting, QUICK, every=15),
    Periodic("fold_tallies", fold_tallies, QUICK, every=10),
    Periodic("fold_backlog", fold_backlog, SLOW, every=60),
    Periodic("prove_tallies", prove_tallies, SLOW, daily="03:40", timeout=1800),
    Periodic("remind_classes", remind_classes, QUICK, every=300),
    Periodic("escalate", escalate, QUICK, every=60),
    Periodic("watch", watch, QUICK, every=60),
    Periodic("reconcile", reconcile, SLOW, every=900, timeout=1800),
    Periodic("check_orders", check_orders, QUICK, every=10),
    Periodic("sync_requested", sync_requested, SLOW, every=30, timeout=300),
    Periodic("sync_incremental", sync_incremental, SLOW, every=300, timeout=300),
    Periodic("sync_sweep", sync_sweep, SLOW, every=900, timeout=300),
    Periodic("sync_status", sync_status, SLOW, every=3600, timeout=300),
    Periodic("refresh_tokens", refresh_tokens, SLOW, every=600, timeout=300),
    Periodic("purge", purge, SLOW, daily="04:30", timeout=600),
    Periodic("generate_codes", generate_codes, SLOW, every=30, timeout=300),
    Periodic("expire_orders", expire_orders, QUICK, every=60),
    Periodic("expire_offers", expire_offers, SLOW, every=600, timeout=300),
    Periodic("check_counters", check_counters, SLOW, daily="04:10", timeout=1800),
    Periodic("purge_codes", purge_codes, SLOW, daily="04:50", timeout=1800),
    Periodic("archive_codes", archive_codes, SLOW, daily="05:20", timeout=1800),
)

BY_NAME = {job.name: job for job in PERIODIC}
TIMETABLE = tuple(job.timed for job in PERIODIC)
