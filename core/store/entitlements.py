"""What members hold: cards, courses, seats. Callers hold a transaction where they write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.store.compiled import Compiled, insert, update
from core.store.db import GuardLost, locked
from core.store.select import first, tuples
from core.store.tables import Booking, ClassSession, CourseOrder, Entitlement, MemberCard, Product

ACTIVE, FROZEN, CANCELLED = "active", "frozen", "cancelled"
HELD, BOOKED, ATTENDED, RELEASED = "held", "booked", "attended", "released"
TAKEN_BACK = "taken_back"
_SAME_TARGET = {1: (1, 2), 2: (1, 2), 3: (3,), 4: (4,)}
"""Result types whose target is in the same table."""

MOST_CARDS = 6
"""Offered for renewal: nobody picks among more."""

_CARDS = Compiled(lambda member_id, family: MemberCard.select(MemberCard, Product).join(Product)
                  .where((MemberCard.member == member_id) & (Product.family == family)
                         & (MemberCard.status == ACTIVE))
                  .order_by(MemberCard.ends_on.desc(), MemberCard.id).limit(MOST_CARDS))
_HELD_CARD = Compiled(lambda card_id: locked(MemberCard.select().where(MemberCard.id == card_id)))


def cards_of(member_id: int, family: str) -> list[MemberCard]:
    """Active cards of one product family with their products, the longest few first."""
    return _CARDS.all(member_id=member_id, family=family)


def card(card_id: int) -> MemberCard:
    return MemberCard.get_by_id(card_id)


def course(course_id: int) -> CourseOrder:
    return CourseOrder.get_by_id(course_id)


def held_card(card_id: int) -> MemberCard | None:
    """A card, held against other writers."""
    return _HELD_CARD.first(card_id=card_id)


def add_card(at: datetime, **columns: Any) -> int:
    return insert(MemberCard, **columns, created_at=at)


def change_card(card: MemberCard, **columns: Any) -> None:
    """Raises GuardLost when somebody wrote the card since it was read."""
    changed = update(MemberCard, {"id": card.id, "version": card.version},
                     version=card.version + 1, **columns)
    if changed != 1:
        raise GuardLost(f"card {card.id} changed")


def add_course(at: datetime, **columns: Any) -> int:
    return insert(CourseOrder, **columns, created_at=at)


def held_course(course_id: int) -> CourseOrder | None:
    """A course order, held against other writers."""
    return first(locked(CourseOrder.select().where(CourseOrder.id == course_id)))


def change_course(course: CourseOrder, **columns: Any) -> None:
    """Raises GuardLost when a lesson was taken since it was read."""
    changed = CourseOrder.update(**columns).where(
        (CourseOrder.id == course.id) & (CourseOrder.uses_used == course.uses_used)
        & (CourseOrder.status == course.status)).execute()
    if changed != 1:
        raise GuardLost(f"course {course.id} changed")


def sessions(venue_id: int, family: str, since: datetime, until: datetime) -> list[ClassSession]:
    """Open classes of a family that start in [since, until), soonest first."""
    return list(ClassSession.select().where(
        (ClassSession.venue == venue_id) & (ClassSession.family == family)
        & (ClassSession.status == "open") & (ClassSession.starts_at >= since)
        & (ClassSession.starts_at < until)).order_by(ClassSession.starts_at, ClassSession.id))


def session(session_id: int) -> ClassSession | None:
    return ClassSession.get_or_none(ClassSession.id == session_id)


def take_seats(session_id: int, at: datetime, seats: int = 1) -> bool:
    """Count seats as taken; False when the class has not so many, is off or has started.

    One guarded write, so `taken` never passes `capacity`.
    """
    return bool(ClassSession.update(taken=ClassSession.taken + seats).where(
        (ClassSession.id == session_id) & (ClassSession.taken + seats <= ClassSession.capacity)
        & (ClassSession.status == "open") & (ClassSession.starts_at > at)).execute() == 1)


def hold_seat(session_id: int, redemption_id: int, at: datetime, seats: int = 1) -> bool:
    """Take seats while the redemption is open; False when the class has not so many or has
    started."""
    if not take_seats(session_id, at, seats):
        return False
    Booking.insert(session=session_id, redemption=redemption_id, status=HELD, seats=seats,
                   created_at=at).execute()
    return True


def book_seat(redemption_id: int, member_id: int, at: datetime) -> int:
    """The held seat becomes the member's; returns the booking. Raises GuardLost when there is no
    held seat."""
    changed = Booking.update(status=BOOKED, member=member_id, booked_at=at).where(
        (Booking.redemption == redemption_id) & (Booking.status == HELD)).execute()
    if changed != 1:
        raise GuardLost(f"redemption {redemption_id} holds no seat")
    return int(tuples(Booking.select(Booking.id).where(
        Booking.redemption == redemption_id))[0][0])


def booking(redemption_id: int) -> Booking | None:
    """The seat of a redemption with its class."""
    return first(Booking.select(Booking, ClassSession).join(ClassSession).where(
        Booking.redemption == redemption_id))


def release_seat(redemption_id: int) -> None:
    """Give the held or booked seats of a redemption back; harmless when there are none (any
    more)."""
    seat = Booking.get_or_none(Booking.redemption == redemption_id)
    if seat is not None:
        release_seats(seat, seat.seats)


def keep_seats(redemption_id: int, seats: int) -> None:
    """Of the seats of a redemption keep only so many; harmless when it has none."""
    seat = Booking.get_or_none(Booking.redemption == redemption_id)
    if seat is not None and seat.seats > seats:
        release_seats(seat, seat.seats - seats)


def release_seats(seat: Booking, seats: int) -> None:
    """Give some seats of a booking back. Raises GuardLost when it changed since it was read."""
    if seat.status == RELEASED or seats < 1:
        return
    left = max(seat.seats - seats, 0)
    columns: dict[str, Any] = {"seats": left} if left else {"status": RELEASED}
    changed = Booking.update(**columns).where(
        (Booking.id == seat.id) & (Booking.status == seat.status)
        & (Booking.seats == seat.seats)).execute()
    if changed != 1:
        raise GuardLost(f"booking {seat.id} changed")
    ClassSession.update(taken=ClassSession.taken - (seat.seats - left)).where(
        ClassSession.id == seat.session_id).execute()


def booking_by_id(booking_id: int) -> Booking | None:
    """A booking with its class."""
    return first(Booking.select(Booking, ClassSession).join(ClassSession).where(
        Booking.id == booking_id))


def others_on(entitlement: Entitlement) -> list[Entitlement]:
    """What other redemptions added to the same card, course or booking and still stands."""
    return list(Entitlement.select().where(
        (Entitlement.target_id == entitlement.target_id)
        & Entitlement.result_type.in_(_SAME_TARGET[entitlement.result_type])
        & (Entitlement.id != entitlement.id) & (Entitlement.status == ACTIVE)))


def add(at: datetime, *, redemption_id: int, member_id: int, result_type: int, target_id: int,
        before: dict[str, Any], after: dict[str, Any]) -> None:
    """The one entitlement of a redemption; a second one fails on the unique index (I1)."""
    insert(Entitlement, redemption=redemption_id, member=member_id, result_type=result_type,
           target_id=target_id, before=before, after=after, status=ACTIVE, created_at=at)


def say_after(entitlement: Entitlement, after: dict[str, Any]) -> None:
    """Part of it was taken back: what it gave is less now."""
    Entitlement.update(after=after).where(Entitlement.id == entitlement.id).execute()
    entitlement.after = after


def of_redemption(redemption_id: int) -> Entitlement | None:
    return Entitlement.get_or_none(Entitlement.redemption == redemption_id)


def set_status(entitlement: Entitlement, status: str, at: datetime) -> None:
    """Raises GuardLost when its status changed since it was read."""
    changed = Entitlement.update(status=status, changed_at=at).where(
        (Entitlement.id == entitlement.id) & (Entitlement.status == entitlement.status)).execute()
    if changed != 1:
        raise GuardLost(f"entitlement {entitlement.id} changed")
