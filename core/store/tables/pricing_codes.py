"""Voucher codes of our own: batches, codes, uses, prints (P253–P256, P258–P263)."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from core.store.tables.base import Row
from core.store.tables.fields import FenField, SealedField, UtcDateTime
from core.store.tables.pricing import EVERYWHERE


class PriceVoucherBatch(Row):
    """Codes that give the same. The counters equal the rows they count: codes made, codes
    claimed, and uses that stand.

    `broker_id`: the promoter (推客) they were made for. `claim_days`: a code is usable until so
    many days after its claim, within the batch's own window. `on_paper`: codes are handed out,
    so they count as claimed, by nobody, from the start. status: 1 启用, 0 停用 (no more claims).
    """

    name = CharField(100, column_name="batch_name")
    scenic_id = BigIntegerField()
    broker_id = BigIntegerField(null=True)
    discount_type = SmallIntegerField()
    amount_fen = FenField(null=True, column_name="discount_value_fen")
    kept = IntegerField(null=True, column_name="kept_basis_points")
    product_types = TextField(default="[]", column_name="applicable_products")
    starts = UtcDateTime(null=True, column_name="valid_from")
    ends = UtcDateTime(null=True, column_name="valid_until")
    claim_days = IntegerField(null=True)
    max_uses = IntegerField(default=1)
    release_on_expiry = BooleanField(default=False)
    """Whether a face may claim again once its code has expired (decision Q7)."""
    on_paper = BooleanField(default=False)
    total_count = IntegerField()
    generated_count = IntegerField(default=0)
    purged_count = IntegerField(default=0)
    """Of those made: expired without ever being claimed, and deleted."""
    claimed_count = IntegerField(default=0)
    used_count = IntegerField(default=0)
    status = SmallIntegerField(default=1)
    created_by = BigIntegerField(default=0)
    updated_at = UtcDateTime()

    class Meta:
        table_name = "price_voucher_batch_config"


class CodeColumns(Row):
    """One code. status: 0 unclaimed, 1 claimed and usable, 2 used, 3 used up, 4 expired.

    `claim_key` is `<venue>:<face>` of whoever claimed it, unique, so that a face claims once per
    venue on every database (decision Q7). `expires_at` is settled at the claim.
    """

    batch_id: int
    batch = ForeignKeyField(PriceVoucherBatch, on_delete="RESTRICT", index=False)
    scenic_id = BigIntegerField()
    code = SealedField(64)
    status = SmallIntegerField(default=0)
    face_id = CharField(128, null=True)
    user_id = BigIntegerField(null=True, index=True)
    claimed_at = UtcDateTime(null=True, column_name="claimed_time")
    used_at = UtcDateTime(null=True, column_name="used_time")
    expires_at = UtcDateTime(null=True)
    max_uses = IntegerField(default=1)
    used_count = IntegerField(default=0)
    updated_at = UtcDateTime()


class PriceVoucherCode(CodeColumns):
    claim_key = CharField(160, null=True, unique=True)

    class Meta:
        table_name = "price_voucher_code"
        indexes = ((("batch", "status"), False), (("status", "expires_at"), False))


class PriceVoucherCodeArchive(CodeColumns):
    """Codes whose story ended long ago (P264), with the ids they had. A claim made from one
    still counts: `claim_key` is looked at here too."""

    claim_key = CharField(160, null=True, index=True)

    class Meta:
        table_name = "price_voucher_code_archive"
        indexes = ((("code",), True), (("batch", "status"), False))


class PriceVoucherUsage(Row):
    """One use of a code; kept for ever. `reversed_at`: given back by a cancel, refund or undo.
    `number` counts the uses of a code, reversed ones included."""

    batch_id: int
    batch = ForeignKeyField(PriceVoucherBatch, on_delete="RESTRICT", index=False)
    voucher_code_id = BigIntegerField()
    number = IntegerField()
    code = SealedField(64, column_name="voucher_code")
    scenic_id = BigIntegerField()
    face_id = CharField(128, null=True)
    user_id = BigIntegerField(null=True, index=True)
    order_id = BigIntegerField(null=True, index=True)
    order_no = CharField(32, default="")
    discount_fen = FenField()
    used_at = UtcDateTime(column_name="use_time")
    reversed_at = UtcDateTime(null=True)
    reason = CharField(200, default="")

    class Meta:
        table_name = "price_voucher_usage_record"
        indexes = ((("voucher_code_id", "number"), True),
                   (("batch", "used_at"), False), (("scenic_id", "used_at"), False))


class VoucherPrint(Row):
    """One slip. `number` 1 is the original, above it a marked reprint."""

    voucher_code_id = BigIntegerField()
    number = IntegerField()
    code = SealedField(64, column_name="voucher_code")
    batch_id = BigIntegerField()
    scenic_id = BigIntegerField(default=EVERYWHERE)
    face_id = CharField(128, null=True)
    form = CharField(10, column_name="print_format")
    printed_by_kind = CharField(10)
    printed_by = BigIntegerField()

    class Meta:
        table_name = "voucher_print_record"
        indexes = ((("voucher_code_id", "number"), True),)


# The seed names these (P258–P263).
PriceVoucherBatch.add_index(PriceVoucherBatch.scenic_id, PriceVoucherBatch.broker_id,
                            name="idx_scenic_broker")
PriceVoucherCode.add_index(PriceVoucherCode.code, unique=True, name="idx_voucher_code")
PriceVoucherCode.add_index(PriceVoucherCode.face_id, PriceVoucherCode.scenic_id,
                           name="idx_face_scenic")
PriceVoucherUsage.add_index(PriceVoucherUsage.code, name="idx_usage_code")
PriceVoucherUsage.add_index(PriceVoucherUsage.face_id, PriceVoucherUsage.scenic_id,
                            name="idx_usage_face_scenic")
VoucherPrint.add_index(VoucherPrint.face_id, VoucherPrint.scenic_id,
                       name="idx_print_face_scenic")
