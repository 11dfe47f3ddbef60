"""Uses of codes (P35, P40–P42)."""

from __future__ import annotations

from marshmallow import fields

from core.api.fields import Yuan, text
from core.api.pricing.schemas.coupons import DaySchema
from core.api.pricing.schemas.fields import Camel, CamelPage, Face, Id, Instant


class UsageQuery(CamelPage):
    """P35. Times are of the use; `endTime` as a day includes it."""

    voucher_code = text(64, least=0, attribute="code")
    batch_id = Id(allow_none=True)
    scenic_id = Id(allow_none=True)
    face_id = Face(allow_none=True)
    order_no = text(32, least=0)
    start_time = Instant(attribute="since", allow_none=True)
    end_time = Instant(attribute="until", end=True, allow_none=True)


class UsageSchema(Camel):
    """One use (P40). `reversedTime`: when it was given back."""

    id = fields.Integer()
    voucher_code = fields.String(attribute="code")
    batch_id = fields.Function(lambda view: view.batch.id, metadata={"type": "integer"})
    batch_name = fields.String(attribute="batch.name")
    scenic_id = fields.Integer()
    face_id = fields.String(allow_none=True)
    user_id = fields.Integer(allow_none=True)
    order_no = fields.String()
    discount_amount = Yuan(attribute="discount")
    use_time = Instant(attribute="used_at")
    reversed_time = Instant(attribute="reversed_at", allow_none=True)
    reason = fields.String()


class CodeStatsSchema(Camel):
    """How one code was used (P41)."""

    voucher_code = fields.String(attribute="code")
    batch_id = fields.Function(lambda one: one.batch.id, metadata={"type": "integer"})
    batch_name = fields.String(attribute="batch.name")
    status = fields.Function(lambda one: one.status.code)
    status_name = fields.Function(lambda one: one.status.description)
    max_use_count = fields.Integer(attribute="max_uses")
    use_count = fields.Integer(attribute="used_count")
    remaining_use_count = fields.Function(lambda one: one.max_uses - one.used_count)
    record_count = fields.Integer(attribute="uses.total")
    total_discount_amount = Yuan(attribute="uses.discount")
    claimed_time = Instant(attribute="claimed_at", allow_none=True)
    expires_at = Instant(allow_none=True)
    first_use_time = Instant(attribute="uses.first_at", allow_none=True)
    last_use_time = Instant(attribute="uses.last_at", allow_none=True)


class BatchUsageSchema(Camel):
    """How the codes of a batch were used (P42)."""

    batch_id = fields.Function(lambda one: one.batch.id, metadata={"type": "integer"})
    batch_name = fields.String(attribute="batch.name")
    total_count = fields.Integer(attribute="batch.total_count")
    claimed_count = fields.Integer(attribute="batch.claimed_count")
    record_count = fields.Integer(attribute="uses.total")
    use_count = fields.Integer(attribute="uses.standing")
    used_code_count = fields.Integer(attribute="uses.codes")
    user_count = fields.Integer(attribute="uses.faces")
    total_discount_amount = Yuan(attribute="uses.discount")
    first_use_time = Instant(attribute="uses.first_at", allow_none=True)
    last_use_time = Instant(attribute="uses.last_at", allow_none=True)
    days = fields.List(fields.Nested(DaySchema))
