"""Wrong codes of the last minutes, counted per hashed person."""

from __future__ import annotations

from datetime import datetime

from core.store.tables import FailedAttempt


def since(scope: str, who: str, start: datetime) -> list[datetime]:
    """When this person failed in this scope since `start`, oldest first."""
    rows = (FailedAttempt.select(FailedAttempt.created_at)
            .where((FailedAttempt.scope == scope) & (FailedAttempt.who == who)
                   & (FailedAttempt.created_at > start))
            .order_by(FailedAttempt.created_at))
    return [row.created_at for row in rows]


def add(scope: str, who: str, at: datetime) -> None:
    """One more."""
    FailedAttempt.create(scope=scope, who=who, created_at=at)


def forget(scope: str, who: str) -> None:
    """A right code clears the slate."""
    FailedAttempt.delete().where(
        (FailedAttempt.scope == scope) & (FailedAttempt.who == who)).execute()

