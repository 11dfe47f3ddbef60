"""Coupons that a member may claim now; claiming is `POST /api/pricing/coupons/{id}/claim`."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import CouponOfferSchema, VenueQuery
from core.api.state import services

door = Door("mini-offers", __name__, url_prefix="/api/v1/mini/coupons",
            description="Members: coupons to claim")


@door.route("")
class Offers(MethodView):
    @door.arguments(VenueQuery, location="query")
    @door.response(200, CouponOfferSchema(many=True), example=examples.OFFERS)
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The coupons that I can claim at a venue"""
        offered = services().pricing.coupons.offered(caller(), query["venue_id"])
        return [{"coupon": coupon, "left": left} for coupon, left in offered]
