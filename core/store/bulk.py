"""Many rows at once: one prepared statement, one call of the driver.

Building a query per row costs more than the row itself, so the statement is written once per
shape and the driver gets plain tuples. Callers hold a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from peewee import (  # type: ignore[attr-defined]  # its stubs lack EXCEPTIONS
    EXCEPTIONS,
    Database,
    ExceptionWrapper,
)

from core.store.db import MARIADB, Store
from core.store.packing import packed, unpacked
from core.store.tables import Row

Values = Sequence[Any]

_as_ours = ExceptionWrapper(EXCEPTIONS)
"""The driver's errors in the classes that `Store.transact` knows."""


def insert(store: Store, table: type[Row], columns: tuple[str, ...], rows: Iterable[Values], *,
           key: tuple[str, ...] = (), update: tuple[str, ...] = ()) -> None:
    """Insert rows of Python values in the order of `columns` (field names).

    With `key`, a row that is already there under these unique fields takes the values of
    `update` instead.
    """
    _run(store, _insert_sql(store.database, store.engine, table, columns, key, update),
         packed(table, store.engine, columns, rows))


def change(store: Store, table: type[Row], columns: tuple[str, ...], rows: Iterable[Values],
           where: tuple[str, ...] = ("id",)) -> None:
    """Update row by row: each has the values of `columns`, then those of `where`."""
    _run(store, _update_sql(store.database, table, columns, where),
         packed(table, store.engine, columns + where, rows))


def among(store: Store, table: type[Row], columns: tuple[str, ...], column: str,
          values: Collection[Any], *, lock: bool = False, **also: Any) -> list[tuple[Any, ...]]:
    """`columns` of the rows whose `column` is one of `values` and whose other fields are `also`;
    with `lock` they are held against other writers until the transaction ends, taken by id so
    that two who want the same rows do not wait for each other."""
    if not values:
        return []
    given = _padded(values)
    asked = _packed_one(store, table, tuple(also), also.values()) + tuple(
        one for one, in packed(table, store.engine, (column,), zip(given, strict=True)))
    sql = _select_sql(store.database, table, columns, column, len(given), tuple(also),
                      lock and bool(store.database.for_update))
    return unpacked(table, columns, store.database.execute_sql(sql, asked).fetchall())


def change_among(store: Store, table: type[Row], columns: Mapping[str, Any],
                 ids: Collection[int]) -> None:
    """Give all rows with these ids the same values."""
    if not ids:
        return
    given = _padded(ids)
    sql = _update_alike_sql(store.database, table, tuple(columns), len(given))
    store.database.execute_sql(
        sql, _packed_one(store, table, tuple(columns), columns.values()) + tuple(given))


def _packed_one(store: Store, table: type[Row], columns: tuple[str, ...],
                values: Iterable[Any]) -> tuple[Any, ...]:
    return next(iter(packed(table, store.engine, columns, [tuple(values)])), ())


def _padded(values: Collection[Any]) -> list[Any]:
    """The last value repeated to one of a few lengths, so that the driver has met the statement
    before."""
    given = list(values)
    whole = next((size for size in (1, 8, 32, 128, 256, 512, 1024) if len(given) <= size), 0)
    return given + given[-1:] * (whole - len(given))


def _run(store: Store, sql: str, packed: list[tuple[Any, ...]]) -> None:
    if not packed:
        return
    with _as_ours:
        cursor = store.database.cursor()
        try:
            cursor.executemany(sql, packed)
        finally:
            cursor.close()


@lru_cache(maxsize=64)
def _select_sql(database: Database, table: type[Row], columns: tuple[str, ...], column: str,
                count: int, also: tuple[str, ...], lock: bool) -> str:
    mark = _mark(database)
    equal = "".join(f"{name}={mark} AND " for name in _names(database, table, also))
    (name,) = _names(database, table, (column,))
    return (f"SELECT {', '.join(_names(database, table, columns))} "
            f"FROM {_quoted(database, table._meta.table_name)} "
            f"WHERE {equal}{name} IN ({', '.join([mark] * count)})" + " FOR UPDATE" * lock)


@lru_cache(maxsize=64)
def _insert_sql(database: Database, engine: str, table: type[Row], columns: tuple[str, ...],
                key: tuple[str, ...], update: tuple[str, ...]) -> str:
    names = _names(database, table, columns)
    sql = (f"INSERT INTO {_quoted(database, table._meta.table_name)} ({', '.join(names)}) "
           f"VALUES ({', '.join([_mark(database)] * len(names))})")
    if not key:
        return sql
    changed = _names(database, table, update)
    if engine == MARIADB:
        return f"{sql} ON DUPLICATE KEY UPDATE " + ", ".join(
            f"{name}=VALUES({name})" for name in changed)
    return (f"{sql} ON CONFLICT ({', '.join(_names(database, table, key))}) DO UPDATE SET "
            + ", ".join(f"{name}=EXCLUDED.{name}" for name in changed))


@lru_cache(maxsize=64)
def _update_sql(database: Database, table: type[Row], columns: tuple[str, ...],
                where: tuple[str, ...]) -> str:
    mark = _mark(database)
    sets = ", ".join(f"{name}={mark}" for name in _names(database, table, columns))
    conditions = " AND ".join(f"{name}={mark}" for name in _names(database, table, where))
    return f"UPDATE {_quoted(database, table._meta.table_name)} SET {sets} WHERE {conditions}"


@lru_cache(maxsize=64)
def _update_alike_sql(database: Database, table: type[Row], columns: tuple[str, ...],
                      count: int) -> str:
    mark = _mark(database)
    sets = ", ".join(f"{name}={mark}" for name in _names(database, table, columns))
    return (f"UPDATE {_quoted(database, table._meta.table_name)} SET {sets} WHERE "
            f"{_quoted(database, 'id')} IN ({', '.join([mark] * count)})")


def _names(database: Database, table: type[Row], columns: tuple[str, ...]) -> list[str]:
    return [_quoted(database, table._meta.combined[name].column_name) for name in columns]


def _quoted(database: Database, name: str) -> str:
    return f"{database.quote[0]}{name}{database.quote[1]}"


def _mark(database: Database) -> str:
    mark: str = database.param
    return mark
