"""The append-only book of who did what (invariant I4). Nothing here updates or deletes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from core import logs
from core.store.compiled import insert
from core.store.tables import Audit


class Who(Protocol):
    """Whoever acts: `core.services.actor.Actor`."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> int: ...
    @property
    def door(self) -> str: ...
    @property
    def venue_id(self) -> int | None: ...


def add(actor: Who, action: str, subject_kind: str, subject_id: int, at: datetime, *,
        venue_id: int | None = None, from_state: str = "", to_state: str = "",
        platform_log_id: str = "", request_id: str = "", **facts: object) -> None:
    """One row. `facts` hold JSON values without whole codes, phones or secrets. `venue_id`: where
    the subject belongs, when that is not where the actor works. Without a `request_id` it is that
    of the request, chat message or job this runs for."""
    insert(
        Audit, actor_kind=actor.kind, actor_id=actor.id, door=actor.door,
        venue_id=venue_id if venue_id is not None else actor.venue_id, action=action,
        subject_kind=subject_kind, subject_id=subject_id, from_state=from_state,
        to_state=to_state, platform_log_id=platform_log_id[:100],
        request_id=(request_id or logs.request_id())[:64],
        facts=facts, created_at=at)


def count(subject_kind: str, subject_id: int, action: str) -> int:
    """How often this was done to a subject."""
    return int(Audit.select().where(
        (Audit.subject_kind == subject_kind) & (Audit.subject_id == subject_id)
        & (Audit.action == action)).count())


def of(subject_kind: str, subject_id: int) -> list[Audit]:
    """The history of one subject, oldest first."""
    return list(Audit.select().where(
        (Audit.subject_kind == subject_kind) & (Audit.subject_id == subject_id))
        .order_by(Audit.id))
