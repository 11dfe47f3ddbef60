"""One price for all that a venue's offer covers, when it is lower (P186–P188)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from core.pricing.cart import Cart
from core.pricing.promotion import ONE_PRICE, OnePrice
from core.pricing.provider import Offer, Provider, not_here
from core.pricing.reductions import DownTo
from core.pricing.refusals import Refusal


class OnePriceProvider(Provider[OnePrice]):
    type: ClassVar[str] = ONE_PRICE
    priority: ClassVar[int] = 120
    consumes: ClassVar[bool] = False

    def detect(self, promotion: OnePrice, cart: Cart, at: datetime) -> Offer | Refusal:
        return not_here(promotion, cart, at) or Offer(
            promotion, DownTo(cart.covered(promotion.product_types), promotion.price.fen))
