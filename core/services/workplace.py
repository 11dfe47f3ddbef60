"""Where a staff member works: the venues allowed, and the one worked in now."""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock
from core.errors import NotAllowed
from core.services.actor import Actor, Role
from core.store import audit, chats
from core.store.db import Store


@dataclass(frozen=True, slots=True)
class Place:
    """A venue as a page names it."""

    id: int
    name: str
    brand: str
    zone: str
    address: str
    phone: str
    current: bool


class Workplace:
    """Reads and switches the venue that somebody works in."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def places(self, actor: Actor) -> list[Place]:
        """The open venues this person may work in, by id."""
        everywhere = actor.role is Role.ADMIN
        with self._store.connection():
            return [Place(venue.id, venue.name, venue.brand, venue.zone, venue.address,
                          venue.phone, venue.id == actor.venue_id)
                    for venue in chats.venues_allowed(None if everywhere else actor.id)]

    def current(self, actor: Actor) -> Place | None:
        """Where this person works now; None when that is nowhere, or closed."""
        return next((place for place in self.places(actor) if place.current), None)

    def move(self, actor: Actor, venue_id: int) -> Place:
        """Work at another venue from now on. Raises NotAllowed for somebody else's."""
        place = next((each for each in self.places(actor) if each.id == venue_id), None)
        if place is None:
            raise NotAllowed("other_venue", venue_id=venue_id)
        at = self._clock.now()

        def switch() -> None:
            chats.work_at(actor.id, venue_id)
            audit.add(actor, "staff.moved", "staff", actor.id, at, venue_id=venue_id)

        self._store.transact("workplace.move", switch)
        return place
