"""What the platforms listed as sold, how far that came, and authorisations under way."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, ForeignKeyField, IntegerField, SmallIntegerField

from core.store.tables.base import Row
from core.store.tables.fields import FenField, JsonField, SecretField, UtcDateTime
from core.store.tables.people import Staff
from core.store.tables.places import Platform, Venue


class SyncedOrder(Row):
    """One paid order of a platform. The row is also the to-do: `check_at` is when the platform
    must be asked for the truth about its certificates, NULL when there is nothing to ask.

    `claim` names who is asking now, with `check_at` as the end of his lease; whoever marks the
    order anew empties it, so that an answer from before the mark is thrown away.
    """

    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    account_id = CharField(64)
    order_id = CharField(64)
    sku_id = CharField(64, default="")
    title = CharField(100, default="")
    status = CharField(10, default="")
    """unused, used, expired, refunding, refunded: the order as a whole; empty: not listed yet."""
    paid_fen = FenField(null=True)
    original_fen = FenField(null=True)
    quantity = IntegerField(null=True)
    times_card = SmallIntegerField(default=0)
    paid_at = UtcDateTime(null=True)
    expires_at = UtcDateTime(null=True)
    shop_id = CharField(64, default="")
    buyer_phone = CharField(20, default="")
    """Masked by the platform."""
    platform_updated_at = UtcDateTime(null=True)
    mark = CharField(60, default="")
    """What the list said last: an order that says the same again needs no asking."""
    refunds = JsonField(default=dict)
    """Certificate id → [fen, ISO instant or null], where only the list tells it."""
    is_open = SmallIntegerField(default=1)
    """1 while something of it may still be used or refunded."""
    check_at = UtcDateTime(null=True)
    claim = CharField(32, default="")
    ask_entry = SmallIntegerField(default=0)
    """1: its entry in the list must be asked too, because a notice said that something changed."""
    tries = IntegerField(default=0)
    problem = CharField(80, default="")
    updated_at = UtcDateTime()

    class Meta:
        table_name = "platform_orders"
        indexes = (
            (("platform", "order_id"), True),
            (("platform", "account_id", "check_at"), False),
            (("platform", "paid_at"), False),
            # The few of a merchant that may still change, among all it ever sold.
            (("platform", "account_id", "is_open", "paid_at"), False),
        )


class SyncCursor(Row):
    """How far the orders of one merchant are listed, and who is at it. `synced_until` moves only
    with the commit of the rows before it."""

    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    account_id = CharField(64)
    synced_until = UtcDateTime(null=True)
    lease_until = UtcDateTime(null=True)
    lease_key = CharField(32, default="")

    class Meta:
        table_name = "sync_cursors"
        indexes = ((("platform", "account_id"), True),)


class SyncRun(Row):
    """One listing of one merchant's orders, resumable at `reached` and `page_cursor`.

    kind: incremental, sweep, status, manual. state: waiting, running, done, failed.
    """

    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    account_id = CharField(64)
    kind = CharField(12)
    state = CharField(10)
    asked_by = BigIntegerField(null=True)
    door = CharField(20, default="job")
    since = UtcDateTime()
    until = UtcDateTime()
    reached = UtcDateTime()
    page_cursor = CharField(500, default="")
    total = IntegerField(null=True)
    pages = IntegerField(default=0)
    orders_seen = IntegerField(default=0)
    orders_new = IntegerField(default=0)
    orders_changed = IntegerField(default=0)
    vouchers_new = IntegerField(default=0)
    vouchers_changed = IntegerField(default=0)
    quarantined = IntegerField(default=0)
    unanswered = IntegerField(default=0)
    """Orders whose certificates could not be asked in this run; they stay to be asked."""
    lag_seconds = IntegerField(null=True)
    """How old the oldest change was that this run was the first to see."""
    error = CharField(80, default="")
    platform_log_id = CharField(100, default="")
    moved_at = UtcDateTime()
    finished_at = UtcDateTime(null=True)

    class Meta:
        table_name = "sync_runs"
        indexes = (
            (("state", "platform", "account_id"), False),
            (("platform", "account_id", "kind", "created_at"), False),
            (("created_at",), False),
        )


class QuarantinedOrder(Row):
    """An order that could not be read; the others go on. `raw` is encrypted: it names a buyer."""

    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    account_id = CharField(64)
    order_id = CharField(64)
    """Or a hash of it all, where even the id could not be read."""
    wrong = CharField(80)
    raw = SecretField()
    times = IntegerField(default=1)
    last_met_at = UtcDateTime()
    resolved_at = UtcDateTime(null=True)

    class Meta:
        table_name = "quarantined_orders"
        indexes = ((("platform", "order_id"), True), (("resolved_at",), False))


class AuthorisationState(Row):
    """An authorisation that a staff member began at a platform's page. `state_hash` is the
    link's one-time state; only its hash is kept."""

    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT", index=False)
    business = CharField(10)
    staff_id: int
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    state_hash = CharField(64, unique=True)
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)

    class Meta:
        table_name = "authorisation_states"
        indexes = ((("created_at",), False),)
