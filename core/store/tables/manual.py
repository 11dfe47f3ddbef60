"""A platform without API rights: what clerks redeemed in the merchant's app, with evidence."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BlobField,
    CharField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
)

from core.store.tables.base import Row
from core.store.tables.fields import FenField, SealedField, UtcDateTime
from core.store.tables.places import Venue


class ManualRecord(Row):
    """One certificate as a clerk recorded it, with his note or picture. `uses_total` of it were
    redeemed in the merchant's app. refund: "", refunding, refunded."""

    code = SealedField(255, unique=True)
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    sku_id = CharField(64)
    title = CharField(100)
    original_fen = FenField()
    paid_fen = FenField()
    uses_total = IntegerField(default=1)
    expires_at = UtcDateTime(null=True)
    refund = CharField(10, default="")
    note = CharField(200, default="")
    picture = BlobField(null=True)
    picture_type = CharField(20, default="")
    recorded_by = BigIntegerField()

    class Meta:
        table_name = "manual_records"


class ManualUse(Row):
    """A use of a record, taken for a redemption. The unique index takes each standing use once:
    `standing` is 1 until it is given back, NULL after."""

    record_id: int
    record = ForeignKeyField(ManualRecord, on_delete="RESTRICT", index=False)
    number = SmallIntegerField()
    standing = SmallIntegerField(null=True, default=1)
    verify_id = CharField(100)
    key = CharField(64, index=True)
    venue_id = BigIntegerField()
    operator = CharField(64)
    used_at = UtcDateTime()
    cancelled_at = UtcDateTime(null=True)

    class Meta:
        table_name = "manual_uses"
        indexes = ((("record", "number", "standing"), True), (("venue_id", "used_at"), False))


class ManualSheetLine(Row):
    """A line of the sheet that the merchant's app exports: one use, the `nth` of its code in that
    second. The same line again is the same row."""

    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT", index=False)
    code = SealedField(255)
    title = CharField(100, default="")
    used_at = UtcDateTime()
    nth = SmallIntegerField(default=1)
    amount_fen = FenField(null=True)
    cancelled = SmallIntegerField(default=0)

    class Meta:
        table_name = "manual_sheet_lines"
        indexes = ((("venue", "code", "used_at", "nth"), True), (("venue", "used_at"), False))
