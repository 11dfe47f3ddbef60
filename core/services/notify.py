"""Delivers the outbox to the staff's chat: at least once, shown once (invariant I9).

A row is claimed under a lease, sent, and marked; a process that dies in between leaves a row that
is due again when the lease ends, and the channel drops the identical repetition.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import PlatformError, PlatformRefused
from core.platforms.messenger import Messenger
from core.platforms.wecom_robot import Robot
from core.services import staff_cards, sync_words
from core.services.alarm import ALERT
from core.services.alert_post import AlertPost, hears_elsewhere
from core.services.card_post import UPDATES, CardPost, NothingToSay, NotYet
from core.services.member_news import MEMBER_NOTICE
from core.services.members.notices import Notices
from core.services.news import CARD_UPDATE, DONE
from core.store import chats, deliveries, outbox, sessions, tasks
from core.store.db import Store
from core.store.outbox import Recipient
from core.store.tables import OutboxMessage

log = logging.getLogger(__name__)

TEXT = "text"
AT_ONCE = 8
"""Messages in flight; each takes at most some ten seconds, so that no lease runs out."""
LEASE = timedelta(seconds=30)
BACKOFF = (2, 4, 8, 15, 30, 60, 120, 300, 600)
"""Seconds before the next try; when they are used up the message is dead."""
AGAIN_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did."""

    sent: int = 0
    overtaken: int = 0
    later: int = 0
    dead: int = 0

    def __str__(self) -> str:
        return (f"{self.sent} sent, {self.overtaken} overtaken, {self.later} later, "
                f"{self.dead} dead")


class Notify:
    """`nudge("outbox")` asks for a run now; nothing depends on it (house style 4.5). `desk`: the
    address of the desk's pages, for links."""

    def __init__(self, store: Store, clock: Clock, messengers: Sequence[Messenger],
                 nudge: Callable[[str], None], robot: Robot | None = None,
                 notices: Notices | None = None, *, desk: str) -> None:
        self._store = store
        self._clock = clock
        self._messengers = {each.channel: each for each in messengers}
        self._cards = CardPost(store, clock, desk)
        self._alerts = AlertPost(store, clock, self._messengers, robot)
        self._nudge = nudge
        self._notices = notices

    def tell(self, channel: str, external_id: str, text: str, *, key: str) -> None:
        """Send a text to one chat identity soon; `key` tells it from others."""
        at = self._clock.now()
        to = Recipient(0, "", channel, external_id)
        self._store.transact("notify.tell", lambda: outbox.add(
            TEXT, key, [to], {"text": text}, "chat", 0, at))
        self._nudge("outbox")

    def card_clicked(self, channel: str, external_id: str, task_id: str, code: str) -> None:
        """A click brought a fresh one-time code for this person's card."""
        def keep() -> None:
            card = self._card_behind(channel, external_id, task_id)
            if card is not None and code:
                deliveries.set_codes(card.id, f"{code} {card.external_id or ''}".strip())

        self._store.transact("notify.clicked", keep)

    def refresh_card(self, channel: str, external_id: str, task_id: str) -> None:
        """Show this person again what became of the card that was clicked too late."""
        at = self._clock.now()

        def again() -> None:
            card = self._card_behind(channel, external_id, task_id)
            news = deliveries.last_of(card, CARD_UPDATE) if card is not None else None
            if card is not None and news is not None:
                outbox.add(CARD_UPDATE, f"{card.id}:{at.timestamp()}",
                           [Recipient(0, "", channel, external_id)], news.payload,
                           card.subject_kind, card.subject_id or 0, at)

        self._store.transact("notify.refresh", again)
        self._nudge("outbox")

    def _card_behind(self, channel: str, external_id: str, task_id: str) -> OutboxMessage | None:
        number = task_id.rpartition("-")[2]
        return deliveries.message(channel, external_id, int(number)) \
            if number.isascii() and number.isdigit() else None

    def deliver(self, seconds: float = 20.0) -> Delivered:
        """Send what is due, oldest first, for at most about `seconds`. Run by the outbox job."""
        counts: Counter[str] = Counter()
        stop = time.monotonic() + seconds
        while time.monotonic() < stop and (rows := self._claimed()):
            # At once: when several people get a card, the last must not wait for all the others.
            with ThreadPoolExecutor(len(rows), thread_name_prefix="outbox") as pool:
                counts.update(pool.map(self._delivered, rows))
        counts.update(self._alerts.deliver(stop))
        return Delivered(**counts)

    def _claimed(self) -> list[OutboxMessage]:
        at = self._clock.now()
        return self._store.transact(
            "outbox.claim", lambda: deliveries.claim(at, at + LEASE, AT_ONCE, but=ALERT))

    def _delivered(self, row: OutboxMessage) -> str:
        """One message; returns the word of its outcome."""
        with self._store.connection():
            return self._deliver(row)

    def _deliver(self, row: OutboxMessage) -> str:
        try:
            code = self._send(row)
        except NothingToSay as why:
            return self._close(row, deliveries.OVERTAKEN, str(why))
        except NotYet:
            return self._postpone(row, self._clock.now() + AGAIN_SOON)
        except PlatformError as error:
            return self._failed(row, error)
        at = self._clock.now()
        self._store.transact("outbox.sent", lambda: deliveries.sent(row.id, at, code))
        return "sent"

    def _send(self, row: OutboxMessage) -> str | None:
        if row.kind == MEMBER_NOTICE:
            nothing = self._notices.send(row) if self._notices else "no mini-program"
            if nothing:
                raise NothingToSay(nothing)
            return None
        messenger = self._messengers.get(row.channel)
        if messenger is None:
            raise NothingToSay("no such channel")
        bound = chats.binding_of(row.channel, messenger.app_id, row.recipient)
        if row.kind == TEXT:
            messenger.send_text(row.recipient, row.payload["text"])
            return None
        if bound is None or sessions.active_staff(bound.staff_id) is None:
            raise NothingToSay("not bound any more")
        if hears_elsewhere(bound, self._messengers):
            raise NothingToSay("told in the preferred chat")
        if row.kind in UPDATES:
            return self._cards.ask(row, messenger, bound)
        if row.kind in UPDATES.values():
            self._cards.update(row, messenger, bound)
        elif row.kind == sync_words.SYNC_OVER:
            messenger.send_text(row.recipient, sync_words.ended(row.payload, bound.language))
        elif row.kind == DONE:
            messenger.send_text(row.recipient, staff_cards.ending(row.payload, bound.language))
        else:
            raise NothingToSay(f"unknown kind {row.kind}")
        return None

    def _failed(self, row: OutboxMessage, error: PlatformError) -> str:
        """A definitive no ends it, everything else is tried again with growing pauses."""
        log.warning("outbox %s (%s) by %s: %s, try %s", row.id, row.kind, row.channel, error.word,
                    row.attempts)
        if isinstance(error, PlatformRefused) or row.attempts > len(BACKOFF):
            return self._dead(row, error)
        wait = timedelta(seconds=BACKOFF[row.attempts - 1])
        return self._later(row, self._clock.now() + wait, error.word)

    def _later(self, row: OutboxMessage, at: datetime, why: str) -> str:
        self._store.transact("outbox.later", lambda: deliveries.later(row.id, at, why))
        return "later"

    def _postpone(self, row: OutboxMessage, until: datetime) -> str:
        self._store.transact("outbox.postpone", lambda: deliveries.postpone(row.id, until))
        return "later"

    def _close(self, row: OutboxMessage, state: str, why: str) -> str:
        at = self._clock.now()
        self._store.transact("outbox.close", lambda: deliveries.close(row.id, state, at, why))
        return state

    def _dead(self, row: OutboxMessage, error: PlatformError) -> str:
        """Give up, and leave a task: somebody did not hear of something."""
        at = self._clock.now()

        def bury() -> None:
            deliveries.close(row.id, deliveries.DEAD, at, error.word)
            # Of members only the channel is named, once for all of them.
            who = "" if row.kind == MEMBER_NOTICE else row.recipient
            tasks.open_task("notice_failed", f"{row.channel}:{who}", venue_id=None,
                            subject_kind="outbox", subject_id=row.id, at=at,
                            facts={"channel": row.channel, "who": who, "why": error.word})

        self._store.transact("outbox.dead", bury)
        return "dead"
