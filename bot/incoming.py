"""What comes in from a chat and what goes back, the same for every channel."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from core.services.actor import Actor
from core.services.chat import Person
from core.services.staff_words import Words

if TYPE_CHECKING:
    from core.wiring import Services


class Kind(Enum):
    """What somebody did in the chat."""

    TEXT = "text"
    """Typed, chosen in the menu (its key is a command) or scanned (the command and the code)."""
    PHOTO = "photo"
    CARD = "card"
    ENTER = "enter"
    LEAVE = "leave"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or event of a verified callback.

    `sender` is the only identity there is (wechat.md 8.4). `key` is the same for a resend of the
    same message and different for everything else.
    """

    channel: str
    """wecom or wechat"""
    app_id: str
    sender: str
    kind: Kind
    key: str
    text: str = ""
    """The typed text, what a scan said, or the key of a menu entry or card button."""
    media_id: str = ""
    task_id: str = ""
    response_code: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """The step a person is asked to answer. `key` makes doing it twice the same as once."""

    step: str
    key: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say back; `pending` replaces the step asked before, `done` forgets it. `taps` are
    answers that a chat may offer for tapping."""

    words: Words
    pending: Pending | None = None
    done: bool = False
    taps: tuple[str, ...] = ()


SILENCE = Reply(Words("", ""))


@dataclass(frozen=True, slots=True)
class Say:
    """One thing said to a command: by whom, and the text after the command's word."""

    incoming: Incoming
    services: Services
    person: Person | None
    text: str = ""

    @property
    def staff(self) -> Person:
        """Who speaks, for commands that only bound staff reach."""
        if self.person is None:
            raise LookupError("a command without a role asked for staff")
        return self.person

    @property
    def actor(self) -> Actor:
        return self.staff.actor


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key of the bot's own, as the services take it."""

    scope: str
    key: str
    fingerprint: str = ""


def message_key(*parts: str) -> str:
    """The key of a message or event, from everything that tells it from others (wechat.md 3.3)."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def lines(*pairs: Words | None) -> Words:
    """Several lines as one text; None lines are left out."""
    kept = [pair for pair in pairs if pair is not None]
    return Words("\n".join(pair.zh for pair in kept), "\n".join(pair.en for pair in kept))
