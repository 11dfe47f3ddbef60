"""Give a member what a consumed certificate promised, once; take it back; freeze it.

Everything here runs inside the transaction that settles the redemption. It never refuses: the
certificate is consumed, so the member gets something (invariant I2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.clock import business_day
from core.services.choices import last_day_opened, last_day_renewed
from core.store import entitlements
from core.store.tables import Entitlement, Redemption
from core.vouchers.redemption import ResultType


@dataclass(frozen=True, slots=True)
class Given:
    """What came of it; `before` and `after` are kept with the entitlement."""

    result_type: ResultType
    target_id: int
    before: dict[str, Any]
    after: dict[str, Any]


class Grants:
    """Cards, courses and seats."""

    def give(self, row: Redemption, member_id: int, zone: str, at: datetime,
             onto: Given | None = None) -> Given:
        """Grant the promise of a redemption and write its one entitlement; `onto` is what an
        earlier certificate of the same wish gave: the same card or course gets more."""
        today = business_day(at, zone)
        kind = ResultType(row.choice["result_type"])
        if onto is not None:
            given = self._add_to(onto, row, at)
        elif kind is ResultType.CARD_RENEWED:
            given = self._renew(row, member_id, today, at)
        elif kind is ResultType.CARD_OPENED:
            given = self._open(row, member_id, today, at)
        elif kind is ResultType.COURSE_BOUGHT:
            given = self._course(row, member_id, today, at)
        else:
            given = self._seat(row, member_id, at)
        entitlements.add(at, redemption_id=row.id, member_id=member_id,
                         result_type=int(given.result_type), target_id=given.target_id,
                         before=given.before, after=given.after)
        return given

    def _open(self, row: Redemption, member_id: int, today: date, at: datetime) -> Given:
        ends = last_day_opened(today, row.choice["days"])
        card = entitlements.add_card(
            at, member=member_id, product=row.choice["product_id"], venue=row.venue_id,
            starts_on=today, ends_on=ends)
        return Given(ResultType.CARD_OPENED, card, {},
                     {"ends_on": ends.isoformat(), "days": row.choice["days"]})

    def _renew(self, row: Redemption, member_id: int, today: date, at: datetime) -> Given:
        card = entitlements.held_card(row.choice["card_id"])
        if card is None or card.status != entitlements.ACTIVE:
            opened = self._open(row, member_id, today, at)
            opened.after["opened_instead"] = True
            return opened
        ends = last_day_renewed(today, card.ends_on, row.choice["days"])
        entitlements.change_card(card, ends_on=ends)
        return Given(ResultType.CARD_RENEWED, card.id, {"ends_on": card.ends_on.isoformat()},
                     {"ends_on": ends.isoformat(), "days": row.choice["days"]})

    def _course(self, row: Redemption, member_id: int, today: date, at: datetime) -> Given:
        days = row.choice["days"]
        ends = last_day_opened(today, days) if days else None
        uses = row.choice["uses"] or 1
        course = entitlements.add_course(
            at, member=member_id, product=row.choice["product_id"], venue=row.venue_id,
            uses_total=uses, ends_on=ends)
        return Given(ResultType.COURSE_BOUGHT, course, {},
                     {"uses": uses, "ends_on": ends.isoformat() if ends else None})

    def _seat(self, row: Redemption, member_id: int, at: datetime) -> Given:
        seat = entitlements.book_seat(row.lead_id or row.id, member_id, at)
        return Given(ResultType.CLASS_BOOKED, seat, {}, _session(row))

    def _add_to(self, onto: Given, row: Redemption, at: datetime) -> Given:
        if onto.result_type is ResultType.CLASS_BOOKED:
            return Given(onto.result_type, onto.target_id, {}, _session(row))
        if onto.result_type is ResultType.COURSE_BOUGHT:
            uses = row.choice["uses"] or 1
            course = entitlements.held_course(onto.target_id)
            assert course is not None, "made in this very transaction"
            entitlements.change_course(course, uses_total=course.uses_total + uses)
            return Given(onto.result_type, course.id, {}, onto.after | {"uses": uses})
        card = entitlements.held_card(onto.target_id)
        assert card is not None, "written in this very transaction"
        ends = card.ends_on + timedelta(days=row.choice["days"])
        entitlements.change_card(card, ends_on=ends)
        more = {"opened_instead": True} if onto.after.get("opened_instead") else {}
        return Given(onto.result_type, card.id, {"ends_on": card.ends_on.isoformat()},
                     {"ends_on": ends.isoformat(), "days": row.choice["days"], **more})

    def used(self, entitlement: Entitlement, row: Redemption, today: date) -> bool:
        """Whether the member has already had something of it."""
        kind = ResultType(entitlement.result_type)
        if kind is ResultType.COURSE_BOUGHT:
            return entitlements.course(entitlement.target_id).uses_used > 0
        if kind is ResultType.CLASS_BOOKED:
            seat = entitlements.booking_by_id(entitlement.target_id)
            return seat is not None and seat.status == entitlements.ATTENDED
        card = entitlements.card(entitlement.target_id)
        if kind is ResultType.CARD_OPENED:
            return card.visits > 0
        before = date.fromisoformat(entitlement.before["ends_on"])
        return card.visits > 0 and today > before

    def take_back(self, entitlement: Entitlement, row: Redemption, at: datetime,
                  uses: int | None = None) -> None:
        """Undo the grant, or the part of it that `uses` of the row's uses gave: the card's days,
        lessons, seats. Harmless when repeated."""
        if entitlement.status == entitlements.TAKEN_BACK:
            return
        if uses is not None and uses < row.uses:
            shrink(entitlement, uses, row.uses)
            return
        kind = ResultType(entitlement.result_type)
        shared = _shared(entitlement)
        if entitlement.status == entitlements.FROZEN and (
                shared or kind in (ResultType.CARD_RENEWED, ResultType.CLASS_BOOKED)):
            pass  # its days or seats went when it was frozen
        elif shared:
            shrink(entitlement, 1, 1)
        elif kind is ResultType.CLASS_BOOKED:
            release_seats(entitlement)
        elif kind is ResultType.COURSE_BOUGHT:
            course = entitlements.held_course(entitlement.target_id)
            if course is not None:
                entitlements.change_course(course, status=entitlements.CANCELLED)
        else:
            self._take_back_days(entitlement, kind)
        entitlements.set_status(entitlement, entitlements.TAKEN_BACK, at)

    def _take_back_days(self, entitlement: Entitlement, kind: ResultType) -> None:
        card = entitlements.held_card(entitlement.target_id)
        if card is None:
            return
        if kind is ResultType.CARD_OPENED:
            entitlements.change_card(card, status=entitlements.CANCELLED)
            return
        entitlements.change_card(card, ends_on=ends_after_undo(entitlement, card.ends_on))

    def freeze(self, entitlement: Entitlement, at: datetime) -> None:
        """The buyer got the money back: what is left of it cannot be used (design section 3,
        step 8). A card that was only renewed keeps the days it had; a class already attended
        stays attended."""
        if entitlement.status != entitlements.ACTIVE:
            return
        kind = ResultType(entitlement.result_type)
        if _shared(entitlement):
            shrink(entitlement, 1, 1)
        elif kind is ResultType.CARD_RENEWED:
            self._take_back_days(entitlement, kind)
        elif kind is ResultType.CARD_OPENED:
            card = entitlements.held_card(entitlement.target_id)
            if card is not None and card.status == entitlements.ACTIVE:
                entitlements.change_card(card, status=entitlements.FROZEN)
        elif kind is ResultType.COURSE_BOUGHT:
            course = entitlements.held_course(entitlement.target_id)
            if course is not None and course.status == entitlements.ACTIVE:
                entitlements.change_course(course, status=entitlements.FROZEN)
        else:
            seat = entitlements.booking_by_id(entitlement.target_id)
            if seat is not None and seat.status == entitlements.BOOKED:
                release_seats(entitlement)
        entitlements.set_status(entitlement, entitlements.FROZEN, at)


def _session(row: Redemption) -> dict[str, Any]:
    return {"session_id": row.choice["session_id"],
            "session_title": row.choice["session_title"],
            "starts_at": row.choice["starts_at"], "seats": row.uses}


def _shared(entitlement: Entitlement) -> bool:
    """Whether something else stands on the same card or course: then only this share of it goes.
    A renewal is always a share, and seats are counted."""
    return entitlement.result_type in (ResultType.CARD_OPENED, ResultType.COURSE_BOUGHT) \
        and bool(entitlements.others_on(entitlement))


def shrink(entitlement: Entitlement, part: int, of: int) -> None:
    """Take back `part` of `of` equal parts of what an entitlement gave; the whole of it leaves
    what it says it gave as it was. Lessons already taken stay taken."""
    kind, after = ResultType(entitlement.result_type), dict(entitlement.after)
    if kind is ResultType.CLASS_BOOKED:
        release_seats(entitlement, part)
        after["seats"] -= part
    elif kind is ResultType.COURSE_BOUGHT:
        uses = after["uses"] * part // of
        course = entitlements.held_course(entitlement.target_id)
        assert course is not None, "courses are never deleted"
        entitlements.change_course(
            course, uses_total=max(course.uses_total - uses, course.uses_used, 1))
        after["uses"] -= uses
    else:
        days = after["days"] * part // of
        card = entitlements.held_card(entitlement.target_id)
        assert card is not None, "cards are never deleted"
        entitlements.change_card(card, ends_on=card.ends_on - timedelta(days=days))
        after |= {"days": after["days"] - days, "ends_on": (
            date.fromisoformat(after["ends_on"]) - timedelta(days=days)).isoformat()}
    if part < of:
        entitlements.say_after(entitlement, after)


def release_seats(entitlement: Entitlement, seats: int | None = None) -> None:
    """Give seats of a booking back: these, or all of this entitlement."""
    seat = entitlements.booking_by_id(entitlement.target_id)
    if seat is not None:
        entitlements.release_seats(seat, seats or entitlement.after.get("seats", seat.seats))


def ends_after_undo(entitlement: Entitlement, ends_on: date) -> date:
    """The last day of a renewed card without this renewal. Exactly what it was before, unless
    it was renewed again meanwhile: then only this renewal's days go."""
    after = date.fromisoformat(entitlement.after["ends_on"])
    before = date.fromisoformat(entitlement.before["ends_on"])
    if ends_on == after:
        return before
    return date.fromordinal(ends_on.toordinal() - entitlement.after["days"])
