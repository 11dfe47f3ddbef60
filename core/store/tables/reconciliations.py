"""Our journal compared with the platforms' verification history, and what was found."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, DateField, ForeignKeyField, IntegerField

from core.store.tables.base import Row
from core.store.tables.fields import FenField, JsonField, SealedField, UtcDateTime
from core.store.tables.places import Platform, Venue
from core.store.tables.vouchers import Voucher


class Reconciliation(Row):
    """One venue, one platform, one day at the venue. state: done, failed.

    `counts`: how many uses came out as what. Standing uses only in `ours` and `platforms`.
    """

    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT", index=False)
    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    day = DateField()
    state = CharField(10)
    counts = JsonField(default=dict)
    our_count = IntegerField(default=0)
    our_fen = FenField()
    platform_count = IntegerField(default=0)
    platform_fen = FenField()
    runs = IntegerField(default=0)
    error = CharField(80, default="")
    ran_at = UtcDateTime()

    class Meta:
        table_name = "reconciliations"
        indexes = ((("venue", "platform", "day"), True), (("day",), False))


class Finding(Row):
    """A use about which the two books differ.

    kind: platform_only, local_only, amount_differs, cancelled_there, cancelled_here, pending.
    state: open, fixed (by `fix`), gone (a later run no longer finds it).
    """

    reconciliation_id: int
    reconciliation = ForeignKeyField(Reconciliation, on_delete="RESTRICT", index=False)
    kind = CharField(20)
    state = CharField(10, default="open")
    verify_id = CharField(100)
    voucher_id: int | None
    voucher = ForeignKeyField(Voucher, null=True, on_delete="RESTRICT")
    redemption_id = BigIntegerField(null=True)
    use_id = BigIntegerField(null=True)
    certificate_id = SealedField(255, default="")
    code = SealedField(255, default="")
    sku_id = CharField(64, default="")
    title = CharField(100, default="")
    used_at = UtcDateTime()
    our_fen = FenField(null=True)
    platform_fen = FenField(null=True)
    fix = CharField(20, default="")
    reason = CharField(200, default="")
    fixed_at = UtcDateTime(null=True)
    fixed_by = BigIntegerField(null=True)

    class Meta:
        table_name = "reconciliation_findings"
        indexes = ((("reconciliation", "verify_id"), True), (("state",), False))
