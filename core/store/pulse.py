"""How the shop is doing, in a few cheap counts. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from peewee import fn

from core.store.select import tuples
from core.store.tables import (
    Alert,
    Audit,
    Finding,
    JobSlot,
    Kiosk,
    OutboxMessage,
    Platform,
    PlatformShop,
    Redemption,
    SyncCursor,
    Task,
    Venue,
)
from core.vouchers.redemption import UNDO_UNSETTLED, UNSETTLED

UNKNOWN = [state.value for state in UNSETTLED | UNDO_UNSETTLED]
LOST = ["platform_busy", "platform_unknown", "no_answer", "unreachable", "breaker_open"]


def unknown() -> list[tuple[str, int, datetime]]:
    """Redemptions whose outcome is not known: state, how many, since when the oldest."""
    rows = tuples(Redemption.select(
        Redemption.state, fn.COUNT(Redemption.id), fn.MIN(Redemption.moved_at).converter(
            Redemption.moved_at.python_value))
        .where(Redemption.state.in_(UNKNOWN)).group_by(Redemption.state))
    return [(str(state), int(count), oldest) for state, count, oldest in rows]


def unknown_since(before: datetime, limit: int = 100) -> list[Redemption]:
    """Those whose last news are older than an instant; without those for a person already."""
    return list(Redemption.select().where(
        Redemption.state.in_([one for one in UNKNOWN if one != "manual"])
        & (Redemption.created_at <= before) & (Redemption.moved_at <= before)).limit(limit))


def fates(since: datetime) -> dict[int, tuple[int, int]]:
    """By platform: redemptions that moved since then, and how many of them have no answer."""
    found: dict[int, tuple[int, int]] = {}
    for platform_id, state, error in _moved(since):
        moved, lost = found.get(platform_id, (0, 0))
        failed = state in UNKNOWN and state != "verifying" or error in LOST
        found[platform_id] = (moved + 1, lost + failed)
    return found


def _moved(since: datetime) -> Iterator[tuple[Any, ...]]:
    """Platform, state and error of each. Which they may be is in the audit, where every move has
    a row, by date; an index of `moved_at` would have to be written at every move again."""
    ids = sorted({subject_id for kind, subject_id in tuples(
        Audit.select(Audit.subject_kind, Audit.subject_id).where(Audit.created_at >= since))
        if kind == "redemption"})
    for start in range(0, len(ids), 400):
        yield from tuples(
            Redemption.select(Redemption.platform, Redemption.state, Redemption.error).where(
                Redemption.id.in_(ids[start:start + 400]) & (Redemption.moved_at >= since)
                & Redemption.first_tried_at.is_null(False)))


def outbox() -> tuple[int, datetime | None, int]:
    """Messages that are due or will be, since when the oldest that is due waits to be sent, and
    how many were given up."""
    waiting = OutboxMessage.select().where(OutboxMessage.state == "pending")
    oldest = waiting.order_by(OutboxMessage.next_try_at).first()
    dead = OutboxMessage.select().where(OutboxMessage.state == "dead").count()
    return waiting.count(), oldest.next_try_at if oldest else None, dead


def platforms() -> list[Platform]:
    return list(Platform.select().where(Platform.status == 1).order_by(Platform.id))


def synced() -> dict[tuple[int, str], datetime | None]:
    """Until when the orders of each merchant are listed."""
    return {(row.platform_id, row.account_id): row.synced_until for row in SyncCursor.select()}


def shops() -> list[PlatformShop]:
    """Every authorisation, with its venue and platform."""
    return list(PlatformShop.select(PlatformShop, Venue, Platform).join(Venue)
                .switch(PlatformShop).join(Platform)
                .where((Platform.status == 1) & (Venue.status == 1))
                .order_by(PlatformShop.venue, PlatformShop.platform))


def kiosks() -> list[Kiosk]:
    """Paired kiosks of open venues, with their venue."""
    return list(Kiosk.select(Kiosk, Venue).join(Venue).where(
        (Kiosk.status == 1) & (Venue.status == 1) & Kiosk.paired_at.is_null(False))
        .order_by(Kiosk.venue, Kiosk.id))


def venues() -> list[Venue]:
    return list(Venue.select().where(Venue.status == 1).order_by(Venue.id))


def open_tasks() -> dict[int | None, int]:
    rows = tuples(Task.select(Task.venue, fn.COUNT(Task.id)).where(Task.state == "open")
                  .group_by(Task.venue))
    return {venue_id: int(count) for venue_id, count in rows}


def open_alerts() -> list[tuple[int | None, str, int]]:
    """Venue, severity, how many."""
    # Grouped here: to group by itself SQLite would read them by venue, the old ones too.
    counts = Counter(tuples(Alert.select(Alert.venue, Alert.severity).where(Alert.open_key > "")))
    return [(venue_id, str(severity), count) for (venue_id, severity), count in counts.items()]


def open_findings() -> int:
    return int(Finding.select().where((Finding.state == "open") & (Finding.kind != "pending"))
               .count())


def last_jobs() -> list[tuple[str, datetime, str]]:
    """Of each job that leaves a trace: when it was last done, and what it said then."""
    done = JobSlot.alias()
    last = (done.select(done.job, fn.MAX(done.finished_at).alias("at"))
            .where(done.finished_at.is_null(False)).group_by(done.job))
    rows = tuples(JobSlot.select(JobSlot.job, JobSlot.finished_at, JobSlot.result).join(
        last, on=(JobSlot.job == last.c.job) & (JobSlot.finished_at == last.c.at)))
    return [(str(job), at, str(said)) for job, at, said in rows]
