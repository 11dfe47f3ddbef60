"""Who came in at a venue, and giving back a visit that was counted by mistake."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.clock import business_day
from core.errors import InvalidInput, NotFound
from core.services.actor import Actor, Role
from core.services.paging import PageOf, bounded
from core.services.visits import VisitView, view_of, views_of
from core.store import audit, entitlements, visits
from core.store.db import Store
from core.store.tables import Visit

MOST_REASON = 200


class VisitBook:
    """For staff of the venue. `shared_now` is the clock that visits are counted by."""

    def __init__(self, store: Store, shared_now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = shared_now

    def listed(self, actor: Actor, *, venue_id: int | None = None, page: int = 1,
               page_size: int = 20) -> PageOf[VisitView]:
        """Visits of a venue (the actor's own unless named), newest first; given back ones too.

        Raises NotAllowed, InvalidInput("venue_needed").
        """
        wanted = venue_id or actor.venue_id
        if wanted is None:
            raise InvalidInput("venue_needed")
        actor.require(Role.CLERK, wanted)
        number, size = bounded(page, page_size)
        with self._store.connection():
            rows, total = visits.at_venue(wanted, number, size)
            return PageOf(items=views_of(rows), total=total, page=number, page_size=size)

    def one(self, visit_id: int, actor: Actor) -> VisitView:
        """Raises NotFound, also for another venue's."""
        actor.require(Role.CLERK)
        with self._store.connection():
            self._of(visit_id, actor)
            return view_of(visit_id)

    def undoable(self, visit_id: int, actor: Actor) -> VisitView:
        """The visit as it stands, for whoever may give it back. Raises NotFound, also for another
        venue's; NotAllowed("role_too_low")."""
        actor.require(Role.CLERK)
        at = self._now()
        with self._store.connection():
            self._for(visit_id, actor, at)
            return view_of(visit_id)

    def undo(self, visit_id: int, reason: str, actor: Actor) -> VisitView:
        """The card's visit or the course's use comes back, once; again changes nothing.

        A clerk takes back what was counted today, a manager any. Raises NotFound (also for
        another venue's), InvalidInput("reason_needed"), NotAllowed("role_too_low").
        """
        actor.require(Role.CLERK)
        why = " ".join(reason.split())[:MOST_REASON]
        if not why:
            raise InvalidInput("reason_needed")
        at = self._now()
        self._store.transact("visits.undo", lambda: self._undo(visit_id, why, actor, at))
        with self._store.connection():
            return view_of(visit_id)

    def _undo(self, visit_id: int, why: str, actor: Actor, at: datetime) -> None:
        row = self._for(visit_id, actor, at)
        if not visits.undo(visit_id, at):
            return
        if row.card_id is not None:
            card = entitlements.held_card(row.card_id)
            assert card is not None, "what visits were taken from is never deleted"
            entitlements.change_card(card, visits=card.visits - 1)
        else:
            course = entitlements.held_course(row.course_order_id or 0)
            assert course is not None, "what visits were taken from is never deleted"
            entitlements.change_course(course, uses_used=course.uses_used - 1)
        audit.add(actor, "visit.undone", "visit", visit_id, at, venue_id=row.venue_id,
                  member=row.member_id, reason=why)

    def _for(self, visit_id: int, actor: Actor, at: datetime) -> Visit:
        """The row, for whoever may give it back: a clerk on its day, a manager on any."""
        row = self._of(visit_id, actor)
        zone = row.venue.zone
        if business_day(row.came_at, zone) != business_day(at, zone):
            actor.require(Role.MANAGER)
        return row

    @staticmethod
    def _of(visit_id: int, actor: Actor) -> Visit:
        row = visits.visit(visit_id)
        if row is None or not actor.may_work_at(row.venue_id):
            raise NotFound()
        return row
