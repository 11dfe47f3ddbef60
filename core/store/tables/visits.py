"""Visits of members, and what ties a browser to a kiosk's visit or to a member."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, ForeignKeyField

from core.store.tables.base import Row
from core.store.tables.entitlements import CourseOrder, MemberCard
from core.store.tables.fields import SecretField, UtcDateTime
from core.store.tables.people import Member, Staff
from core.store.tables.places import Kiosk, Venue


class Visit(Row):
    """A member came in, with a card or for one use of a course: exactly one of the two is set.
    `pass_hash`: a pass counts once, whatever gates it is shown to. `undone_at`: it was counted by
    mistake and has been given back; who did it, and why, is in the audit."""

    member_id: int
    member = ForeignKeyField(Member, on_delete="RESTRICT", index=False)
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    card_id: int | None
    card = ForeignKeyField(MemberCard, null=True, on_delete="RESTRICT")
    course_order_id: int | None
    course_order = ForeignKeyField(CourseOrder, null=True, on_delete="RESTRICT")
    pass_hash = CharField(64, unique=True)
    came_at = UtcDateTime()
    actor_kind = CharField(10)
    actor_id = BigIntegerField()
    door = CharField(10)
    undone_at = UtcDateTime(null=True)

    class Meta:
        table_name = "visits"
        indexes = ((("member", "came_at"), False),)


class Handover(Row):
    """A kiosk's visit that goes on with a phone. `code_hash`: of the single-use id in the QR code;
    `phone_hash`: of the token of the browser that took it; `inspection`: what was scanned, as the
    kiosk's token of it. `ref`: the redemption it led to. state: offered, taken, ended."""

    kiosk_id: int
    kiosk = ForeignKeyField(Kiosk, on_delete="RESTRICT")
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    code_hash = CharField(64, unique=True)
    phone_hash = CharField(64, null=True, unique=True)
    state = CharField(10, default="offered")
    inspection = SecretField(null=True)
    ref = CharField(40, null=True)
    expires_at = UtcDateTime()
    taken_at = UtcDateTime(null=True)

    class Meta:
        table_name = "handovers"


class PhoneCode(Row):
    """A one-time code that signs a member's browser in, handed over by staff; hashed."""

    member_id: int
    member = ForeignKeyField(Member, on_delete="RESTRICT")
    staff_id: int
    staff = ForeignKeyField(Staff, on_delete="RESTRICT")
    code_hash = CharField(64, unique=True)
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)

    class Meta:
        table_name = "phone_codes"
