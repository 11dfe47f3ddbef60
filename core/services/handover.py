"""From kiosk to phone and back: a visit begun at a kiosk goes on in a member's hand.

The kiosk shows a QR code with a single-use id, good for five minutes. Whoever opens it first gets
a token of his own and goes on as if he stood at the kiosk: the same questions, and staff who
confirm. The kiosk follows how far he is and learns nothing of who he is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import Conflict, NotAllowed, NotFound, NotSignedIn, PlatformError
from core.ids import new_token, token_hash
from core.platforms.deadline import budget
from core.services.actor import Actor
from core.services.ticket import ticket
from core.store import audit, handovers, redemptions
from core.store.db import Store
from core.store.tables import Handover
from core.vouchers.redemption import UNSETTLED, State

log = logging.getLogger(__name__)

MINI_PAGE = "pages/continue/index"
"""Of the mini-program: it takes the scene as the code of a handover."""
OFFER_VALID = timedelta(minutes=5)
PHONE_VALID = timedelta(minutes=20)
DOOR = "phone"
CODE_LENGTH = 22
"""Characters of 128 random bits; a mini-program's scene takes 32."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the kiosk shows: `code` goes into its QR code and is shown this once."""

    id: int
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the phone is: offered, taken, waiting, unknown, done, not_done, over. `ticket` names
    the redemption; nothing tells who asked for it."""

    state: str
    ticket: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """The phone that goes on: it acts as the kiosk's visitor. `inspection`: of what was scanned
    at the kiosk; `ref`: what the phone has asked for."""

    handover_id: int
    actor: Actor
    kiosk_name: str
    venue_name: str
    inspection: str | None
    ref: str | None


class Handovers:
    """Kiosk's side: `offer`, `picture`, `progress`. Phone's side: `known`, `take`, `visitor`,
    `asked`. `draw`: a mini-program's code for a scene and a page, where one is configured;
    `seconds`: how long the kiosk waits for it."""

    def __init__(self, store: Store, clock: Clock, draw: Callable[[str, str], bytes] | None = None,
                 seconds: float = 2.0) -> None:
        self._store = store
        self._clock = clock
        self._draw = draw
        self._seconds = seconds

    def picture(self, code: str) -> bytes | None:
        """The mini-program's code for an offer, a JPEG; None: show our own page's QR code."""
        if self._draw is None:
            return None
        try:
            self.known(code)
            with budget(self._seconds):
                return self._draw(code, MINI_PAGE)
        except (Conflict, NotFound):
            return None
        except PlatformError as error:
            log.warning("no mini-program code: %s", error.word)
            return None

    def offer(self, kiosk: Actor, inspection: str | None = None) -> Offer:
        """A fresh id, to go on with what was scanned; the kiosk's earlier offers end.
        Raises NotAllowed unless a kiosk asks."""
        if kiosk.kind != "kiosk" or kiosk.venue_id is None:
            raise NotAllowed()
        code, at = new_token()[:CODE_LENGTH], self._clock.now()
        until, venue_id = at + OFFER_VALID, kiosk.venue_id
        number = self._store.transact("handover.offer", lambda: handovers.offer(
            kiosk.id, venue_id, token_hash(code), inspection, until, at))
        return Offer(number, code, until)

    def withdraw(self, kiosk: Actor) -> None:
        """The member left the kiosk: what nobody took is void."""
        self._store.transact("handover.end", lambda: handovers.end(kiosk.id))

    def progress(self, handover_id: int, kiosk: Actor) -> Progress:
        """Raises NotFound, also for another kiosk's."""
        with self._store.connection():
            row = handovers.of_kiosk(handover_id, kiosk.id)
            if row is None or kiosk.kind != "kiosk":
                raise NotFound()
            asked = redemptions.by_ref(row.ref) if row.ref else None
        at = self._clock.now()
        if asked is not None:
            return Progress(_how(State(asked.state)), ticket(asked.id), row.expires_at)
        over = row.state == handovers.ENDED or row.expires_at <= at
        return Progress("over" if over else row.state, None, row.expires_at)

    def known(self, code: str) -> Visitor:
        """What a code leads to, without taking it. Raises NotFound, Conflict("handover_taken")."""
        with self._store.connection():
            row = handovers.by_code(token_hash(code))
        if row is None or row.expires_at <= self._clock.now() or row.state == handovers.ENDED:
            raise NotFound("handover_over")
        if row.state != handovers.OFFERED:
            raise Conflict("handover_taken")
        return _visitor(row)

    def take(self, code: str) -> str:
        """Go on with a phone; returns its token. Raises NotFound("handover_over"),
        Conflict("handover_taken") for everybody but the first."""
        visitor, at, token = self.known(code), self._clock.now(), new_token()

        def work() -> bool:
            taken = handovers.take(token_hash(code), token_hash(token), at + PHONE_VALID, at)
            if taken:
                audit.add(visitor.actor, "handover.taken", "handover", visitor.handover_id, at)
            return taken

        if not self._store.transact("handover.take", work):
            raise Conflict("handover_taken")
        return token

    def visitor(self, token: str) -> Visitor:
        """Whom a phone's token stands for. Raises NotSignedIn when its time is over."""
        with self._store.connection():
            row = handovers.by_phone(token_hash(token), self._clock.now()) if token else None
        if row is None:
            raise NotSignedIn()
        return _visitor(row)

    def asked(self, visitor: Visitor, ref: str) -> None:
        """The phone has asked for a redemption: the kiosk follows it from now on."""
        self._store.transact("handover.asked",
                             lambda: handovers.led_to(visitor.handover_id, ref))


def _visitor(row: Handover) -> Visitor:
    actor = Actor("kiosk", row.kiosk_id, DOOR, row.venue_id, name=row.kiosk.name)
    return Visitor(row.id, actor, row.kiosk.name, row.venue.name,
                   row.inspection, row.ref)


def _how(state: State) -> str:
    if state in (State.REQUESTED, State.AWAITING_STAFF, State.VERIFYING):
        return "waiting"
    if state in UNSETTLED:
        return "unknown"
    return "done" if state is State.COMPLETED else "not_done"
