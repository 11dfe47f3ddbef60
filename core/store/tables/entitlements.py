"""What members hold: cards, courses, class seats; and which redemption gave it."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
)

from core.store.tables.base import Row
from core.store.tables.fields import JsonField, UtcDateTime
from core.store.tables.people import Member
from core.store.tables.places import Product, Venue
from core.store.tables.redemptions import Redemption


class MemberCard(Row):
    """A membership card, usable from `starts_on` through `ends_on` (both days included).
    status: active, frozen, cancelled."""

    member_id: int
    member = ForeignKeyField(Member, on_delete="RESTRICT")
    product_id: int
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    starts_on = DateField()
    ends_on = DateField()
    visits = IntegerField(default=0)
    status = CharField(10, default="active")
    version = IntegerField(default=0)
    """Counts writes, so that two renewals at once both count."""

    class Meta:
        table_name = "member_cards"


class CourseOrder(Row):
    """A package of private lessons (or other uses). status: active, used_up, frozen, cancelled."""

    member_id: int
    member = ForeignKeyField(Member, on_delete="RESTRICT")
    product_id: int
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    uses_total = IntegerField()
    uses_used = IntegerField(default=0)
    ends_on = DateField(null=True)
    status = CharField(10, default="active")

    class Meta:
        table_name = "course_orders"


class ClassSession(Row):
    """A group class. `taken` counts held and booked seats; a guarded write keeps it
    within `capacity`."""

    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT", index=False)
    title = CharField(100)
    family = CharField(50, default="")
    coach = CharField(50, default="")
    starts_at = UtcDateTime()
    ends_at = UtcDateTime()
    capacity = IntegerField()
    taken = IntegerField(default=0)
    status = CharField(10, default="open")

    class Meta:
        table_name = "class_sessions"
        indexes = ((("venue", "starts_at"), False),)


class Booking(Row):
    """A seat, or several side by side. status: held (while its redemption is open), booked,
    attended, released."""

    session_id: int
    session = ForeignKeyField(ClassSession, on_delete="RESTRICT")
    member_id: int | None
    member = ForeignKeyField(Member, null=True, on_delete="RESTRICT")
    redemption_id: int | None
    redemption = ForeignKeyField(Redemption, null=True, unique=True, on_delete="RESTRICT")
    course_order_id: int | None
    course_order = ForeignKeyField(CourseOrder, null=True, on_delete="RESTRICT")
    seats = SmallIntegerField(default=1)
    """How many people come with it."""
    status = CharField(10)
    booked_at = UtcDateTime(null=True)

    class Meta:
        table_name = "class_bookings"


class Entitlement(Row):
    """What one redemption granted: unique per redemption (invariant I1).

    result_type: 1 开卡, 2 续费, 3 购买课程, 4 团课预约 (S49, Q17); `target_id` is the card,
    course order or booking. `before` and `after` say what undo must take back and what people
    are shown. status: active, frozen (buyer refunded), taken_back.
    """

    redemption_id: int
    redemption = ForeignKeyField(Redemption, unique=True, on_delete="RESTRICT")
    member_id: int
    member = ForeignKeyField(Member, on_delete="RESTRICT")
    result_type = SmallIntegerField()
    target_id = BigIntegerField(index=True)
    before = JsonField(default=dict)
    after = JsonField(default=dict)
    status = CharField(12, default="active")
    changed_at = UtcDateTime(null=True)

    class Meta:
        table_name = "entitlements"
