"""What `Grants.freeze` stopped goes on: a manager said so."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.errors import VoucherError
from core.store import entitlements, frozen
from core.store.tables import Entitlement
from core.vouchers.redemption import ResultType


def unfreeze(entitlement: Entitlement, at: datetime) -> None:
    """Give back what was frozen. A class already attended stays attended; a seat that was
    released must still be free: raises VoucherError (class_full, class_started). Runs inside a
    transaction."""
    kind = ResultType(entitlement.result_type)
    if kind is ResultType.CARD_RENEWED:
        _give_days_again(entitlement)
    elif kind is ResultType.CARD_OPENED:
        card = entitlements.held_card(entitlement.target_id)
        if card is not None and card.status == entitlements.FROZEN:
            entitlements.change_card(card, status=entitlements.ACTIVE)
        elif card is not None and card.status == entitlements.ACTIVE:
            # Other certificates stand on the same card: only the days of this one went.
            days = timedelta(days=entitlement.after.get("days", 0))
            entitlements.change_card(card, ends_on=card.ends_on + days)
    elif kind is ResultType.COURSE_BOUGHT:
        course = entitlements.held_course(entitlement.target_id)
        if course is not None and course.status == entitlements.FROZEN:
            entitlements.change_course(course, status=entitlements.ACTIVE)
        elif course is not None and course.status == entitlements.ACTIVE:
            entitlements.change_course(
                course, uses_total=course.uses_total + entitlement.after["uses"])
    else:
        seat = entitlements.booking_by_id(entitlement.target_id)
        if seat is not None and seat.status != entitlements.ATTENDED \
                and not frozen.take_seats_again(seat, entitlement.after.get("seats", 1), at):
            raise VoucherError("class_started" if seat.session.starts_at <= at else "class_full",
                               session_id=seat.session_id)
    entitlements.set_status(entitlement, entitlements.ACTIVE, at)


def _give_days_again(entitlement: Entitlement) -> None:
    """The days of a renewal; just the ones before when nothing renewed the card meanwhile."""
    card = entitlements.held_card(entitlement.target_id)
    if card is None:
        return
    before = date.fromisoformat(entitlement.before["ends_on"])
    ends = (date.fromisoformat(entitlement.after["ends_on"]) if card.ends_on == before
            else date.fromordinal(card.ends_on.toordinal() + entitlement.after["days"]))
    entitlements.change_card(card, ends_on=ends)
