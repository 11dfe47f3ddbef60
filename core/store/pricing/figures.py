"""Sums and counts over claims, codes and uses, as their rows say. Callers hold a connection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import Case, fn

from core.clock import business_day
from core.money import Money
from core.store.select import tuples
from core.store.tables import (
    PriceCouponClaim,
    PriceVoucherCode,
    PriceVoucherCodeArchive,
    PriceVoucherUsage,
)


@dataclass(frozen=True, slots=True)
class ByStatus:
    """Claims of a coupon, by the state they are stored in; `discount`: what they took off."""

    counts: dict[str, int]
    discount: Money

    def of(self, status: str) -> int:
        return self.counts.get(status, 0)


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses of codes. `standing` were not given back; the rest is about those."""

    total: int
    standing: int
    codes: int
    faces: int
    discount: Money
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day at the venue."""

    day: date
    claimed: int
    used: int
    discount: Money


@dataclass(frozen=True, slots=True)
class FaceTotals:
    """What one face holds and has used at a venue."""

    face_id: str
    user_id: int | None
    codes: int
    used_codes: int
    usable_codes: int
    last_claimed_at: datetime | None
    last_used_at: datetime | None


def claims(coupon_id: int | None = None, venues: Iterable[int] | None = None) -> ByStatus:
    """Of one coupon, or of all that were claimed in these venues."""
    query = PriceCouponClaim.select(
        PriceCouponClaim.status, fn.COUNT(PriceCouponClaim.id),
        fn.SUM(PriceCouponClaim.discount_fen)).group_by(PriceCouponClaim.status)
    if coupon_id is not None:
        query = query.where(PriceCouponClaim.coupon == coupon_id)
    if venues is not None:
        query = query.where(PriceCouponClaim.scenic_id.in_([0, *sorted(venues)]))
    rows = tuples(query)
    return ByStatus({status: int(count) for status, count, _ in rows},
                    Money(sum(money(off).fen for _, _, off in rows)))


def coupon_days(coupon_id: int, zone: str) -> list[Day]:
    """Claims and uses of a coupon by day, oldest first."""
    days: dict[date, list[int]] = {}
    for claimed_at, used_at, off in tuples(PriceCouponClaim.select(
            PriceCouponClaim.claimed_at, PriceCouponClaim.used_at,
            PriceCouponClaim.discount_fen).where(PriceCouponClaim.coupon == coupon_id)):
        days.setdefault(business_day(claimed_at, zone), [0, 0, 0])[0] += 1
        if used_at is not None:
            used = days.setdefault(business_day(used_at, zone), [0, 0, 0])
            used[1] += 1
            used[2] += money(off).fen
    return [Day(day, claimed, used, Money(off)) for day, (claimed, used, off)
            in sorted(days.items())]


def uses(condition: Any) -> Uses:
    """Of the uses that meet a condition."""
    total = PriceVoucherUsage.select().where(condition).count()
    standing = condition & PriceVoucherUsage.reversed_at.is_null()
    (row,) = tuples(PriceVoucherUsage.select(
        fn.COUNT(PriceVoucherUsage.id), fn.COUNT(PriceVoucherUsage.voucher_code_id.distinct()),
        fn.COUNT(PriceVoucherUsage.face_id.distinct()), fn.SUM(PriceVoucherUsage.discount_fen),
        fn.MIN(PriceVoucherUsage.used_at), fn.MAX(PriceVoucherUsage.used_at)).where(standing))
    count, codes, faces, off, first_at, last_at = row
    return Uses(total, int(count), int(codes), int(faces), money(off), first_at, last_at)


def usage_days(condition: Any, zone: str) -> list[Day]:
    """Standing uses by day, oldest first."""
    days: dict[date, list[int]] = {}
    for used_at, off in tuples(PriceVoucherUsage.select(
            PriceVoucherUsage.used_at, PriceVoucherUsage.discount_fen).where(
            condition & PriceVoucherUsage.reversed_at.is_null())):
        day = days.setdefault(business_day(used_at, zone), [0, 0])
        day[0] += 1
        day[1] += money(off).fen
    return [Day(day, 0, used, Money(off)) for day, (used, off) in sorted(days.items())]


def code_states(batch_id: int) -> dict[int, int]:
    """Codes of a batch by state, archived ones too."""
    states: dict[int, int] = {}
    for table in (PriceVoucherCode, PriceVoucherCodeArchive):
        for status, count in tuples(table.select(table.status, fn.COUNT(table.id)).where(
                table.batch == batch_id).group_by(table.status)):
            states[int(status)] = states.get(int(status), 0) + int(count)
    return states


def faces(scenic_id: int, *, page: int, page_size: int) -> tuple[list[FaceTotals], int]:
    """Whoever claimed codes at a venue, the last to claim first; and how many there are."""
    at_venue = (PriceVoucherCode.scenic_id == scenic_id) & PriceVoucherCode.face_id.is_null(False)
    total = int(PriceVoucherCode.select(
        fn.COUNT(PriceVoucherCode.face_id.distinct())).where(at_venue).scalar())
    last = fn.MAX(PriceVoucherCode.claimed_at)
    found = tuples(
        PriceVoucherCode.select(
            PriceVoucherCode.face_id, fn.MAX(PriceVoucherCode.user_id),
            fn.COUNT(PriceVoucherCode.id), fn.SUM(_one_if(PriceVoucherCode.used_count > 0)),
            fn.SUM(_one_if(PriceVoucherCode.status == 1)), last,
            fn.MAX(PriceVoucherCode.used_at))
        .where(at_venue).group_by(PriceVoucherCode.face_id)
        .order_by(last.desc(), PriceVoucherCode.face_id)
        .limit(page_size).offset((page - 1) * page_size))
    return [FaceTotals(face, user, int(codes), int(used), int(usable), claimed_at, used_at)
            for face, user, codes, used, usable, claimed_at, used_at in found], total


def _one_if(condition: Any) -> Any:
    return Case(None, [(condition, 1)], 0)


def money(value: Any) -> Money:
    """A sum as the driver gives it, or as the column's type reads it."""
    return value if isinstance(value, Money) else Money(int(value or 0))
