"""Shapes of sync runs and listed orders."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api import wording
from core.api.fields import Input, PageQuery, Yuan, text

PLATFORMS = validate.OneOf(["meituan", "douyin"])
KINDS = ["incremental", "sweep", "status", "manual"]
STATUSES = ["unused", "used", "expired", "refunding", "refunded"]


class Days(ma.Schema):
    """`start_date` and `end_date`, both included, at the venues."""

    start_date = fields.Date()
    end_date = fields.Date()

    @ma.validates_schema
    def order_of_days(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "start_date" in data and "end_date" in data and data["start_date"] > data["end_date"]:
            raise ma.ValidationError("start_date is after end_date", "start_date")


class SyncInput(Input, Days):
    """No platform: all of them; no days: what is new."""

    platform = fields.String(validate=PLATFORMS)


class RunSchema(ma.Schema):
    """One run. `percent` moves while it works; `unanswered` orders are asked again by
    themselves."""

    id = fields.Integer()
    platform = fields.String(metadata={"example": "meituan"})
    platform_name = fields.String()
    kind = fields.String(metadata={"enum": KINDS})
    state = fields.String(metadata={"enum": ["waiting", "running", "done", "failed"]})
    percent = fields.Integer()
    since = fields.AwareDateTime()
    until = fields.AwareDateTime()
    reached = fields.AwareDateTime()
    pages = fields.Integer()
    orders_seen = fields.Integer()
    orders_new = fields.Integer()
    orders_changed = fields.Integer()
    vouchers_new = fields.Integer()
    vouchers_changed = fields.Integer()
    quarantined = fields.Integer()
    unanswered = fields.Integer()
    lag_seconds = fields.Integer(allow_none=True, metadata={
        "description": "age of the oldest change that this run was the first to see"})
    error = fields.String()
    platform_log_id = fields.String()
    asked_by = fields.Integer(allow_none=True)
    created_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    seconds = fields.Integer()


class AskedSchema(ma.Schema):
    """`run_id` is the first of `runs`: there is one for each merchant of each platform."""

    run_id = fields.Integer()
    runs = fields.List(fields.Nested(RunSchema))


class RunQuery(PageQuery):
    platform = fields.String(validate=PLATFORMS)
    kind = fields.String(validate=validate.OneOf(KINDS))


class OrderQuery(PageQuery, Days):
    """Days are of the payment."""

    status = fields.String(load_default="", validate=validate.OneOf(["", *STATUSES]))
    order_id = text(64, least=0, load_default="")


class OrderCertificateSchema(ma.Schema):
    voucher_id = fields.Integer()
    voucher_no = fields.String()
    status = fields.Integer()
    status_text = fields.Function(lambda one: wording.status_text(one.status))
    uses_total = fields.Integer()
    uses_used = fields.Integer()


class OrderSchema(ma.Schema):
    """An order as its platform listed it, with our vouchers of it."""

    order_id = fields.String()
    platform_code = fields.String()
    platform_name = fields.String()
    sku_id = fields.String()
    title = fields.String()
    status = fields.String(metadata={"enum": STATUSES})
    paid = Yuan(allow_none=True)
    original = Yuan(allow_none=True)
    quantity = fields.Integer(allow_none=True)
    buyer_phone = fields.String()
    paid_at = fields.AwareDateTime(allow_none=True)
    platform_updated_at = fields.AwareDateTime(allow_none=True)
    synced_at = fields.AwareDateTime()
    checked = fields.Boolean()
    problem = fields.String()
    certificates = fields.List(fields.Nested(OrderCertificateSchema))
