"""Work for people: seen, taken, closed with a word; and passed up when nobody takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.services import alarm
from core.services.actor import SYSTEM, Actor, Role
from core.services.alert_words import task_words
from core.services.ticket import task_ticket
from core.store import audit, outbox, people, tasks
from core.store.db import Store
from core.store.outbox import Recipient
from core.store.tables import Task

OPEN, DONE = "open", "done"
MANAGERS_AFTER, ADMINS_AFTER = timedelta(minutes=15), timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task. state: open, done. `facts` hold nothing secret or whole."""

    id: int
    ticket: str
    kind: str
    state: str
    venue_id: int | None
    subject_kind: str
    subject_id: int | None
    facts: dict[str, Any]
    created_at: datetime
    taken_at: datetime | None
    taken_by: int | None
    taken_by_name: str
    closed_at: datetime | None
    closed_by: int | None
    closed_by_name: str
    resolution: str

    def text(self, language: str) -> str:
        """What it is about, in words."""
        return task_words(self.kind, self.facts, language)


class Tasks:
    """`nudge("outbox")` sends notices now."""

    def __init__(self, store: Store, clock: Clock, nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    def listed(self, actor: Actor, *, state: str | None = None, venue_id: int | None = None,
               kind: str | None = None, page: int = 1, page_size: int = 20) -> dict[str, Any]:
        """`{"items", "total", "page", "page_size"}`, the newest first; a chain-wide task is seen
        by everybody. Raises NotAllowed."""
        actor.require(Role.CLERK, venue_id)
        with self._store.connection():
            query = tasks.listed(seen_venues(actor), state=state, venue_id=venue_id, kind=kind)
            items = [_view(row) for row in query.paginate(page, page_size)]
            return {"items": items, "total": query.count(), "page": page, "page_size": page_size}

    def one(self, task_id: int, actor: Actor) -> TaskView:
        """Raises NotFound, NotAllowed."""
        with self._store.connection():
            return _view(_allowed(tasks.by_id(task_id), actor))

    def take(self, task_id: int, actor: Actor) -> TaskView:
        """"I do it": nobody else is bothered. Asked again by the same person it changes nothing.

        Raises NotFound, NotAllowed, Conflict("task_taken") with who has it, Conflict("task_done").
        """
        at = self._clock.now()

        def take() -> TaskView:
            row = _allowed(tasks.held(task_id), actor)
            if row.state != OPEN:
                raise Conflict("task_done")
            if row.taken_by not in (None, actor.id):
                raise Conflict("task_taken", by=people.staff_name(row.taken_by or 0))
            if tasks.take(task_id, actor.id, at):
                audit.add(actor, "task.taken", "task", task_id, at, venue_id=row.venue_id,
                          from_state=OPEN, to_state=OPEN)
            return _view(tasks.by_id(task_id))

        return self._store.transact("tasks.take", take)

    def close(self, task_id: int, actor: Actor, resolution: str) -> TaskView:
        """Done, and how. A task that is done already stays as it was closed first.

        Raises NotFound, NotAllowed, InvalidInput("resolution_needed").
        """
        at, said = self._clock.now(), resolution.strip()

        def close() -> TaskView:
            row = _allowed(tasks.held(task_id), actor)
            if row.state == OPEN:
                if not said:
                    raise InvalidInput("resolution_needed")
                tasks.settle(row, at, actor.id, said)
                audit.add(actor, "task.closed", "task", task_id, at, venue_id=row.venue_id,
                          from_state=OPEN, to_state=DONE, resolution=said[:200])
            return _view(tasks.by_id(task_id))

        return self._store.transact("tasks.close", close)

    def escalate(self) -> int:
        """Tell the managers of what nobody took for 15 minutes, the admins after 60; once each.
        Returns how many were told of. Run by a job."""
        at, told = self._clock.now(), 0
        with self._store.connection():
            for step, after in ((1, MANAGERS_AFTER), (2, ADMINS_AFTER)):
                for row in tasks.untaken(at - after, step):
                    told += self._store.transact(
                        "tasks.escalate", partial(self._escalate, row, step, at))
        if told:
            self._nudge("outbox")
        return told

    @staticmethod
    def _escalate(row: Task, step: int, at: datetime) -> bool:
        if not tasks.escalate(row.id, step):
            return False
        to: list[Recipient] = (outbox.managers_of(row.venue_id) if step == 1 else outbox.admins())
        minutes = int((at - row.created_at).total_seconds() // 60)
        alarm.sound("task_untaken", f"{row.id}:{step}", venue_id=row.venue_id, at=at, to=to,
                    group=False, task_id=row.id, ticket=task_ticket(row.id),
                    facts={"minutes": minutes, "about": task_words(row.kind, row.facts, "zh"),
                           "task_kind": row.kind})
        alarm.over("task_untaken", f"{row.id}:{step}", at)
        audit.add(SYSTEM, "task.escalated", "task", row.id, at, venue_id=row.venue_id,
                  from_state=OPEN, to_state=OPEN, told="managers" if step == 1 else "admins")
        return True


def seen_venues(actor: Actor) -> frozenset[int] | None:
    """Whose things an actor sees; None: every venue's."""
    return None if actor.kind == "system" or actor.role is Role.ADMIN else actor.venues


def _allowed(row: Task | None, actor: Actor) -> Task:
    if row is None:
        raise NotFound("task_not_found")
    actor.require(Role.CLERK, row.venue_id)
    return row


def _view(row: Task | None) -> TaskView:
    assert row is not None, "tasks are never deleted"
    return TaskView(
        id=row.id, ticket=task_ticket(row.id), kind=row.kind, state=row.state,
        venue_id=row.venue_id, subject_kind=row.subject_kind, subject_id=row.subject_id,
        facts=row.facts, created_at=row.created_at, taken_at=row.taken_at, taken_by=row.taken_by,
        taken_by_name=people.staff_name(row.taken_by) if row.taken_by else "",
        closed_at=row.closed_at, closed_by=row.closed_by,
        closed_by_name=people.staff_name(row.closed_by) if row.closed_by else "",
        resolution=row.resolution)
