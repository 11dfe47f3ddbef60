"""By which a reader knows that what he read is still true.

Of everything: SQLite tells for the price of reading one word of shared memory. `PRAGMA
data_version` changes with every commit of another connection, of whatever thread or process, and
`total_changes` with every row that the own one writes. Of the configuration (venues, people,
devices, products, platforms), which stays while members come and go: triggers count its changes
in a table of one row. Servers have nothing like the first, and asking them for the second would
cost as much as reading, so there everybody reads again.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

from peewee import Database

V = TypeVar("V")

MOST_CONFIGURED = 5_000
"""Answers about the configuration in memory: each a row or a few."""


class Editions:
    """Numbers the states of one SQLite database as this process sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = threading.local()
        self._guard = threading.Lock()
        self._number = 0
        self._committed = 0
        self.configured: Remembered[Any] = Remembered(MOST_CONFIGURED)

    def now(self) -> int | None:
        """The number of the present state. The same number twice, from whichever threads: what
        was read after the first is still true. None inside a transaction, which may see what will
        never be committed."""
        if self._database.in_transaction():
            return None
        connection = self._database.connection()
        state = (connection.execute("PRAGMA data_version").fetchone()[0],
                 connection.total_changes, connection)
        if getattr(self._seen, "state", None) != state:
            self._seen.state = state
            # A connection's first look has nothing to compare with, so it too begins a number.
            with self._guard:
                self._number += 1
        return self._number

    def configuration(self) -> int | None:
        """The number of the present configuration, with the same promise. Inside a transaction
        None if that is not one that everybody sees: a change of its own, or an older state."""
        number: int = self._database.connection().execute(
            "SELECT number FROM configuration_edition").fetchone()[0]
        if not self._database.in_transaction():
            self._committed = number
        return number if number == self._committed else None


class Remembered(Generic[V]):
    """Answers of one state of the database; another state forgets them all."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: tuple[int, dict[Hashable, V]] = (0, {})

    def get(self, edition: int | None, key: Hashable) -> V | None:
        """What was read in this state, if it was."""
        known_in, known = self._of
        return known.get(key) if known_in == edition else None

    def keep(self, edition: int | None, key: Hashable, value: V) -> None:
        """`edition` is from before `value` was read."""
        if edition is None:
            return
        known_in, known = self._of
        if known_in != edition or len(known) >= self._most:
            known_in, known = self._of = (edition, {})
        known[key] = value
