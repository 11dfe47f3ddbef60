"""Lets the requests of one process compute one after the other.

Python computes in one thread at a time anyway, but with SQLite it hands over at every statement,
dozens of times inside a transaction that all other writers wait for. So whoever answers a request
carries the baton, and lays it down only where he waits for something outside: the disk or a
platform. Nothing depends on it: who has waited `PATIENCE` for it goes on without.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 0.1
"""Seconds: enough for the requests before this one, little if one of them hangs."""


class Baton:
    """Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hand = threading.local()
        self._carried = _Carried(self)

    def carried(self) -> _Carried:
        """Compute inside the block, of which there is one in every request: not a generator."""
        return self._carried

    @contextmanager
    def laid_down(self) -> Iterator[None]:
        """Wait inside the block for something outside; harmless for who does not carry it."""
        carried = self.put()
        try:
            yield
        finally:
            if carried:
                self.take()

    def take(self) -> None:
        """Wait for it, at most `PATIENCE`."""
        self._hand.full = self._lock.acquire(timeout=PATIENCE)

    def put(self) -> bool:
        """Lay it down; whether this thread had it."""
        carried: bool = getattr(self._hand, "full", False)
        if carried:
            self._hand.full = False
            self._lock.release()
        return carried


class _Carried:
    """The block of `Baton.carried`."""

    __slots__ = ("_baton",)

    def __init__(self, baton: Baton) -> None:
        self._baton = baton

    def __enter__(self) -> None:
        self._baton.take()

    def __exit__(self, *error: object) -> None:
        self._baton.put()


BATON = Baton()
"""Of this process."""
