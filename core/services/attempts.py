"""Slows down whoever guesses codes (wechat.md 8.4)."""

from __future__ import annotations

from datetime import timedelta

from core.clock import Clock
from core.errors import TooManyRequests
from core.ids import token_hash
from core.store import attempts
from core.store.db import Store

WINDOW = timedelta(minutes=10)
LIMITS = {"bind": 5, "lookup": 10, "login": 20, "desk": 60, "phone": 10}
"""Wrong codes within ten minutes, by scope."""


class Attempts:
    """Counts wrong codes in the database, so that no restart gives a guesser new tries."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def check(self, scope: str, who: str) -> None:
        """Raise TooManyRequests (`retry_after` in seconds) when `who` has failed too often."""
        at = self._clock.now()
        failed = attempts.since(scope, token_hash(who), at - WINDOW)
        if len(failed) >= LIMITS[scope]:
            free = failed[-LIMITS[scope]] + WINDOW
            raise TooManyRequests(retry_after=max(1, int((free - at).total_seconds()) + 1))

    def failed(self, scope: str, who: str) -> None:
        """Note one wrong code."""
        at = self._clock.now()
        self._store.transact("attempts.failed",
                             lambda: attempts.add(scope, token_hash(who), at))

    def forget(self, scope: str, who: str) -> None:
        """Forget the wrong codes of somebody who then gave a right one."""
        self._store.transact("attempts.forget", lambda: attempts.forget(scope, token_hash(who)))
