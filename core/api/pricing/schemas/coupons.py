"""Claim records and statistics of coupons."""

from __future__ import annotations

from marshmallow import fields

from core.api.fields import Yuan
from core.api.pricing.schemas.fields import (
    Camel,
    CamelInput,
    CamelPage,
    Face,
    Id,
    Instant,
    Scenic,
    TypeList,
    given,
)
from core.api.pricing.schemas.promotions import codes_of
from core.pricing.kinds import CouponStatus


class ClaimSchema(Camel):
    """A coupon in somebody's hands."""

    claim_record_id = fields.Integer(attribute="id")
    coupon_id = fields.Function(lambda view: view.coupon.id, metadata={"type": "integer"})
    coupon_name = fields.String(attribute="coupon.name")
    coupon_type = fields.String(attribute="coupon.coupon_type")
    discount_value = fields.Function(lambda view: given(view.coupon), metadata={"type": "number"})
    min_amount = Yuan(attribute="coupon.minimum_fen", allow_none=True)
    max_discount = Yuan(attribute="coupon.cap_fen", allow_none=True)
    applicable_products = TypeList(attribute="coupon.product_types")
    valid_from = Instant(attribute="coupon.starts", allow_none=True)
    valid_until = Instant(attribute="coupon.ends", allow_none=True)
    status = fields.Function(lambda view: view.status.code, metadata={
        "enum": ["claimed", "used", "expired"]})
    status_name = fields.Function(lambda view: view.status.description)
    user_id = fields.Integer(allow_none=True)
    face_id = fields.String(allow_none=True)
    scenic_id = Scenic()
    claim_time = Instant(attribute="claimed_at")
    use_time = Instant(attribute="used_at", allow_none=True)
    order_no = fields.String(allow_none=True)
    discount_amount = Yuan(attribute="discount", allow_none=True)


class MyCouponQuery(CamelInput):
    """Usable ones, unless `status` says otherwise."""

    scenic_id = Id()
    face_id = Face()
    status = fields.String(load_default="claimed",
                           validate=lambda value: _known_status(value))


def _known_status(value: str) -> None:
    if value != "all":
        codes_of(CouponStatus)(value)


class ClaimInput(CamelInput):
    """Who claims: a member says nothing, a kiosk or clerk names a face."""

    face_id = Face(allow_none=True)
    scenic_id = Id(allow_none=True)


class ClaimQuery(CamelInput):
    """The seed's conditions (P112, P113). Times are of the claim; `endTime` as a day includes
    it."""

    coupon_id = Id()
    user_id = Id()
    face_id = Face()
    scenic_id = Id()
    status = fields.String(validate=codes_of(CouponStatus))
    start_time = Instant(attribute="since")
    end_time = Instant(attribute="until", end=True)


class ClaimPageQuery(CamelPage, ClaimQuery):
    """The same, paged."""


class CouponStatsSchema(Camel):
    """Counted from the claim records."""

    coupon_id = fields.Function(lambda one: one.coupon and one.coupon.id)
    coupon_name = fields.Function(lambda one: one.coupon and one.coupon.name)
    total_quantity = fields.Function(lambda one: one.coupon and one.coupon.total_quantity)
    claimed_count = fields.Integer(attribute="claimed")
    used_count = fields.Integer(attribute="used")
    expired_count = fields.Integer(attribute="expired")
    available_count = fields.Integer(attribute="usable", metadata={
        "description": "claimed and still usable"})
    remaining_quantity = fields.Integer(attribute="left", allow_none=True)
    usage_rate = fields.Float()
    total_discount_amount = Yuan(attribute="discount")


class DaySchema(Camel):
    day = fields.Date()
    claimed_count = fields.Integer(attribute="claimed")
    used_count = fields.Integer(attribute="used")
    discount_amount = Yuan(attribute="discount")


class CouponDetailSchema(CouponStatsSchema):
    days = fields.List(fields.Nested(DaySchema))
