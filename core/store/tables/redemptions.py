"""Redemptions: the journal from a member's wish to the platform's answer."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, ForeignKeyField, IntegerField, SmallIntegerField

from core.store.tables.base import Row
from core.store.tables.fields import FenField, JsonField, SealedField, UtcDateTime
from core.store.tables.people import Member
from core.store.tables.places import Platform, Venue
from core.store.tables.vouchers import Voucher


class Redemption(Row):
    """One walk through the state table of `core.vouchers.redemption`.

    `open_key` is the voucher's id while the redemption is open and NULL after, so that a unique
    index allows one open redemption per certificate on every database. The row holds everything
    needed to repeat the platform call identically (douyin.md 3.3, retry rule).

    A wish for several certificates of one order is one row for each: the lead, which people see
    and the doctor looks after, and those that go along with it. They move together until each has
    its own result; uses, entitlement and undo are each certificate's own.
    """

    ref = CharField(32, unique=True)
    voucher_id: int
    voucher = ForeignKeyField(Voucher, on_delete="RESTRICT")
    open_key = BigIntegerField(null=True, unique=True)
    lead_id = BigIntegerField(null=True, index=True)
    """The redemption that this certificate goes along with; NULL: none."""
    along = SmallIntegerField(default=0)
    """How many further certificates were asked for with this one. Meituan names them only once
    they are consumed; their rows are made then."""
    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT", index=False)
    state = CharField(16)
    door = CharField(20)
    actor_kind = CharField(10)
    actor_id = BigIntegerField()
    confirmed_by = BigIntegerField(null=True)
    confirmed_door = CharField(20, default="")
    phone = SealedField(100, null=True)
    name = CharField(50, default="")
    """What the member is called, should the phone be new."""
    member_id: int | None
    member = ForeignKeyField(Member, null=True, on_delete="RESTRICT")
    uses = IntegerField(default=1)
    choice = JsonField()
    """What was promised, so that a later change of the product changes nothing: see
    `core.services.choices.promise`."""
    request_key = CharField(64, unique=True)
    """Meituan's requestId; chosen before the first platform call."""
    handle = SealedField(1000)
    """What consume names: Meituan's receiptCode, Douyin's encrypted_code of this prepare."""
    verify_token = CharField(500, default="")
    scanned = SealedField(1500, default="")
    """What to prepare again with, should the platform have forgotten `verify_token`."""
    operator = CharField(64, default="")
    operator_name = CharField(50, default="")
    told = JsonField(default=list)
    """Whom the confirmation card was sent to: [{"staff_id", "name", "channel", "recipient"}]."""
    expires_at = UtcDateTime(null=True)
    """Until when staff may confirm."""
    attempts = IntegerField(default=0)
    next_try_at = UtcDateTime(null=True)
    """When the doctor may look: the end of a lease, or the next try. NULL: not by himself."""
    first_tried_at = UtcDateTime(null=True)
    error = CharField(50, default="")
    error_facts = JsonField(default=dict)
    reason = CharField(200, default="")
    platform_log_id = CharField(100, default="")
    result_type = SmallIntegerField(null=True)
    result_id = BigIntegerField(null=True)
    completed_at = UtcDateTime(null=True, index=True)
    consumed_at = UtcDateTime(null=True)
    """When the platform consumed it; its undo window starts here."""
    moved_at = UtcDateTime()
    undo_by = BigIntegerField(null=True)
    undo_reason = CharField(200, default="")
    undo_key = CharField(64, default="")
    undo_door = CharField(20, default="")
    undo_uses = JsonField(null=True)
    """The verify ids that an undo under way takes back; NULL: all that stand."""

    class Meta:
        table_name = "redemptions"
        indexes = (
            (("state", "next_try_at"), False),
            (("venue", "state", "created_at"), False),
            # What a member asked for himself, under whatever phone.
            (("actor_kind", "actor_id"), False),
        )


class RedemptionUse(Row):
    """One use consumed at the platform: the line that reconciliation compares."""

    redemption_id: int
    redemption = ForeignKeyField(Redemption, on_delete="RESTRICT", index=False)
    number = SmallIntegerField()
    verify_id = CharField(100)
    amount_fen = FenField()
    used_at = UtcDateTime()
    cancelled_at = UtcDateTime(null=True)

    class Meta:
        table_name = "redemption_uses"
        indexes = ((("redemption", "number"), True), (("verify_id",), False),
                   (("used_at",), False))
