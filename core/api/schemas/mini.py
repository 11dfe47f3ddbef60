"""What the mini-program sends and sees."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Input, PageQuery, Yuan, text
from core.api.pricing.schemas.fields import given
from core.api.schemas.redemption import RedeemInput, VenueSchema

CARD_STATUS = ["usable", "not_yet", "over", "frozen", "cancelled"]
COURSE_STATUS = ["usable", "used_up", "over", "frozen", "cancelled"]
SEAT_STATUS = ["held", "booked", "attended", "released", "to_rebook"]


class LoginCodeInput(Input):
    """The code of `wx.login` or `tt.login`; it serves once, so a retry needs a new one."""

    code = text(512, required=True)


class JoinedSchema(ma.Schema):
    """`token` is shown this once; send it as `Authorization: Bearer …`."""

    token = fields.String(attribute="session.token", required=True)
    expires_at = fields.AwareDateTime(attribute="session.expires_at", required=True)
    member_id = fields.Integer(attribute="session.actor.id", required=True)
    fresh = fields.Boolean(required=True, metadata={
        "description": "a member who was never here before"})
    phone_verified = fields.Boolean(required=True)


class PhoneInput(Input):
    """`code` of the phone button, or its older `encrypted_data` and `iv`; the platforms' own
    callbacks say `encryptedData`."""

    ALIASES = {"encryptedData": "encrypted_data"}
    code = text(512)
    encrypted_data = text(4096)
    iv = text(64)

    @ma.validates_schema
    def one_of_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "code" not in data and not {"encrypted_data", "iv"} <= data.keys():
            raise ma.ValidationError("send `code`, or `encrypted_data` with `iv`")


class ProfileSchema(ma.Schema):
    """A member as he sees himself."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True, metadata={
        "description": "masked; null until a platform has vouched for one"})
    phone_verified = fields.Boolean(required=True)
    joined_at = fields.AwareDateTime(required=True)
    platforms = fields.List(fields.String(metadata={"enum": ["wechat_mini", "douyin_mini"]}),
                            required=True)
    faces = fields.Integer(required=True, metadata={"description": "how many cameras know"})


class RenameInput(Input):
    name = text(50, required=True)


class SignedInPhoneSchema(ma.Schema):
    """One live session."""

    id = fields.Integer(required=True)
    door = fields.String(required=True)
    agent = fields.String(required=True)
    signed_in_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    current = fields.Boolean(required=True)


class CardSchema(ma.Schema):
    """A membership card; both days are included."""

    id = fields.Integer(required=True)
    product_name = fields.String(required=True)
    venue = fields.Nested(VenueSchema, required=True)
    status = fields.String(required=True, metadata={"enum": CARD_STATUS})
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    days_left = fields.Integer(required=True, metadata={"description": "after today"})
    visits = fields.Integer(required=True)


class CourseSchema(ma.Schema):
    """A package of lessons or visits; `ends_on` is its last day, null for ever."""

    id = fields.Integer(required=True)
    product_name = fields.String(required=True)
    family = fields.String(required=True, metadata={
        "description": "classes of the same family can be booked with it"})
    venue = fields.Nested(VenueSchema, required=True)
    status = fields.String(required=True, metadata={"enum": COURSE_STATUS})
    uses_total = fields.Integer(required=True)
    uses_left = fields.Integer(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    days_left = fields.Integer(required=True, allow_none=True)


class MySeatSchema(ma.Schema):
    """A seat in a class. `to_rebook`: given back, and another class can be had for it."""

    id = fields.Integer(required=True)
    session_id = fields.Integer(required=True)
    title = fields.String(required=True)
    coach = fields.String(required=True)
    venue = fields.Nested(VenueSchema, required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    status = fields.String(required=True, metadata={"enum": SEAT_STATUS})
    paid_with = fields.String(required=True, metadata={"enum": ["voucher", "course"]})
    course_id = fields.Integer(required=True, allow_none=True)
    cancel_until = fields.AwareDateTime(required=True, allow_none=True)


class OpenVenueSchema(VenueSchema):
    """A venue that is open for business."""

    brand = fields.String(required=True)
    phone = fields.String(required=True)
    zone = fields.String(required=True)


class VenueInput(Input):
    venue_id = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))


class MiniInspectInput(VenueInput):
    """What was scanned or pasted, and where it is to be used."""

    code = fields.String(required=True)


class MiniRedeemInput(RedeemInput, VenueInput):
    """What to redeem, what for and where. Without `choice` the recommended one is taken."""

    class Meta(Input.Meta):
        exclude = ("phone", "name")


class VenueQuery(VenueInput):
    """At which venue."""


class OffersQuery(PageQuery, VenueInput):
    """At which venue, and which page."""


class BookInput(Input):
    """Without `course_id` whatever fits pays for the seat."""

    session_id = fields.Integer(required=True, validate=validate.Range(1, 2**62))
    course_id = fields.Integer(validate=validate.Range(1, 2**62))


class ComingClassSchema(ma.Schema):
    """A class to come. `bookable`: a seat is free and you have something to pay for it."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    family = fields.String(required=True)
    coach = fields.String(required=True)
    venue = fields.Nested(VenueSchema, required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    seats_left = fields.Integer(required=True)
    booking_id = fields.Integer(required=True, allow_none=True)
    bookable = fields.Boolean(required=True)


class AllowInput(Input):
    """The template ids that `requestSubscribeMessage` reported as accepted."""

    accepted = fields.List(text(128), required=True, validate=validate.Length(1, 10))


class ConsentSchema(ma.Schema):
    template_id = fields.String(required=True)
    left = fields.Integer(required=True, metadata={
        "description": "messages that may still be sent"})


class CouponOfferSchema(ma.Schema):
    """A coupon to claim. `discount_value`: yuan off, or the share kept (0.85 is 8.5 折)."""

    coupon_id = fields.Integer(attribute="coupon.id", required=True)
    name = fields.String(attribute="coupon.name", required=True)
    coupon_type = fields.String(attribute="coupon.coupon_type", required=True, metadata={
        "enum": ["fixed_amount", "percentage"]})
    discount_value = fields.Function(lambda one: given(one["coupon"]), required=True,
                                     metadata={"type": "number"})
    min_amount = Yuan(attribute="coupon.minimum_fen", required=True, allow_none=True)
    max_discount = Yuan(attribute="coupon.cap_fen", required=True, allow_none=True)
    valid_until = fields.AwareDateTime(attribute="coupon.ends", required=True, allow_none=True)
    left = fields.Integer(required=True, metadata={"description": "how many I may claim"})


class FaceCodeInput(Input):
    """What the kiosk's QR code says."""

    code = text(40, required=True)


class FaceSchema(ma.Schema):
    id = fields.Integer(required=True)
    face_id = fields.String(required=True)
    since = fields.AwareDateTime(required=True)


class FaceOfferInput(Input):
    face_id = text(128, required=True)


class FaceCodeSchema(ma.Schema):
    """Shown as a QR code; works once, for ten minutes."""

    code = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class DeleteQuery(Input):
    """`forfeit`: I know that I lose what I still hold."""

    forfeit = fields.Boolean(load_default=False)
