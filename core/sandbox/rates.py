"""How often one caller may do one thing, by the platforms' clock; forgotten at a restart."""

from __future__ import annotations

from collections import defaultdict, deque
from threading import Lock

from core.sandbox.ledger import Ledger


class Rates:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = Lock()
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def allow(self, what: str, most: int, seconds: float) -> bool:
        """Count this call if it is within `most` per `seconds`; False when it is one too many."""
        now = self._ledger.now()
        with self._lock:
            calls = self._calls[what]
            while calls and calls[0] <= now - seconds:
                calls.popleft()
            if len(calls) >= most:
                return False
            calls.append(now)
            return True
