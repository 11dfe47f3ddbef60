"""Runs of the sync and the lease that keeps them apart. Callers hold a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import ModelSelect

from core.store.compiled import update
from core.store.select import first, tuples
from core.store.tables import Platform, SyncCursor, SyncRun

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
UNFINISHED = (WAITING, RUNNING)


class LeaseLost(Exception):
    """Another run of this merchant took over: this one must write no more."""


def cursor(platform_id: int, account_id: str, at: datetime) -> SyncCursor:
    """The merchant's cursor, made when there is none."""
    same = (SyncCursor.platform == platform_id) & (SyncCursor.account_id == account_id)
    known: SyncCursor | None = SyncCursor.get_or_none(same)
    if known is not None:
        return known
    return SyncCursor.create(platform=platform_id, account_id=account_id, created_at=at)


def take_lease(platform_id: int, account_id: str, key: str, at: datetime,
               until: datetime) -> SyncCursor | None:
    """The merchant's cursor for one holder at a time; None while somebody else has it."""
    row = cursor(platform_id, account_id, at)
    taken = SyncCursor.update(lease_until=until, lease_key=key).where(
        (SyncCursor.id == row.id)
        & (SyncCursor.lease_until.is_null() | (SyncCursor.lease_until <= at))).execute()
    return row if taken == 1 else None


def keep_lease(cursor_id: int, key: str, until: datetime) -> None:
    """Go on holding it. Raises LeaseLost: nothing of this transaction may be kept then."""
    if update(SyncCursor, {"id": cursor_id, "lease_key": key}, lease_until=until) != 1:
        raise LeaseLost(f"cursor {cursor_id}")


def release(cursor_id: int, key: str) -> None:
    SyncCursor.update(lease_until=None, lease_key="").where(
        (SyncCursor.id == cursor_id) & (SyncCursor.lease_key == key)).execute()


def advance(cursor_id: int, since: datetime, until: datetime) -> None:
    """Everything in [since, until) is listed: move the mark, unless that would leave a gap."""
    SyncCursor.update(synced_until=until).where(
        (SyncCursor.id == cursor_id)
        & (SyncCursor.synced_until.is_null()
           | (SyncCursor.synced_until >= since) & (SyncCursor.synced_until < until))).execute()


def unfinished(platform_id: int, account_id: str) -> list[SyncRun]:
    """Runs to do or to go on with, in the order they were asked for."""
    return list(SyncRun.select().where(
        SyncRun.state.in_(UNFINISHED) & (SyncRun.platform == platform_id)
        & (SyncRun.account_id == account_id)).order_by(SyncRun.id))


def any_unfinished() -> list[tuple[int, str]]:
    """Platform id and account of every merchant with such runs."""
    rows = tuples(SyncRun.select(SyncRun.platform, SyncRun.account_id).distinct().where(
        SyncRun.state.in_(UNFINISHED)))
    return [(int(platform), str(account)) for platform, account in rows]


def add(at: datetime, **columns: Any) -> SyncRun:
    """A run that waits to be begun."""
    return SyncRun.create(**columns, created_at=at, moved_at=at)


def step(run_id: int, at: datetime, **columns: Any) -> None:
    """Write how far a run has come."""
    update(SyncRun, {"id": run_id}, **columns, moved_at=at)


def by_id(run_id: int) -> SyncRun | None:
    """A run with its platform."""
    return first(SyncRun.select(SyncRun, Platform).join(Platform).where(SyncRun.id == run_id))


def listed(platform_code: str | None, kind: str | None) -> ModelSelect[SyncRun]:
    """Runs with their platform, the newest first."""
    query = SyncRun.select(SyncRun, Platform).join(Platform).order_by(SyncRun.id.desc())
    if platform_code is not None:
        query = query.where(Platform.platform_code == platform_code)
    return query.where(SyncRun.kind == kind) if kind is not None else query
