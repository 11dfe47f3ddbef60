"""What has been said in the chat apps, as one list that only grows or is touched again.

Every message has a `seq` that moves up whenever it changes, so that a page can poll for what is
new since the last one it saw.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from core.sandbox.ledger import Ledger

CHANNELS = ("wecom", "official", "robot")


@dataclass(frozen=True)
class Message:
    """`sender` is user, bot or system; `state` tells what became of a card."""

    id: int
    seq: int
    channel: str
    userid: str
    sender: str
    kind: str
    body: dict[str, Any]
    task_id: str
    state: dict[str, Any]
    at: float


class Talk:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def add(self, channel: str, userid: str, sender: str, kind: str, body: dict[str, Any],
            task_id: str = "") -> int:
        """Append one message; its id."""
        return self.ledger.insert(
            "messages", seq=self.ledger.next_number("message"), channel=channel, userid=userid,
            sender=sender, kind=kind, body=json.dumps(body, ensure_ascii=False),
            task_id=task_id, state="{}", at=self.ledger.now())

    def change(self, message: Message, *, body: dict[str, Any], state: dict[str, Any],
               task_id: str) -> None:
        """Show a message differently from now on."""
        self.ledger.run(
            "UPDATE messages SET seq = ?, body = ?, state = ?, task_id = ? WHERE id = ?",
            self.ledger.next_number("message"), json.dumps(body, ensure_ascii=False),
            json.dumps(state, ensure_ascii=False), task_id, message.id)

    def since(self, seq: int, userid: str | None = None) -> list[Message]:
        """What is new or changed, oldest change first."""
        rows = self.ledger.rows(
            "SELECT * FROM messages WHERE seq > ? AND (? IS NULL OR userid = ?) ORDER BY seq",
            seq, userid, userid)
        return [_message(row) for row in rows]

    def card(self, channel: str, userid: str, task_id: str) -> Message | None:
        """The newest card of a task in one person's chat."""
        row = self.ledger.row(
            "SELECT * FROM messages WHERE channel = ? AND userid = ? AND task_id = ? "
            "ORDER BY id DESC LIMIT 1", channel, userid, task_id)
        return None if row is None else _message(row)

    def holders(self, channel: str, task_id: str) -> list[str]:
        """Who has a card of this task."""
        rows = self.ledger.rows("SELECT DISTINCT userid FROM messages WHERE channel = ? "
                                "AND task_id = ?", channel, task_id)
        return [row["userid"] for row in rows]


def _message(row: sqlite3.Row) -> Message:
    values = dict(row)
    return Message(**{**values, "body": json.loads(values["body"]),
                      "state": json.loads(values["state"])})
