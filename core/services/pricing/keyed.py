"""One change under one `Idempotency-Key`: the first one is made, every repetition is answered with
the same thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.services.idempotency import SentKey, first_answer, remember
from core.store.db import Store


def once(store: Store, name: str, key: SentKey | None, at: datetime,
         work: Callable[[], int]) -> int:
    """Do `work` in the transaction `name` and return the id it returns; under a key that was used
    before, the id of then. Raises Conflict `idempotency_conflict` for another body."""

    def change() -> int:
        known = first_answer(key)
        if known is not None:
            return int(known["id"])
        made = work()
        remember(key, {"id": made}, at)
        return made

    return store.transact(name, change)
