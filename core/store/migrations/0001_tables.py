"""All tables of the first version, in the words of each database (folder `first`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peewee import MySQLDatabase, SqliteDatabase

FIRST = Path(__file__).parent / "first"


def up(migrator: Any, db: Any) -> None:
    """Called by the runner."""
    engine = ("sqlite" if isinstance(db, SqliteDatabase) else
              "mariadb" if isinstance(db, MySQLDatabase) else "postgresql")
    for statement in (FIRST / f"{engine}.sql").read_text().split(";\n\n"):
        db.execute_sql(statement.rstrip(";\n"))
