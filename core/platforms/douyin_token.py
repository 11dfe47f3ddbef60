"""Douyin's client_token, shared by all threads and processes (douyin.md section 2).

Each fetch cuts the life of the token before it to five minutes and only two live at a time, so
that three processes fetching on their own would keep killing each other's: one refresher at a
time, chosen by the store, well before the end, while the others go on with the old token.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from core.clock import Clock
from core.errors import PlatformBusy, PlatformError
from core.platforms.deadline import left

AHEAD = timedelta(minutes=20)
"""How long before its end a token is replaced."""
LAST_CALL = timedelta(seconds=30)
"""Nearer to its end a token is not used any more."""
CLAIM_SECONDS = 15
"""Longer than a fetch may take."""
LOOK_AGAIN = 0.05
PAUSE = timedelta(seconds=30)
"""After an early fetch, failed or not, the next early one waits this long."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`expires_at` is aware UTC by our clock."""

    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Where the processes share tokens. Values are secrets: a store encrypts them at rest."""

    def get(self, name: str) -> AccessToken | None: ...

    def put(self, name: str, token: AccessToken) -> None: ...

    def drop(self, name: str, value: str) -> None:
        """Forget the token if it is still this one."""
        ...

    def claim(self, name: str, seconds: float) -> bool:
        """True for one caller at a time, across processes; ends by itself after `seconds`."""
        ...

    def release(self, name: str) -> None:
        """End a claim that `claim` granted to this caller."""
        ...


class MemoryTokenStore:
    """A store for one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, AccessToken] = {}
        self._claims: dict[str, float] = {}

    def get(self, name: str) -> AccessToken | None:
        with self._lock:
            return self._tokens.get(name)

    def put(self, name: str, token: AccessToken) -> None:
        with self._lock:
            self._tokens[name] = token

    def drop(self, name: str, value: str) -> None:
        with self._lock:
            kept = self._tokens.get(name)
            if kept is not None and kept.value == value:
                del self._tokens[name]

    def claim(self, name: str, seconds: float) -> bool:
        with self._lock:
            now = time.monotonic()
            if self._claims.get(name, 0.0) > now:
                return False
            self._claims[name] = now + seconds
            return True

    def release(self, name: str) -> None:
        with self._lock:
            self._claims.pop(name, None)


class ClientToken:
    """The token of one app: kept here, shared through the store, refreshed by one at a time."""

    def __init__(self, name: str, store: TokenStore, fetch: Callable[[], AccessToken],
                 clock: Clock, platform: str = "douyin") -> None:
        self._name = name
        self._store = store
        self._fetch = fetch
        self._clock = clock
        self._platform = platform
        self._lock = threading.Lock()
        self._kept: AccessToken | None = None
        self._not_before: datetime | None = None

    def value(self, refused: str = "") -> str:
        """A token that is good now. Raises PlatformBusy when none comes within the budget, and
        whatever fetching raises.

        `refused`: the token that the platform did not take just now. It is replaced, unless
        somebody has replaced it already.
        """
        if refused:
            self._store.drop(self._name, refused)
        usable = self._usable(refused)
        if usable is not None and not self._is_due(usable):
            return usable.value
        wait = left()
        if not self._lock.acquire(timeout=0 if usable else (30.0 if wait is None else wait)):
            if usable is not None:
                return usable.value
            raise PlatformBusy(self._platform, reason="no_token_yet")
        try:
            return self._replaced(refused).value
        finally:
            self._lock.release()

    def _usable(self, refused: str) -> AccessToken | None:
        """The newest token that lives a little longer: ours, or somebody's from the store."""
        kept = self._kept
        if kept is None or kept.value == refused or self._is_due(kept):
            stored = self._store.get(self._name)
            if stored is not None and stored.value != refused:
                self._kept = kept = stored
        if (kept is None or kept.value == refused
                or kept.expires_at - self._clock.now() <= LAST_CALL):
            return None
        return kept

    def _is_due(self, token: AccessToken) -> bool:
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before:
            return False
        return token.expires_at - now <= AHEAD

    def _replaced(self, refused: str) -> AccessToken:
        """A fresh token, fetched by us or by another process; the lock of this one is held."""
        while True:
            newest = self._usable(refused)
            if newest is not None and not self._is_due(newest):
                return newest
            if self._store.claim(self._name, CLAIM_SECONDS):
                try:
                    return self._fetched(refused)
                finally:
                    self._store.release(self._name)
            if newest is not None:
                return newest
            wait = left()
            if wait is not None and wait <= LOOK_AGAIN:
                raise PlatformBusy(self._platform, reason="no_token_yet")
            time.sleep(LOOK_AGAIN)

    def _fetched(self, refused: str) -> AccessToken:
        usable = self._usable(refused)
        if usable is not None and not self._is_due(usable):
            return usable  # another process was quicker by a moment
        self._not_before = self._clock.now() + PAUSE
        try:
            fresh = self._fetch()
        except PlatformError:
            if usable is None:
                raise
            return usable
        self._store.put(self._name, fresh)
        self._kept = fresh
        return fresh
