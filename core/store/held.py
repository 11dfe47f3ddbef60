"""What one member holds, as he is shown it: cards, courses, seats, redemptions."""

from __future__ import annotations

from typing import Any

from core.store import redemptions, seats
from core.store.tables import (
    Booking,
    ClassSession,
    CourseOrder,
    Entitlement,
    MemberCard,
    Product,
    Redemption,
    Venue,
)

MOST = 200
"""Of one list; nobody holds more."""


def cards(member_id: int) -> list[MemberCard]:
    """With product and venue; the longest first."""
    return list(MemberCard.select(MemberCard, Product, Venue).join(Product).switch(MemberCard)
                .join(Venue).where(MemberCard.member == member_id)
                .order_by(MemberCard.ends_on.desc(), MemberCard.id.desc()).limit(MOST))


def courses(member_id: int) -> list[CourseOrder]:
    """With product and venue; the newest first."""
    return list(CourseOrder.select(CourseOrder, Product, Venue).join(Product)
                .switch(CourseOrder).join(Venue).where(CourseOrder.member == member_id)
                .order_by(CourseOrder.id.desc()).limit(MOST))


def all_seats(member_id: int) -> list[Booking]:
    """With class and venue; the latest class first."""
    return list(seats.of_member(member_id).order_by(
        ClassSession.starts_at.desc(), Booking.id.desc()).limit(MOST))


def entitlements_of_seats(found: list[Booking]) -> dict[int, Entitlement]:
    """By redemption: what gave those seats that came with a voucher."""
    ids = [seat.redemption_id for seat in found if seat.redemption_id is not None]
    rows = Entitlement.select().where(Entitlement.redemption.in_(ids)) if ids else []
    return {int(row.redemption_id): row for row in rows}


def history(member_id: int, page: int, page_size: int) -> tuple[list[Any], int]:
    """A member's redemptions, newest first, and how many there are."""
    mine = (Redemption.member == member_id) | (
        (Redemption.actor_kind == "member") & (Redemption.actor_id == member_id))
    rows = redemptions.for_view().where(mine).order_by(Redemption.id.desc()).paginate(
        page, page_size)
    return list(rows), int(Redemption.select().where(mine).count())
