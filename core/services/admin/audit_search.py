"""Who did what, when, by which door: searching the audit book (invariant I4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from core.clock import day_ends, day_starts
from core.services.actor import Actor, Role
from core.store import audit
from core.store.admin import audit_search
from core.store.admin.audit_search import AuditFilter
from core.store.db import Store
from core.store.tables import Audit


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One row of the book. `ref`: of the redemption, where one is the subject."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: int
    actor_name: str
    door: str
    venue_id: int | None
    action: str
    subject_kind: str
    subject_id: int
    from_state: str
    to_state: str
    platform_log_id: str
    request_id: str
    facts: Mapping[str, object]
    ref: str


class AuditPage(TypedDict):
    """One page (design section 5)."""

    items: list[AuditLine]
    total: int
    page: int
    page_size: int


class AuditSearch:
    """For managers, within their venues; an administrator sees everything."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, actor: Actor, *, page: int = 1, page_size: int = 50, action: str = "",
             actor_kind: str = "", actor_id: int | None = None, door: str = "",
             subject_kind: str = "", subject_id: int | None = None, venue_id: int | None = None,
             start_date: date | None = None, end_date: date | None = None) -> AuditPage:
        """The newest first. `action`: a whole one (`redemption.confirmed`) or its first word.
        Both days belong to the range. Raises NotAllowed."""
        actor.require(Role.MANAGER, venue_id)
        wanted = AuditFilter(
            action=action, actor_kind=actor_kind, actor_id=actor_id, door=door,
            subject_kind=subject_kind, subject_id=subject_id, venue_id=venue_id,
            starts=day_starts(start_date) if start_date else None,
            ends=day_ends(end_date) if end_date else None,
            venues=None if actor.role is Role.ADMIN else actor.venues)
        with self._store.connection():
            query = audit_search.matching(wanted)
            items = _lines(audit_search.newest(query, page, page_size))
            total = query.count()
        return AuditPage(items=items, total=total, page=page, page_size=page_size)

    def of(self, subject_kind: str, subject_id: int, actor: Actor) -> list[AuditLine]:
        """The history of one subject, oldest first. Raises NotAllowed."""
        actor.require(Role.MANAGER)
        with self._store.connection():
            lines = _lines(audit.of(subject_kind, subject_id))
        return [line for line in lines if actor.role is Role.ADMIN or line.venue_id is None
                or actor.may_work_at(line.venue_id)]


def _lines(rows: list[Audit]) -> list[AuditLine]:
    names = {kind: audit_search.names(kind, {row.actor_id for row in rows
                                             if row.actor_kind == kind})
             for kind in ("staff", "kiosk")}
    refs = audit_search.refs({row.subject_id for row in rows if row.subject_kind == "redemption"})
    return [AuditLine(
        id=row.id, at=row.created_at, actor_kind=row.actor_kind, actor_id=row.actor_id,
        actor_name=names.get(row.actor_kind, {}).get(row.actor_id, ""), door=row.door,
        venue_id=row.venue_id, action=row.action, subject_kind=row.subject_kind,
        subject_id=row.subject_id, from_state=row.from_state, to_state=row.to_state,
        platform_log_id=row.platform_log_id, request_id=row.request_id, facts=row.facts,
        ref=refs.get(row.subject_id, "") if row.subject_kind == "redemption" else "")
        for row in rows]
