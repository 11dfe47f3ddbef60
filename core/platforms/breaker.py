"""A circuit breaker: a platform that fails again and again is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class BreakerOpen(Exception):
    """The call was not made; `retry_after` seconds until the next probe."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"{retry_after:.1f} s")
        self.retry_after = retry_after


class Breaker:
    """Opens after `limit` failures in a row; after `rest` seconds one probe at a time may pass.

    Failures in a row, not a rate: with one call in ten failing, eight in a row happen once in
    a hundred million calls, and a dead platform shows itself within eight.
    """

    def __init__(self, limit: int = 8, rest: float = 5.0,
                 seconds: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._rest = rest
        self._seconds = seconds
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        return self._opened_at is not None

    @contextmanager
    def guard(self, counts: Callable[[BaseException], bool]) -> Iterator[None]:
        """Around one call. Raises BreakerOpen; `counts` tells failures from honest refusals."""
        probe = self._enter()
        try:
            yield
        except BaseException as error:
            self._leave(probe, failed=counts(error))
            raise
        self._leave(probe, failed=False)

    def _enter(self) -> bool:
        with self._lock:
            if self._opened_at is None:
                return False
            wait = self._opened_at + self._rest - self._seconds()
            if wait > 0 or self._probing:
                raise BreakerOpen(max(wait, 0.1))
            self._probing = True
            return True

    def _leave(self, probe: bool, *, failed: bool) -> None:
        with self._lock:
            if probe:
                self._probing = False
            if not failed:
                self._failures = 0
                self._opened_at = None
                return
            self._failures += 1
            if probe or self._failures >= self._limit:
                self._opened_at = self._seconds()
