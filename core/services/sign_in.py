"""Sign-in of staff, pairing of kiosks, and recognising both by their tokens.

Tokens are opaque, random and stored hashed; revoking one takes effect at the next request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.baton import BATON
from core.clock import Clock
from core.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from core.ids import clean_code, new_ref, new_token, token_hash
from core.services.actor import Actor, Role
from core.store import audit, catalogue, people, sessions
from core.store.db import Store
from core.store.editions import Remembered
from core.store.tables import Kiosk, Session

SESSION_COOKIE = "hx_session"
"""The desk's cookie: its pages set it, the API takes it with a CSRF token."""
STAFF_SESSION = timedelta(hours=12)
KIOSK_SESSION = timedelta(days=365)
MEMBER_SESSION = timedelta(days=30)
PAIRING_VALID = timedelta(minutes=15)
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
MIN_PASSWORD = 10
MOST_RECOGNISED = 5_000
"""Callers in memory, while nobody changes anything."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session; `token` is shown this once."""

    token: str
    csrf: str
    actor: Actor
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DeskSession:
    """A recognised session cookie and the CSRF token that belongs to it."""

    id: int
    csrf: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A venue as its own pages name it."""

    id: int
    name: str
    brand: str
    address: str
    phone: str
    zone: str
    kiosk_cart: bool = False


@dataclass(frozen=True, slots=True)
class KioskPlace:
    """A kiosk and where it stands."""

    id: int
    name: str
    venue: PlaceRef


class SignIn:
    """Who is who. Methods that change something do it in one transaction."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._hasher = PasswordHasher()
        self._recognised: Remembered[tuple[datetime, Actor]] = Remembered(MOST_RECOGNISED)

    @cached_property
    def _nobody(self) -> str:
        """The hash of a password that nobody knows. Made at the first login, not at the start of
        every process."""
        return self._hasher.hash(new_token())

    def hash_password(self, password: str) -> str:
        """argon2id, for the `staff` table. Raises NotAllowed for a short password."""
        if len(password) < MIN_PASSWORD:
            raise NotAllowed("password_too_short", least=MIN_PASSWORD)
        return self._hasher.hash(password)

    def login(self, username: str, password: str, *, door: str = "api",
              agent: str = "") -> SignedIn:
        """Sign a staff member in for 12 hours.

        Raises NotSignedIn("wrong_credentials"), the same for an unknown name and a wrong
        password and as slowly; NotAllowed("locked_out") for 15 minutes after 5 failures.
        """
        at, nobody = self._clock.now(), self._nobody
        staff = sessions.staff_named(username)
        if staff is not None and staff.locked_until is not None and staff.locked_until > at:
            raise NotAllowed("locked_out", until=staff.locked_until.isoformat())
        if not self._matches(staff.password_hash if staff else nobody, password) \
                or staff is None or staff.status != 1:
            if staff is not None:
                self._store.transact("sign_in.failed", lambda: sessions.count_failed_login(
                    staff.id, at, at + LOCKED_FOR, MOST_FAILURES))
            raise NotSignedIn("wrong_credentials")

        def open_session() -> SignedIn:
            sessions.forget_failed_logins(staff.id)
            actor = self.staff_actor(staff.id, door)
            if actor is None:  # switched off this very moment
                raise NotSignedIn("wrong_credentials")
            return self._open("staff", staff.id, actor, STAFF_SESSION, door, agent)

        return self._store.transact("sign_in.open", open_session)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            with BATON.laid_down():  # a quarter of a second outside of Python
                return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def open_for_member(self, member_id: int, venue_id: int | None, door: str,
                        agent: str = "") -> SignedIn:
        """A member's session after a mini-program login; 30 days."""
        actor = Actor(kind="member", id=member_id, door=door, venue_id=venue_id)
        return self._store.transact("sign_in.member", lambda: self.begin_for_member(
            actor, agent))

    def begin_for_member(self, member: Actor, agent: str = "") -> SignedIn:
        """The same inside the transaction of a login; 30 days."""
        return self._open("member", member.id, member, MEMBER_SESSION, member.door, agent)

    def open_for_staff(self, staff_id: int, door: str) -> SignedIn:
        """A session without a password, for the demo. Raises NotFound."""
        actor = self.staff_actor(staff_id, door)
        if actor is None:
            raise NotFound()
        return self._store.transact("sign_in.staff", lambda: self._open(
            "staff", staff_id, actor, STAFF_SESSION, door, "demo"))

    def open_for_kiosk(self, kiosk_id: int) -> SignedIn:
        """A device token without a pairing code, for the demo. Raises NotFound."""
        kiosk = sessions.active_kiosk(kiosk_id)
        if kiosk is None:
            raise NotFound()
        return self._store.transact("sign_in.kiosk", lambda: self._open(
            "kiosk", kiosk_id, self._kiosk_actor(kiosk), KIOSK_SESSION, "kiosk", "demo"))

    def _open(self, kind: str, subject_id: int, actor: Actor, lasts: timedelta, door: str,
              agent: str) -> SignedIn:
        at = self._clock.now()
        token, csrf = new_token(), new_token()
        session = sessions.add_session(
            kind=kind, subject_id=subject_id, token_hash=token_hash(token), door=door, csrf=csrf,
            agent=agent, expires_at=at + lasts, at=at)
        if kind == "member":
            actor = replace(actor, session_id=session.id)
        return SignedIn(token, csrf, actor, at + lasts)

    def recognise(self, token: str) -> Actor | None:
        """The actor behind a bearer token; None when unknown, ended, revoked or switched off."""
        hashed, at = token_hash(token), self._clock.now()
        with self._store.connection():
            edition = self._store.configuration()
            known = self._recognised.get(edition, hashed)
            if known is not None and at < known[0]:
                return known[1]
            session = sessions.live_session(hashed, at)
            actor = None if session is None else self._actor_of(session)
            if session is not None and actor is not None:
                self._recognised.keep(edition, hashed, (session.expires_at, actor))
            return actor

    def recognise_session(self, token: str) -> DeskSession | None:
        """The same for the desk's cookie, with what its forms must send back."""
        session = sessions.live_session(token_hash(token), self._clock.now())
        actor = None if session is None else self._actor_of(session)
        if session is None or actor is None or actor.kind != "staff":
            return None
        return DeskSession(session.id, session.csrf, actor)

    def logout(self, token: str) -> None:
        """End the session of this token; harmless when it has ended."""
        session = sessions.live_session(token_hash(token), self._clock.now())
        if session is not None:
            self._store.transact("sign_in.close", lambda: sessions.revoke(
                session.id, self._clock.now()))

    def change_password(self, actor: Actor, session_id: int, old: str, new: str) -> None:
        """One's own password; every other session of this person ends.

        Raises InvalidInput("old_password_wrong"), counted like a wrong sign-in;
        NotAllowed("locked_out"); InvalidInput("password_too_short", "password_same").
        """
        at = self._clock.now()
        staff = sessions.active_staff(actor.id)
        if staff is None:
            raise NotSignedIn()
        if staff.locked_until is not None and staff.locked_until > at:
            raise NotAllowed("locked_out", until=staff.locked_until.isoformat())
        if not self._matches(staff.password_hash, old):
            self._store.transact("sign_in.failed", lambda: sessions.count_failed_login(
                staff.id, at, at + LOCKED_FOR, MOST_FAILURES))
            raise InvalidInput("old_password_wrong", field="old")
        if len(new) < MIN_PASSWORD:
            raise InvalidInput("password_too_short", field="new")
        if new == old:
            raise InvalidInput("password_same", field="new")
        hashed = self._hasher.hash(new)

        def keep() -> None:
            sessions.set_password(staff.id, hashed)
            ended = sessions.revoke_others("staff", staff.id, session_id, at)
            audit.add(actor, "staff.password_changed", "staff", staff.id, at, sessions=ended)

        self._store.transact("sign_in.password", keep)

    def sessions_of(self, staff_id: int) -> list[Session]:
        """Live sessions of a staff member, for the page that lists and revokes them."""
        return sessions.sessions_of("staff", staff_id, self._clock.now())

    def revoke(self, session_id: int, owner: Actor) -> None:
        """End one of one's own sessions. Raises NotFound for somebody else's."""
        mine = {session.id for session in self.sessions_of(owner.id)}
        if session_id not in mine:
            raise NotFound()
        self._store.transact("sign_in.revoke",
                             lambda: sessions.revoke(session_id, self._clock.now()))

    def _actor_of(self, session: Session) -> Actor | None:
        subject = int(session.subject_id)
        if session.kind == "staff":
            return self.staff_actor(subject, session.door)
        if session.kind == "kiosk":
            kiosk = sessions.active_kiosk(subject)
            return self._kiosk_actor(kiosk) if kiosk else None
        member = people.active_member(subject)
        return Actor(kind="member", id=member.id, door=session.door,
                     session_id=session.id) if member else None


    @staticmethod
    def _kiosk_actor(kiosk: Kiosk) -> Actor:
        return Actor(kind="kiosk", id=kiosk.id, door="kiosk", venue_id=kiosk.venue_id,
                     name=kiosk.name)

    def staff_actor(self, staff_id: int, door: str) -> Actor | None:
        """The actor of a staff member known by another proof, such as a chat binding; None when
        switched off."""
        found = sessions.staff_at_work(staff_id)
        if found is None:
            return None
        staff, venues = found
        return Actor(kind="staff", id=staff.id, door=door, venue_id=staff.venue_id,
                     role=Role[staff.role.upper()], name=staff.name, venues=venues)

    def offer_pairing(self, kiosk_id: int, actor: Actor) -> str:
        """A pairing code for one kiosk, 15 minutes, used once; shown on the desk page.

        Raises NotFound, or NotAllowed unless the actor manages its venue.
        """
        kiosk = sessions.active_kiosk(kiosk_id)
        if kiosk is None:
            raise NotFound()
        actor.require(Role.MANAGER, kiosk.venue_id)
        code = new_ref("", 8)
        until = self._clock.now() + PAIRING_VALID
        self._store.transact("kiosk.offer", lambda: sessions.offer_pairing(
            kiosk_id, token_hash(code), until))
        return code

    def pair(self, pairing_code: str, agent: str = "") -> SignedIn:
        """Turn a pairing code into a device token; earlier tokens of that kiosk end.

        Raises NotFound("pairing_code_wrong").
        """
        code = clean_code(pairing_code)[:32]

        def take() -> SignedIn:
            at = self._clock.now()
            kiosk = sessions.take_pairing(token_hash(code), at)
            if kiosk is None:
                raise NotFound("pairing_code_wrong")
            sessions.revoke_all("kiosk", kiosk.id, at)
            return self._open("kiosk", kiosk.id, self._kiosk_actor(kiosk), KIOSK_SESSION,
                              "kiosk", agent)

        return self._store.transact("kiosk.pair", take)

    def heartbeat(self, actor: Actor) -> KioskPlace:
        """A kiosk says that it is alive, and hears where it stands."""
        self._store.transact("kiosk.heartbeat",
                             lambda: sessions.kiosk_seen(actor.id, self._clock.now()))
        return self.place(actor)

    def place(self, actor: Actor) -> KioskPlace:
        """The kiosk's venue as its page shows it. Raises NotFound."""
        venue = catalogue.venue(actor.venue_id or 0)
        if venue is None:
            raise NotFound()
        return KioskPlace(actor.id, actor.name, PlaceRef(
            venue.id, venue.name, venue.brand, venue.address, venue.phone, venue.zone,
            venue.kiosk_cart))
