"""Indexes for what was read whole as the shop grew: uses by their day, what a member asked for or
holds, by the member."""

from __future__ import annotations

from typing import Any

COLUMNS = {
    "redemptions": ("actor_kind", "actor_id"),
    "redemption_uses": ("used_at",),
    "manual_uses": ("venue_id", "used_at"),
    "price_coupon_claim_record": ("user_id",),
    "price_voucher_code": ("user_id",),
    "price_voucher_code_archive": ("user_id",),
    "price_voucher_usage_record": ("user_id",),
}


def up(migrator: Any, db: Any) -> None:
    """Called by the runner."""
    quote = db.quote
    for table, columns in COLUMNS.items():
        names = ", ".join(f"{quote[0]}{column}{quote[1]}" for column in columns)
        index = "_".join((table, *columns))
        db.execute_sql(f"CREATE INDEX {quote[0]}{index}{quote[1]} ON "
                       f"{quote[0]}{table}{quote[1]} ({names})")
