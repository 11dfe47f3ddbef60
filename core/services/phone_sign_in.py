"""A member's browser without a mini-program: signed in by a code that staff hand over.

A browser proves no phone number, and neither does a number typed at a kiosk, nor a redemption's
link that its buyer may have passed on. So a person vouches: staff who have the member before them
make a code, good for ten minutes and once, from one of the member's redemptions.
"""

from __future__ import annotations

from datetime import timedelta

from core.clock import Clock
from core.errors import NotFound
from core.ids import clean_code, new_ref, token_hash
from core.services.actor import Actor, Role
from core.services.attempts import Attempts
from core.services.sign_in import SignedIn, SignIn
from core.store import audit, handovers, people, redemptions
from core.store.db import Store

CODE_VALID = timedelta(minutes=10)
CODE_LENGTH = 8
DOOR = "phone"


class PhoneSignIn:
    """`offer` at the desk, `enter` on the phone."""

    def __init__(self, store: Store, clock: Clock, sign_in: SignIn, attempts: Attempts) -> None:
        self._store = store
        self._clock = clock
        self._sign_in = sign_in
        self._attempts = attempts

    def offer(self, ref: str, staff: Actor) -> str:
        """A code for the member of a redemption. Raises NotFound, also when it has no member;
        NotAllowed unless staff of its venue ask."""
        at, code = self._clock.now(), new_ref("", CODE_LENGTH)

        def work() -> None:
            row = redemptions.by_ref(ref)
            if row is None or row.member_id is None:
                raise NotFound("redemption_not_found")
            staff.require(Role.CLERK, row.venue_id)
            handovers.add_phone_code(row.member_id, staff.id, token_hash(code), at + CODE_VALID,
                                     at)
            audit.add(staff, "member.phone_offered", "member", row.member_id, at,
                      venue_id=row.venue_id, ref=ref)

        self._store.transact("phone.offer", work)
        return code

    def enter(self, code: str, address: str, agent: str = "") -> SignedIn:
        """A session for 30 days. Raises NotFound("sign_in_code_wrong"), TooManyRequests for an
        `address` that guesses."""
        with self._store.connection():
            self._attempts.check("phone", address)
        at = self._clock.now()

        def work() -> int | None:
            taken = handovers.take_phone_code(token_hash(clean_code(code)[:32]), at)
            member = people.by_id(taken.member_id) if taken is not None else None
            if taken is None or member is None or member.status != 1:
                return None
            audit.add(Actor("member", member.id, DOOR), "member.phone_signed_in", "member",
                      member.id, at, staff=taken.staff_id)
            return int(member.id)

        member_id = self._store.transact("phone.enter", work)
        if member_id is None:
            self._attempts.failed("phone", address)
            raise NotFound("sign_in_code_wrong")
        return self._sign_in.open_for_member(member_id, None, DOOR, agent)
