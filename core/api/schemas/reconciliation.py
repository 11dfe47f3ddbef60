"""Reconciliations and findings on the wire."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Input, PageQuery, Phone, Yuan, text
from core.api.phrases import language
from core.api.schemas.operations import ID
from core.services.reconciliation_views import FIX_NAMES, KINDS


class FindingSchema(ma.Schema):
    """One use about which the two books differ. `fixes`: what may be done, the usual one first."""

    id = fields.Integer()
    kind = fields.String(validate=validate.OneOf(list(KINDS)))
    kind_text = fields.Function(lambda one: KINDS[one.kind].in_(language()))
    state = fields.String(validate=validate.OneOf(["open", "fixed", "gone"]))
    verify_id = fields.String()
    voucher_id = fields.Integer(allow_none=True)
    redemption_id = fields.Integer(allow_none=True)
    code_masked = fields.String()
    sku_id = fields.String()
    title = fields.String()
    used_at = fields.AwareDateTime()
    our_amount = Yuan(allow_none=True)
    platform_amount = Yuan(allow_none=True)
    fixes = fields.Function(lambda one: [
        {"fix": fix, "title": FIX_NAMES[fix].in_(language())} for fix in one.fixes])
    fix = fields.String()
    reason = fields.String()
    fixed_at = fields.AwareDateTime(allow_none=True)
    fixed_by = fields.Integer(allow_none=True)


class ReconciliationSchema(ma.Schema):
    """One venue, platform and day; `open` findings wait for a person."""

    id = fields.Integer()
    day = fields.Date()
    venue_id = fields.Integer()
    venue_name = fields.String()
    platform = fields.String()
    platform_name = fields.String()
    state = fields.String(validate=validate.OneOf(["done", "failed"]))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={
        "example": {"matched": 46, "platform_only": 1}})
    open = fields.Integer()
    our_count = fields.Integer()
    our_amount = Yuan()
    platform_count = fields.Integer()
    platform_amount = Yuan()
    runs = fields.Integer()
    error = fields.String()
    ran_at = fields.AwareDateTime()


class ReconciliationDetailSchema(ReconciliationSchema):
    findings = fields.List(fields.Nested(FindingSchema))


class ReconciliationFilter(Input):
    day = fields.Date()
    since = fields.Date()
    until = fields.Date()
    venue_id = fields.Integer(validate=ID)
    platform = text(20)


class ReconciliationQuery(PageQuery, ReconciliationFilter):
    """One page of a filter."""


class ReconciliationExportQuery(ReconciliationFilter):
    format = fields.String(load_default="xlsx", validate=validate.OneOf(["csv", "xlsx"]))


class RunInput(Input):
    venue_id = fields.Integer(required=True, validate=ID)
    platform = text(20, required=True)
    day = fields.Date(required=True)


class FixInput(Input):
    """`phone` and `name` are of the member who gets what is missing (fix "grant")."""

    fix = fields.String(required=True, validate=validate.OneOf(list(FIX_NAMES)))
    reason = text(200, least=0, load_default="")
    phone = Phone()
    name = text(50, load_default="")
