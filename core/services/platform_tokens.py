"""Platform tokens in the database: one for all processes, fetched by one of them at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

from core.clock import Clock
from core.ids import new_key
from core.platforms.douyin_token import AccessToken
from core.store import tokens
from core.store.db import Store


class DatabaseTokenStore:
    """`core.platforms.douyin_token.TokenStore`. Values are encrypted at rest (invariant I8).

    The claim is a lease on the row, so that a process that dies while fetching blocks nobody for
    long.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._claims: dict[str, str] = {}

    def get(self, name: str) -> AccessToken | None:
        with self._store.connection():
            found = tokens.find(name)
        return AccessToken(*found) if found else None

    def put(self, name: str, token: AccessToken) -> None:
        self._store.transact("token.put", lambda: tokens.put(
            name, token.value, token.expires_at, self._clock.now()))

    def drop(self, name: str, value: str) -> None:
        """Forget the token if it is still this one."""
        self._store.transact("token.drop", lambda: tokens.drop(name, value))

    def claim(self, name: str, seconds: float) -> bool:
        """True for one caller at a time, across processes; ends by itself after `seconds`."""
        mine, at = new_key(), self._clock.now()
        taken = self._store.transact("token.claim", lambda: tokens.claim(
            name, mine, at + timedelta(seconds=seconds), at))
        if taken:
            with self._lock:
                self._claims[name] = mine
        return taken

    def release(self, name: str) -> None:
        """End a claim that `claim` granted to this caller."""
        with self._lock:
            mine = self._claims.pop(name, "")
        if mine:
            self._store.transact("token.release", lambda: tokens.release(name, mine))
