"""Somebody else who changes the same file of SQLite."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from core.store.db import Store

_RENAME = ("import sqlite3, sys\n"
           "with sqlite3.connect(sys.argv[1]) as base:\n"
           "    base.execute(\"UPDATE venues SET name = 'Hill'\")\n")


def in_a_thread(store: Store, work: Callable[[], object]) -> None:
    """Another thread, which has a connection of its own."""
    def run() -> None:
        with store.connection():
            work()
        store.database.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def another_process_renames_to_hill(path: Path) -> None:
    """Every venue, without a word to us."""
    subprocess.run([sys.executable, "-c", _RENAME, str(path)], check=True)
