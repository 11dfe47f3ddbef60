"""Coupons that a member may claim now; claiming is `POST /api/pricing/coupons/{id}/claim`."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import CouponOfferSchema, OffersQuery
from core.api.state import services

door = Door("mini-offers", __name__, url_prefix="/api/v1/mini/coupons",
            description="Members: coupons to claim")


@door.route("")
class Offers(MethodView):
    @door.arguments(OffersQuery, location="query")
    @door.response(200, page_of(CouponOfferSchema), example=examples.OFFERS)
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The coupons that I can claim at a venue"""
        offered = services().pricing.coupons.offered(caller(), query.pop("venue_id"), **query)
        return {**offered, "items": [{"coupon": coupon, "left": left}
                                     for coupon, left in offered["items"]]}
