"""The tallies against the plain queries they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from peewee import Case, Expression, fn

from core.clock import zone
from core.store.counted import (
    COLUMNS,
    CREATED,
    DAY,
    EXPIRE,
    MONTH,
    VERIFIED,
    Key,
    Sums,
    counted,
    month_of,
)
from core.store.db import MARIADB, Store
from core.store.select import tuples
from core.store.tables import Voucher, VoucherTally
from core.store.tables.tallies import MEASURES
from core.store.tallies import Reading, raw
from core.store.voucher_search import DATES, bounds
from core.vouchers.redemption import VoucherStatus

DIMENSIONS = (CREATED, VERIFIED, EXPIRE)
KIND = ("platform_id", "voucher_type", "venue_id", "status")


def plain(store: Store, dimension: str, first: date, last: date,
          zone_name: str) -> dict[tuple[int, ...], Sums]:
    """Sums of the vouchers of some days by KIND, counted from the vouchers themselves."""
    column = DATES[dimension]
    start, end = bounds(dimension, first, last, zone_name)
    paid = fn.COALESCE(Voucher.paid_price_fen, 0)
    whole = "DIV" if store.engine == MARIADB else "/"
    partly = Case(None, ((Voucher.uses_total > 0, Expression(
        paid * Voucher.uses_used, whole, Voucher.uses_total)),), 0)
    redeemed = Case(Voucher.status, ((VoucherStatus.REDEEMED.value, paid),
                                     (VoucherStatus.PARTLY_REDEEMED.value, partly)), 0)
    refunded = fn.COALESCE(Voucher.refunded_fen, Case(
        Voucher.status, ((VoucherStatus.REFUNDED.value, paid),), 0))
    kind = (Voucher.platform, Voucher.voucher_type, Voucher.venue, Voucher.status)
    query = Voucher.select(
        *kind, fn.COUNT(Voucher.id), fn.COUNT(Voucher.verified_at), fn.COUNT(Voucher.expire_date),
        fn.SUM(paid), fn.SUM(redeemed), fn.SUM(refunded)).where(
            column >= start, column < end).group_by(*kind)
    return {tuple(each or 0 for each in row[:4]): Sums(*map(int, row[4:]))
            for row in tuples(query)}


def months(dimension: str, zone_name: str) -> Iterator[date]:
    """The first days of all months that have vouchers or tallies, oldest first."""
    month = date(1970, 1, 1)
    while True:
        known = [day for day in (_next_tally(dimension, month),
                                 _next_voucher(dimension, month, zone_name)) if day is not None]
        if not known:
            return
        month = min(known).replace(day=1)
        yield month
        month = after(month)


def after(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def _next_tally(dimension: str, start: date) -> date | None:
    day: date | None = VoucherTally.select(fn.MIN(VoucherTally.day)).where(
        VoucherTally.dimension == dimension, VoucherTally.grain == DAY,
        VoucherTally.day >= start).scalar()
    return day


def _next_voucher(dimension: str, start: date, zone_name: str) -> date | None:
    column = DATES[dimension]
    first: date | datetime | None = Voucher.select(fn.MIN(column)).where(
        column >= bounds(dimension, start, start, zone_name)[0]).scalar()
    return first.astimezone(zone(zone_name)).date() if isinstance(first, datetime) else first


def drift(store: Store, dimension: str, month: date, zone_name: str) -> dict[Key, Sums]:
    """What the sums of a month, with what waits to be folded, lack of the plain queries; nothing
    when they are right. Inside one `store.snapshot()`."""
    reading, last = Reading(store, zone_name), after(month) - timedelta(days=1)
    told = dict(_rows(reading, dimension, month, last))
    real: dict[Key, Sums] = {}
    day = month
    while day <= last:
        for kind, sums in plain(store, dimension, day, day, zone_name).items():
            real[Key(dimension, DAY, day.toordinal(), *kind)] = sums
            whole = Key(dimension, MONTH, month_of(day.toordinal()), *kind)
            real.setdefault(whole, Sums()).add(sums)
        day += timedelta(days=1)
    found = {key: real.get(key, Sums()).less(told.get(key, Sums())) for key in real | told}
    return {key: sums for key, sums in found.items() if sums}


def _rows(reading: Reading, dimension: str, first: date,
          last: date) -> Iterator[tuple[Key, Sums]]:
    for (day, *kind), sums in reading.sums(dimension, by=("day", *KIND), first=first,
                                           last=last).items():
        yield Key(dimension, DAY, day.toordinal(), *kind), sums
    for kind_, sums in reading.sums(dimension, by=KIND, first=first, last=last).items():
        yield Key(dimension, MONTH, first.toordinal(), *kind_), sums


def miscounted(store: Store, after_id: int, most: int,
               zone_name: str) -> tuple[int | None, list[int]]:
    """Of the next vouchers after an id: the last one's id (None: that was all), and those counted
    as something else than they are without being stale: somebody wrote past `Voucher.update`."""
    query = Voucher.select(Voucher.id, Voucher.stale, Voucher.tallied, *(
        getattr(Voucher, name.removesuffix("_id")) for name in COLUMNS)).where(
            Voucher.id > after_id).order_by(Voucher.id).limit(most)
    rows = list(raw(store, query))
    where = zone(zone_name)
    return (rows[-1][0] if rows else None,
            [row[0] for row in rows if not row[1] and row[2] != counted(row[3:], where).text])


def make_stale(ids: list[int]) -> None:
    """Have these vouchers counted again, inside `transact`."""
    Voucher.update().where(Voucher.id.in_(ids)).execute()


def forget_empty() -> int:
    """Delete sums of nothing, inside `transact`; returns how many there were."""
    empty: Any = VoucherTally.vouchers == 0
    for name in MEASURES[1:]:
        empty &= getattr(VoucherTally, name) == 0
    return int(VoucherTally.delete().where(empty).execute())
