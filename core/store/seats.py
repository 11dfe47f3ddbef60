"""Seats that members take and give back themselves. Callers hold a transaction.

A seat that a voucher gave keeps its row when it is given back: as long as the voucher's
entitlement stands, the same row may take a seat in another class.
"""

from __future__ import annotations

from datetime import date, datetime

from peewee import ModelSelect

from core.store.compiled import insert
from core.store.db import GuardLost, locked
from core.store.entitlements import ACTIVE, BOOKED, RELEASED, release_seats, take_seats
from core.store.select import first, tuples, unsought
from core.store.tables import Booking, ClassSession, CourseOrder, Entitlement, Product, Venue

MOST_CLASSES = 200


def coming(venue_id: int, since: datetime, until: datetime) -> list[ClassSession]:
    """Open classes of a venue that start in [since, until), soonest first."""
    return list(ClassSession.select(ClassSession, Venue).join(Venue).where(
        (ClassSession.venue == venue_id) & (ClassSession.status == "open")
        & (ClassSession.starts_at >= since) & (ClassSession.starts_at < until))
        .order_by(ClassSession.starts_at, ClassSession.id).limit(MOST_CLASSES))


def session(session_id: int) -> ClassSession | None:
    """A class with its venue."""
    return first(ClassSession.select(ClassSession, Venue).join(Venue).where(
        ClassSession.id == session_id))


def of_member(member_id: int) -> ModelSelect[Booking]:
    """A member's seats with class and venue."""
    return (Booking.select(Booking, ClassSession, Venue).join(ClassSession).join(Venue)
            .where(Booking.member == member_id))


def held(booking_id: int, member_id: int) -> Booking | None:
    """One of a member's seats, held against other writers."""
    if first(locked(Booking.select().where(
            (Booking.id == booking_id) & (Booking.member == member_id)))) is None:
        return None
    return one(booking_id, member_id)


def one(booking_id: int, member_id: int) -> Booking | None:
    """One of a member's seats."""
    return first(of_member(member_id).where(Booking.id == booking_id))


def booked_in(session_id: int, member_id: int) -> Booking | None:
    """The seat that a member has in a class."""
    return first(of_member(member_id).where((Booking.session == session_id)
                                            & (Booking.status == BOOKED)))


def to_rebook(member_id: int, venue_id: int, family: str) -> list[Booking]:
    """Seats given back that came with a voucher which still stands, the oldest first."""
    return list(of_member(member_id)
                .join(Entitlement, on=Entitlement.redemption == Booking.redemption)
                .where((Booking.status == RELEASED) & (Entitlement.status == ACTIVE)
                       & (ClassSession.venue == venue_id) & (ClassSession.family == family))
                .order_by(Booking.id))


def courses(member_id: int, venue_id: int, family: str) -> list[CourseOrder]:
    """Active courses of a family with uses left, the one that ends soonest first."""
    rows = (CourseOrder.select(CourseOrder, Product).join(Product).where(
        (CourseOrder.member == member_id) & (unsought(CourseOrder.venue) == venue_id)
        & (CourseOrder.status == ACTIVE) & (CourseOrder.uses_used < CourseOrder.uses_total)
        & (Product.family == family)))
    return sorted(rows, key=lambda row: (row.ends_on or date.max, row.id))


def book_with_course(session_id: int, course: CourseOrder, at: datetime) -> int | None:
    """One use of a (held) course for one seat; None when there is none left."""
    if not take_seats(session_id, at):
        return None
    _use(course, 1)
    return insert(Booking, session=session_id, member=course.member_id, course_order=course.id,
                  status=BOOKED, booked_at=at, created_at=at)


def rebook(seat: Booking, session_id: int, at: datetime) -> int | None:
    """A seat that was given back becomes one in another class; None when there is none left.
    Raises GuardLost when it was taken again meanwhile."""
    if not take_seats(session_id, at, seat.seats):
        return None
    changed = Booking.update(session=session_id, status=BOOKED, booked_at=at).where(
        (Booking.id == seat.id) & (Booking.status == RELEASED)).execute()
    if changed != 1:
        raise GuardLost(f"booking {seat.id} changed")
    return int(seat.id)


def give_back(seat: Booking) -> None:
    """The seat is free, and the use of the course that paid for it is back. Raises GuardLost when
    it was given back or attended meanwhile."""
    if seat.status != BOOKED:
        raise GuardLost(f"booking {seat.id} changed")
    release_seats(seat, seat.seats)
    if seat.course_order_id is not None:
        course = first(locked(CourseOrder.select().where(
            CourseOrder.id == seat.course_order_id)))
        if course is not None:
            _use(course, -1)


def _use(course: CourseOrder, uses: int) -> None:
    """Raises GuardLost when a use was taken since it was read."""
    changed = CourseOrder.update(uses_used=course.uses_used + uses).where(
        (CourseOrder.id == course.id) & (CourseOrder.uses_used == course.uses_used)).execute()
    if changed != 1:
        raise GuardLost(f"course {course.id} changed")


def nearing(since: datetime, until: datetime, limit: int) -> list[Booking]:
    """Booked seats of classes that start in [since, until), with class and venue."""
    venues = [row[0] for row in tuples(Venue.select(Venue.id))]
    classes = [row[0] for row in tuples(ClassSession.select(ClassSession.id).where(
        ClassSession.venue.in_(venues) & (ClassSession.status == "open")
        & (ClassSession.starts_at >= since) & (ClassSession.starts_at < until)))]
    return list(Booking.select(Booking, ClassSession, Venue).join(ClassSession).join(Venue)
                .where(Booking.session.in_(classes) & (Booking.status == BOOKED)
                       & Booking.member.is_null(False))
                .order_by(ClassSession.starts_at, Booking.id).limit(limit)) if classes else []
