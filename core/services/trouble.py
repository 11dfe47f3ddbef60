"""Something that a person must look at: one open task per matter, with an alert to the bosses.

Runs inside the transaction of the change it tells of.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.services import alarm
from core.services.actor import SYSTEM, Actor
from core.services.ticket import task_ticket
from core.store import audit, tasks

REFUND_AFTER_USE = "refund_after_use"
REFUND_ASKED = "refund_asked"
TAKEN_BACK = "taken_back_elsewhere"
ODD_ORDERS = "odd_orders"
AUTHORISE = "authorise_platform"
TOKEN_ENDING = "token_ending"


def tell(kind: str, key: str, *, venue_id: int | None, subject_kind: str, subject_id: int,
         facts: dict[str, Any], at: datetime, actor: Actor = SYSTEM) -> bool:
    """Open the task of this kind and key; False when it is open already, and nobody is told
    twice. `facts` are JSON values without whole codes, phones or secrets."""
    task, fresh = tasks.open_task(kind, key, venue_id=venue_id, subject_kind=subject_kind,
                                  subject_id=subject_id, facts=facts, at=at)
    if fresh:
        audit.add(actor, "task.opened", "task", task.id, at, venue_id=venue_id, to_state="open",
                  task_kind=kind, about=f"{subject_kind}:{subject_id}")
        alarm.sound(kind, key, venue_id=venue_id, facts=facts, at=at, task_id=task.id,
                    ticket=task_ticket(task.id))
    return fresh


def over(kind: str, key: str, at: datetime, *, actor: Actor = SYSTEM,
         resolution: str = "") -> bool:
    """The matter settled, by itself or by `actor`; False when no such task is open."""
    return tasks.close(kind, key, at, closed_by=actor.id if actor.kind == "staff" else None,
                       resolution=resolution)
