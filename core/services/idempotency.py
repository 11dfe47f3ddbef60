"""`Idempotency-Key`: the same key and body lead to the first request's outcome (design section 5).

What is kept is the redemption's ref, not a copy of the answer: a repetition shows the same
redemption as it stands now, never a stale 确认中.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from core.errors import Conflict
from core.store import idempotency


class SentKey(Protocol):
    """A caller's key. `scope` tells callers apart; `fingerprint` is of what was sent."""

    @property
    def scope(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...


def first_answer(sent: SentKey | None) -> Any | None:
    """What was answered first, or None when this key is new.

    Raises Conflict("idempotency_conflict") when the key came with another body before.
    """
    kept = None if sent is None else idempotency.find(sent.scope, sent.key)
    if sent is None or kept is None:
        return None
    if kept.fingerprint != sent.fingerprint:
        raise Conflict("idempotency_conflict")
    return kept.answer


def remember(sent: SentKey | None, answer: Any, at: datetime) -> None:
    """Keep the answer; call it inside the transaction of the change itself."""
    if sent is not None:
        idempotency.add(sent.scope, sent.key, sent.fingerprint, answer, at)


def once(sent: SentKey | None, at: datetime, work: Callable[[], Any]) -> Any:
    """Inside a transaction: what `work` returned under this key the first time, else now.

    `work` returns a JSON value, such as the id of what it made. Raises
    Conflict("idempotency_conflict").
    """
    first = first_answer(sent)
    if first is not None:
        return first
    made = work()
    remember(sent, made, at)
    return made
