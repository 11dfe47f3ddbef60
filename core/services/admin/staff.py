"""Staff accounts: who may work where, with which role; passwords, sessions, chat identities."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey, once
from core.services.sign_in import SignIn
from core.store import audit, sessions
from core.store.admin import staff, venues
from core.store.db import Store
from core.store.tables import ChatBinding, Staff

ACTIVE, LEFT = 1, 2
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,49}")


@dataclass(frozen=True, slots=True)
class ChatView:
    """A chat identity: wecom or wechat."""

    id: int
    channel: str
    name: str
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class StaffView:
    """A staff member. `venue_ids`: where a manager or clerk may work; an admin works anywhere."""

    id: int
    username: str
    name: str
    role: Role
    venue_id: int | None
    venue_ids: tuple[int, ...]
    active: bool
    locked_until: datetime | None
    chats: tuple[ChatView, ...]


@dataclass(frozen=True, slots=True)
class StaffChange:
    """What may be changed about somebody."""

    name: str
    role: Role
    venue_ids: tuple[int, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Hired:
    """A new account; the password is shown this once, and None to a repeated request."""

    staff: StaffView
    password: str | None


class StaffAdmin:
    """Administrators look after everybody; a manager after the clerks of his venues."""

    def __init__(self, store: Store, clock: Clock, sign_in: SignIn) -> None:
        self._store = store
        self._clock = clock
        self._sign_in = sign_in

    def listed(self, actor: Actor) -> list[StaffView]:
        """The people this person may see. Raises NotAllowed."""
        actor.require(Role.MANAGER)
        ids = None if actor.role is Role.ADMIN else actor.venues
        with self._store.connection():
            return _views(staff.every(ids))

    def one(self, staff_id: int, actor: Actor) -> StaffView:
        """Raises NotFound, NotAllowed."""
        with self._store.connection():
            view = _one(staff_id)
        _may_see(view, actor)
        return view

    def may_change(self, view: StaffView, actor: Actor) -> bool:
        """Whether this actor looks after this person."""
        if actor.role is Role.ADMIN:
            return True
        return (actor.role is Role.MANAGER and view.role is Role.CLERK
                and set(view.venue_ids) <= actor.venues)

    def add(self, username: str, wanted: StaffChange, actor: Actor, *,
            key: SentKey | None = None) -> Hired:
        """A new account with a password made here. Raises NotAllowed, InvalidInput,
        Conflict("taken")."""
        name = username.strip().lower()
        if not _USERNAME.fullmatch(name):
            raise InvalidInput("username_malformed", field="username")
        self._check(wanted, actor)
        password, at = secrets.token_urlsafe(9), self._clock.now()
        hashed = self._sign_in.hash_password(password)
        fresh = False

        def work() -> int:
            nonlocal fresh
            if sessions.staff_named(name) is not None:
                raise Conflict("taken", field="username")
            staff_id = staff.add(at, username=name, name=wanted.name.strip(),
                                 role=wanted.role.word, password_hash=hashed,
                                 venue=wanted.venue_ids[0] if wanted.venue_ids else None)
            staff.put_venues(staff_id, wanted.venue_ids, at)
            audit.add(actor, "staff.added", "staff", staff_id, at, to_state=wanted.role.word,
                      username=name, venues=list(wanted.venue_ids))
            fresh = True
            return staff_id

        staff_id = int(self._store.transact("admin.staff_added", lambda: once(key, at, work)))
        return Hired(self.one(staff_id, actor), password if fresh else None)

    def change(self, staff_id: int, wanted: StaffChange, actor: Actor) -> StaffView:
        """Role, venues, leaving. Somebody who leaves is signed out everywhere.

        Raises NotFound, NotAllowed, InvalidInput, Conflict: last_admin, oneself.
        """
        self._check(wanted, actor)
        at = self._clock.now()

        def work() -> None:
            view = self._changeable(staff_id, actor)
            if staff_id == actor.id and (wanted.role is not view.role or not wanted.active):
                raise Conflict("oneself")
            loses_admin = view.role is Role.ADMIN and view.active and (
                wanted.role is not Role.ADMIN or not wanted.active)
            if loses_admin and staff.active_admins() <= 1:
                raise Conflict("last_admin")
            stays = view.venue_id if view.venue_id in wanted.venue_ids \
                or wanted.role is Role.ADMIN else next(iter(wanted.venue_ids), None)
            staff.change(staff_id, name=wanted.name.strip(), role=wanted.role.word,
                         venue=stays, status=ACTIVE if wanted.active else LEFT)
            staff.put_venues(staff_id, wanted.venue_ids, at)
            if not wanted.active:
                sessions.revoke_all("staff", staff_id, at)
            audit.add(actor, "staff.changed", "staff", staff_id, at,
                      from_state=view.role.word, to_state=wanted.role.word,
                      active=wanted.active, venues=list(wanted.venue_ids))

        self._store.transact("admin.staff", work)
        return self.one(staff_id, actor)

    def new_password(self, staff_id: int, actor: Actor) -> str:
        """A fresh password, shown this once; the account is unlocked and signed out everywhere.

        Raises NotFound, NotAllowed.
        """
        password, at = secrets.token_urlsafe(9), self._clock.now()
        hashed = self._sign_in.hash_password(password)

        def work() -> None:
            self._changeable(staff_id, actor)
            staff.change(staff_id, password_hash=hashed, failed_logins=0, locked_until=None)
            sessions.revoke_all("staff", staff_id, at)
            audit.add(actor, "staff.password_reset", "staff", staff_id, at)

        self._store.transact("admin.staff_password", work)
        return password

    def sign_out(self, staff_id: int, actor: Actor) -> int:
        """End every session of somebody; returns how many there were. Raises NotFound,
        NotAllowed."""
        at = self._clock.now()

        def work() -> int:
            self._changeable(staff_id, actor)
            ended = sessions.revoke_all("staff", staff_id, at)
            audit.add(actor, "staff.signed_out", "staff", staff_id, at, sessions=ended)
            return ended

        return self._store.transact("admin.staff_sessions", work)

    def unbind(self, staff_id: int, binding_id: int, actor: Actor) -> None:
        """Forget a chat identity. Raises NotFound, NotAllowed."""
        at = self._clock.now()

        def work() -> None:
            self._changeable(staff_id, actor)
            bound = staff.remove_chat(staff_id, binding_id)
            if bound is None:
                raise NotFound("binding_not_found")
            audit.add(actor, "binding.removed", "staff", staff_id, at, channel=bound.channel)

        self._store.transact("admin.staff_unbind", work)

    def _changeable(self, staff_id: int, actor: Actor) -> StaffView:
        view = _one(staff_id)
        if not self.may_change(view, actor):
            raise NotAllowed("role_too_low", needs=Role.ADMIN.word)
        return view

    @staticmethod
    def _check(wanted: StaffChange, actor: Actor) -> None:
        """A manager hires clerks for his venues only."""
        if not wanted.name.strip():
            raise InvalidInput("needed", field="name")
        if wanted.role is not Role.ADMIN and not wanted.venue_ids:
            raise InvalidInput("needed", field="venue_ids")
        if any(venues.one(venue_id) is None for venue_id in wanted.venue_ids):
            raise InvalidInput("venue_unknown", field="venue_ids")
        actor.require(Role.MANAGER)
        if actor.role is not Role.ADMIN:
            if wanted.role is not Role.CLERK:
                raise NotAllowed("role_too_low", needs=Role.ADMIN.word)
            for venue_id in wanted.venue_ids:
                actor.require(Role.MANAGER, venue_id)


def _may_see(view: StaffView, actor: Actor) -> None:
    actor.require(Role.MANAGER)
    if actor.role is not Role.ADMIN and not set(view.venue_ids) & actor.venues:
        raise NotAllowed("other_venue")


def _one(staff_id: int) -> StaffView:
    row = staff.one(staff_id)
    if row is None:
        raise NotFound("staff_not_found")
    return _views([row])[0]


def _views(rows: Collection[Staff]) -> list[StaffView]:
    ids = [row.id for row in rows]
    where, chats = staff.venues_of(ids), staff.chats_of(ids)
    return [StaffView(
        id=row.id, username=row.username, name=row.name, role=Role[row.role.upper()],
        venue_id=row.venue_id, venue_ids=tuple(where.get(row.id, ())),
        active=row.status == ACTIVE, locked_until=row.locked_until,
        chats=tuple(_chat(each) for each in chats.get(row.id, ()))) for row in rows]


def _chat(row: ChatBinding) -> ChatView:
    return ChatView(row.id, row.channel, row.external_id, row.created_at)
