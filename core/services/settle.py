"""The doctor: finds redemptions whose outcome is not known and settles them (invariants I2, I3).

The row is the to-do list: a lease that ended (the process died or the platform never answered)
or a try that is due. Any number of doctors may run; a guarded write gives each row to one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.clock import Clock
from core.errors import Conflict, NotFound
from core.services.actor import SYSTEM, Actor, Role
from core.services.closing import close_overdue
from core.services.platform_ports import PlatformPorts
from core.services.redemption_view import RedemptionView
from core.services.undo import Undo
from core.services.verify import Verify
from core.services.views import Views
from core.store import redemptions
from core.store.db import Store
from core.store.tables import Redemption
from core.vouchers.redemption import LEASE, UNDO_UNSETTLED, UNSETTLED, WAITING, State

LOOKED_AFTER = (UNSETTLED - {State.MANUAL}) | UNDO_UNSETTLED
PATIENCE = LEASE * 0.8
"""A job may wait longer than a door, but must be done before its lease ends."""


@dataclass(frozen=True, slots=True)
class SettleReport:
    """One run: how many rows it took, by what became of them."""

    settled: int = 0
    still_unknown: int = 0
    manual: int = 0

    def __str__(self) -> str:
        return (f"{self.settled} settled, {self.still_unknown} still unknown, "
                f"{self.manual} for a person")


class Settle:
    """Asks the platforms again, and ends what nobody confirmed."""

    def __init__(self, store: Store, clock: Clock, ports: PlatformPorts, verify: Verify,
                 undo: Undo, views: Views, nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._ports = ports
        self._verify = verify
        self._undo = undo
        self._views = views
        self._nudge = nudge

    def run(self, limit: int = 50) -> SettleReport:
        """Look after everything that is due now; returns what became of it."""
        with self._store.connection():
            due = redemptions.due(LOOKED_AFTER, self._clock.now(), limit)
            ended = [state for state in (self._try(row, SYSTEM) for row in due)
                     if state is not None]
        unknown = sum(state in LOOKED_AFTER for state in ended)
        manual = ended.count(State.MANUAL)
        return SettleReport(len(ended) - unknown - manual, unknown, manual)

    def settle_one(self, redemption_id: int) -> State | None:
        """One row, if it is due; None when it is not, or another doctor has it."""
        with self._store.connection():
            row = redemptions.by_id(redemption_id)
            if row is None or row.state not in LOOKED_AFTER or row.next_try_at is None \
                    or row.next_try_at > self._clock.now():
                return None
            return self._try(row, SYSTEM)

    def again(self, ref: str, actor: Actor) -> RedemptionView:
        """A manager asks the platform once more, whatever the schedule says.

        Raises NotFound, NotAllowed, Conflict("wrong_state") when there is nothing to settle,
        Conflict("in_progress") while a try is under way.
        """
        with self._store.connection():
            row = redemptions.by_ref(ref)
            if row is None:
                raise NotFound("redemption_not_found")
            actor.require(Role.MANAGER, row.venue_id)
            open_ = UNSETTLED | UNDO_UNSETTLED
            row = next((each for each in (row, *redemptions.along(row)) if each.state in open_),
                       row)
            if row.state not in open_:
                raise Conflict("wrong_state", state=row.state)
            if row.state in (State.VERIFYING, State.UNDOING) or self._try(row, actor) is None:
                raise Conflict("in_progress")
            return self._views.of_ref(ref)

    def _try(self, row: Redemption, actor: Actor) -> State | None:
        """Claim a row for one try, ask, write down; the state it has then."""
        until = self._clock.now() + LEASE
        claimed = self._store.transact("settle.claim", lambda: redemptions.claim(
            row, until, row.attempts + 1))
        if not claimed:
            return None
        fresh = redemptions.by_id(row.id)
        assert fresh is not None, "redemptions are never deleted"
        with self._ports.budget(PATIENCE.total_seconds()):
            if fresh.state in UNDO_UNSETTLED:
                undone = self._undo.ask(fresh, repeat=True)
                self._undo.record(fresh.id, undone, actor)
            else:
                outcome = self._verify.ask(fresh, repeat=True)
                self._verify.record(fresh.id, outcome, actor)
        after = redemptions.by_id(row.id)
        assert after is not None, "redemptions are never deleted"
        self._nudge("outbox")
        return State(after.state)

    def expire_waiting(self, limit: int = 200) -> int:
        """End redemptions that nobody confirmed in time; returns how many."""
        with self._store.connection():
            at = self._clock.now()
            rows = redemptions.overdue(WAITING, at, limit)
            ended = sum(self._store.transact("settle.expire", partial(close_overdue, row, at))
                        for row in rows)
        if ended:
            self._nudge("outbox")
        return ended
