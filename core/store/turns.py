"""A lock that serves writers in the order they came.

SQLite has one writer. Its own busy handler polls and is unfair: with three processes of eight
threads the longest wait is seconds (baselines.md C). So the threads of one process queue here
before they ask for the write lock, and the processes queue at a lock file, which the kernel hands
on in order and frees when its holder dies: longest waits of a tenth of a second.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from types import TracebackType


class Turns:
    """First come, first served; use as a context manager."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()
        except BaseException:
            # A job's time-out may strike while waiting: leave the queue, or pass the turn on.
            self._give_up(turn)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._next()

    def _next(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _give_up(self, turn: threading.Lock) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self._next()


class FileTurns(Turns):
    """The same among processes that name the same lock file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._file: int | None = None

    def __enter__(self) -> None:
        super().__enter__()
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._next()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._next()
