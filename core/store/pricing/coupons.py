"""Claim records of coupons: found, listed, counted. Callers hold a connection."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from peewee import ModelSelect

from core.money import Money
from core.pricing.kinds import CouponStatus
from core.store.select import first, tuples
from core.store.tables import PriceCoupon, PriceCouponClaim

CLAIMED, USED, EXPIRED = (str(one.code) for one in (
    CouponStatus.CLAIMED, CouponStatus.USED, CouponStatus.EXPIRED))


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """`since`, `until`: of the claim, half-open. `venues`: the caller's, None for all; records of
    no venue are everybody's."""

    coupon_id: int | None = None
    user_id: int | None = None
    face_id: str | None = None
    scenic_id: int | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    venues: frozenset[int] | None = None


def standing(coupon_id: int) -> PriceCoupon | None:
    """A coupon that was not deleted; it may be switched off or over."""
    return first(PriceCoupon.select().where(
        (PriceCoupon.id == coupon_id) & PriceCoupon.deleted_at.is_null()))


def claimable(scenic_id: int, at: datetime, most: int) -> list[PriceCoupon]:
    """Coupons of a venue, or of all, that may be claimed now; the one that ends soonest first."""
    rows = PriceCoupon.select().where(
        PriceCoupon.deleted_at.is_null() & (PriceCoupon.status == 1)
        & PriceCoupon.scenic_id.in_([0, scenic_id])
        & (PriceCoupon.ends.is_null() | (PriceCoupon.ends > at))
        & (PriceCoupon.total_quantity.is_null()
           | (PriceCoupon.claimed_count < PriceCoupon.total_quantity)))
    return sorted(rows.limit(most), key=lambda row: (row.ends is None, row.ends or at, row.id))


def held_by(coupon_id: int, holders: Sequence[str]) -> list[tuple[str, int]]:
    """(holder, number) of every claim that these made of a coupon."""
    return [(holder, number) for holder, number in tuples(
        PriceCouponClaim.select(PriceCouponClaim.holder, PriceCouponClaim.number).where(
            (PriceCouponClaim.coupon == coupon_id) & PriceCouponClaim.holder.in_(holders)))]


def take_one(coupon_id: int) -> bool:
    """Count one more claim, unless none is left: one guarded write, however many try."""
    return bool(PriceCoupon.update(claimed_count=PriceCoupon.claimed_count + 1).where(
        (PriceCoupon.id == coupon_id) & (PriceCoupon.status == 1)
        & PriceCoupon.deleted_at.is_null()
        & (PriceCoupon.total_quantity.is_null()
           | (PriceCoupon.claimed_count < PriceCoupon.total_quantity))).execute())


def use(claim_id: int, coupon_id: int, order_id: int, discount: Money, at: datetime) -> bool:
    """Use a claim up; False when somebody was faster. The coupon's counter goes with it."""
    used = bool(PriceCouponClaim.update(status=USED, used_at=at, order_id=order_id,
                                        discount_fen=discount).where(
        (PriceCouponClaim.id == claim_id) & (PriceCouponClaim.status == CLAIMED)).execute())
    if used:
        _count_use(coupon_id, 1)
    return used


def give_back(claim_id: int, order_id: int) -> bool:
    """Undo a use by this order; once."""
    row = first(PriceCouponClaim.select(PriceCouponClaim.coupon).where(
        PriceCouponClaim.id == claim_id))
    returned = bool(PriceCouponClaim.update(
        status=CLAIMED, used_at=None, order_id=None, discount_fen=None,
        uses_back=PriceCouponClaim.uses_back + 1).where(
        (PriceCouponClaim.id == claim_id) & (PriceCouponClaim.status == USED)
        & (PriceCouponClaim.order_id == order_id)).execute())
    if returned and row is not None:
        _count_use(row.coupon_id, -1)
    return returned


def _count_use(coupon_id: int, by: int) -> None:
    PriceCoupon.update(used_count=PriceCoupon.used_count + by).where(
        PriceCoupon.id == coupon_id).execute()


def expire(at: datetime, limit: int) -> int:
    """Mark claims of coupons that are over (P120); returns how many."""
    over = PriceCoupon.select(PriceCoupon.id).where(PriceCoupon.ends <= at)
    ids = [row[0] for row in tuples(PriceCouponClaim.select(PriceCouponClaim.id).where(
        (PriceCouponClaim.status == CLAIMED) & PriceCouponClaim.coupon.in_(over)).limit(limit))]
    return 0 if not ids else int(PriceCouponClaim.update(status=EXPIRED).where(
        PriceCouponClaim.id.in_(ids) & (PriceCouponClaim.status == CLAIMED)).execute())


def matching(wanted: ClaimFilter, at: datetime) -> ModelSelect[PriceCouponClaim]:
    """The claims of a filter with their coupons, unordered. A claim of a coupon that is over
    counts as expired before the job has marked it."""
    query = PriceCouponClaim.select(PriceCouponClaim, PriceCoupon).join(PriceCoupon)
    conditions = list(_conditions(wanted, at))
    return query.where(reduce(operator.and_, conditions)) if conditions else query


def _conditions(wanted: ClaimFilter, at: datetime) -> Iterable[Any]:
    for column, value in ((PriceCouponClaim.coupon, wanted.coupon_id),
                          (PriceCouponClaim.user_id, wanted.user_id),
                          (PriceCouponClaim.face_id, wanted.face_id),
                          (PriceCouponClaim.scenic_id, wanted.scenic_id)):
        if value is not None:
            yield column == value
    if wanted.venues is not None:
        yield PriceCouponClaim.scenic_id.in_([0, *sorted(wanted.venues)])
    if wanted.since is not None:
        yield PriceCouponClaim.claimed_at >= wanted.since
    if wanted.until is not None:
        yield PriceCouponClaim.claimed_at < wanted.until
    if wanted.status is not None:
        yield with_status(wanted.status, at)


def with_status(status: str, at: datetime) -> Any:
    """Claims in a state as it is now. Wants the coupon joined."""
    over = PriceCoupon.ends.is_null(False) & (PriceCoupon.ends <= at)
    if status == EXPIRED:
        return (PriceCouponClaim.status == EXPIRED) | (
            (PriceCouponClaim.status == CLAIMED) & over)
    if status == CLAIMED:
        return (PriceCouponClaim.status == CLAIMED) & (
            PriceCoupon.ends.is_null() | (PriceCoupon.ends > at))
    return PriceCouponClaim.status == status
