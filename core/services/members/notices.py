"""Subscription messages: what a member has allowed, and sending them (wechat.md 6, douyin.md 8.4).

One tap allows one message. They are counted here; the platform has the last word: once it says
that there is no consent, the count is zero and nothing is tried again.

A template has three fields, in this order: `thing1` what it is about, `time2` when, `thing3` what
became of it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock, zone
from core.errors import InvalidInput, NotAllowed, PlatformRefused
from core.platforms.mini_program import CONSENT_USED_UP, MiniProgram, Notice
from core.services import member_news
from core.services.actor import Actor
from core.services.idempotency import SentKey, once
from core.store import consents, members, seats
from core.store.db import Store
from core.store.tables import MemberIdentity, OutboxMessage

log = logging.getLogger(__name__)

NEAR = timedelta(hours=2)
"""How long before a class its members are reminded."""
MOST_REMINDERS = 500
REDEMPTION_PAGE, BOOKINGS_PAGE = "pages/redemption/index", "pages/bookings/index"
"""What opens when a message is tapped; the mini-program has these pages."""
MOST_THING = 20
ENDINGS = {
    "completed": "核销成功，打开看看到账了什么", "rejected": "店员没同意，券没动",
    "expired": "没人确认，已取消，券没动", "refused": "平台没让核销，券没动",
    "class_nears": "快上课了，{venue}见",
}
"""At most 20 characters each, the limit of a `thing`."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A template that the member's app may ask for, and how many messages are allowed."""

    template_id: str
    left: int


class Notices:
    """`apps` by the kind of their identities, which is also their channel in the outbox."""

    def __init__(self, store: Store, clock: Clock, apps: Mapping[str, MiniProgram]) -> None:
        self._store = store
        self._clock = clock
        self._apps = apps

    def consents(self, actor: Actor) -> list[Consent]:
        """What the app of this session may ask for. Raises NotAllowed("not_a_mini_session")."""
        with self._store.connection():
            app, identity = self._app(actor)
            return [Consent(app.template_id, consents.left(identity.id, app.template_id))] \
                if app.template_id else []

    def allow(self, accepted: list[str], actor: Actor, *,
              key: SentKey | None = None) -> list[Consent]:
        """The member tapped "allow" for these templates.

        Raises NotAllowed("not_a_mini_session"), InvalidInput("unknown_template").
        """
        at = self._clock.now()

        def work() -> int:
            app, identity = self._app(actor)
            if not app.template_id or set(accepted) - {app.template_id}:
                raise InvalidInput("unknown_template")
            for template_id in dict.fromkeys(accepted):
                consents.allow(identity.id, template_id, at)
            return len(accepted)

        self._store.transact("member.allow", lambda: once(key, at, work))
        return self.consents(actor)

    def _app(self, actor: Actor) -> tuple[MiniProgram, MemberIdentity]:
        identity = members.identity_of_session(actor.session_id)
        app = self._apps.get(identity.kind) if identity is not None else None
        if app is None or identity is None:
            raise NotAllowed("not_a_mini_session")
        return app, identity

    def remind(self) -> int:
        """The job's work: remind of classes that are near; returns of how many seats. A seat
        taken so late that its holder knows is left out."""
        at = self._clock.now()

        def work() -> int:
            return sum(member_news.tell_nearing(seat, at)
                       for seat in seats.nearing(at, at + NEAR, MOST_REMINDERS)
                       if seat.booked_at is None
                       or seat.booked_at <= seat.session.starts_at - NEAR)

        return self._store.transact("member.remind", work)

    def send(self, row: OutboxMessage) -> str:
        """Send one message of the outbox; returns why there was nothing to send, or "".

        Raises PlatformError where trying again may help.
        """
        app = self._apps.get(row.channel)
        if app is None or not app.template_id:
            return "no such mini-program"
        if datetime.fromisoformat(row.payload["until"]) <= self._clock.now():
            return "too late"
        reader = members.identity(app.kind, app.app_id, row.recipient)
        if reader is None or consents.left(reader.id, app.template_id) < 1:
            return "no consent left"
        try:
            app.send(Notice(row.recipient, app.template_id, _page(row.payload),
                            fields(row.payload)))
        except PlatformRefused as no:
            if no.word == CONSENT_USED_UP:
                self._store.transact("member.no_consent", lambda: consents.none_left(
                    reader.id, app.template_id))
            log.warning("notice %s by %s: %s", row.id, row.channel, no.word)
            return no.word
        self._store.transact("member.notified", lambda: consents.spend(
            reader.id, app.template_id))
        return ""


def _page(payload: Mapping[str, Any]) -> str:
    return f"{REDEMPTION_PAGE}?ref={payload['ref']}" if "ref" in payload else BOOKINGS_PAGE


def fields(payload: Mapping[str, Any]) -> dict[str, str]:
    """A template's fields, each within its limit: what is longer is refused with 47003."""
    at = datetime.fromisoformat(payload["at"]).astimezone(zone())
    return {"thing1": _thing(payload["title"]), "time2": at.strftime("%Y-%m-%d %H:%M"),
            "thing3": _thing(ENDINGS[payload["what"]].format(venue=payload["venue"]))}


def _thing(text: str) -> str:
    line = " ".join(text.split()) or "-"
    return line if len(line) <= MOST_THING else line[:MOST_THING - 1] + "…"
