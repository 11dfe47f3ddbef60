"""Batches, codes, claims and prints (P30–P43)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import text
from core.api.phrases import sentence
from core.api.pricing.schemas.fields import (
    Camel,
    CamelInput,
    CamelPage,
    Face,
    Id,
    Instant,
    Number,
    TypeList,
    WithStatus,
    given,
    gives,
    worth,
)
from core.api.pricing.schemas.promotions import require
from core.pricing.kinds import VoucherDiscountType
from core.services.pricing.prints import Form
from core.services.slips.slip import Paper

MOST_CODES = 1_000_000
DISCOUNT_TYPES = {one.code: one.description for one in VoucherDiscountType}


class BatchCreate(CamelInput):
    """A batch (P30, P31). `discountType`: 0 全场免费, 1 商品降价 (yuan off each unit), 2 商品打折
    (the share kept, such as 0.85). `claimDays`: usable until so many days after the claim.
    `onPaper`: the codes are handed out, and usable by whoever has one."""

    batch_name = text(100, attribute="name")
    scenic_id = Id()
    broker_id = Id(allow_none=True)
    discount_type = fields.Integer(strict=True, validate=validate.OneOf(list(DISCOUNT_TYPES)))
    discount_value = Number(allow_none=True)
    applicable_products = TypeList(attribute="product_types")
    total_count = fields.Integer(strict=True, validate=validate.Range(1, MOST_CODES))
    valid_from = Instant(attribute="starts", allow_none=True)
    valid_until = Instant(attribute="ends", end=True, allow_none=True)
    claim_days = fields.Integer(allow_none=True, validate=validate.Range(0, 3660))
    max_uses = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))
    release_on_expiry = fields.Boolean(load_default=False)
    on_paper = fields.Boolean(load_default=False)

    @ma.validates_schema
    def complete(self, data: dict[str, Any], **kwargs: Any) -> None:
        require(data, name="batchName", scenic_id="scenicId", discount_type="discountType",
                total_count="totalCount")

    @ma.post_load
    def what_it_gives(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        if data["discount_type"] == VoucherDiscountType.FREE_ALL.code:
            data.pop("discount_value", None)
        gives(data, data["discount_type"] == VoucherDiscountType.DISCOUNT.code)
        return data


class BatchSchema(Camel):
    """A batch with its counters (P36). `progress`: share of its codes that are made."""

    id = fields.Integer()
    batch_name = fields.String(attribute="name")
    scenic_id = fields.Integer()
    broker_id = fields.Integer(allow_none=True)
    discount_type = fields.Integer()
    discount_type_name = fields.Function(lambda row: DISCOUNT_TYPES.get(row.discount_type))
    discount_value = fields.Function(given, metadata={"type": "number"})
    applicable_products = TypeList(attribute="product_types")
    total_count = fields.Integer()
    generated_count = fields.Integer()
    progress = fields.Function(lambda row: round(row.generated_count / row.total_count, 4),
                               metadata={"type": "number"})
    claimed_count = fields.Integer()
    used_count = fields.Integer()
    valid_from = Instant(attribute="starts", allow_none=True)
    valid_until = Instant(attribute="ends", allow_none=True)
    claim_days = fields.Integer(allow_none=True)
    max_uses = fields.Integer()
    release_on_expiry = fields.Boolean()
    on_paper = fields.Boolean()
    status = fields.Integer(metadata={"description": "1 启用, 0 停用"})
    created_at = Instant()
    updated_at = Instant()


class BatchQuery(CamelPage, WithStatus):
    """P32."""

    scenic_id = Id(allow_none=True)
    broker_id = Id(allow_none=True)
    batch_name = text(100, least=0, attribute="name")


class BatchStatsSchema(Camel):
    """P37: the counters, and the codes by state."""

    batch_id = fields.Function(lambda one: one.batch.id, metadata={"type": "integer"})
    batch_name = fields.String(attribute="batch.name")
    total_count = fields.Integer(attribute="batch.total_count")
    generated_count = fields.Integer(attribute="batch.generated_count")
    claimed_count = fields.Integer(attribute="batch.claimed_count")
    used_count = fields.Integer(attribute="batch.used_count")
    available_count = fields.Integer(attribute="unclaimed", metadata={
        "description": "not claimed yet"})
    usable_count = fields.Integer(attribute="usable")
    exhausted_count = fields.Function(lambda one: one.used + one.used_up)
    expired_count = fields.Integer(attribute="expired")
    claimed_rate = fields.Float()
    usage_rate = fields.Float(attribute="used_rate")


class CodeSchema(Camel):
    """A code (P38). `voucherCode` is whole for its holder and for managers."""

    id = fields.Integer()
    voucher_code = fields.String(attribute="code", metadata={"example": "K7M4 9XRT 2AHC"})
    batch_id = fields.Function(lambda view: view.batch.id, metadata={"type": "integer"})
    batch_name = fields.String(attribute="batch.name")
    scenic_id = fields.Integer()
    discount_type = fields.Integer(attribute="batch.discount_type")
    discount_type_name = fields.Function(lambda view: DISCOUNT_TYPES.get(view.batch.discount_type))
    discount_value = fields.Function(lambda view: given(view.batch), metadata={"type": "number"})
    applicable_products = TypeList(attribute="batch.product_types")
    status = fields.Function(lambda view: view.status.code, metadata={
        "description": "0 未领取, 1 可使用, 2 已使用, 3 已用完, 4 已过期"})
    status_name = fields.Function(lambda view: view.status.description)
    face_id = fields.String(allow_none=True)
    user_id = fields.Integer(allow_none=True)
    claimed_time = Instant(attribute="claimed_at", allow_none=True)
    used_time = Instant(attribute="used_at", allow_none=True)
    expires_at = Instant(allow_none=True)
    max_use_count = fields.Integer(attribute="max_uses")
    use_count = fields.Integer(attribute="used_count")
    remaining_use_count = fields.Function(lambda view: view.max_uses - view.used_count)


class CodeQuery(CamelPage):
    """P33."""

    batch_id = Id(allow_none=True)
    scenic_id = Id(allow_none=True)
    face_id = Face(allow_none=True)
    status = fields.Integer(allow_none=True, validate=validate.Range(0, 4))
    voucher_code = text(64, least=0, attribute="code")


class VoucherClaimInput(CamelInput):
    """Who claims where (P34): any code, one of a broker's or of one batch, or `code` itself."""

    scenic_id = Id(allow_none=True)
    face_id = Face(allow_none=True)
    broker_id = Id(allow_none=True)
    batch_id = Id(allow_none=True)
    code = text(64, allow_none=True)


class MyCodeQuery(CamelInput):
    scenic_id = Id()
    face_id = Face()


class ValidateInput(CamelInput):
    """A code as it was typed or scanned, and for whom."""

    voucher_code = text(64, required=True, attribute="text")
    scenic_id = Id(allow_none=True)
    face_id = Face(allow_none=True)


MAYBE_TEXT = {"type": ["string", "null"]}


class ValidationSchema(Camel):
    """P39. `reason` and `message`: why it cannot be used; null when it can."""

    valid = fields.Boolean()
    voucher_code = fields.String(attribute="code")
    reason = fields.Function(lambda one: one.reason or None, metadata={
        "type": ["string", "null"], "example": "code_expired"})
    message = fields.Function(
        lambda one: sentence(one.reason, one.facts) if one.reason else None, metadata=MAYBE_TEXT)
    voucher_name = fields.Function(lambda one: one.gives and one.gives.name, metadata=MAYBE_TEXT)
    batch_id = fields.Integer(allow_none=True)
    discount_type = fields.Function(lambda one: one.gives and one.gives.discount_type.code,
                                    metadata={"type": ["integer", "null"]})
    discount_type_name = fields.Function(
        lambda one: one.gives and one.gives.discount_type.description, metadata=MAYBE_TEXT)
    discount_value = fields.Function(lambda one: one.gives and worth(one.gives),
                                     metadata={"type": ["number", "null"]})
    uses_left = fields.Integer()
    expires_at = Instant(allow_none=True)


class UseInput(CamelInput):
    reason = text(200, least=0, load_default="")


class FaceTotalsSchema(Camel):
    """What one face holds at a venue (P166)."""

    face_id = fields.String()
    user_id = fields.Integer(allow_none=True)
    claimed_count = fields.Integer(attribute="codes")
    used_count = fields.Integer(attribute="used_codes")
    available_count = fields.Integer(attribute="usable_codes")
    last_claimed_time = Instant(attribute="last_claimed_at", allow_none=True)
    last_used_time = Instant(attribute="last_used_at", allow_none=True)


class PrintInput(CamelInput):
    """Which code to print: `voucherCode`, `codeId`, or what `faceId` has claimed."""

    scenic_id = Id(allow_none=True)
    face_id = Face(allow_none=True)
    voucher_code = text(64, allow_none=True, attribute="code")
    code_id = Id(allow_none=True)
    format = fields.Enum(Form, by_value=True, load_default=Form.PNG)
    paper = fields.Enum(Paper, by_value=True, load_default=Paper.NARROW)


class PrintSchema(Camel):
    """A slip (P43). `content`: base64, of a picture, a PDF, or the bytes for the printer."""

    print_id = fields.Integer(attribute="id")
    voucher_code = fields.Function(lambda one: one.code.row.code)
    voucher_name = fields.String(attribute="code.batch.name")
    print_number = fields.Integer(attribute="number")
    reprint = fields.Function(lambda one: one.number > 1, metadata={"type": "boolean"})
    format = fields.Function(lambda one: one.form.value)
    media_type = fields.String()
    content = fields.Function(lambda one: b64encode(one.content).decode())
    printed_at = Instant()
    expires_at = Instant(attribute="code.ends", allow_none=True)
