"""Slots of scheduled jobs."""

from __future__ import annotations

from datetime import datetime

from core.store.select import first
from core.store.tables import JobSlot


def take(job: str, slot: str, *, at: datetime, lease_until: datetime) -> int | None:
    """Insert the slot, or take over one whose lease ran out; None when it is somebody's."""
    known = JobSlot.get_or_none((JobSlot.job == job) & (JobSlot.slot == slot))
    if known is None:
        # Two inserts at once: the unique index lets one through, the other's transaction is
        # repeated by `transact` and then finds the row.
        return int(JobSlot.create(job=job, slot=slot, lease_until=lease_until,
                                  created_at=at).id)
    taken = (JobSlot.update(lease_until=lease_until)
             .where((JobSlot.id == known.id) & JobSlot.finished_at.is_null()
                    & (JobSlot.lease_until <= at)).execute())
    return int(known.id) if taken == 1 else None


def move_on(job: str, slot: str, *, at: datetime, lease_until: datetime) -> int | None:
    """Take a slot of a job that keeps only its newest one; None when that one is not older."""
    mine = JobSlot.job == job
    if first(JobSlot.select().where(mine)) is None:
        # As in `take`: of two first ones one insert wins, and the other finds its row.
        JobSlot.create(job=job, slot="", lease_until=at, created_at=at)
    moved = JobSlot.update(slot=slot, lease_until=lease_until, created_at=at).where(
        mine & (JobSlot.slot < slot)).execute()
    return int(JobSlot.get(mine & (JobSlot.slot == slot)).id) if moved == 1 else None


def finish(slot_id: int, result: str, at: datetime) -> None:
    """Mark a slot done."""
    JobSlot.update(finished_at=at, result=result).where(JobSlot.id == slot_id).execute()
