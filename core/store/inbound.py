"""Notices of platforms that were taken already. Callers hold a transaction."""

from __future__ import annotations

from datetime import datetime

from core.store.tables import InboundMessage


def fresh(source: str, key: str, at: datetime) -> bool:
    """Remember a notice; False when it was taken before. Of two at once one breaks the unique
    key; `transact` repeats it, and it finds the row."""
    known = InboundMessage.get_or_none(
        (InboundMessage.source == source) & (InboundMessage.message_key == key))
    if known is not None:
        return False
    InboundMessage.create(source=source, message_key=key, created_at=at)
    return True
