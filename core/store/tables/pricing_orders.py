"""Orders that a checkout made: what was sold, at what price and why, and what went back."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, ForeignKeyField, IntegerField

from core.store.tables.base import Row
from core.store.tables.fields import FenField, JsonField, UtcDateTime


class PriceOrder(Row):
    """A settled quote. state: awaiting_payment, paid, cancelled, partly_refunded, refunded.

    `explanation` is what member, clerk and auditor read: `core.pricing.explanation.as_data`.
    `given_back_at` is set once, when code and coupon went back to their holder.
    """

    order_no = CharField(32, unique=True)
    scenic_id = BigIntegerField()
    user_id = BigIntegerField(null=True, index=True)
    face_id = CharField(128, null=True)
    state = CharField(16)
    provider = CharField(20)
    """Who takes the money: counter, or free when there is nothing to pay."""
    original_fen = FenField()
    final_fen = FenField()
    refunded_fen = FenField()
    refunds = IntegerField(default=0)
    """How many refunds there were; guards against two at once."""
    explanation = JsonField()
    voucher_code_id = BigIntegerField(null=True, index=True)
    coupon_claim_id = BigIntegerField(null=True, index=True)
    door = CharField(20)
    actor_kind = CharField(10)
    actor_id = BigIntegerField()
    expires_at = UtcDateTime(null=True)
    """Until when it may be paid."""
    paid_at = UtcDateTime(null=True)
    closed_at = UtcDateTime(null=True)
    given_back_at = UtcDateTime(null=True)

    class Meta:
        table_name = "price_order"
        indexes = ((("scenic_id", "created_at"), False), (("state", "expires_at"), False))


class PriceOrderLine(Row):
    """One line of an order. `discounts_fen` run parallel to the rows of the explanation."""

    order_id: int
    order = ForeignKeyField(PriceOrder, on_delete="RESTRICT", index=False)
    number = IntegerField()
    product_type = CharField(20)
    product_id = CharField(64)
    product_name = CharField(100, default="")
    quantity = IntegerField()
    unit_price_fen = FenField()
    original_fen = FenField()
    final_fen = FenField()
    discounts_fen = JsonField()
    refunded_quantity = IntegerField(default=0)
    refunded_fen = FenField()

    class Meta:
        table_name = "price_order_line"
        indexes = ((("order", "number"), True),)


class PriceOrderRefund(Row):
    """Units given back. `lines`: [{"line", "quantity", "amount_fen"}]."""

    order_id: int
    order = ForeignKeyField(PriceOrder, on_delete="RESTRICT", index=False)
    number = IntegerField()
    lines = JsonField()
    amount_fen = FenField()
    reason = CharField(200, default="")
    actor_kind = CharField(10)
    actor_id = BigIntegerField()

    class Meta:
        table_name = "price_order_refund"
        indexes = ((("order", "number"), True),)
