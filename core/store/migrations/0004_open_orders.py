"""An index by which the orders of a merchant are found that may still change."""

from __future__ import annotations

from typing import Any

TABLE = "platform_orders"
COLUMNS = ("platform_id", "account_id", "is_open", "paid_at")


def up(migrator: Any, db: Any) -> None:
    """Called by the runner."""
    quote = db.quote
    names = ", ".join(f"{quote[0]}{column}{quote[1]}" for column in COLUMNS)
    index = "_".join((TABLE, *COLUMNS))
    db.execute_sql(f"CREATE INDEX {quote[0]}{index}{quote[1]} ON "
                   f"{quote[0]}{TABLE}{quote[1]} ({names})")
