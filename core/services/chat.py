"""What the staff chat remembers: who somebody is, what was asked of him, what was answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.clock import Clock, zone
from core.services.actor import Actor
from core.services.sign_in import SignIn
from core.store import chats
from core.store.db import Store

PENDING_VALID = timedelta(minutes=2)
ANSWER_WITHIN = timedelta(seconds=6)
"""The platforms give up after five seconds (wechat.md 3.2)."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """How a person wants alerts. `quiet`: from and to which hour (0–23, at the shop) they wait."""

    on: bool = True
    muted_until: datetime | None = None
    quiet: tuple[int, int] | None = None

    @classmethod
    def unpack(cls, kept: dict[str, Any]) -> Alerts:
        muted, quiet = kept.get("muted_until"), kept.get("quiet")
        return cls(kept.get("on", True), datetime.fromisoformat(muted) if muted else None,
                   (quiet[0], quiet[1]) if quiet else None)

    def packed(self) -> dict[str, Any]:
        return {"on": self.on, "quiet": self.quiet,
                "muted_until": self.muted_until.isoformat() if self.muted_until else None}

    def wait_until(self, at: datetime) -> datetime | None:
        """Until when an alert of this instant should wait; None: it may go out now."""
        if self.muted_until is not None and self.muted_until > at:
            return self.muted_until
        if self.quiet is None or self.quiet[0] == self.quiet[1]:
            return None
        start, end = self.quiet
        local = at.astimezone(zone())
        inside = start <= local.hour < end if start < end else \
            local.hour >= start or local.hour < end
        if not inside:
            return None
        morning = local.replace(hour=end, minute=0, second=0, microsecond=0)
        return (morning if morning > local else morning + timedelta(days=1)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member behind a chat identity, as allowed at this moment."""

    binding_id: int
    actor: Actor
    channel: str
    language: str
    bound_at: datetime
    alerts: Alerts


@dataclass(frozen=True, slots=True)
class Asked:
    """The step a person is asked to answer."""

    step: str
    key: str
    args: dict[str, Any]


class Chat:
    """The memory of the staff chat; all of it in the database (invariant I10)."""

    def __init__(self, store: Store, clock: Clock, sign_in: SignIn) -> None:
        self._store = store
        self._clock = clock
        self._sign_in = sign_in

    def who(self, channel: str, app_id: str, external_id: str) -> Person | None:
        """The staff member behind a chat identity; None when unbound or switched off.

        Role and venues are read afresh each time, so that a change counts at once.
        """
        bound = chats.binding_of(channel, app_id, external_id)
        actor = self._sign_in.staff_actor(bound.staff_id, "bot") if bound else None
        if bound is None or actor is None:
            return None
        return Person(bound.id, actor, channel, bound.language, bound.created_at,
                      Alerts.unpack(bound.alerts))

    def ask(self, person: Person, step: str, key: str, args: dict[str, Any]) -> None:
        """Remember for two minutes what this person is asked; replaces an older question."""
        text = json.dumps([step, key, args], ensure_ascii=False)
        until = self._clock.now() + PENDING_VALID
        self._store.transact("chat.ask",
                             lambda: chats.set_pending(person.binding_id, text, until))

    def asked(self, person: Person) -> Asked | None:
        """What this person is asked, on this channel, unless two minutes have passed."""
        bound = chats.binding(person.binding_id)
        if bound is None or bound.pending is None or bound.pending_until <= self._clock.now():
            return None
        return Asked(*json.loads(bound.pending))

    def forget(self, person: Person) -> None:
        """The question is answered or withdrawn."""
        self._store.transact("chat.forget",
                             lambda: chats.set_pending(person.binding_id, None, None))

    def speak(self, person: Person, language: str) -> None:
        """Answer and notify this person in `language` (zh, en) from now on."""
        self._store.transact("chat.language",
                             lambda: chats.set_language(person.binding_id, language))

    def alerts(self, person: Person, *, on: bool | None = None, mute_hours: int | None = None,
               quiet: tuple[int, int] | None = None) -> Alerts:
        """Change how alerts reach this chat; what is not given stays. Muting and quiet hours
        switch them on. `mute_hours` 0 ends a mute, equal hours end the quiet ones."""
        at, kept = self._clock.now(), person.alerts
        muted = kept.muted_until if kept.muted_until and kept.muted_until > at else None
        if mute_hours is not None:
            muted = at + timedelta(hours=mute_hours) if mute_hours else None
        wanted = Alerts(on if on is not None else True, muted, quiet or kept.quiet)
        if wanted.quiet is not None and wanted.quiet[0] == wanted.quiet[1]:
            wanted = Alerts(wanted.on, muted)
        self._store.transact("chat.alerts",
                             lambda: chats.set_alerts(person.binding_id, wanted.packed()))
        return wanted

    def take(self, source: str, key: str) -> bool:
        """Whether to handle this delivery of a message; False: a resend, see `answer`."""
        at = self._clock.now()
        return self._store.transact(
            "chat.take", lambda: chats.take_message(source, key, at, at + ANSWER_WITHIN))

    def answer(self, source: str, key: str) -> str | None:
        """The answer the first delivery got; None while it is still at work."""
        return chats.answer_of(source, key)

    def keep_answer(self, source: str, key: str, text: str) -> None:
        """Keep the answer, so that a resend hears the same."""
        self._store.transact("chat.answer", lambda: chats.keep_answer(source, key, text))
