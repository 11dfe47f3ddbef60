"""Forgets what has done its duty; never a voucher, a log or an audit row (decision Q13)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from core.clock import Clock
from core.store.db import Store
from core.store.deliveries import PENDING
from core.store.tables import (
    BindingCode,
    FaceOffer,
    FailedAttempt,
    IdempotencyKey,
    InboundMessage,
    JobSlot,
    OutboxMessage,
    Session,
)

KEEP_KEYS = timedelta(days=7)
KEEP_CALLBACKS = timedelta(days=7)
KEEP_SLOTS = timedelta(days=400)
"""Daily jobs look back for days they missed."""
KEEP_SESSIONS = timedelta(days=30)
KEEP_NOTICES = timedelta(days=90)
KEEP_BINDING_CODES = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=1)
"""Far longer than any limit looks back."""

Forgettable = (BindingCode | FaceOffer | FailedAttempt | IdempotencyKey | InboundMessage | JobSlot
               | OutboxMessage | Session)
BATCH = 1000


class Upkeep:
    """The purge job's work, in short transactions so that no writer waits for it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def purge(self) -> str:
        """Delete old keys, callbacks, job slots, notices, codes, attempts and ended sessions."""
        at = self._clock.now()
        counts = {
            "keys": self._forget(IdempotencyKey, IdempotencyKey.created_at < at - KEEP_KEYS),
            "callbacks": self._forget(
                InboundMessage, InboundMessage.created_at < at - KEEP_CALLBACKS),
            "slots": self._forget(JobSlot, JobSlot.created_at < at - KEEP_SLOTS),
            "notices": self._forget(OutboxMessage, (OutboxMessage.state != PENDING)
                                    & (OutboxMessage.created_at < at - KEEP_NOTICES)),
            "binding codes": self._forget(
                BindingCode, BindingCode.expires_at < at - KEEP_BINDING_CODES),
            "face codes": self._forget(FaceOffer, FaceOffer.expires_at < at - KEEP_ATTEMPTS),
            "attempts": self._forget(FailedAttempt, FailedAttempt.created_at < at - KEEP_ATTEMPTS),
            "sessions": self._forget(Session, Session.expires_at < at - KEEP_SESSIONS),
        }
        return ", ".join(f"{count} {name}" for name, count in counts.items())

    def _forget(self, table: type[Forgettable], old: Any) -> int:
        total = 0
        while True:
            # Some are only found by reading the whole table: not while other writers wait.
            with self._store.connection():
                ids = [row.id for row in table.select(table.id).where(old).limit(BATCH)]
            if ids:
                total += self._store.transact(
                    "upkeep.purge", partial(self._delete, table, table.id.in_(ids) & old))
            if len(ids) < BATCH:
                return total

    @staticmethod
    def _delete(table: type[Forgettable], these: Any) -> int:
        return int(table.delete().where(these).execute())
