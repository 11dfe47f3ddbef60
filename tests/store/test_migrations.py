"""The steps of `core/store/migrations` lead to exactly the tables that the code knows, on every
database, and applying them again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.config import Settings
from core.store import migrations
from core.store.db import SQLITE, Store, open_store
from core.store.tables import ALL_TABLES
from core.store.vault import KeyVault
from tests.builders import drop_all, forget

UNKNOWN_TO_THE_CODE = {"schema_migration", "sqlite_sequence", "configuration_edition"}
"""What the runner, SQLite and the triggers of 0002 keep for themselves."""
STEPS = sorted(path.name for path in Path(migrations.__file__).parent.glob("[0-9]*.py"))


@pytest.fixture
def bare(settings: Settings, vault: KeyVault) -> Iterator[Store]:
    """A store on a database without tables; the next test gets a fresh one."""
    store = open_store(settings.database_url, vault)
    if store.engine != SQLITE:
        drop_all(store)
    yield store
    if store.engine != SQLITE:
        drop_all(store)
        forget(settings.database_url)
    store.close()


def schema(store: Store) -> dict[str, Any]:
    """What the database says of its tables: columns, indexes, foreign keys."""
    database = store.database
    with store.connection():
        return {name: {
            "columns": [(column.name, column.data_type.lower(), column.null)
                        for column in database.get_columns(name)],
            "indexes": sorted((tuple(index.columns), index.unique)
                              for index in database.get_indexes(name)),
            "keys": sorted((key.column, key.dest_table, key.dest_column)
                           for key in database.get_foreign_keys(name)),
        } for name in database.get_tables() if name not in UNKNOWN_TO_THE_CODE}


def test_the_steps_lead_to_the_tables_of_the_code(bare: Store, settings: Settings,
                                                  vault: KeyVault, tmp_path: Path) -> None:
    bare.migrate()
    migrated = schema(bare)
    if bare.engine == SQLITE:
        fresh = open_store(f"sqlite:///{tmp_path}/fresh.db", vault)
    else:
        drop_all(bare)
        fresh = bare
    with fresh.connection():
        fresh.database.create_tables(ALL_TABLES)
    made = schema(fresh)
    assert migrated.keys() == made.keys() == {table._meta.table_name for table in ALL_TABLES}
    for name in made:
        assert migrated[name] == made[name], name


def test_sqlite_makes_them_by_the_very_same_words(bare: Store, vault: KeyVault,
                                                  tmp_path: Path) -> None:
    if bare.engine != SQLITE:
        return
    bare.migrate()
    fresh = open_store(f"sqlite:///{tmp_path}/fresh.db", vault)
    with fresh.connection():
        fresh.database.create_tables(ALL_TABLES)
    assert words(bare) == words(fresh)


def words(store: Store) -> dict[str, str]:
    with store.connection():
        rows = store.database.execute_sql(
            "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') "
            "AND sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows if "schema_migration" not in name
            and name not in UNKNOWN_TO_THE_CODE}


def test_applying_them_again_changes_nothing(bare: Store) -> None:
    assert [f"{name}.py" for name in bare.migrate()] == STEPS
    before = schema(bare)
    assert bare.migrate() == []
    assert schema(bare) == before


def test_no_two_steps_have_one_number() -> None:
    assert len({name[:4] for name in STEPS}) == len(STEPS)
