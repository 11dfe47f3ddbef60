"""Forward-only changes of the schema, applied in the order of their numbers."""

from __future__ import annotations

from pathlib import Path

from peewee import Database
from playhouse.migrations import Runner


def up(database: Database, engine: str) -> list[str]:
    """Apply what this database has not seen; returns the names. Wants an open connection."""
    if engine == "mariadb":
        # Codes and open ids compare case-sensitively; new tables inherit it (libraries.md 4).
        name = database.database.replace("`", "``")
        database.execute_sql(f"ALTER DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    names: list[str] = Runner(database, str(Path(__file__).parent)).up()
    return names


__all__ = ["up"]
