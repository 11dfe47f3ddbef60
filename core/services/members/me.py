"""A member as he sees himself: who he is, how he is known, where he is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.errors import InvalidInput, NotFound, NotSignedIn
from core.ids import mask_phone
from core.services.actor import Actor
from core.store import audit, members, people, sessions
from core.store.db import Store
from core.store.pricing.holdings import FACE

MOST_NAME = 50
MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Profile:
    """`phone` is masked, None until a platform has vouched for one; `platforms` are the
    mini-programs he signs in with; `faces` counts the faces that cameras know him by."""

    id: int
    name: str
    phone: str | None
    phone_verified: bool
    joined_at: datetime
    platforms: tuple[str, ...]
    faces: int


@dataclass(frozen=True, slots=True)
class SignedInPhone:
    """One live session."""

    id: int
    door: str
    agent: str
    signed_in_at: datetime
    expires_at: datetime
    current: bool


class Me:
    """What a member may see and change of himself."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def profile(self, actor: Actor) -> Profile:
        """Raises NotSignedIn when the member is gone."""
        with self._store.connection():
            member = people.active_member(actor.id)
            if member is None:
                raise NotSignedIn()
            known = members.identities(member.id)
        minis = dict.fromkeys(one.kind for one in known if one.kind.endswith("_mini"))
        return Profile(
            member.id, member.name, mask_phone(member.phone) if member.phone else None,
            member.phone_verified_at is not None, member.created_at, tuple(minis),
            sum(one.kind == FACE and not one.external_id.startswith("@") for one in known))

    def rename(self, name: str, actor: Actor) -> Profile:
        """What the shop calls the member. Raises InvalidInput("needed")."""
        clean = " ".join(name.split())[:MOST_NAME]
        if not clean:
            raise InvalidInput("needed", field="name")
        at = self._clock.now()

        def work() -> None:
            members.change(actor.id, name=clean)
            audit.add(actor, "member.renamed", "member", actor.id, at)

        self._store.transact("member.rename", work)
        return self.profile(actor)

    def phones(self, actor: Actor) -> list[SignedInPhone]:
        """Where the member is signed in, newest first."""
        with self._store.connection():
            return [SignedInPhone(one.id, one.door, one.agent, one.created_at, one.expires_at,
                                  one.id == actor.session_id)
                    for one in sessions.sessions_of(MEMBER, actor.id, self._clock.now())]

    def sign_out(self, session_id: int, actor: Actor) -> None:
        """End one of one's own sessions: a lost phone, a stranger's. Raises NotFound."""
        at = self._clock.now()

        def work() -> None:
            mine = {one.id for one in sessions.sessions_of(MEMBER, actor.id, at)}
            if session_id not in mine:
                raise NotFound()
            sessions.revoke(session_id, at)
            audit.add(actor, "member.signed_out", "member", actor.id, at, session=session_id)

        self._store.transact("member.sign_out", work)
