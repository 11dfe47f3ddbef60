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


def cards(member_id: int, page: int, size: int) -> tuple[list[MemberCard], int]:
    """A page with product and venue, the longest first; and how many there are."""
    mine = MemberCard.member == member_id
    rows = (MemberCard.select(MemberCard, Product, Venue).join(Product).switch(MemberCard)
            .join(Venue).where(mine)
            .order_by(MemberCard.ends_on.desc(), MemberCard.id.desc()).paginate(page, size))
    return list(rows), int(MemberCard.select().where(mine).count())


def courses(member_id: int, page: int, size: int) -> tuple[list[CourseOrder], int]:
    """A page with product and venue, the newest first; and how many there are."""
    mine = CourseOrder.member == member_id
    rows = (CourseOrder.select(CourseOrder, Product, Venue).join(Product).switch(CourseOrder)
            .join(Venue).where(mine).order_by(CourseOrder.id.desc()).paginate(page, size))
    return list(rows), int(CourseOrder.select().where(mine).count())


def all_seats(member_id: int, page: int, size: int) -> tuple[list[Booking], int]:
    """A page with class and venue, the latest class first; and how many there are."""
    rows = seats.of_member(member_id).order_by(
        ClassSession.starts_at.desc(), Booking.id.desc()).paginate(page, size)
    return list(rows), int(Booking.select().where(Booking.member == member_id).count())


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
