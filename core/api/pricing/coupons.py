"""Coupons: a member's own (P100, claim) and their administration (P106–P115)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.pricing import examples
from core.api.pricing.schemas.coupons import (
    ClaimInput,
    ClaimPageQuery,
    ClaimQuery,
    ClaimSchema,
    CouponDetailSchema,
    CouponStatsSchema,
    MyCouponQuery,
)
from core.api.pricing.schemas.fields import WithStatus
from core.api.pricing.schemas.promotions import (
    CouponCreate,
    CouponInput,
    CouponSchema,
    PromotionQuery,
)
from core.api.pricing.wire import status_of, wire_names
from core.api.state import services
from core.pricing.kinds import CouponStatus

own = Door("coupons", __name__, url_prefix="/api/pricing/coupons", description="A member's coupons")
door = Door("coupon-admin", __name__, url_prefix="/api/pricing/admin/coupons",
            description="Coupons, claim records and statistics")


@own.route("/my-coupons")
class MyCoupons(MethodView):
    @own.arguments(MyCouponQuery, location="query")
    @own.response(200, ClaimSchema(many=True), example=examples.MY_COUPONS)
    @signed_in()
    def get(self, query: dict[str, Any]) -> Any:
        """The caller's coupons"""
        wanted = query.pop("status")
        status = None if wanted == "all" else CouponStatus.from_code(wanted)
        return services().pricing.coupons.mine(caller(), status=status, **query)


@own.route("/<int:coupon_id>/claim")
class Claim(MethodView):
    @own.arguments(ClaimInput, example=examples.CLAIM)
    @own.response(200, ClaimSchema, example=examples.COUPON_CLAIMED)
    @signed_in()
    def post(self, body: dict[str, Any], coupon_id: int) -> Any:
        """Claim a coupon"""
        return services().pricing.coupons.claim(coupon_id, caller(), key=sent_key(caller()),
                                                **body)


@door.route("/configs")
class Configs(MethodView):
    @door.response(200, CouponSchema(many=True))
    @signed_in("staff")
    def get(self) -> Any:
        """All coupons, disabled ones too"""
        return services().pricing.coupon_configs.page(caller(), page=1, page_size=1,
                                                      everything=True).items

    @door.arguments(CouponCreate)
    @door.response(200, CouponSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Add a coupon; what nobody could explain is refused"""
        with wire_names():
            return services().pricing.coupon_configs.create(body, caller(),
                                                            key=sent_key(caller()))


@door.route("/configs/page")
class ConfigPage(MethodView):
    @door.arguments(PromotionQuery, location="query")
    @door.response(200, page_of(CouponSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """Coupons, paged and filtered"""
        return services().pricing.coupon_configs.page(caller(), **query)


@door.route("/configs/<int:coupon_id>")
class OneConfig(MethodView):
    @door.response(200, CouponSchema)
    @signed_in("staff")
    def get(self, coupon_id: int) -> Any:
        """One coupon"""
        return services().pricing.coupon_configs.get(coupon_id, caller())

    @door.arguments(CouponInput)
    @door.response(200, CouponSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any], coupon_id: int) -> Any:
        """Change a coupon; what is not named stays"""
        with wire_names():
            return services().pricing.coupon_configs.update(coupon_id, body, caller())

    @door.response(200)
    @signed_in("staff")
    def delete(self, coupon_id: int) -> dict[str, Any]:
        """Remove a coupon; claims of it can no longer be used"""
        services().pricing.coupon_configs.delete(coupon_id, caller())
        return {}


@door.route("/configs/<int:coupon_id>/status")
class Status(MethodView):
    @door.arguments(WithStatus, location="query")
    @door.arguments(WithStatus)
    @door.response(200, CouponSchema)
    @signed_in("staff")
    def put(self, query: dict[str, Any], body: dict[str, Any], coupon_id: int) -> Any:
        """Enable or disable a coupon: for claiming and for use"""
        return services().pricing.coupon_configs.set_status(
            coupon_id, status_of(body, query), caller())


@door.route("/claim-records")
class Records(MethodView):
    @door.arguments(ClaimQuery, location="query")
    @door.response(200, ClaimSchema(many=True))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """Claim records, the newest thousand"""
        return services().pricing.coupons.records(caller(), everything=True, **query).items


@door.route("/claim-records/page")
class RecordPage(MethodView):
    @door.arguments(ClaimPageQuery, location="query")
    @door.response(200, page_of(ClaimSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """Claim records, paged and filtered"""
        return services().pricing.coupons.records(caller(), **query)


@door.route("/claim-records/user/<int:user_id>")
class RecordsOfUser(MethodView):
    @door.response(200, ClaimSchema(many=True))
    @signed_in("staff")
    def get(self, user_id: int) -> Any:
        """What one member claimed"""
        return services().pricing.coupons.records(caller(), everything=True, user_id=user_id).items


@door.route("/claim-records/coupon/<int:coupon_id>")
class RecordsOfCoupon(MethodView):
    @door.response(200, ClaimSchema(many=True))
    @signed_in("staff")
    def get(self, coupon_id: int) -> Any:
        """Who claimed one coupon"""
        return services().pricing.coupons.records(
            caller(), everything=True, coupon_id=coupon_id).items


@door.route("/stats/overview")
class Overview(MethodView):
    @door.response(200, CouponStatsSchema)
    @signed_in("staff")
    def get(self) -> Any:
        """All coupons together"""
        return services().pricing.coupon_stats.of_all(caller())


@door.route("/stats/<int:coupon_id>")
class Stats(MethodView):
    @door.response(200, CouponStatsSchema)
    @signed_in("staff")
    def get(self, coupon_id: int) -> Any:
        """How one coupon does"""
        return services().pricing.coupon_stats.of(coupon_id, caller())


@door.route("/stats/<int:coupon_id>/detail")
class StatsDetail(MethodView):
    @door.response(200, CouponDetailSchema)
    @signed_in("staff")
    def get(self, coupon_id: int) -> Any:
        """The same, day by day"""
        return services().pricing.coupon_stats.of(coupon_id, caller(), days=True)


@door.route("/stats/<int:coupon_id>/overview")
class StatsOverview(MethodView):
    @door.response(200, CouponStatsSchema)
    @signed_in("staff")
    def get(self, coupon_id: int) -> Any:
        """How one coupon does"""
        return services().pricing.coupon_stats.of(coupon_id, caller())
