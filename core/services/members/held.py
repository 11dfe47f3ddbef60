"""What a member holds: cards, courses and class seats, with what is left and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.clock import Clock, business_day
from core.services.actor import Actor
from core.services.inspection import VenueRef
from core.services.paging import PageOf, bounded
from core.store import entitlements, held
from core.store.db import Store

USABLE, NOT_YET, OVER, USED_UP = "usable", "not_yet", "over", "used_up"
"""How a card or course stands today; frozen and cancelled are the other two."""
CANCEL_BEFORE = timedelta(hours=2)
"""A class this near can still be missed, but its seat is not given back any more."""
TO_REBOOK = "to_rebook"
"""A seat given back that came with a voucher: its holder may take another."""


@dataclass(frozen=True, slots=True)
class CardView:
    """Usable from `starts_on` through `ends_on`, both days included; `days_left` after
    today."""

    id: int
    product_name: str
    venue: VenueRef
    status: str
    starts_on: date
    ends_on: date
    days_left: int
    visits: int


@dataclass(frozen=True, slots=True)
class CourseView:
    """`ends_on` is the last day, None for ever."""

    id: int
    product_name: str
    family: str
    venue: VenueRef
    status: str
    uses_total: int
    uses_left: int
    ends_on: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class SeatView:
    """status: booked, attended, released, to_rebook. `paid_with`: voucher, course.
    `cancel_until`: the last instant at which it can be given back."""

    id: int
    session_id: int
    title: str
    coach: str
    venue: VenueRef
    starts_at: datetime
    ends_at: datetime
    status: str
    paid_with: str
    course_id: int | None
    cancel_until: datetime | None


class Held:
    """Lists of a member's own, page by page."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def cards(self, actor: Actor, *, page: int = 1, page_size: int = 20) -> PageOf[CardView]:
        """The longest first."""
        at, (number, size) = self._clock.now(), bounded(page, page_size)
        with self._store.connection():
            rows, total = held.cards(actor.id, number, size)
            return PageOf(items=[_card(row, at) for row in rows], total=total, page=number,
                          page_size=size)

    def courses(self, actor: Actor, *, page: int = 1, page_size: int = 20) -> PageOf[CourseView]:
        """The newest first."""
        at, (number, size) = self._clock.now(), bounded(page, page_size)
        with self._store.connection():
            rows, total = held.courses(actor.id, number, size)
            return PageOf(items=[_course(row, at) for row in rows], total=total, page=number,
                          page_size=size)

    def bookings(self, actor: Actor, *, page: int = 1, page_size: int = 20) -> PageOf[SeatView]:
        """The latest class first."""
        at, (number, size) = self._clock.now(), bounded(page, page_size)
        with self._store.connection():
            rows, total = held.all_seats(actor.id, number, size)
            given = held.entitlements_of_seats(rows)
            return PageOf(
                items=[seat_view(row, given.get(row.redemption_id or 0), at) for row in rows],
                total=total, page=number, page_size=size)


def _venue(row: Any) -> VenueRef:
    return VenueRef(row.id, row.name, row.address)


def _card(row: Any, at: datetime) -> CardView:
    today = business_day(at, row.venue.zone)
    status = row.status
    if status == entitlements.ACTIVE:
        status = OVER if row.ends_on < today else NOT_YET if row.starts_on > today else USABLE
    return CardView(row.id, row.product.name, _venue(row.venue), status, row.starts_on,
                    row.ends_on, max((row.ends_on - today).days, 0), row.visits)


def _course(row: Any, at: datetime) -> CourseView:
    today = business_day(at, row.venue.zone)
    left = max(row.uses_total - row.uses_used, 0)
    over = row.ends_on is not None and row.ends_on < today
    status = row.status
    if status == entitlements.ACTIVE:
        status = USED_UP if not left else OVER if over else USABLE
    return CourseView(
        row.id, row.product.name, row.product.family, _venue(row.venue), status, row.uses_total,
        left, row.ends_on,
        max((row.ends_on - today).days, 0) if row.ends_on is not None else None)


def seat_view(row: Any, given: Any, at: datetime) -> SeatView:
    """A seat (with class and venue) and the entitlement that gave it, if a voucher did."""
    session, status = row.session, row.status
    if status == entitlements.RELEASED and given is not None \
            and given.status == entitlements.ACTIVE:
        status = TO_REBOOK
    return SeatView(
        row.id, session.id, session.title, session.coach, _venue(session.venue),
        session.starts_at, session.ends_at, status,
        "course" if row.course_order_id is not None else "voucher", row.course_order_id,
        session.starts_at - CANCEL_BEFORE if status == entitlements.BOOKED else None)
