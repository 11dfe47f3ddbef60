"""Classes that a member may book, and giving a seat back.

A seat costs one use of a course of the class's family, or nothing when a voucher has paid for a
seat that was given back. Whoever gives a seat back early enough gets the use back, or may take
another class for the voucher.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock, business_day
from core.errors import Conflict, InvalidInput, NotFound, VoucherError
from core.services.actor import Actor
from core.services.choices import CLASSES_AHEAD
from core.services.idempotency import SentKey, first_answer, once
from core.services.inspection import VenueRef
from core.services.members.held import CANCEL_BEFORE, SeatView, seat_view
from core.store import audit, catalogue, entitlements, held, seats
from core.store.db import Store
from core.store.tables import Booking, CourseOrder


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class to come. `booking_id`: the seat that the member has in it; `bookable`: a seat is
    free, and the member has something to pay for it."""

    id: int
    title: str
    family: str
    coach: str
    venue: VenueRef
    starts_at: datetime
    ends_at: datetime
    seats_left: int
    booking_id: int | None
    bookable: bool


class Classes:
    """Booking is a guarded write: a class never has more seats taken than it has."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def venues(self) -> list[Any]:
        """The open venues, by id: where to redeem and to book."""
        with self._store.connection():
            return catalogue.open_venues()

    def coming(self, venue_id: int, actor: Actor) -> list[ClassView]:
        """Classes of the coming days at a venue. Raises InvalidInput("venue_closed")."""
        at = self._clock.now()
        with self._store.connection():
            if catalogue.venue(venue_id) is None:
                raise InvalidInput("venue_closed")
            mine = {row.session_id: row.id for row in seats.of_member(actor.id).where(
                Booking.status == entitlements.BOOKED)}
            rows = seats.coming(venue_id, at, at + CLASSES_AHEAD)
            rights = {family: self._rights(actor.id, venue_id, family)
                      for family in {row.family for row in rows}}
        return [self._view(row, mine.get(row.id), rights[row.family]) for row in rows]

    @staticmethod
    def _rights(member_id: int, venue_id: int,
                family: str) -> tuple[list[Booking], list[CourseOrder]]:
        return (seats.to_rebook(member_id, venue_id, family),
                seats.courses(member_id, venue_id, family))

    @staticmethod
    def _view(row: Any, booking_id: int | None,
              rights: tuple[list[Booking], list[CourseOrder]]) -> ClassView:
        free = max(row.capacity - row.taken, 0)
        pays = bool(rights[0]) or any(_good_on(course, row) for course in rights[1])
        return ClassView(
            row.id, row.title, row.family, row.coach,
            VenueRef(row.venue.id, row.venue.name, row.venue.address), row.starts_at,
            row.ends_at, free, booking_id, booking_id is None and free > 0 and pays)

    def book(self, session_id: int, actor: Actor, *, course_id: int | None = None,
             key: SentKey | None = None) -> SeatView:
        """A seat, paid for with what fits: a voucher's seat that was given back, or else (or when
        `course_id` says so) a course.

        Raises NotFound; Conflict: already_booked (`booking_id`), nothing_to_book_with;
        VoucherError: class_full, class_started.
        """
        at = self._clock.now()

        def work() -> int:
            session = seats.session(session_id)
            if session is None or session.status != "open":
                raise NotFound("class_not_found")
            made = self._pay(session, actor.id, course_id, at)
            audit.add(actor, "class.booked", "booking", made, at, venue_id=session.venue_id,
                      to_state=entitlements.BOOKED, session=session_id)
            return made

        try:
            made = self._store.transact("member.book", lambda: once(key, at, work))
        except Conflict:
            # Booked meanwhile by the same request, sent twice at once: that one counts.
            with self._store.connection():
                first = first_answer(key)
            if first is None:
                raise
            made = first
        return self._seen(made, actor)

    def _pay(self, session: Any, member_id: int, course_id: int | None, at: datetime) -> int:
        given_back, courses = self._rights(member_id, session.venue_id, session.family)
        usable = [course for course in courses if _good_on(course, session)
                  and course_id in (None, course.id)]
        seat = seats.held(given_back[0].id, member_id) if given_back and course_id is None \
            else None
        course = entitlements.held_course(usable[0].id) if usable and seat is None else None
        mine = seats.booked_in(session.id, member_id)  # after the lock: a double click waits there
        if mine is not None:
            raise Conflict("already_booked", booking_id=mine.id)
        if seat is not None:
            made = seats.rebook(seat, session.id, at)
        elif course is not None:
            made = seats.book_with_course(session.id, course, at)
        else:
            raise Conflict("nothing_to_book_with")
        if made is None:
            raise VoucherError("class_started" if session.starts_at <= at else "class_full",
                               session_id=session.id)
        return made

    def cancel(self, booking_id: int, actor: Actor) -> SeatView:
        """Give a seat back, up to two hours before the class; again changes nothing.

        Raises NotFound, also for somebody else's; Conflict: too_late_to_cancel (`until`),
        seat_not_booked (it was attended).
        """
        at = self._clock.now()

        def work() -> None:
            seat = seats.held(booking_id, actor.id)
            if seat is None:
                raise NotFound()
            if seat.status == entitlements.RELEASED:
                return
            if seat.status != entitlements.BOOKED:
                raise Conflict("seat_not_booked")
            until = seat.session.starts_at - CANCEL_BEFORE
            if at > until:
                raise Conflict("too_late_to_cancel", until=until)
            seats.give_back(seat)
            audit.add(actor, "class.given_back", "booking", booking_id, at,
                      venue_id=seat.session.venue_id, from_state=entitlements.BOOKED,
                      to_state=entitlements.RELEASED, session=seat.session_id)

        self._store.transact("member.cancel", work)
        return self._seen(booking_id, actor)

    def _seen(self, booking_id: int, actor: Actor) -> SeatView:
        with self._store.connection():
            seat = seats.one(booking_id, actor.id)
            if seat is None:
                raise NotFound()
            given = held.entitlements_of_seats([seat])
            return seat_view(seat, given.get(seat.redemption_id or 0), self._clock.now())


def _good_on(course: CourseOrder, session: Any) -> bool:
    """Whether a course still holds on the day of a class."""
    day = business_day(session.starts_at, session.venue.zone)
    return course.ends_on is None or bool(course.ends_on >= day)
