"""Encrypted columns as they lie in the tables, for re-encryption under a newer key."""

from __future__ import annotations

from collections.abc import Iterator

from core.store.db import Store
from core.store.tables import ALL_TABLES, Row
from core.store.tables.fields import SecretField

BATCH = 200


def columns() -> list[tuple[type[Row], str]]:
    """Every column that holds credentials: table and field name."""
    return [(table, name) for table in ALL_TABLES
            for name, field in sorted(table._meta.fields.items())
            if isinstance(field, SecretField)]


def ciphertexts(store: Store, table: type[Row], name: str) -> Iterator[list[tuple[int, str]]]:
    """Row ids with the ciphertext of a column, in batches by id. What is written meanwhile may
    or may not come."""
    field, last = table._meta.fields[name], 0
    while True:
        sql = (f"SELECT {_q(store, 'id')}, {_q(store, field.column_name)} "
               f"FROM {_q(store, table._meta.table_name)} "
               f"WHERE {_q(store, 'id')} > {store.database.param} "
               f"AND {_q(store, field.column_name)} IS NOT NULL "
               f"ORDER BY {_q(store, 'id')} LIMIT {BATCH}")
        with store.connection():
            rows = [(int(row_id), str(text))
                    for row_id, text in store.database.execute_sql(sql, (last,)).fetchall()]
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def replace(store: Store, table: type[Row], name: str, row_id: int, old: str, new: str) -> bool:
    """Write a new ciphertext over the one that was read; False when somebody wrote the column
    meanwhile. Inside a transaction."""
    column, mark = _q(store, table._meta.fields[name].column_name), store.database.param
    sql = (f"UPDATE {_q(store, table._meta.table_name)} SET {column} = {mark} "
           f"WHERE {_q(store, 'id')} = {mark} AND {column} = {mark}")
    return bool(store.database.execute_sql(sql, (new, row_id, old)).rowcount == 1)


def _q(store: Store, name: str) -> str:
    return f"{store.database.quote[0]}{name}{store.database.quote[1]}"
