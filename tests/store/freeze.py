"""Write the first migration anew from the live tables: `python -m tests.store.freeze`.

For use before the first release only, when the tables have settled; afterwards every change is a
step of its own. The words of each database lie in `core/store/migrations/first`; no server is
needed, for they are only written down.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from core.demo_keys import new_keys
from core.store import migrations
from core.store.db import open_store
from core.store.tables import ALL_TABLES
from core.store.vault import KeyVault

STEPS = Path(migrations.__file__).parent
URLS = {"sqlite": "sqlite:///:memory:", "mariadb": "mysql://nobody@nowhere/none",
        "postgresql": "postgresql://nobody@nowhere/none"}
COLUMN = re.compile(r", (?=[`\"]\w+[`\"] [A-Z]|CONSTRAINT|FOREIGN KEY|PRIMARY KEY|CHECK)")


def words(url: str, vault: KeyVault) -> str:
    """What makes all tables and indexes there; statements are parted by an empty line."""
    store = open_store(url, vault)
    said: list[str] = []

    def note(sql: str, params: Any = None, *rest: Any) -> None:
        assert not params, (sql, params)
        said.append(COLUMN.sub(",\n  ", sql) + ";\n")

    store.database.execute_sql = note
    store.database.create_tables(ALL_TABLES, safe=False)
    return "\n".join(said)


def freeze(target: Path = STEPS / "first") -> None:
    """Write the words of each database; later steps are removed, their effect is in them, but for
    0002, whose triggers are no part of any table."""
    keys = new_keys()
    vault = KeyVault(keys["DATA_KEY"], [keys["SECRET_KEYS"]])
    target.mkdir(exist_ok=True)
    for engine, url in URLS.items():
        (target / f"{engine}.sql").write_text(words(url, vault))
    for step in STEPS.glob("[0-9]*.py"):
        if not step.name.startswith(("0001", "0002")):
            step.unlink()


if __name__ == "__main__":
    freeze()
