"""A member's own data: all of it in one file, and all of it forgotten.

Decision: what tells who somebody was is erased (numbers, names, platform identities, faces,
sessions, consents). What the shop must be able to show for years stays, without him: vouchers,
redemptions, entitlements, orders, audit. Cards and courses end; seats to come are free again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import Conflict, NotSignedIn
from core.services.actor import Actor
from core.services.members.held import TO_REBOOK, USABLE, CardView, CourseView, Held, SeatView
from core.services.members.history import History
from core.services.members.me import Me, SignedInPhone
from core.services.pricing.module import Pricing
from core.services.redemption_view import RedemptionView
from core.store import audit, consents, entitlements, members, own_data, people, seats
from core.store.db import Store
from core.store.tables import Member, MemberIdentity

PAGE = 100


@dataclass(frozen=True, slots=True)
class Identity:
    """How a platform or camera knows the member."""

    kind: str
    app_id: str
    external_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AllowedNotices:
    """How many messages of a template may still come."""

    kind: str
    template_id: str
    left: int


@dataclass(frozen=True, slots=True)
class OwnData:
    """Everything kept about a member; nothing masked, since it is his."""

    exported_at: datetime
    id: int
    name: str
    phone: str | None
    phone_verified_at: datetime | None
    joined_at: datetime
    identities: tuple[Identity, ...]
    sessions: list[SignedInPhone]
    notices: tuple[AllowedNotices, ...]
    cards: list[CardView]
    courses: list[CourseView]
    bookings: list[SeatView]
    redemptions: list[RedemptionView]
    coupons: list[Any]
    codes: list[Any]
    orders: list[Any]


class OwnDataDesk:
    """Export and deletion."""

    def __init__(self, store: Store, clock: Clock, me: Me, held: Held, history: History,
                 pricing: Pricing) -> None:
        self._store = store
        self._clock = clock
        self._me = me
        self._held = held
        self._history = history
        self._pricing = pricing

    def export(self, actor: Actor) -> OwnData:
        """All of it. Raises NotSignedIn when the member is gone."""
        with self._store.connection():
            member = people.active_member(actor.id)
            if member is None:
                raise NotSignedIn()
            known = members.identities(member.id)
            allowed = tuple(AllowedNotices(identity.kind, template_id, left)
                            for identity in known
                            for template_id, left in consents.of(identity.id))
            return self._all(member, known, allowed, actor)

    def _all(self, member: Member, known: list[MemberIdentity],
             allowed: tuple[AllowedNotices, ...], actor: Actor) -> OwnData:
        return OwnData(
            exported_at=self._clock.now(), id=member.id, name=member.name, phone=member.phone,
            phone_verified_at=member.phone_verified_at, joined_at=member.created_at,
            identities=tuple(Identity(one.kind, one.app_id, one.external_id, one.created_at)
                             for one in known),
            sessions=self._me.phones(actor), notices=allowed,
            cards=_all_pages(self._held.cards, actor),
            courses=_all_pages(self._held.courses, actor),
            bookings=_all_pages(self._held.bookings, actor),
            redemptions=_all_pages(self._history.redemptions, actor),
            coupons=self._pricing.coupons.mine(actor, status=None),
            codes=self._pricing.codes.mine(actor),
            orders=_all_pages(self._pricing.orders.page, actor))

    def delete(self, actor: Actor, *, forfeit: bool = False) -> None:
        """Forget the member, for good. `forfeit`: he knows that he loses what he still holds.

        Raises Conflict: still_open (`open` redemptions are under way), still_holds (`cards`,
        `courses`, `bookings` that could be used, unless forfeited).
        """
        at = self._clock.now()
        with self._store.connection():
            holds = self._usable(actor)
        if any(holds.values()) and not forfeit:
            raise Conflict("still_holds", **holds)

        def work() -> None:
            members.held(actor.id)
            ids = own_data.everybody(actor.id)
            under_way = own_data.open_redemptions(ids)
            if under_way:
                raise Conflict("still_open", open=under_way)
            for seat in list(seats.of_member(actor.id)):
                if seat.status == entitlements.BOOKED and seat.session.starts_at > at:
                    seats.give_back(seat)
            own_data.give_up(actor.id)
            own_data.forget(ids)
            audit.add(actor, "member.deleted", "member", actor.id, at, from_state="active",
                      to_state="deleted", held=holds)

        self._store.transact("member.delete", work)

    def _usable(self, actor: Actor) -> dict[str, int]:
        at = self._clock.now()
        return {
            "cards": sum(one.status == USABLE for one in _all_pages(self._held.cards, actor)),
            "courses": sum(one.status == USABLE for one in _all_pages(self._held.courses, actor)),
            "bookings": sum(one.status == TO_REBOOK or (
                one.status == entitlements.BOOKED and one.starts_at > at)
                for one in _all_pages(self._held.bookings, actor))}


def _all_pages(page_of: Any, actor: Actor) -> list[Any]:
    """Every item of a paged list."""
    found: list[Any] = []
    number = 1
    while True:
        page = page_of(actor, page=number, page_size=PAGE)
        items = page["items"] if isinstance(page, dict) else page.items
        found += items
        if len(items) < PAGE:
            return found
        number += 1
