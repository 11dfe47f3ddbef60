"""Makes commits last through a power cut, many at a time.

With `synchronous=FULL` SQLite waits for the disk inside each commit, while every other writer
waits for it. So commits only append to the write-ahead log (`synchronous=NORMAL`: a checkpoint
still syncs the log before it touches the database), and whoever has committed has the log synced
after passing the turn on, before anybody hears of the commit. One sync covers all that committed
before it began.
"""

from __future__ import annotations

import os
import threading

from core.baton import BATON

_sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class LogSync:
    """The write-ahead log at `path`; threads share it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._tickets = 0
        self._synced = 0
        self._counting = threading.Lock()
        self._syncing = threading.Lock()

    def wait(self) -> None:
        """Return when everything that this thread has committed is on the disk. Raises OSError
        when the disk fails: what was committed may or may not last."""
        mine = self._ticket()
        with BATON.laid_down(), self._syncing:
            if self._synced >= mine:
                return
            covered = self._tickets
            self._sync()
            self._synced = covered

    def _ticket(self) -> int:
        with self._counting:
            self._tickets += 1
            return self._tickets

    def _sync(self) -> None:
        try:
            # Opened anew each time: the last connection that closes deletes the file. SQLite keeps
            # no locks on it that closing could drop.
            log = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # checkpointed and deleted: synced with the database
        try:
            _sync(log)
        finally:
            os.close(log)
