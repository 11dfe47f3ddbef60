"""Sound an alert: one row while it lasts, one notice for each who leads the place.

Runs inside the transaction of the change it tells of. The notices go out by `alert_post`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.ids import token_hash
from core.store import alerts, outbox
from core.store.outbox import Recipient

INFO, WARNING, URGENT = "info", "warning", "urgent"
ALERT = "alert"
ROBOT = "robot"
"""The channel of group robots."""

SEVERITY = {
    "settle_by_hand": URGENT, "authorise_platform": URGENT, "platform_failing": URGENT,
    "staff_called": URGENT, "task_untaken": URGENT, "unknown_long": URGENT,
    "refund_after_use": URGENT, "taken_back_elsewhere": URGENT,
    "morning_digest": INFO, "refund_asked": INFO,
}
"""Everything else is a warning. What is urgent does not wait for the end of quiet hours."""


def severity(kind: str) -> str:
    return SEVERITY.get(kind, WARNING)


def sound(kind: str, key: str, *, venue_id: int | None, facts: dict[str, Any], at: datetime,
          task_id: int | None = None, ticket: str = "", to: list[Recipient] | None = None,
          group: bool = True) -> bool:
    """Begin an alert, or count that it was met again; True when it is new and people are told.

    `to`: by default whoever leads the venue; `group`: the robot in the shop's group too. `facts`
    are JSON values without whole codes, phones or secrets.
    """
    alert_id, fresh = alerts.raise_(kind, key, severity=severity(kind), venue_id=venue_id,
                                    facts=facts, at=at, task_id=task_id)
    if fresh:
        told = list(outbox.bosses_of(venue_id) if to is None else to)
        if group:
            told += [robot(one) for one in alerts.robot_keys(venue_id)]
        outbox.add(ALERT, f"a{alert_id}", told,
                   {"ticket": ticket, "kind": kind, "severity": severity(kind),
                    "venue_id": venue_id, "facts": facts, "alert": alert_id},
                   "task" if task_id else "alert", task_id or alert_id, at)
    return fresh


def over(kind: str, key: str, at: datetime) -> bool:
    """It settled; False when it was not on."""
    return alerts.end(kind, key, at)


def robot(key: str) -> Recipient:
    """A group robot as a recipient: its key is a secret and stays out of the outbox."""
    return Recipient(0, ROBOT, ROBOT, token_hash(key)[:32])
