"""The journal by day, reconciliations and their findings. Callers hold a transaction where they
write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from peewee import ModelSelect, fn

from core.store.db import locked
from core.store.select import first, tuples, unsought
from core.store.tables import (
    Finding,
    Platform,
    PlatformShop,
    Reconciliation,
    Redemption,
    RedemptionUse,
    Venue,
    Voucher,
)
from core.vouchers.redemption import OPEN, UNDO_UNSETTLED

Line = tuple[str, int, int, int, Any, datetime, datetime | None, str]
"""verify_id, use id, redemption id, voucher id, amount, used_at, cancelled_at, state."""


def _uses() -> ModelSelect[RedemptionUse]:
    return (RedemptionUse.select(
        RedemptionUse.verify_id, RedemptionUse.id, Redemption.id, Redemption.voucher,
        RedemptionUse.amount_fen, RedemptionUse.used_at, RedemptionUse.cancelled_at,
        Redemption.state).join(Redemption).order_by(RedemptionUse.id))


def uses_of_day(venue_id: int, platform_id: int, since: datetime, until: datetime) -> list[Line]:
    """Uses that we consumed in a venue at a platform, taken back ones included."""
    return [(*row,) for row in tuples(_uses().where(
        (unsought(Redemption.venue) == venue_id) & (Redemption.platform == platform_id)
        & (RedemptionUse.used_at >= since) & (RedemptionUse.used_at < until)))]


def uses_of(platform_id: int, verify_ids: Collection[str]) -> list[Line]:
    """The same by verify id, of whatever day and venue."""
    found: list[Line] = []
    wanted = sorted(verify_ids)
    for start in range(0, len(wanted), 400):
        found += [(*row,) for row in tuples(_uses().where(
            (Redemption.platform == platform_id)
            & RedemptionUse.verify_id.in_(wanted[start:start + 400])))]
    return found


def vouchers_of(ids: Collection[int]) -> list[Voucher]:
    """These certificates: id, order and status only."""
    return list(Voucher.select(Voucher.id, Voucher.platform_order_no, Voucher.status).where(
        Voucher.id.in_(list(ids)))) if ids else []


def in_work(platform_id: int) -> frozenset[str]:
    """Certificate ids and codes with a redemption or undo under way."""
    states = [state.value for state in OPEN | UNDO_UNSETTLED]
    rows = tuples(Redemption.select(Voucher.certificate_id, Voucher.voucher_no).join(Voucher).where(
        (Redemption.platform == platform_id) & Redemption.state.in_(states)))
    return frozenset(str(one) for row in rows for one in row)


def pairs() -> list[tuple[Venue, Platform]]:
    """Every venue with every platform that it consumes at."""
    rows = (PlatformShop.select(PlatformShop, Venue, Platform).join(Venue)
            .switch(PlatformShop).join(Platform)
            .where((PlatformShop.business != "59") & (Venue.status == 1)
                   & (Platform.status == 1) & (PlatformShop.status == 1))
            .order_by(Venue.id, Platform.id))
    return [(row.venue, row.platform) for row in rows]


def of(venue_id: int, platform_id: int, day: date) -> Reconciliation | None:
    return first(Reconciliation.select().where(
        (Reconciliation.venue == venue_id) & (Reconciliation.platform == platform_id)
        & (Reconciliation.day == day)))


def done_days(venue_id: int, platform_id: int, since: date) -> set[date]:
    """The days since then that were compared and had nothing left to wait for."""
    rows = Reconciliation.select(Reconciliation.day, Reconciliation.counts).where(
        (Reconciliation.venue == venue_id) & (Reconciliation.platform == platform_id)
        & (Reconciliation.day >= since) & (Reconciliation.state == "done"))
    return {row.day for row in rows if not row.counts.get("pending")}


def write(venue_id: int, platform_id: int, day: date, at: datetime, **columns: Any) -> int:
    """The row of a day, made or written anew; its id."""
    known = of(venue_id, platform_id, day)
    if known is None:
        return int(Reconciliation.create(venue=venue_id, platform=platform_id, day=day, ran_at=at,
                                         runs=1, created_at=at, **columns).id)
    Reconciliation.update(**columns, ran_at=at, runs=Reconciliation.runs + 1).where(
        Reconciliation.id == known.id).execute()
    return int(known.id)


def findings(reconciliation_id: int) -> list[Finding]:
    """Everything that was ever found of a day, the oldest use first."""
    return list(Finding.select().where(Finding.reconciliation == reconciliation_id)
                .order_by(Finding.used_at, Finding.id))


def add_finding(reconciliation_id: int, at: datetime, **columns: Any) -> None:
    Finding.create(reconciliation=reconciliation_id, created_at=at, **columns)


def change_finding(finding_id: int, **columns: Any) -> None:
    Finding.update(**columns).where(Finding.id == finding_id).execute()


def held_finding(finding_id: int) -> Finding | None:
    """A finding, held against other writers."""
    return first(locked(Finding.select().where(Finding.id == finding_id)))


def by_id(reconciliation_id: int) -> Reconciliation | None:
    """With its venue and platform."""
    return first(_whole().where(Reconciliation.id == reconciliation_id))


def _whole() -> ModelSelect[Reconciliation]:
    return (Reconciliation.select(Reconciliation, Venue, Platform).join(Venue)
            .switch(Reconciliation).join(Platform))


def listed(venue_ids: Collection[int] | None, *, day: date | None = None,
           since: date | None = None, until: date | None = None, venue_id: int | None = None,
           platform: str | None = None) -> ModelSelect[Reconciliation]:
    """Days of these venues (None: of every one), the newest first."""
    query = _whole().order_by(Reconciliation.day.desc(), Reconciliation.venue,
                              Reconciliation.platform)
    venue = unsought(Reconciliation.venue)
    if venue_ids is not None:
        query = query.where(venue.in_(list(venue_ids)))
    if venue_id is not None:
        query = query.where(venue == venue_id)
    if platform is not None:
        query = query.where(Platform.platform_code == platform)
    for condition in ((Reconciliation.day == day) if day else None,
                      (Reconciliation.day >= since) if since else None,
                      (Reconciliation.day <= until) if until else None):
        if condition is not None:
            query = query.where(condition)
    return query


def open_counts(reconciliation_ids: Collection[int]) -> dict[int, int]:
    """How many findings of each are open; what is only pending does not count."""
    rows = tuples(Finding.select(Finding.reconciliation, fn.COUNT(Finding.id)).where(
        Finding.reconciliation.in_(list(reconciliation_ids)) & (Finding.state == "open")
        & (Finding.kind != "pending")).group_by(Finding.reconciliation))
    return {int(row[0]): int(row[1]) for row in rows}


def change_amount(use_id: int, amount: Any) -> None:
    RedemptionUse.update(amount_fen=amount).where(RedemptionUse.id == use_id).execute()
