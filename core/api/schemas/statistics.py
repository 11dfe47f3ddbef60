"""Statistics over vouchers (checklist S191–S211)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api import wording
from core.api.fields import Yuan
from core.api.phrases import language
from core.api.schemas.voucher import ID, DateRange, VoucherFilterQuery
from core.services.voucher_words import voucher_type

RATE: dict[str, Any] = {"minimum": 0, "maximum": 1, "example": 0.606}


class FiguresSchema(ma.Schema):
    """Some vouchers: `unredeemed`, `redeemed`, `partly`, `in_progress` (核销中, 结果未知),
    `expired` and `refunded` make the total."""

    total = fields.Integer(attribute="vouchers")
    unredeemed = fields.Integer()
    redeemed = fields.Integer()
    partly = fields.Integer()
    in_progress = fields.Integer()
    expired = fields.Integer()
    refunded = fields.Integer()
    refunded_unused = fields.Integer(metadata={"description": "refunded before any use"})
    redemption_rate = fields.Float(allow_none=True, metadata={
        "description": "redeemed / (total - refunded_unused); null of nothing", **RATE})
    plain_rate = fields.Float(allow_none=True, metadata={
        "description": "redeemed / total", **RATE})
    sales_amount = Yuan(attribute="sales", metadata={"description": "what buyers paid"})
    refunded_amount = Yuan()
    redeemed_amount = Yuan(metadata={
        "description": "paid price of what was used, a times card's by its uses"})


class PartSchema(FiguresSchema):
    id = fields.Integer()
    share = fields.Float(metadata={"description": "of all vouchers", **RATE})


class ShareSchema(PartSchema):
    """One platform or venue (0: no venue yet)."""

    name = fields.String()


class TypeShareSchema(PartSchema):
    """One voucher type."""

    name = fields.Function(lambda share: voucher_type(share.id, language()),
                           metadata={"example": "会员卡"})


class PeriodSchema(ma.Schema):
    start_date = fields.Date(attribute="start", allow_none=True)
    end_date = fields.Date(attribute="end", allow_none=True)


class StepSchema(ma.Schema):
    """What was redeemed on a day, or in the month that begins with it."""

    date = fields.Date(attribute="day")
    redeemed = fields.Integer()
    partly = fields.Integer()
    amount = Yuan()


class DoorCountSchema(ma.Schema):
    door = fields.String(metadata={"example": "kiosk"})
    name = fields.Function(lambda one: wording.door_text(one["door"]))
    redemptions = fields.Integer()


class DoorsSchema(ma.Schema):
    """Redemptions completed in the range and not undone."""

    redemptions = fields.Integer()
    self_served = fields.Float(allow_none=True, metadata={
        "description": "part done by members themselves (S7)", **RATE})
    by_door = fields.List(fields.Nested(DoorCountSchema))

    @ma.pre_dump
    def counts(self, doors: Any, **kwargs: Any) -> dict[str, Any]:
        return {"redemptions": doors.redemptions, "self_served": doors.self_served,
                "by_door": [{"door": door, "redemptions": count}
                            for door, count in doors.by_door.items()]}


class NewcomersSchema(ma.Schema):
    """People whom their first voucher made members in the range."""

    platform_id = fields.Integer()
    platform_name = fields.String(metadata={"example": "美团"})
    members = fields.Integer()


class StatisticsSchema(ma.Schema):
    """`totals`, `platforms`, `types` and `venues` are of the vouchers whose `date_field` lies in
    the period; `trend`, `doors` and `new_members` are of redemptions in it."""

    period = fields.Nested(PeriodSchema)
    date_field = fields.String()
    venue_id = fields.Integer(allow_none=True)
    totals = fields.Nested(FiguresSchema, attribute="figures")
    platforms = fields.List(fields.Nested(ShareSchema))
    types = fields.List(fields.Nested(TypeShareSchema))
    venues = fields.List(fields.Nested(ShareSchema))
    trend_step = fields.String(validate=validate.OneOf(["day", "month"]), metadata={
        "description": "by months for more than 400 days"})
    trend = fields.List(fields.Nested(StepSchema))
    doors = fields.Nested(DoorsSchema)
    new_members = fields.List(fields.Nested(NewcomersSchema))
    before_period = fields.Nested(PeriodSchema, allow_none=True)
    before = fields.Nested(FiguresSchema, allow_none=True, metadata={
        "description": "as many days just before; null without a start"})


class StatisticsQuery(DateRange):
    """A start without an end goes to today. With `venue_id` only vouchers redeemed there count,
    since an unused one belongs to no venue."""

    venue_id = fields.Integer(validate=ID)


FORMAT: dict[str, Any] = {"load_default": "csv", "validate": validate.OneOf(["csv", "xlsx"])}


class VoucherExportQuery(VoucherFilterQuery):
    """The list's filters; all that match leave."""

    format = fields.String(**FORMAT)


class StatisticsExportQuery(StatisticsQuery):
    format = fields.String(**FORMAT)
