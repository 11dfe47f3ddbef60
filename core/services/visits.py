"""Coming in: a member shows a pass, a gate counts one visit.

A pass is good for a minute. Both its instants, issued and shown, are read from the database's
clock, so that neither a phone nor a server whose own clock is off lengthens or shortens it. A
visit counts once: gates hold the member's row, and a second showing within ten minutes (another
gate, a double scan, the next code of the same phone) is the same visit.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.clock import business_day
from core.errors import Conflict, InvalidInput, NotAllowed
from core.ids import clean_code, mask_name, mask_phone, token_hash
from core.services.actor import Actor, Role
from core.services.inspection import VenueRef
from core.services.paging import PageOf, bounded
from core.store import audit, catalogue, entitlements, people, visits
from core.store.db import Store
from core.store.tables import Member, MemberCard, Visit
from core.vouchers import member_pass
from core.vouchers.member_pass import PassClaim, PassKind

SAME_VISIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PassChoice:
    """A card or course that a member may come in with today. `ends_on` None: for ever;
    `uses_left` None: a card, nothing is deducted."""

    kind: PassKind
    id: int
    product_name: str
    venue_name: str
    ends_on: date | None
    uses_left: int | None


@dataclass(frozen=True, slots=True)
class MemberPass:
    """What to draw as a QR code, and for how many seconds; `choices` holds every alternative."""

    text: str
    renew_in: int
    chosen: PassChoice
    choices: tuple[PassChoice, ...]
    member_name: str


@dataclass(frozen=True, slots=True)
class VisitView:
    """A counted visit; masked. `repeated`: it had been counted before this showing. `ends_on` and
    `uses_left` are what remains. `undone_at`: when staff gave it back."""

    id: int
    member_name: str
    member_phone: str
    venue_name: str
    kind: PassKind
    product_name: str
    ends_on: date | None
    uses_left: int | None
    came_at: datetime
    repeated: bool
    undone_at: datetime | None


class Visits:
    """`key` signs passes; `shared_now` is one clock for all servers."""

    def __init__(self, store: Store, key: bytes, shared_now: Callable[[], datetime]) -> None:
        self._store = store
        self._key = key
        self._now = shared_now

    def choices(self, actor: Actor) -> tuple[PassChoice, ...]:
        """What the member may come in with today; cards before courses."""
        with self._store.connection():
            at = self._now()
            return tuple(choice for choice, why in self._held(actor.id, at) if not why)

    def show(self, actor: Actor, kind: PassKind | None = None,
             target_id: int | None = None) -> MemberPass:
        """A fresh pass for one of the choices, the first unless one is named.

        Raises NotAllowed unless a member asks; Conflict("pass_nothing") with nothing to show.
        """
        if actor.kind != "member":
            raise NotAllowed()
        choices = self.choices(actor)
        chosen = next((one for one in choices if (one.kind, one.id) == (kind, target_id)),
                      choices[0] if choices else None)
        if chosen is None:
            raise Conflict("pass_nothing")
        with self._store.connection():
            member = people.by_id(actor.id)
            claim = PassClaim(actor.id, chosen.kind, chosen.id, self._now(),
                              secrets.token_bytes(4))
        return MemberPass(member_pass.write(claim, self._key),
                          int(member_pass.RENEWED_EVERY.total_seconds()), chosen, choices,
                          mask_name(member.name) if member else "")

    @staticmethod
    def is_pass(text: str) -> bool:
        """Whether a scanned text is meant as a pass, good or not."""
        return member_pass.looks_like(text)

    def record(self, text: str, actor: Actor) -> VisitView:
        """Count the visit of whoever shows this pass at the actor's venue.

        Raises NotAllowed unless staff or a kiosk asks; InvalidInput: pass_unreadable,
        venue_needed; Conflict: pass_expired, pass_nothing (over, used up or frozen: `why`).
        """
        if actor.kind != "kiosk":
            actor.require(Role.CLERK)
        if actor.venue_id is None:
            raise InvalidInput("venue_needed")
        claim = member_pass.read(text, self._key)
        if claim is None:
            raise InvalidInput("pass_unreadable")
        if not member_pass.fresh(claim, self._now()):
            raise Conflict("pass_expired")
        spent = token_hash(clean_code(text))
        visit_id, repeated = self._store.transact(
            "visits.record", lambda: self._count(claim, spent, actor, actor.venue_id or 0))
        with self._store.connection():
            return view_of(visit_id, repeated)

    def _count(self, claim: PassClaim, spent: str, actor: Actor,
               venue_id: int) -> tuple[int, bool]:
        holder = people.by_id(claim.member_id)
        member = visits.hold_member(holder.id) if holder is not None else None
        if member is None or member.status != 1 or catalogue.venue(venue_id) is None:
            raise Conflict("pass_nothing")
        at = self._now()
        card_id = claim.target_id if claim.kind is PassKind.CARD else None
        course_id = claim.target_id if claim.kind is PassKind.COURSE else None
        before = visits.of_pass(spent)
        if before is not None and before.undone_at is not None:
            raise Conflict("pass_expired")  # spent; the phone's next one counts anew
        if before is None:
            last = visits.last(member.id, venue_id, card_id, course_id)
            before = last if last is not None and at - last.came_at < SAME_VISIT else None
        if before is not None:
            return before.id, True
        self._take(member, claim, at)
        visit_id = visits.add(at, member=member.id, venue=venue_id, card=card_id,
                              course_order=course_id, pass_hash=spent, actor_kind=actor.kind,
                              actor_id=actor.id, door=actor.door)
        audit.add(actor, "visit.counted", "visit", visit_id, at, venue_id=venue_id,
                  member=member.id, kind=claim.kind.word, target=claim.target_id)
        return visit_id, False

    def _take(self, member: Member, claim: PassClaim, at: datetime) -> None:
        """One visit of the card, or one use of the course; as they stand at this moment."""
        if claim.kind is PassKind.CARD:
            card = entitlements.held_card(claim.target_id)
            shown = visits.card(claim.target_id)
            if card is None or shown is None or card.member_id != member.id:
                raise Conflict("pass_nothing")
            _refuse(_why_not_card(shown, at))
            entitlements.change_card(card, visits=card.visits + 1)
            return
        course = entitlements.held_course(claim.target_id)
        shown_course = visits.course(claim.target_id)
        if course is None or shown_course is None or course.member_id != member.id:
            raise Conflict("pass_nothing")
        _refuse(_why_not_course(shown_course, at))
        entitlements.change_course(course, uses_used=course.uses_used + 1)

    def visits(self, actor: Actor, *, page: int = 1, page_size: int = 20) -> PageOf[VisitView]:
        """The member's own visits, newest first."""
        number, size = bounded(page, page_size)
        with self._store.connection():
            rows, total = visits.of_member(actor.id, number, size)
            return PageOf(items=views_of(rows), total=total, page=number, page_size=size)

    def venues(self) -> list[VenueRef]:
        """The venues that are open, by id."""
        with self._store.connection():
            return [VenueRef(row.id, row.name, row.address) for row in visits.open_venues()]

    def _held(self, member_id: int, at: datetime) -> Sequence[tuple[PassChoice, str]]:
        """Everything held, each with why it cannot be used today, if so."""
        return [*((_choice(row), _why_not_card(row, at)) for row in visits.cards(member_id)),
                *((_choice(row), _why_not_course(row, at)) for row in visits.courses(member_id))]


def view_of(visit_id: int, repeated: bool = False) -> VisitView:
    """A visit as people are shown it."""
    row = visits.visit(visit_id)
    assert row is not None, "visits are never deleted"
    (view,) = views_of([row], repeated)
    return view


def views_of(rows: Sequence[Visit], repeated: bool = False) -> list[VisitView]:
    """Visits, read with their venues, as people are shown them."""
    members = visits.members_by_id({row.member_id for row in rows})
    cards = visits.cards_by_id({row.card_id for row in rows if row.card_id is not None})
    courses = visits.courses_by_id({row.course_order_id for row in rows
                                    if row.course_order_id is not None})

    def view(row: Visit) -> VisitView:
        # What visits were made by and taken from is never deleted.
        member = members[row.member_id]
        choice = _choice(cards[row.card_id] if row.card_id is not None
                         else courses[row.course_order_id or 0])
        return VisitView(
            row.id, mask_name(member.name), mask_phone(member.phone) if member.phone else "",
            row.venue.name, choice.kind, choice.product_name, choice.ends_on, choice.uses_left,
            row.came_at, repeated, row.undone_at)

    return [view(row) for row in rows]


def signing_key(secret: str) -> bytes:
    """The key of passes, of its own, from one of the installation's secrets."""
    return hmac.new(secret.encode(), b"hexiaotai member pass", hashlib.sha256).digest()


def _choice(row: Any) -> PassChoice:
    card = isinstance(row, MemberCard)
    return PassChoice(PassKind.CARD if card else PassKind.COURSE, row.id, row.product.name,
                      row.venue.name, row.ends_on,
                      None if card else max(row.uses_total - row.uses_used, 0))


def _why_not_card(row: Any, at: datetime) -> str:
    today = business_day(at, row.venue.zone)
    if row.status != entitlements.ACTIVE:
        return str(row.status)
    return "not_yet" if row.starts_on > today else "over" if row.ends_on < today else ""


def _why_not_course(row: Any, at: datetime) -> str:
    if row.status != entitlements.ACTIVE:
        return str(row.status)
    if row.uses_used >= row.uses_total:
        return "used_up"
    over = row.ends_on is not None and row.ends_on < business_day(at, row.venue.zone)
    return "over" if over else ""


def _refuse(why: str) -> None:
    if why:
        raise Conflict("pass_nothing", why=why)
