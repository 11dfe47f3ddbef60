"""Alerts as people look them up, and the robots of the shops' groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import NotFound
from core.services.actor import Actor, Role
from core.services.alert_words import task_words
from core.services.tasks import seen_venues
from core.services.ticket import task_ticket
from core.store import alerts, audit, catalogue
from core.store.db import Store
from core.store.tables import Alert, Venue


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert. `times`: how often it was met; severity: info, warning, urgent."""

    id: int
    kind: str
    severity: str
    venue_id: int | None
    open: bool
    facts: dict[str, Any]
    task_id: int | None
    ticket: str
    times: int
    created_at: datetime
    last_at: datetime
    over_at: datetime | None

    def text(self, language: str) -> str:
        return task_words(self.kind, self.facts, language)


class Alerts:
    """What went wrong, and what is wrong now."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def listed(self, actor: Actor, *, open_only: bool = False, severity: str | None = None,
               kind: str | None = None, venue_id: int | None = None, page: int = 1,
               page_size: int = 20) -> dict[str, Any]:
        """One page, the newest first. Raises NotAllowed."""
        actor.require(Role.CLERK, venue_id)
        with self._store.connection():
            query = alerts.listed(seen_venues(actor), open_only=open_only, severity=severity,
                                  kind=kind, venue_id=venue_id)
            return {"items": [_view(row) for row in query.paginate(page, page_size)],
                    "total": query.count(), "page": page, "page_size": page_size}

    def set_robot(self, venue_id: int, key: str, actor: Actor) -> None:
        """The group robot of a venue; an empty key takes it away. The key is a secret: it is
        kept encrypted and never shown. Raises NotFound, NotAllowed (managers of the venue)."""
        actor.require(Role.MANAGER, venue_id)
        at = self._clock.now()

        def write() -> None:
            if catalogue.venue(venue_id) is None:
                raise NotFound("venue_not_found")
            Venue.update(robot_key=key.strip() or None).where(Venue.id == venue_id).execute()
            audit.add(actor, "venue.robot_set", "venue", venue_id, at, venue_id=venue_id,
                      to_state="on" if key.strip() else "off")

        self._store.transact("alerts.robot", write)


def _view(row: Alert) -> AlertView:
    return AlertView(
        id=row.id, kind=row.kind, severity=row.severity, venue_id=row.venue_id,
        open=row.open_key is not None, facts=row.facts, task_id=row.task_id,
        ticket=task_ticket(row.task_id) if row.task_id else "", times=row.times,
        created_at=row.created_at, last_at=row.last_at, over_at=row.over_at)
