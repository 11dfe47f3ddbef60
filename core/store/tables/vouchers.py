"""Certificates bought at a platform and their verification log (checklist S22–S53)."""

from __future__ import annotations

from typing import Any

from peewee import (
    SQL,
    BigIntegerField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    ModelUpdate,
    SmallIntegerField,
    TextField,
)

from core.store.tables.base import Row
from core.store.tables.fields import FenField, JsonField, SealedField, UtcDateTime
from core.store.tables.places import Platform, Product, Venue


class Voucher(Row):
    """One certificate. status: 1 未核销, 2 已核销, 3 已过期, 4 已退款, 5 核销中, 6 结果未知,
    7 部分核销 (decision Q10). `voucher_no` holds the certificate id until the plain code is
    known (Q9); both are sealed, `code_tail` is what lists and searches show."""

    voucher_no = SealedField(255)
    certificate_id = SealedField(255)
    code_tail = CharField(4, default="", index=True)
    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    platform_order_no = CharField(100, null=True)
    sku_id = CharField(64, default="")
    voucher_type = SmallIntegerField()
    product_id: int | None
    product = ForeignKeyField(Product, null=True, on_delete="RESTRICT")
    product_name = CharField(100, default="")
    original_price_fen = FenField(null=True)
    paid_price_fen = FenField(null=True)
    use_amounts_fen = JsonField(default=list)
    """Per use of a times card; sums to the paid price."""
    user_phone = CharField(20, null=True)
    """As the platform gave it: masked."""
    user_name = CharField(50, null=True)
    status = SmallIntegerField(default=1)
    uses_total = IntegerField(default=1)
    uses_used = IntegerField(default=0)
    starts_at = UtcDateTime(null=True)
    expires_at = UtcDateTime(null=True)
    expire_date = DateField(null=True)
    venue_id: int | None
    venue = ForeignKeyField(Venue, null=True, on_delete="RESTRICT")
    verified_at = UtcDateTime(null=True)
    verified_by = BigIntegerField(null=True)
    user_id = BigIntegerField(null=True, index=True)
    remark = TextField(null=True)
    refunded_at = UtcDateTime(null=True)
    refunded_fen = FenField(null=True)
    """What the buyer got back, where the platform tells."""
    platform_updated_at = UtcDateTime(null=True)
    updated_at = UtcDateTime()
    stale = SmallIntegerField(default=1, index=True, constraints=[SQL("DEFAULT 1")])
    """1: changed since it was last counted into `voucher_tallies`. A bulk upsert must set it."""
    tallied = CharField(100, null=True)
    """What it was last counted as (`core.store.counted`); NULL: not yet."""

    class Meta:
        table_name = "vouchers"
        indexes = (
            (("platform", "certificate_id"), True),
            (("platform", "voucher_no"), True),
            # One for each date a list can be of: any filter is answered from the index alone.
            (("created_at", "platform", "voucher_type", "venue", "status"), False),
            (("verified_at", "platform", "voucher_type", "venue", "status"), False),
            (("expire_date", "platform", "voucher_type", "venue", "status"), False),
        )

    @classmethod
    def update(cls, __data: dict[Any, Any] | None = None, **columns: Any) -> ModelUpdate:
        """As every table's, but the row has to be counted again: no writer can forget it."""
        return super().update(__data, **{**columns, "stale": 1})


class VerificationLog(Row):
    """`voucher_verification_logs`. operation_type: 1 核销, 2 撤销核销, 3 核销失败, 4 结果未知,
    5 退款, 6 人工处理. Never cascaded away (Q13). Operator 0 stands for a non-staff actor."""

    voucher_id: int
    voucher = ForeignKeyField(Voucher, on_delete="RESTRICT", index=False)
    operation_type = SmallIntegerField()
    operator_id = BigIntegerField()
    actor_kind = CharField(10)
    door = CharField(20)
    redemption_id = BigIntegerField(null=True, index=True)
    result_type = SmallIntegerField(null=True)
    result_id = BigIntegerField(null=True)
    platform_log_id = CharField(100, default="")
    remark = CharField(255, default="")

    class Meta:
        table_name = "voucher_verification_logs"


# Named as in the seed (checklist S41–S44, S53); the states are listed newest first.
Voucher.add_index(Voucher.voucher_no, name="idx_voucher_no")
Voucher.add_index(Voucher.platform_order_no, name="idx_platform_order_no")
Voucher.add_index(Voucher.user_phone, name="idx_user_phone")
Voucher.add_index(Voucher.status, Voucher.created_at, name="idx_status")
VerificationLog.add_index(VerificationLog.voucher, name="idx_voucher_id")
