"""What was redeemed in a stretch of time at one venue, from the uses that stand."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from core.money import Money
from core.store.select import tuples, unsought
from core.store.tables import Platform, Redemption, RedemptionUse
from core.vouchers.redemption import State


def by_platform(venue_id: int, start: datetime, end: datetime,
                staff_id: int | None) -> list[tuple[str, int, int, Money]]:
    """Per platform code: redemptions, uses and what was paid for those uses.

    A use that was undone is not counted. `staff_id`: only what this person confirmed.
    """
    where = ((unsought(Redemption.venue) == venue_id) & (RedemptionUse.used_at >= start)
             & (RedemptionUse.used_at < end) & RedemptionUse.cancelled_at.is_null())
    if staff_id is not None:
        where &= Redemption.confirmed_by == staff_id
    rows = tuples(
        RedemptionUse.select(Platform.platform_code,
                             fn.COUNT(fn.DISTINCT(Redemption.id)), fn.COUNT(RedemptionUse.id),
                             fn.SUM(RedemptionUse.amount_fen))
        .join(Redemption).join(Platform).where(where)
        .group_by(Platform.platform_code).order_by(Platform.platform_code))
    return [(code, int(count), int(uses), amount if isinstance(amount, Money)
             else Money(int(amount or 0))) for code, count, uses, amount in rows]


def undone(venue_id: int, start: datetime, end: datetime, staff_id: int | None) -> int:
    """How many redemptions were taken back in this time."""
    where = ((Redemption.venue == venue_id) & (Redemption.state == State.UNDONE.value)
             & (Redemption.moved_at >= start) & (Redemption.moved_at < end))
    if staff_id is not None:
        where &= Redemption.undo_by == staff_id
    return int(Redemption.select().where(where).count())


def newest(venue_id: int, start: datetime, end: datetime, staff_id: int | None,
           most: int) -> list[int]:
    """Ids of the last completed redemptions of this time, newest first."""
    where = ((unsought(Redemption.venue) == venue_id)
             & (unsought(Redemption.state) == State.COMPLETED.value)
             & (Redemption.completed_at >= start) & (Redemption.completed_at < end))
    if staff_id is not None:
        where &= Redemption.confirmed_by == staff_id
    rows = tuples(Redemption.select(Redemption.id).where(where)
                  .order_by(Redemption.completed_at.desc(), Redemption.id.desc()).limit(most))
    return [int(row[0]) for row in rows]
