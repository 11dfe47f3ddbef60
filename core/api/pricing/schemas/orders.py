"""Orders: checkout, payment, cancel, refund."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Yuan, text
from core.api.phrases import language
from core.api.pricing.schemas.fields import Camel, CamelInput, CamelPage, Face, Id, Instant
from core.money import Money
from core.pricing.promotion import MAX_COUNT

STATES = {
    "awaiting_payment": ("等付款", "To be paid"), "paid": ("已付", "Paid"),
    "cancelled": ("已取消", "Cancelled"), "partly_refunded": ("部分退款", "Partly refunded"),
    "refunded": ("已退款", "Refunded"),
}


YUAN = {"type": "number", "format": "yuan"}


class OrderLineSchema(Camel):
    """One line. `discounts` run parallel to the order's `discountDetails`."""

    line = fields.Integer(attribute="number")
    product_type = fields.String()
    product_id = fields.String()
    product_name = fields.String()
    quantity = fields.Integer()
    unit_price = Yuan(attribute="unit_price_fen")
    original_amount = Yuan(attribute="original_fen")
    discount_amount = fields.Function(lambda line: line.original_fen - line.final_fen,
                                      metadata=YUAN)
    final_amount = Yuan(attribute="final_fen")
    discounts = fields.Function(lambda line: [Money(fen) for fen in line.discounts_fen],
                                metadata={"type": "array", "items": YUAN})
    refunded_quantity = fields.Integer()
    refunded_amount = Yuan(attribute="refunded_fen")


class RefundSchema(Camel):
    number = fields.Integer()
    lines = fields.Function(lambda row: [
        {"line": one["line"], "quantity": one["quantity"], "amount": Money(one["amount_fen"])}
        for one in row.lines], metadata={"type": "array", "items": {
            "type": "object", "properties": {
                "line": {"type": "integer"}, "quantity": {"type": "integer"}, "amount": YUAN}}})
    amount = Yuan(attribute="amount_fen")
    reason = fields.String()
    created_at = Instant()


class SettledOrderSchema(Camel):
    """An order. `dueAmount`: what is still to be paid. `explanation`: why the price is what it is,
    in codes and facts, for the auditor."""

    order_no = fields.String(attribute="row.order_no")
    scenic_id = fields.Integer(attribute="row.scenic_id")
    user_id = fields.Integer(attribute="row.user_id", allow_none=True)
    face_id = fields.String(attribute="row.face_id", allow_none=True)
    status = fields.String(attribute="row.state", metadata={"enum": list(STATES)})
    status_text = fields.Function(lambda view: STATES[view.row.state][language() == "en"],
                                  metadata={"type": "string"})
    payment = fields.String(attribute="row.provider", metadata={"enum": ["counter", "free"]})
    original_amount = Yuan(attribute="row.original_fen")
    discount_amount = fields.Function(lambda view: view.row.original_fen - view.row.final_fen,
                                      metadata=YUAN)
    final_amount = Yuan(attribute="row.final_fen")
    due_amount = Yuan(attribute="due")
    refunded_amount = Yuan(attribute="row.refunded_fen")
    products = fields.List(fields.Nested(OrderLineSchema), attribute="lines")
    discount_details = fields.Function(lambda view: [
        {"discountType": one["promotion"]["type"], "discountId": one["promotion"]["id"],
         "discountName": one["promotion"]["name"], "discountAmount": Money(one["off_fen"]),
         "beforeAmount": Money(one["before_fen"]), "afterAmount": Money(one["after_fen"])}
        for one in view.row.explanation["rows"]], metadata={"type": "array", "items": {
            "type": "object", "properties": {
                "discountType": {"type": "string"}, "discountId": {"type": "integer"},
                "discountName": {"type": "string"}, "discountAmount": YUAN,
                "beforeAmount": YUAN, "afterAmount": YUAN}}})
    voucher_code_id = fields.Integer(attribute="row.voucher_code_id", allow_none=True)
    coupon_claim_id = fields.Integer(attribute="row.coupon_claim_id", allow_none=True)
    refunds = fields.List(fields.Nested(RefundSchema))
    explanation = fields.Dict(attribute="row.explanation")
    created_at = Instant(attribute="row.created_at")
    paid_at = Instant(attribute="row.paid_at", allow_none=True)
    expires_at = Instant(attribute="row.expires_at", allow_none=True)
    closed_at = Instant(attribute="row.closed_at", allow_none=True)
    given_back_at = Instant(attribute="row.given_back_at", allow_none=True)


class OrderQuery(CamelPage):
    scenic_id = Id()
    status = fields.String(attribute="state", validate=validate.OneOf(list(STATES)))
    face_id = Face()
    user_id = Id()
    start_time = Instant(attribute="since")
    end_time = Instant(attribute="until", end=True)


class RefundLine(CamelInput):
    """So many units of a line (numbered from 1)."""

    line = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1000))
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(1, MAX_COUNT))


class RefundInput(CamelInput):
    """Without `lines`, all that is left."""

    lines = fields.List(fields.Nested(RefundLine), allow_none=True,
                        validate=validate.Length(1, 200))
    reason = text(200, least=0, load_default="")

    @ma.post_load
    def units(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        lines = data.pop("lines", None)
        counts: dict[int, int] = {}
        for one in lines or ():
            counts[one["line"]] = counts.get(one["line"], 0) + one["quantity"]
        data["units"] = counts if lines is not None else None
        return data


class OrderCancelInput(CamelInput):
    reason = text(200, least=0, load_default="")
