"""A day at the shop in a few numbers: what staff ask their chat for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.clock import Clock, business_day, day_ends, day_starts
from core.errors import InvalidInput
from core.money import Money, total
from core.services.actor import Actor, Role
from core.services.redemption_view import RedemptionView
from core.services.views import Views
from core.store import catalogue, days
from core.store.db import Store

LAST = 5


@dataclass(frozen=True, slots=True)
class PlatformTakings:
    """One platform's share. `paid`: what the members paid there for the uses redeemed."""

    platform: str
    redemptions: int
    uses: int
    paid: Money


@dataclass(frozen=True, slots=True)
class Takings:
    """From one day to another, both included, at one venue. `own`: one person's work only."""

    venue_name: str
    first: date
    last: date
    own: bool
    platforms: tuple[PlatformTakings, ...]
    undone: int
    newest: tuple[RedemptionView, ...]

    @property
    def redemptions(self) -> int:
        return sum(each.redemptions for each in self.platforms)

    @property
    def paid(self) -> Money:
        return total(each.paid for each in self.platforms)


class Cashbook:
    """Counts what was redeemed. A clerk sees his own work, a manager the whole venue."""

    def __init__(self, store: Store, clock: Clock, views: Views) -> None:
        self._store = store
        self._clock = clock
        self._views = views

    def day(self, actor: Actor, days_ago: int = 0) -> Takings:
        """One business day of the venue where the actor works. Raises InvalidInput, NotAllowed."""
        return self._between(actor, days_ago, days_ago)

    def last_days(self, actor: Actor, count: int) -> Takings:
        """The last `count` business days, today included."""
        return self._between(actor, count - 1, 0)

    def _between(self, actor: Actor, first_ago: int, last_ago: int) -> Takings:
        if actor.venue_id is None:
            raise InvalidInput("venue_needed")
        actor.require(Role.CLERK, actor.venue_id)
        with self._store.connection():
            venue = catalogue.venue(actor.venue_id)
            if venue is None:
                raise InvalidInput("venue_closed")
            today = business_day(self._clock.now(), venue.zone)
            first, last = today - timedelta(days=first_ago), today - timedelta(days=last_ago)
            start, end = day_starts(first, venue.zone), day_ends(last, venue.zone)
            own = actor.role is Role.CLERK
            who = actor.id if own else None
            return Takings(
                venue.name, first, last, own,
                tuple(PlatformTakings(*row)
                      for row in days.by_platform(venue.id, start, end, who)),
                days.undone(venue.id, start, end, who),
                tuple(self._views.of_id(each)
                      for each in days.newest(venue.id, start, end, who, LAST)))
