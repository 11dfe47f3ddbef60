"""Work for people: one open task per subject, however often it is met."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from peewee import ModelSelect

from core.store import alerts
from core.store.db import locked
from core.store.select import first, unsought
from core.store.tables import Task


def open_task(kind: str, key: str, *, venue_id: int | None, subject_kind: str, subject_id: int,
              facts: dict[str, Any], at: datetime) -> tuple[Task, bool]:
    """The open task of this kind and key, and whether it was made now."""
    open_key = f"{kind}:{key}"[:128]
    known = Task.get_or_none(Task.open_key == open_key)
    if known is not None:
        return known, False
    made = Task.create(venue=venue_id, kind=kind, subject_kind=subject_kind, subject_id=subject_id,
                       facts=facts, open_key=open_key, created_at=at)
    return made, True


def close(kind: str, key: str, at: datetime, *, closed_by: int | None = None,
          resolution: str = "") -> bool:
    """Close the open task of this kind and key, and its alert; False when there is none."""
    alerts.end(kind, key, at)
    return bool(Task.update(open_key=None, state="done", closed_at=at, closed_by=closed_by,
                            resolution=resolution[:200])
                .where(Task.open_key == f"{kind}:{key}"[:128]).execute())


def held(task_id: int) -> Task | None:
    """A task, held against other writers."""
    return first(locked(Task.select().where(Task.id == task_id)))


def settle(task: Task, at: datetime, closed_by: int | None, resolution: str) -> None:
    """Close a task that the caller holds, and its alert."""
    if task.open_key is not None:
        alerts.end_keys([task.open_key], at)
    Task.update(open_key=None, state="done", closed_at=at, closed_by=closed_by,
                resolution=resolution[:200]).where(Task.id == task.id).execute()


def take(task_id: int, staff_id: int, at: datetime) -> bool:
    """Somebody says that he does it; False when it is taken or done."""
    return bool(Task.update(taken_by=staff_id, taken_at=at).where(
        (Task.id == task_id) & (Task.state == "open") & Task.taken_at.is_null()).execute())


def untaken(before: datetime, escalated: int, limit: int = 200) -> list[Task]:
    """Open tasks from before an instant that nobody took, told to fewer than wanted."""
    return list(Task.select().where(
        (Task.state == "open") & (Task.created_at <= before) & Task.taken_at.is_null()
        & (Task.escalated < escalated)).order_by(Task.id).limit(limit))


def escalate(task_id: int, step: int) -> bool:
    """Note that a step was done; False when another worker did it."""
    return bool(Task.update(escalated=step).where(
        (Task.id == task_id) & (Task.state == "open") & (Task.escalated < step)).execute())


def by_id(task_id: int) -> Task | None:
    return first(Task.select().where(Task.id == task_id))


def listed(venue_ids: Collection[int] | None, *, state: str | None = None,
           kind: str | None = None, venue_id: int | None = None) -> ModelSelect[Task]:
    """Tasks of these venues and of the whole chain (None: of every venue), the newest first."""
    # Tasks of a state are found by it and their date; others are read from the newest on. Never
    # all of a venue's.
    query = Task.select().order_by(*(
        (Task.created_at.desc(), Task.id.desc()) if state is not None else (Task.id.desc(),)))
    venue = unsought(Task.venue)
    if venue_ids is not None:
        query = query.where(venue.in_(list(venue_ids)) | venue.is_null())
    for column, value in ((Task.state, state), (Task.kind, kind), (venue, venue_id)):
        if value is not None:
            query = query.where(column == value)
    return query
