"""The books behind the work: audit, outbox, tasks, idempotency, job slots."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    CharField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from core.store.tables.base import Row
from core.store.tables.fields import JsonField, SecretField, UtcDateTime
from core.store.tables.places import Venue


class Audit(Row):
    """Append-only: who, by which door, when, from what, to what (invariant I4)."""

    actor_kind = CharField(10)
    """staff, member, kiosk, system, platform"""
    actor_id = BigIntegerField()
    door = CharField(20)
    venue_id = BigIntegerField(null=True)
    action = CharField(50)
    subject_kind = CharField(20)
    subject_id = BigIntegerField()
    from_state = CharField(20, default="")
    to_state = CharField(20, default="")
    platform_log_id = CharField(100, default="")
    request_id = CharField(64, default="")
    facts = JsonField(default=dict)

    class Meta:
        table_name = "audit"
        indexes = ((("subject_kind", "subject_id"), False), (("created_at",), False))


class OutboxMessage(Row):
    """A notification to send at least once and show once (invariant I9).

    state: pending, sent, dead. `dedupe_key` is unique; `external_id` is what the channel needs
    to change the message later (WeCom's response_code)."""

    channel = CharField(20)
    recipient = CharField(128)
    kind = CharField(40)
    payload = JsonField()
    dedupe_key = CharField(128, unique=True)
    state = CharField(10, default="pending")
    attempts = IntegerField(default=0)
    next_try_at = UtcDateTime()
    lease_until = UtcDateTime(null=True)
    sent_at = UtcDateTime(null=True)
    external_id = TextField(null=True)
    error = CharField(200, default="")
    subject_kind = CharField(20, default="")
    subject_id = BigIntegerField(null=True)

    class Meta:
        table_name = "outbox"
        indexes = ((("state", "next_try_at"), False), (("subject_kind", "subject_id"), False))


class Task(Row):
    """Something a person must do. `open_key` is unique while open, so nobody is told twice."""

    venue_id: int | None
    venue = ForeignKeyField(Venue, null=True, on_delete="RESTRICT")
    kind = CharField(40)
    subject_kind = CharField(20, default="")
    subject_id = BigIntegerField(null=True)
    facts = JsonField(default=dict)
    open_key = CharField(128, null=True, unique=True)
    state = CharField(10, default="open")
    closed_at = UtcDateTime(null=True)
    closed_by = BigIntegerField(null=True)
    resolution = CharField(200, default="")
    taken_at = UtcDateTime(null=True)
    taken_by = BigIntegerField(null=True)
    escalated = SmallIntegerField(default=0)
    """Who was told that nobody takes it: 0 nobody, 1 the managers, 2 the admins."""

    class Meta:
        table_name = "tasks"
        indexes = ((("state", "created_at"), False),)


class Alert(Row):
    """Something that went wrong. `open_key` is unique while it lasts, so that it is told once,
    however often it is met; severity: info, warning, urgent."""

    venue_id: int | None
    venue = ForeignKeyField(Venue, null=True, on_delete="RESTRICT")
    kind = CharField(40)
    severity = CharField(10)
    open_key = CharField(128, null=True, unique=True)
    facts = JsonField(default=dict)
    task_id = BigIntegerField(null=True)
    times = IntegerField(default=1)
    last_at = UtcDateTime()
    over_at = UtcDateTime(null=True)

    class Meta:
        table_name = "alerts"
        indexes = ((("created_at",), False),)


class IdempotencyKey(Row):
    """The first answer to a request that changes something; written with the change itself."""

    scope = CharField(40)
    """Who sent it: kind and id of the caller, so that keys of two callers never meet."""
    key = CharField(128)
    fingerprint = CharField(64)
    status = IntegerField(null=True)
    answer = JsonField(null=True)

    class Meta:
        table_name = "idempotency_keys"
        indexes = ((("scope", "key"), True), (("created_at",), False))


class JobSlot(Row):
    """One run of one scheduled job: whoever inserts the row runs it (libraries.md section 1)."""

    job = CharField(50)
    slot = CharField(40)
    finished_at = UtcDateTime(null=True)
    lease_until = UtcDateTime(null=True)
    result = CharField(200, default="")

    class Meta:
        table_name = "job_slots"
        indexes = ((("job", "slot"), True),)


class AccessToken(Row):
    """An app's token at a platform, shared by all processes; `claim` names who fetches a new one
    now, until `claimed_until`."""

    name = CharField(150, unique=True)
    value = SecretField(null=True)
    expires_at = UtcDateTime(null=True)
    claim = CharField(32, default="")
    claimed_until = UtcDateTime(null=True)

    class Meta:
        table_name = "access_tokens"


class InboundMessage(Row):
    """A callback already taken, with the answer a resend gets (wechat.md 3.3)."""

    source = CharField(20)
    message_key = CharField(200)
    answer = TextField(null=True)
    lease_until = UtcDateTime(null=True)
    """Until when the first delivery may still be at work; then a resend takes over."""

    class Meta:
        table_name = "inbound_messages"
        indexes = ((("source", "message_key"), True), (("created_at",), False))


class FailedAttempt(Row):
    """A wrong code from somebody: what slows guessing down (wechat.md 8.4)."""

    scope = CharField(20)
    """bind, lookup, login"""
    who = CharField(64)
    """A hash of whoever tried, so that this table names nobody."""

    class Meta:
        table_name = "failed_attempts"
        indexes = ((("scope", "who", "created_at"), False), (("created_at",), False))
