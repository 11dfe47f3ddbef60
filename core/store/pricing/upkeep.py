"""Counters against the rows they count; codes that go and codes that are put away. Callers hold a
connection or transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Case, fn

from core.store import bulk
from core.store.db import Store
from core.store.pricing.codes import EXPIRED, USED, USED_UP
from core.store.select import tuples, unsought
from core.store.tables import (
    PriceCoupon,
    PriceCouponClaim,
    PriceOrder,
    PriceOrderLine,
    PriceOrderRefund,
    PriceVoucherBatch,
    PriceVoucherCode,
    PriceVoucherCodeArchive,
    PriceVoucherUsage,
    VoucherPrint,
)


@dataclass(frozen=True, slots=True)
class Drift:
    """`counter` of one subject says `counted`, its rows say `rows`."""

    subject: str
    id: int
    counter: str
    counted: int
    rows: int


def batch_drift() -> Iterator[Drift]:
    """Codes made and claimed, archived ones included; uses that stand. Codes that were purged
    were never claimed: `generated_count` was lowered with them."""
    made: dict[int, int] = {}
    claimed: dict[int, int] = {}
    for table in (PriceVoucherCode, PriceVoucherCodeArchive):
        for batch, count, taken in tuples(table.select(
                table.batch, fn.COUNT(table.id),
                fn.SUM(Case(None, [(table.claimed_at.is_null(False), 1)], 0)))
                .group_by(table.batch)):
            made[batch] = made.get(batch, 0) + int(count)
            claimed[batch] = claimed.get(batch, 0) + int(taken or 0)
    used = _counted(PriceVoucherUsage.select(
        PriceVoucherUsage.batch, fn.COUNT(PriceVoucherUsage.id)).where(
        PriceVoucherUsage.reversed_at.is_null()).group_by(PriceVoucherUsage.batch))
    for row in PriceVoucherBatch.select():
        for counter, counted, rows in (
                ("generated_count", row.generated_count - row.purged_count, made.get(row.id, 0)),
                ("claimed_count", row.claimed_count, claimed.get(row.id, 0)),
                ("used_count", row.used_count, used.get(row.id, 0))):
            if counted != rows:
                yield Drift("batch", row.id, counter, counted, rows)


def coupon_drift() -> Iterator[Drift]:
    """Claims, and those in state used."""
    claimed = _counted(PriceCouponClaim.select(
        PriceCouponClaim.coupon, fn.COUNT(PriceCouponClaim.id)).group_by(PriceCouponClaim.coupon))
    used = _counted(PriceCouponClaim.select(
        PriceCouponClaim.coupon, fn.COUNT(PriceCouponClaim.id)).where(
        PriceCouponClaim.status == "used").group_by(PriceCouponClaim.coupon))
    for row in PriceCoupon.select():
        for counter, counted, rows in (
                ("claimed_count", row.claimed_count, claimed.get(row.id, 0)),
                ("used_count", row.used_count, used.get(row.id, 0))):
            if counted != rows:
                yield Drift("coupon", row.id, counter, counted, rows)


def code_drift() -> Iterator[Drift]:
    """Each code's uses against its records: codes with uses, or with records."""
    standing = _counted(PriceVoucherUsage.select(
        PriceVoucherUsage.voucher_code_id, fn.COUNT(PriceVoucherUsage.id)).where(
        PriceVoucherUsage.reversed_at.is_null()).group_by(PriceVoucherUsage.voucher_code_id))
    counted: dict[int, int] = {}
    for table in (PriceVoucherCode, PriceVoucherCodeArchive):
        counted |= dict(tuples(table.select(table.id, table.used_count)
                               .where(table.used_count > 0)))
    for code_id in sorted(standing.keys() | counted.keys()):
        if counted.get(code_id, 0) != standing.get(code_id, 0):
            yield Drift("voucher_code", code_id, "used_count", counted.get(code_id, 0),
                        standing.get(code_id, 0))


def order_drift() -> Iterator[Drift]:
    """Lines and refunds against the order's own sums (invariant I5)."""
    original, final, back = (_sums(column) for column in (
        PriceOrderLine.original_fen, PriceOrderLine.final_fen, PriceOrderLine.refunded_fen))
    refunds = {order: _fen(total) for order, total in tuples(PriceOrderRefund.select(
        PriceOrderRefund.order, fn.SUM(PriceOrderRefund.amount_fen))
        .group_by(PriceOrderRefund.order))}
    for row in PriceOrder.select(PriceOrder.id, PriceOrder.original_fen, PriceOrder.final_fen,
                                 PriceOrder.refunded_fen):
        for counter, counted, rows in (
                ("original_fen", row.original_fen, original.get(row.id, 0)),
                ("final_fen", row.final_fen, final.get(row.id, 0)),
                ("refunded_fen", row.refunded_fen, back.get(row.id, 0)),
                ("refunded_fen", row.refunded_fen, refunds.get(row.id, 0))):
            if counted.fen != rows:
                yield Drift("order", row.id, counter, counted.fen, rows)


def _counted(query: Any) -> dict[int, int]:
    return {int(subject): int(count) for subject, count in tuples(query)}


def _sums(column: Any) -> dict[int, int]:
    return {int(order): _fen(total) for order, total in tuples(
        PriceOrderLine.select(PriceOrderLine.order, fn.SUM(column)).group_by(
            PriceOrderLine.order))}


def _fen(value: Any) -> int:
    return int(getattr(value, "fen", value) or 0)


def dead(before: datetime, status: Any = PriceVoucherCode.status) -> Any:
    """Codes that expired and that nobody ever claimed, printed or used (decision Q13)."""
    return ((status == EXPIRED) & PriceVoucherCode.claimed_at.is_null()
            & (PriceVoucherCode.updated_at < before)
            & PriceVoucherCode.id.not_in(VoucherPrint.select(VoucherPrint.voucher_code_id)))


def over(before: datetime, status: Any = PriceVoucherCode.status) -> Any:
    """Codes whose story ended: used, used up or expired after a claim (P264)."""
    return (status.in_([USED, USED_UP, EXPIRED])
            & PriceVoucherCode.claimed_at.is_null(False) & (PriceVoucherCode.updated_at < before))


def some(condition: Any, limit: int) -> list[int]:
    """Ids of codes that meet a condition. They may only be found by reading all codes of a state:
    not while other writers wait."""
    return [row[0] for row in tuples(
        PriceVoucherCode.select(PriceVoucherCode.id).where(condition).limit(limit))]


def purge(ids: Collection[int], before: datetime) -> int:
    """Delete those of these codes that are still `dead`; they stay counted as purged."""
    rows = tuples(PriceVoucherCode.select(PriceVoucherCode.id, PriceVoucherCode.batch).where(
        PriceVoucherCode.id.in_(list(ids)) & dead(before, unsought(PriceVoucherCode.status))))
    if not rows:
        return 0
    PriceVoucherCode.delete().where(
        PriceVoucherCode.id.in_([row[0] for row in rows])
        & PriceVoucherCode.claimed_at.is_null()).execute()
    for batch in {row[1] for row in rows}:
        gone = sum(row[1] == batch for row in rows)
        PriceVoucherBatch.update(purged_count=PriceVoucherBatch.purged_count + gone).where(
            PriceVoucherBatch.id == batch).execute()
    return len(rows)


def archive(store: Store, ids: Collection[int], before: datetime) -> int:
    """Put those of these codes away whose story is still `over`."""
    rows = list(PriceVoucherCode.select().where(
        PriceVoucherCode.id.in_(list(ids)) & over(before, unsought(PriceVoucherCode.status))))
    if not rows:
        return 0
    columns = tuple(PriceVoucherCodeArchive._meta.sorted_field_names)
    bulk.insert(store, PriceVoucherCodeArchive, columns,
                [[getattr(row, name if name != "batch" else "batch_id") for name in columns]
                 for row in rows])
    PriceVoucherCode.delete().where(PriceVoucherCode.id.in_([row.id for row in rows])).execute()
    return len(rows)


