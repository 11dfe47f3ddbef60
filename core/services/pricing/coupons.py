"""Coupons in members' hands: claimed, listed, looked through by staff (P100, P112–P125)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.pricing.kinds import CouponStatus
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey
from core.services.paging import PageOf, bounded
from core.services.pricing.holder import Holder, holder, venue_for
from core.services.pricing.keyed import once
from core.services.pricing.promotions import Page
from core.store import audit
from core.store.db import Store
from core.store.pricing import coupons
from core.store.pricing.coupons import ClaimFilter
from core.store.select import tuples
from core.store.tables import PriceCoupon, PriceCouponClaim, PriceOrder

EXPIRE_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with its coupon; `status` is how it stands now."""

    id: int
    coupon: PriceCoupon
    status: CouponStatus
    user_id: int | None
    face_id: str | None
    scenic_id: int
    claimed_at: datetime
    used_at: datetime | None
    order_no: str | None
    discount: Any


class Coupons:
    """Claiming and looking."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def claim(self, coupon_id: int, actor: Actor, *, face_id: str | None = None,
              scenic_id: int | None = None, key: SentKey | None = None) -> ClaimView:
        """One coupon for a member, or for a face.

        Raises NotFound; Conflict `coupon_disabled`, `coupon_over`, `coupon_claimed` (`limit`),
        `coupon_gone` (已领完); InvalidInput `claimer_needed`.
        """
        at = self._clock.now()

        def work() -> int:
            who = holder(actor, face_id)
            coupon = self._claimable(coupon_id, actor, at)
            where = coupon.scenic_id or scenic_id or actor.venue_id or 0
            return self._take(coupon, who, actor, where, at)

        made = once(self._store, "coupon.claim", key, at, work)
        with self._store.connection():
            return self._views(PriceCouponClaim.id == made, at)[0]

    def offered(self, actor: Actor, scenic_id: int, *, page: int = 1,
                page_size: int = 20) -> PageOf[tuple[PriceCoupon, int]]:
        """What the caller may claim now at a venue, and how many of each are left for him."""
        with self._store.connection():
            who = holder(actor, None)
            rows = coupons.claimable(scenic_id, self._clock.now(), MOST_RECORDS)
            left = [(row, row.claim_limit - len(coupons.held_by(row.id, who.keys)))
                    for row in rows]
        offers, (number, size) = [one for one in left if one[1] > 0], bounded(page, page_size)
        return PageOf(items=offers[(number - 1) * size:number * size], total=len(offers),
                      page=number, page_size=size)

    @staticmethod
    def _claimable(coupon_id: int, actor: Actor, at: datetime) -> PriceCoupon:
        coupon = coupons.standing(coupon_id)
        if coupon is None:
            raise NotFound()
        if coupon.scenic_id and actor.kind != "member":
            venue_for(actor, coupon.scenic_id)
        if coupon.status != 1:
            raise Conflict("coupon_disabled")
        if coupon.ends is not None and coupon.ends <= at:
            raise Conflict("coupon_over")
        return coupon

    def _take(self, coupon: PriceCoupon, who: Holder, actor: Actor, where: int,
              at: datetime) -> int:
        if who.key is None:
            raise InvalidInput("claimer_needed")
        earlier = coupons.held_by(coupon.id, who.keys)
        if len(earlier) >= coupon.claim_limit:
            raise Conflict("coupon_claimed", limit=coupon.claim_limit)
        if not coupons.take_one(coupon.id):
            raise Conflict("coupon_gone")
        # Two claims of one holder at once take the same number: the unique index lets one
        # through, and the other's transaction is repeated.
        number = max((number for key, number in earlier if key == who.key), default=0) + 1
        made = int(PriceCouponClaim.insert(
            coupon=coupon.id, holder=who.key, number=number, user_id=who.user_id,
            face_id=who.face_id, scenic_id=where, claimed_at=at, created_at=at).execute())
        audit.add(actor, "coupon.claim", "coupon_claim", made, at, venue_id=where or None,
                  to_state=coupons.CLAIMED, coupon=coupon.id)
        return made

    def mine(self, actor: Actor, *, face_id: str | None = None, scenic_id: int | None = None,
             status: CouponStatus | None = CouponStatus.CLAIMED) -> list[ClaimView]:
        """The caller's own, or those of the face that a kiosk sees; usable ones unless `status`
        says otherwise (None: all). `scenic_id`: only those usable there."""
        at = self._clock.now()
        with self._store.connection():
            who = holder(actor, face_id)
            if not who.keys:
                raise InvalidInput("claimer_needed")
            mine = PriceCouponClaim.holder.in_(who.keys)
            if scenic_id is not None:
                mine &= PriceCoupon.scenic_id.in_([0, scenic_id])
            if status is not None:
                mine &= coupons.with_status(str(status.code), at)
            return self._views(mine, at)

    def records(self, actor: Actor, *, page: int = 1, page_size: int = 20,
                everything: bool = False, **conditions: Any) -> Page:
        """Claim records of the caller's venues, newest first; conditions as in ClaimFilter.
        `everything`: the newest thousand on one page."""
        own = None if actor.role is Role.ADMIN else actor.venues
        wanted = ClaimFilter(**conditions, venues=own)
        actor.require(Role.CLERK, wanted.scenic_id)
        at = self._clock.now()
        with self._store.connection():
            query = coupons.matching(wanted, at).order_by(
                PriceCouponClaim.id.desc())
            if everything:
                rows = self._shown(list(query.limit(MOST_RECORDS)), at)
                return Page(rows, len(rows), 1, len(rows))
            rows = self._shown(list(query.limit(page_size).offset((page - 1) * page_size)), at)
            return Page(rows, query.count(), page, page_size)

    def expire(self) -> int:
        """The job's work: mark claims of coupons that are over (P120)."""
        at = self._clock.now()
        total = 0
        while True:
            gone = self._store.transact("coupon.expire",
                                        lambda: coupons.expire(at, EXPIRE_AT_ONCE))
            total += gone
            if gone < EXPIRE_AT_ONCE:
                return total

    def _views(self, condition: Any, at: datetime) -> list[ClaimView]:
        return self._shown(list(
            PriceCouponClaim.select(PriceCouponClaim, PriceCoupon).join(PriceCoupon)
            .where(condition).order_by(PriceCouponClaim.id.desc()).limit(MOST_RECORDS)), at)

    @staticmethod
    def _shown(rows: Sequence[Any], at: datetime) -> list[ClaimView]:
        orders = {row.order_id for row in rows if row.order_id is not None}
        numbers = dict(tuples(PriceOrder.select(PriceOrder.id, PriceOrder.order_no).where(
            PriceOrder.id.in_(sorted(orders))))) if orders else {}
        return [ClaimView(
            row.id, row.coupon, status_now(row, at), row.user_id, row.face_id, row.scenic_id,
            row.claimed_at, row.used_at, numbers.get(row.order_id), row.discount_fen)
            for row in rows]


MOST_RECORDS = 1000
"""Of a list without pages."""


def status_now(claim: Any, at: datetime) -> CouponStatus:
    """How a claim stands, whether or not the job has marked it already."""
    status = CouponStatus.from_code(claim.status)
    ends = claim.coupon.ends
    if status is CouponStatus.CLAIMED and ends is not None and ends <= at:
        return CouponStatus.EXPIRED
    return status
