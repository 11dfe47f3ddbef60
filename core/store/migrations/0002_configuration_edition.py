"""A number that grows with every change of configuration, on SQLite (`core.store.editions`).

Triggers keep it, so that no writer can forget it. What changes often and decides nothing (when a
device was last seen, how often a password was wrong) is left out: each change makes everybody
read everything again.
"""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

DECIDES: dict[str, str] = {
    "venues": "",
    "third_party_platforms": "",
    "products": "",
    "staff_venues": "",
    "staff": "name, role, venue_id, status",
    "kiosks": "name, venue_id, status",
    "chat_bindings": "staff_id, channel, app_id, external_id",
    "platform_shops": "venue_id, platform_id, business, shop_id, account_id, token, status",
    "sku_mappings": "platform_id, sku_id, product_id, venue_ids, uses",
    "sessions": "kind, subject_id, token_hash, door, csrf, expires_at, revoked_at",
    "members": "merged_into_id, status",
}
"""Table → the columns that count; none named: all."""

NEW_ROWS_CHANGE_NOTHING = ("sessions", "members")
"""Nobody remembers that one was not there."""


def up(migrator: Any, db: Any) -> None:
    """Called by the runner."""
    if not isinstance(db, SqliteDatabase):
        return
    db.execute_sql('CREATE TABLE "configuration_edition" ("number" INTEGER NOT NULL)')
    db.execute_sql('INSERT INTO "configuration_edition" VALUES (1)')
    for table, columns in DECIDES.items():
        events = {"update": f"UPDATE OF {columns}" if columns else "UPDATE", "delete": "DELETE"}
        if table not in NEW_ROWS_CHANGE_NOTHING:
            events["insert"] = "INSERT"
        for name, event in events.items():
            db.execute_sql(f'CREATE TRIGGER "{table}_{name}_configures" AFTER {event} ON "{table}" '
                           'BEGIN UPDATE "configuration_edition" SET "number" = "number" + 1; END')
