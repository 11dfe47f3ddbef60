"""The handle on the database: connections, transactions, migrations.

SQLite (WAL, durable commits), MariaDB/MySQL or PostgreSQL, by `DATABASE_URL`. A connection is
opened at first use, never before a fork. Every transaction has a name; crash tests kill the
process at `<name>.before`, `.inside` (before the commit) and `.after`.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from peewee import (
    Database,
    DatabaseError,
    IntegrityError,
    ModelSelect,
    OperationalError,
    SqliteDatabase,
)
from playhouse.db_url import connect
from playhouse.pool import PooledMySQLDatabase, PooledPostgresqlDatabase
from pymysql.constants import CLIENT

from core.store.durable import LogSync
from core.store.editions import Editions
from core.store.tables import ALL_TABLES, Row
from core.store.tables.fields import Vault, seal_with
from core.store.turns import FileTurns

T = TypeVar("T")
M = TypeVar("M", bound=Row)
Probe = Callable[[str], None]

SQLITE, MARIADB, POSTGRESQL = "sqlite", "mariadb", "postgresql"
MEMORY = ":memory:"

MOST_TRIES = 8
"""Of one transaction, when the database rolled it back for another's sake."""
BUSY_SECONDS = 10
POOL = 64
_MARIADB_AGAIN = {1020, 1205, 1213}
"""Record changed (Galera and 11.x snapshots), lock wait time-out, deadlock."""
_POSTGRESQL_AGAIN = {"40001", "40P01", "55P03"}
"""Serialisation failure, deadlock, lock not available."""


class GuardLost(Exception):
    """A guarded write found another row than it expected: the work must look again."""


def no_probe(point: str) -> None:
    """Nothing watches."""


class _Connected:
    """A block with a connection. Not a generator: there are several in every request."""

    __slots__ = ("_opened", "_store")

    def __init__(self, store: Store) -> None:
        self._store = store
        self._opened = False

    def __enter__(self) -> None:
        store = self._store
        if os.getpid() != store._pid:
            store._forget_inherited()
        # Most blocks are inside another: seeing that takes no lock.
        self._opened = store.database.is_closed() and store.database.connect(reuse_if_open=True)

    def __exit__(self, *error: object) -> None:
        if self._opened and self._store.engine != SQLITE:
            self._store.database.close()


class _Sqlite(SqliteDatabase):
    """SQLite, with a memory of what was read from it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editions = Editions(self)


class Store:
    """One database of this process; threads may share it."""

    def __init__(self, database: Database, engine: str, probe: Probe = no_probe) -> None:
        self.database = database
        self.engine = engine
        self._probe = probe
        self._pid = os.getpid()
        self._turns = self._new_turns()
        self._durable = self._new_durable()

    def connection(self) -> _Connected:
        """This thread has a connection inside the block; blocks may nest.

        On SQLite it stays open for the thread's next use; elsewhere it goes back to the pool.
        """
        return _Connected(self)

    def _forget_inherited(self) -> None:
        """A fork shares its parent's sockets and locks: drop them without a word to the server."""
        self.database.dispose()
        self._pid = os.getpid()
        if isinstance(self.database, _Sqlite):
            self.database.editions = Editions(self.database)
        self._turns = self._new_turns()
        self._durable = self._new_durable()

    def _new_durable(self) -> Callable[[], None]:
        """Waits until this thread's commits are on the disk: a server's commit itself waits."""
        name = str(self.database.database)
        return LogSync(f"{name}-wal").wait if self.engine == SQLITE and name != MEMORY \
            else lambda: None

    def _new_turns(self) -> AbstractContextManager[None]:
        """Where writers queue: SQLite has but one; the servers keep their own order."""
        name = str(self.database.database)
        return FileTurns(f"{name}-turn") if self.engine == SQLITE else nullcontext()

    def edition(self) -> int | None:
        """A number for what the database holds, as in `editions`; None where it cannot be known.
        Call it inside `connection()`, before reading what is to be remembered by it."""
        return self.database.editions.now() if isinstance(self.database, _Sqlite) else None

    def configuration(self) -> int | None:
        """The same for what decides about it (`core.store.steady`), also inside `transact`."""
        return self.database.editions.configuration() if isinstance(self.database, _Sqlite) \
            else None

    def transact(self, name: str, work: Callable[[], T]) -> T:
        """Do `work` in one durable transaction and return what it returns.

        `work` may run several times (deadlock, serialisation failure, a unique key that somebody
        else took meanwhile, GuardLost), so it must do nothing but database work. Raises what
        `work` raises; nothing is then kept.
        """
        if self.in_transaction():
            raise RuntimeError(f"transaction {name} inside another one")
        self._probe(f"{name}.before")
        for tries in range(1, MOST_TRIES + 1):
            try:
                with self.connection(), self._turns, self.database.atomic(*self._begin):
                    result = work()
                    self._probe(f"{name}.inside")
                self._durable()
                break
            except (DatabaseError, GuardLost) as error:
                if tries == MOST_TRIES or not self._worth_repeating(error):
                    raise
                time.sleep(random.uniform(0, 0.005 * 2**tries))
        self._probe(f"{name}.after")
        return result

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside the block is of one moment. Reads only; hold it briefly."""
        begin = "DEFERRED" if self.engine == SQLITE else "REPEATABLE READ"
        with self.connection(), self.database.atomic(begin):
            yield

    @property
    def _begin(self) -> tuple[str, ...]:
        return ("IMMEDIATE",) if self.engine == SQLITE else ()

    def _worth_repeating(self, error: Exception) -> bool:
        if isinstance(error, GuardLost | IntegrityError):
            return True
        if self.engine == SQLITE:
            return isinstance(error, OperationalError) and "locked" in str(error)
        if self.engine == MARIADB:
            return bool(error.args) and error.args[0] in _MARIADB_AGAIN
        drivers = getattr(error, "orig", None)
        return getattr(drivers, "sqlstate", None) in _POSTGRESQL_AGAIN

    def in_transaction(self) -> bool:
        """Whether this thread is inside `transact`; a platform call there would be a mistake."""
        return bool(self.database.in_transaction())

    def ping(self) -> None:
        """Ask the database for nothing. Raises what the driver raises when it is away."""
        self.database.execute_sql("SELECT 1")

    def locked(self, query: ModelSelect[M]) -> ModelSelect[M]:
        """See `locked`."""
        return locked(query)

    def migrate(self) -> list[str]:
        """Apply the migrations this database has not seen; returns their names."""
        from core.store import migrations  # the runner imports a DDL toolbox that web never needs

        with self.connection():
            return migrations.up(self.database, self.engine)

    def close(self) -> None:
        """Close this thread's connection and, where there is a pool, the idle ones."""
        if not self.database.is_closed():
            self.database.close()
        if self.engine != SQLITE:
            close_all: Callable[[], None] = self.database.close_all  # type: ignore[attr-defined]  # pools
            close_all()


def locked(query: ModelSelect[M]) -> ModelSelect[M]:
    """The rows of a select inside `transact`, held against other writers until its end.

    SQLite's write transaction already holds everything.
    """
    database: Database = query.model._meta.database
    return query.for_update() if database.for_update else query


def open_store(database_url: str, vault: Vault, probe: Probe = no_probe) -> Store:
    """The store behind a URL: `sqlite:///path`, `mysql://`, `mariadb://`, `postgresql://`.

    Binds the tables and the sealed columns of this process to it. Opens no connection.
    """
    database, engine = _database(database_url)
    database.bind(ALL_TABLES, bind_refs=False, bind_backrefs=False)
    seal_with(vault)
    return Store(database, engine, probe)


def _database(url: str) -> tuple[Database, str]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(parts.path[1:]), SQLITE
    if parts.scheme in ("mysql", "mariadb"):
        # FOUND_ROWS: a guarded write counts the rows it matched, as on the other two databases.
        query = dict(parse_qsl(parts.query)) | {"mariadb": "true"}
        url = urlunsplit(parts._replace(scheme="mysql+pool", query=urlencode(query)))
        database = connect(
            url, unquote_password=True, unquote_user=True, max_connections=POOL, timeout=10,
            stale_timeout=300, client_flag=CLIENT.FOUND_ROWS,
            init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        assert isinstance(database, PooledMySQLDatabase)
        return _with_types(database, "DATETIME(6)"), MARIADB
    if parts.scheme in ("postgresql", "postgres"):
        url = urlunsplit(parts._replace(scheme="postgresql+pool"))
        database = connect(url, unquote_password=True, unquote_user=True, max_connections=POOL,
                           timeout=10, stale_timeout=300)
        assert isinstance(database, PooledPostgresqlDatabase)
        return _with_types(database, "TIMESTAMP"), POSTGRESQL
    raise ValueError(f"unknown kind of database: {parts.scheme}")


def _sqlite(path: str) -> Database:
    name = unquote(path)
    if name != MEMORY:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    # synchronous=NORMAL: `transact` has the log synced itself (see `durable`), so a confirmed
    # redemption survives a power cut. A checkpoint writes each page once, however often it changed.
    return _Sqlite(
        name, timeout=BUSY_SECONDS, check_same_thread=False,
        field_types={"UTC_DATETIME": "DATETIME"},
        pragmas={"journal_mode": "wal", "synchronous": "normal", "foreign_keys": 1,
                 "cache_size": -32_000, "wal_autocheckpoint": 4000, "temp_store": "memory"})


def _with_types(database: Database, datetime_type: str) -> Database:
    types: dict[str, str] = database._field_types  # type: ignore[attr-defined]  # peewee's own
    types["UTC_DATETIME"] = datetime_type
    # Reading without `connection()` would take a pooled connection and never give it back.
    database.autoconnect = False
    return database
