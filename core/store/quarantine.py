"""Orders that could not be read: kept aside until they can be. Callers hold a transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from core.store import bulk
from core.store.db import Store
from core.store.select import unsought
from core.store.tables import QuarantinedOrder


def put(platform_id: int, account_id: str, order_id: str, wrong: str, raw: str,
        at: datetime) -> None:
    """Set an order aside, or count once more that it could not be read."""
    same = ((QuarantinedOrder.platform == platform_id)
            & (QuarantinedOrder.order_id == order_id[:64]))
    changed = QuarantinedOrder.update(
        wrong=wrong[:80], raw=raw, times=QuarantinedOrder.times + 1, last_met_at=at,
        resolved_at=None).where(same).execute()
    if changed == 0:
        QuarantinedOrder.insert(
            platform=platform_id, account_id=account_id, order_id=order_id[:64],
            wrong=wrong[:80], raw=raw, last_met_at=at, created_at=at).execute()


def resolve(store: Store, platform_id: int, order_ids: Collection[str], at: datetime) -> int:
    """These could be read after all; how many of them were aside."""
    ids = [row_id for row_id, resolved_at in bulk.among(
        store, QuarantinedOrder, ("id", "resolved_at"), "order_id", order_ids,
        platform=platform_id) if resolved_at is None]
    bulk.change_among(store, QuarantinedOrder, {"resolved_at": at}, ids)
    return len(ids)


def aside(platform_id: int) -> list[QuarantinedOrder]:
    """The orders of a platform that are set aside now, the newest first."""
    return list(QuarantinedOrder.select().where(
        QuarantinedOrder.resolved_at.is_null()
        & (unsought(QuarantinedOrder.platform) == platform_id))
        .order_by(QuarantinedOrder.last_met_at.desc()).limit(100))
