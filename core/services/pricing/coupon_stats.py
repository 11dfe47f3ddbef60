"""How coupons do (P114–P115, P125)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import DEFAULT_ZONE, Clock
from core.errors import NotFound
from core.money import Money
from core.services.actor import Actor, Role
from core.store.db import Store
from core.store.pricing import coupons, figures
from core.store.pricing.figures import Day
from core.store.tables import PriceCoupon


@dataclass(frozen=True, slots=True)
class CouponStats:
    """Counted from the claim records, not from the counters. `usage_rate`: used / claimed."""

    coupon: PriceCoupon | None
    claimed: int
    used: int
    expired: int
    usable: int
    left: int | None
    discount: Money
    days: tuple[Day, ...] = ()

    @property
    def usage_rate(self) -> float:
        return round(self.used / self.claimed, 4) if self.claimed else 0.0


class CouponStatistics:
    """Reads only."""

    def __init__(self, store: Store, clock: Clock, zone: str = DEFAULT_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def of(self, coupon_id: int, actor: Actor, *, days: bool = False) -> CouponStats:
        """One coupon, deleted or not; with `days`, by day too. Raises NotFound."""
        actor.require(Role.CLERK)
        at = self._clock.now()
        with self._store.connection():
            coupon = PriceCoupon.get_or_none(PriceCoupon.id == coupon_id)
            if coupon is None or (coupon.scenic_id and not actor.may_work_at(coupon.scenic_id)):
                raise NotFound()
            by_status = figures.claims(coupon_id)
            by_day = tuple(figures.coupon_days(coupon_id, self._zone)) if days else ()
            return self._stats(coupon, by_status, at, by_day)

    def of_all(self, actor: Actor) -> CouponStats:
        """All coupons that the caller's venues gave out, together."""
        actor.require(Role.CLERK)
        with self._store.connection():
            own = None if actor.role is Role.ADMIN else actor.venues
            return self._stats(None, figures.claims(venues=own), self._clock.now(), ())

    @staticmethod
    def _stats(coupon: PriceCoupon | None, found: figures.ByStatus, at: datetime,
               days: tuple[Day, ...]) -> CouponStats:
        waiting, expired = found.of(coupons.CLAIMED), found.of(coupons.EXPIRED)
        if coupon is not None and coupon.ends is not None and coupon.ends <= at:
            waiting, expired = 0, expired + waiting
        claimed = sum(found.counts.values())
        left = None if coupon is None or coupon.total_quantity is None \
            else coupon.total_quantity - claimed
        return CouponStats(coupon, claimed, found.of(coupons.USED), expired, waiting, left,
                           found.discount, days)
