"""Members' coupons, the last to be applied (P116–P124, P196–P197)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from core.pricing.cart import Cart
from core.pricing.promotion import COUPON, Coupon
from core.pricing.provider import MinimumSpend, Offer, Provider, not_here
from core.pricing.reductions import Covered, KeepPercent, Reduction, TakeOff
from core.pricing.refusals import Refusal


class CouponProvider(Provider[Coupon]):
    type: ClassVar[str] = COUPON
    priority: ClassVar[int] = 60
    consumes: ClassVar[bool] = True

    def detect(self, promotion: Coupon, cart: Cart, at: datetime) -> Offer | Refusal:
        refusal = not_here(promotion, cart, at)
        if refusal is not None:
            return refusal
        covered = cart.covered(promotion.product_types)
        minimum = MinimumSpend(promotion.minimum.fen, covered) if promotion.minimum else None
        return Offer(promotion, _reduction(promotion, covered, len(cart.lines)), minimum)


def _reduction(coupon: Coupon, covered: Covered, lines: int) -> Reduction:
    if coupon.kept is not None:
        cap = None if coupon.cap is None else coupon.cap.fen
        return KeepPercent(covered, coupon.kept, cap, lines)
    assert coupon.amount is not None, "a Coupon gives an amount or a percentage"
    return TakeOff(covered, coupon.amount.fen)
