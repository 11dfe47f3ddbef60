"""A member's phone number, vouched for by his platform; and one member of what were two.

Only a number that a platform has verified counts: whatever somebody types leads nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.clock import Clock
from core.errors import NotAllowed, PlatformBusy, PlatformUnknown
from core.ids import mask_phone
from core.platforms.deadline import budget
from core.platforms.mini_program import MiniProgram, phone_in
from core.services.actor import Actor
from core.services.members import one_person
from core.store import audit, members, people
from core.store.db import Store
from core.store.tables import MemberIdentity


class Phones:
    """`apps` by the kind of their identities."""

    def __init__(self, store: Store, clock: Clock, apps: Mapping[str, MiniProgram],
                 seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._apps = apps
        self._seconds = seconds

    def by_code(self, code: str, actor: Actor) -> int:
        """The number behind the phone button's code; returns whose session this is from now on.

        Raises NotAllowed("not_a_mini_session"), PlatformRefused: phone_code_wrong,
        phone_unreadable, phone_not_mainland; PlatformBusy, PlatformMisconfigured.
        """
        with self._store.connection():
            app, identity = self._app(actor)
        try:
            with budget(self._seconds):
                phone = app.phone_by_code(code, identity.external_id)
        except PlatformUnknown as unknown:
            raise PlatformBusy(unknown.platform, "login_unanswered",
                               log_id=unknown.log_id) from None
        return self.verified(phone, actor)

    def by_data(self, encrypted: str, iv: str, actor: Actor) -> int:
        """The same by the old way: what the phone encrypted under the key of its last login.

        Raises NotAllowed("not_a_mini_session"), PlatformRefused: phone_unreadable,
        phone_not_mainland.
        """
        with self._store.connection():
            app, identity = self._app(actor)
            key = members.session_key(identity.id)
        return self.verified(phone_in(app.kind, app.app_id, encrypted, iv, key or ""), actor)

    def _app(self, actor: Actor) -> tuple[MiniProgram, MemberIdentity]:
        identity = members.identity_of_session(actor.session_id)
        app = self._apps.get(identity.kind) if identity is not None else None
        if app is None or identity is None or identity.app_id != app.app_id:
            raise NotAllowed("not_a_mini_session")
        return app, identity

    def verified(self, phone: str, actor: Actor) -> int:
        """A platform has just vouched that this member has this number (11 digits).

        Whoever is known by the number already, from a kiosk or another platform, is the same
        person: both become one member, who is returned.
        """
        at = self._clock.now()
        return self._store.transact("member.phone", lambda: self._own(phone, actor, at))

    def _own(self, phone: str, actor: Actor, at: datetime) -> int:
        me = one_person.held(actor.id)
        holder = people.by_phone(phone)
        if holder is None:
            members.change(me, phone=phone, phone_tail=phone[-4:], phone_verified_at=at)
            audit.add(actor, "member.phone", "member", me, at, phone=mask_phone(phone))
            return me
        keep = one_person.held(holder.id)
        if keep != me:
            one_person.merge(me, keep, actor, at)
        members.change(keep, phone_verified_at=at)
        audit.add(actor, "member.phone", "member", keep, at, phone=mask_phone(phone))
        return keep
