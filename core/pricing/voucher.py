"""Voucher codes of our own (P144–P146, P193–P195)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from core.pricing.cart import Cart
from core.pricing.promotion import VOUCHER, VoucherCode
from core.pricing.provider import Offer, Provider, not_here
from core.pricing.reductions import DownTo, KeepPercent, Reduction, TakeOffEach
from core.pricing.refusals import Refusal


class VoucherProvider(Provider[VoucherCode]):
    type: ClassVar[str] = VOUCHER
    priority: ClassVar[int] = 80
    consumes: ClassVar[bool] = True

    def detect(self, promotion: VoucherCode, cart: Cart, at: datetime) -> Offer | Refusal:
        return not_here(promotion, cart, at) or Offer(promotion, _reduction(promotion, cart))


def _reduction(code: VoucherCode, cart: Cart) -> Reduction:
    if code.kept is not None:
        return KeepPercent(cart.covered(code.product_types), code.kept, None, len(cart.lines))
    if code.amount is not None:
        fen = code.amount.fen
        lines = cart.lines_of(code.product_types)
        return TakeOffEach(tuple([index for index, _ in lines]),
                           tuple([fen * line.quantity for _, line in lines]))
    return DownTo(None, 0)  # FREE_ALL
