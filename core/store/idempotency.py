"""First answers by the caller's key; a row is written with the change it belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.store.compiled import Compiled, insert
from core.store.tables import IdempotencyKey

_FIND = Compiled(lambda scope, key: IdempotencyKey.select().where(
    (IdempotencyKey.scope == scope) & (IdempotencyKey.key == key)))

def find(scope: str, key: str) -> IdempotencyKey | None:
    """The first request under this key."""
    return _FIND.first(scope=scope, key=key)


def add(scope: str, key: str, fingerprint: str, answer: Any, at: datetime) -> None:
    """Remember the answer. A second writer of the same key fails on the unique index, so that its
    whole transaction runs again and finds this row."""
    insert(IdempotencyKey, scope=scope, key=key, fingerprint=fingerprint, answer=answer,
           created_at=at)
