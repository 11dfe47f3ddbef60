"""A budget of calls per second: whoever wants to call waits for a turn.

Used only by work that can wait (orders and their certificates); a member's redemption never
queues here. Seconds are those of a monotonic clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SLOWEST = 0.5
"""Calls per second that a platform crying "too often" cannot push us below."""
RECOVERS = 1.02
"""Each call that went through makes the pace this much quicker, up to the budget."""


class Pace:
    """`per_second` calls, shared by all threads of a process; 0 means as fast as it goes."""

    def __init__(self, per_second: float, seconds: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], None] = time.sleep) -> None:
        self._budget = per_second
        self._rate = per_second
        self._seconds = seconds
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Return when it is this caller's turn."""
        if not self._budget:
            return
        with self._lock:
            now = self._seconds()
            turn = max(self._next, now)
            self._next = turn + 1 / self._rate
            self._rate = min(self._rate * RECOVERS, self._budget)
        if turn > now:
            self._sleep(turn - now)

    def slower(self) -> None:
        """The platform said "too often": half the pace, and a second's rest for all."""
        with self._lock:
            if self._budget:
                self._rate = max(self._rate / 2, SLOWEST)
            self._next = max(self._next, self._seconds() + 1.0)
