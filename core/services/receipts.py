"""Paper slips: how often one was printed, so that a second one says so (S167)."""

from __future__ import annotations

from core.clock import Clock
from core.errors import NotFound
from core.services.actor import Actor, Role
from core.store import audit, redemptions
from core.store.db import Store
from core.store.tables import Redemption

PRINTED = "receipt.printed"


class Receipts:
    """Counts printings in the audit book; the printing itself is the door's."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def printed(self, ref: str, actor: Actor) -> int:
        """How many slips there are of a redemption. Raises NotFound, NotAllowed."""
        with self._store.connection():
            row = self._row(ref, actor)
            return audit.count("redemption", row.id, PRINTED)

    def print_one(self, ref: str, actor: Actor) -> int:
        """Note one more slip; returns which one it is, from 1. Raises NotFound, NotAllowed."""
        def note() -> int:
            row = self._row(ref, actor)
            number = audit.count("redemption", row.id, PRINTED) + 1
            audit.add(actor, PRINTED, "redemption", row.id, self._clock.now(),
                      venue_id=row.venue_id, number=number)
            return number

        return self._store.transact("receipts.print", note)

    @staticmethod
    def _row(ref: str, actor: Actor) -> Redemption:
        row = redemptions.by_ref(ref)
        if row is None:
            raise NotFound("redemption_not_found")
        actor.require(Role.CLERK, row.venue_id)
        return row
