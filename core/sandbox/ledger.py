"""The sandbox's memory: one SQLite file, one connection, one lock.

Every change is one transaction, so a certificate can be consumed once however many requests
arrive together. The file survives a killed sandbox (`synchronous=OFF` risks only a power cut,
which no demo has to survive). Times are Unix seconds of the platforms' clock, which
POST /_sandbox/clock shifts.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_name("schema.sql")


class Ledger:
    """Rows of the sandbox; `path` None keeps them in memory."""

    def __init__(self, path: str | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False,
                                   isolation_level=None, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA.read_text(encoding="utf-8"))
        self._offset = float(self.meta("clock_offset") or 0)

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction; nested ones join the outer one. An exception undoes all of it."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement; how many rows it changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def insert(self, table: str, **values: Any) -> int:
        """Insert one row; its rowid."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        with self._lock:
            row = self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})",
                                   tuple(values.values())).lastrowid
        return row or 0

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            found = self._db.execute(sql, values).fetchone()
        assert found is None or isinstance(found, sqlite3.Row)
        return found

    def now(self) -> float:
        """The platforms' clock, Unix seconds."""
        return time.time() + self._offset

    def shift_clock(self, offset_seconds: float) -> None:
        """Set (not add) how far the platforms' clock is ahead of the machine's."""
        self._offset = offset_seconds
        self.set_meta("clock_offset", str(offset_seconds))

    def meta(self, name: str) -> str | None:
        row = self.row("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else str(row["value"])

    def set_meta(self, name: str, value: str) -> None:
        self.run("INSERT INTO meta VALUES (?, ?) "
                 "ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)

    def next_number(self, name: str, first: int = 1) -> int:
        """A counter that never gives the same number twice, restarts included."""
        with self.change():
            number = int(self.meta(f"counter:{name}") or first - 1) + 1
            self.set_meta(f"counter:{name}", str(number))
            return number

    def remembered(self, scope: str, key: str) -> tuple[str, Any] | None:
        """The (request, response) recorded under an idempotency key, if any."""
        row = self.row("SELECT request, response FROM answers WHERE scope = ? AND key = ?",
                       scope, key)
        return None if row is None else (row["request"], json.loads(row["response"]))

    def remember(self, scope: str, key: str, request: str, response: Any) -> None:
        self.insert("answers", scope=scope, key=key, request=request,
                    response=json.dumps(response, ensure_ascii=False), at=self.now())
