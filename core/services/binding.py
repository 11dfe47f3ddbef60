"""Ties a chat identity to a staff member by a one-time code (wechat.md 8.2)."""

from __future__ import annotations

from datetime import timedelta

from core.clock import Clock
from core.errors import NotFound
from core.ids import clean_code, new_ref, token_hash
from core.services.actor import Actor, Role
from core.services.attempts import Attempts
from core.services.chat import Chat, Person
from core.store import audit, chats, sessions
from core.store.db import Store

CODE_VALID = timedelta(minutes=10)
CODE_LENGTH = 8


class Binding:
    """Issues binding codes at the desk and takes them in the chat."""

    def __init__(self, store: Store, clock: Clock, chat: Chat, attempts: Attempts) -> None:
        self._store = store
        self._clock = clock
        self._chat = chat
        self._attempts = attempts

    def new_code(self, staff_id: int, actor: Actor) -> str:
        """A code for one staff member, shown once, good for ten minutes and one use.

        One's own, or with the role of a manager of that person's venue.
        Raises NotFound, NotAllowed.
        """
        staff = sessions.active_staff(staff_id)
        if staff is None:
            raise NotFound("staff_not_found")
        if actor.kind != "staff" or actor.id != staff_id:
            actor.require(Role.MANAGER, staff.venue_id)
        code = new_ref("", CODE_LENGTH)
        at = self._clock.now()

        def keep() -> None:
            chats.add_code(staff_id, token_hash(code), at + CODE_VALID, at)
            audit.add(actor, "binding_code.issued", "staff", staff_id, at)

        self._store.transact("binding.code", keep)
        return code

    def bind(self, code: str, channel: str, app_id: str, external_id: str, *,
             request_id: str = "") -> Person:
        """Take a code: from now on this chat identity is that staff member.

        Raises NotFound("binding_code_wrong"), TooManyRequests after five wrong ones in ten
        minutes.
        """
        who = f"{channel}\n{app_id}\n{external_id}"
        self._attempts.check("bind", who)
        at = self._clock.now()

        def take() -> bool:
            staff_id = chats.take_code(token_hash(clean_code(code)), at)
            if staff_id is None or sessions.active_staff(staff_id) is None:
                return False
            chats.bind(staff_id, channel, app_id, external_id, at)
            audit.add(Actor(kind="staff", id=staff_id, door="bot"), "binding.bound", "staff",
                      staff_id, at, request_id=request_id, channel=channel)
            return True

        if not self._store.transact("binding.bind", take):
            self._attempts.failed("bind", who)
            raise NotFound("binding_code_wrong")
        self._attempts.forget("bind", who)
        person = self._chat.who(channel, app_id, external_id)
        if person is None:
            raise NotFound("binding_code_wrong")
        return person

    def unbind(self, channel: str, app_id: str, external_id: str, *, request_id: str = "") -> bool:
        """Forget a chat identity: asked for, or because the person left the chat app.

        False when it was not bound.
        """
        at = self._clock.now()

        def forget() -> bool:
            bound = chats.binding_of(channel, app_id, external_id)
            if bound is None:
                return False
            chats.unbind(channel, app_id, external_id)
            audit.add(Actor(kind="staff", id=bound.staff_id, door="bot"), "binding.unbound",
                      "staff", bound.staff_id, at, request_id=request_id, channel=channel)
            return True

        return self._store.transact("binding.unbind", forget)
