"""A member's own data in one document."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from core.api.pricing.schemas.coupons import ClaimSchema
from core.api.pricing.schemas.orders import SettledOrderSchema
from core.api.pricing.schemas.vouchers import CodeSchema
from core.api.schemas.mini import CardSchema, CourseSchema, MySeatSchema, SignedInPhoneSchema
from core.api.schemas.redemption import RedemptionSchema


class IdentitySchema(ma.Schema):
    """How a platform or camera knows the member."""

    kind = fields.String(required=True)
    app_id = fields.String(required=True)
    external_id = fields.String(required=True)
    since = fields.AwareDateTime(required=True)


class AllowedNoticesSchema(ma.Schema):
    kind = fields.String(required=True)
    template_id = fields.String(required=True)
    left = fields.Integer(required=True)


class OwnDataSchema(ma.Schema):
    """Everything kept about a member; nothing masked, since it is his."""

    exported_at = fields.AwareDateTime(required=True)
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    phone_verified_at = fields.AwareDateTime(required=True, allow_none=True)
    joined_at = fields.AwareDateTime(required=True)
    identities = fields.List(fields.Nested(IdentitySchema), required=True)
    sessions = fields.List(fields.Nested(SignedInPhoneSchema), required=True)
    notices = fields.List(fields.Nested(AllowedNoticesSchema), required=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)
    courses = fields.List(fields.Nested(CourseSchema), required=True)
    bookings = fields.List(fields.Nested(MySeatSchema), required=True)
    redemptions = fields.List(fields.Nested(RedemptionSchema), required=True)
    coupons = fields.List(fields.Nested(ClaimSchema), required=True)
    codes = fields.List(fields.Nested(CodeSchema), required=True)
    orders = fields.List(fields.Nested(SettledOrderSchema), required=True)
