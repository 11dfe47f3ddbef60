"""How many vouchers of each kind fall on each day: kept so that nobody has to count a million."""

from __future__ import annotations

from typing import Any

from peewee import (
    BigIntegerField,
    CharField,
    CompositeKey,
    DateField,
    IntegerField,
    SmallIntegerField,
    SqliteDatabase,
)

from core.store.tables.base import Row

KEY = ("dimension", "grain", "day", "platform_id", "voucher_type", "venue_id", "status")
MEASURES = ("vouchers", "verified", "expiring", "paid_fen", "redeemed_fen",
            "refunded_fen")


class VoucherTally(Row):
    """Sums over the vouchers that were counted (`Voucher.tallied`); `core.store.tallies` adds
    those still to be counted, so that an answer always equals the plain query.

    `dimension` says which date `day` is of: created, verified, expire. `grain` is day, or month
    (`day` is its first), so that years are summed quickly. `venue_id` is 0 for a voucher of no
    venue yet. `verified` and `expiring` count those that have that date at all.
    """

    id = None  # type: ignore[assignment]  # the key below is the primary key
    created_at = None
    dimension = CharField(8)
    grain = CharField(5)
    day = DateField()
    platform_id = BigIntegerField()
    voucher_type = SmallIntegerField()
    venue_id = BigIntegerField()
    status = SmallIntegerField()
    vouchers = IntegerField()
    verified = IntegerField()
    expiring = IntegerField()
    paid_fen = BigIntegerField()
    redeemed_fen = BigIntegerField()
    refunded_fen = BigIntegerField()

    class Meta:
        table_name = "voucher_tallies"
        primary_key = CompositeKey(*KEY)

    @classmethod
    def create_table(cls, safe: bool = True, **options: Any) -> None:
        # SQLite reads a range of days in one sweep only when the rows lie in key order, as they
        # do by themselves on MariaDB.
        cls._meta.without_rowid = isinstance(cls._meta.database, SqliteDatabase)
        super().create_table(safe, **options)


class DoorTally(Row):
    """How many redemptions were completed by a door on a day that is over, undone ones included:
    nothing is ever added to such a day. The newest day has a row of venue 0 without a door."""

    id = None  # type: ignore[assignment]  # the key below is the primary key
    created_at = None
    day = DateField()
    venue_id = BigIntegerField()
    door = CharField(20)
    completed = IntegerField()

    class Meta:
        table_name = "door_tallies"
        primary_key = CompositeKey("day", "venue_id", "door")
