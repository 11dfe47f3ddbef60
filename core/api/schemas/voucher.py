"""Vouchers with the seed's field names (checklist S114–S125, S224–S240)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api import wording
from core.api.fields import MOST_WHOLE, Input, PageQuery, Phone, Yuan, page_of, text
from core.api.schemas.redemption import NamedSchema

ID = validate.Range(1, MOST_WHOLE)


class VoucherSchema(ma.Schema):
    """One voucher. Code, name and phone are masked for clerks; managers see them whole, the
    phone where a member is linked. `id` is null for one that only its platform knows."""

    id = fields.Integer(allow_none=True)
    voucher_no = fields.String(metadata={"example": "MT123456"})
    certificate_id = fields.String()
    platform_id = fields.Integer(allow_none=True)
    platform_code = fields.String(metadata={"example": "meituan"})
    platform_name = fields.String(metadata={"example": "美团"})
    platform_order_no = fields.String(allow_none=True)
    voucher_type = fields.Integer(allow_none=True, metadata={
        "description": "1 会员卡, 2 私教课, 3 团课; 0 or null: its SKU is not mapped yet"})
    product_id = fields.Integer(allow_none=True)
    product_name = fields.String(metadata={"example": "月卡"})
    original_price = Yuan(allow_none=True)
    paid_price = Yuan(allow_none=True)
    user_phone = fields.String(allow_none=True)
    user_name = fields.String(allow_none=True)
    user_id = fields.Integer(allow_none=True)
    status = fields.Integer(metadata={"description": "1 未核销, 2 已核销, 3 已过期, 4 已退款, "
                                                     "5 核销中, 6 结果未知, 7 部分核销"})
    status_text = fields.Function(lambda voucher: wording.status_text(voucher.status))
    uses_total = fields.Integer()
    uses_used = fields.Integer()
    expire_date = fields.Date(allow_none=True)
    verified_at = fields.AwareDateTime(allow_none=True)
    verified_by = fields.Integer(allow_none=True)
    verified_by_name = fields.String(allow_none=True)
    venue_id = fields.Integer(allow_none=True)
    venue_name = fields.String(allow_none=True)
    remark = fields.String(allow_none=True)
    created_at = fields.AwareDateTime(allow_none=True)
    updated_at = fields.AwareDateTime(allow_none=True)


class VoucherPageSchema(page_of(VoucherSchema)):  # type: ignore[misc]  # made at run time
    by_status = fields.Dict(keys=fields.Integer(), values=fields.Integer(), metadata={
        "description": "how many of each status, the filter's own status left aside",
        "example": {"1": 402, "2": 761}})


class HistorySchema(ma.Schema):
    """One line of a voucher's history."""

    at = fields.AwareDateTime()
    operation_type = fields.Integer(metadata={
        "description": "1 核销, 2 撤销核销, 3 核销失败, 4 结果未知, 5 退款, 6 人工处理"})
    actor = fields.Nested(NamedSchema, allow_none=True)
    actor_kind = fields.String(metadata={"description": "staff, member, kiosk, system, platform"})
    door = fields.String()
    venue = fields.Nested(NamedSchema, allow_none=True)
    platform_log_id = fields.String()
    redemption = fields.String(allow_none=True)
    result_type = fields.Integer(allow_none=True)
    result_id = fields.Integer(allow_none=True)
    remark = fields.String(metadata={"description": "a reason, or why it failed"})


class VoucherDetailSchema(VoucherSchema):
    redemption = fields.String(allow_none=True, metadata={
        "description": "ref of the newest redemption, whatever became of it"})
    nameless = fields.Boolean(metadata={
        "description": "redeemed by its code alone: what it gave has no owner yet"})
    history = fields.List(fields.Nested(HistorySchema))


class DateRange(Input):
    """`date_field` says what the days are of (decision Q16); `end_date` is inclusive; days are
    those of the chain's zone (Asia/Shanghai unless set otherwise)."""

    start_date = fields.Date()
    end_date = fields.Date()
    date_field = fields.String(load_default="created",
                               validate=validate.OneOf(["created", "verified", "expire"]))

    @ma.validates_schema
    def order_of_days(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "start_date" in data and "end_date" in data and data["start_date"] > data["end_date"]:
            raise ma.ValidationError("start_date is after end_date", "start_date")


class VoucherFilterQuery(DateRange):
    """The seed's filters (S120–S125). `keyword`: a whole code, certificate id, order number or
    phone, or the last four characters of a code or of a member's phone."""

    keyword = text(100, least=0)
    platform_id = fields.Integer(validate=ID)
    voucher_type = fields.Integer(validate=validate.Range(0, 3))
    status = fields.Integer(validate=validate.Range(1, 7))
    venue_id = fields.Integer(validate=ID)
    sort = fields.String(validate=validate.OneOf(
        ["created", "-created", "verified", "-verified", "expire", "-expire"]), metadata={
            "description": "`-` for the newest first; by default the newest of `date_field`"})


class VoucherQuery(PageQuery, VoucherFilterQuery):
    """One page of a filter."""


class VerifyInput(Input):
    """The seed's one-step redemption. `operator_id` may only repeat who is signed in (Q11)."""

    ALIASES = {"code": "voucher_code", "user_phone": "phone"}
    voucher_code = fields.String(required=True, validate=validate.Length(min=1))
    operator_id = fields.Integer()
    choice = text(64)
    phone = Phone()
    name = text(50)
    uses = fields.Integer(load_default=1, validate=validate.Range(1, 100))


class OwnerInput(Input):
    """Whose it is: the number under which the member is known, or will be."""

    phone = Phone(required=True)


class OwnerSchema(ma.Schema):
    user_id = fields.Integer()


class VerifiedSchema(ma.Schema):
    """`result_type` and `result_id` are null while the platform has not answered (确认中)."""

    user_id = fields.Integer(allow_none=True)
    result_type = fields.Integer(allow_none=True)
    result_id = fields.Integer(allow_none=True)
    message = fields.String(metadata={"example": "核销成功,已为用户开通月卡"})
    ref = fields.String()
    ticket = fields.String()
    state = fields.String()


class CancelInput(Input):
    ALIASES = {"code": "voucher_code"}
    voucher_code = fields.String(required=True, validate=validate.Length(min=1))
    operator_id = fields.Integer()
    reason = text(200, load_default="")


class ScannedImageSchema(ma.Schema):
    texts = fields.List(fields.String())
