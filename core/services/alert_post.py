"""Delivers alerts to chats and group robots: at least once, few and readable.

Alerts that are due together for one reader are told together; no reader gets more messages a
minute than his channel takes (a robot refuses the 21st, WeCom drops the 31st without a word).
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import PlatformError, PlatformRefused
from core.ids import new_key, token_hash
from core.platforms.messenger import Messenger
from core.platforms.wecom_robot import PER_MINUTE, Robot
from core.services import alert_words
from core.services.alarm import ALERT, ROBOT, URGENT
from core.services.chat import Alerts
from core.store import alerts, chats, deliveries, sessions, tasks
from core.store.db import Store
from core.store.tables import ChatBinding, OutboxMessage

log = logging.getLogger(__name__)

SINGLY = 3
"""So many at once are told one by one; more are merged."""
PERSON_PER_MINUTE = 12
"""Of the 30 that WeCom shows a person: cards and answers need the others."""
MINUTE = timedelta(seconds=60)
LEASE = timedelta(seconds=60)
BATCH = 1000
BACKOFF = (5, 15, 30, 60, 120, 300, 600, 600)
"""Seconds before the next try; when they are used up the alerts are dead."""


class AlertPost:
    """`robot` None: this installation has no way to WeCom."""

    def __init__(self, store: Store, clock: Clock, messengers: Mapping[str, Messenger],
                 robot: Robot | None) -> None:
        self._store = store
        self._clock = clock
        self._messengers = messengers
        self._robot = robot

    def deliver(self, stop: float) -> Counter[str]:
        """Send what is due until `stop` (monotonic); how many alerts had which outcome."""
        counts: Counter[str] = Counter()
        with self._store.connection():
            for channel, recipient in deliveries.readers(ALERT, self._clock.now()):
                if time.monotonic() >= stop:
                    break
                counts.update(self._to(channel, recipient))
        return counts

    def _to(self, channel: str, recipient: str) -> Counter[str]:
        """Everything that is due for one reader."""
        at = self._clock.now()
        rows = self._store.transact("alerts.claim", lambda: deliveries.claim_for(
            ALERT, channel, recipient, at, at + LEASE, BATCH))
        if not rows:
            return Counter()
        counts: Counter[str] = Counter()
        if channel == ROBOT:
            send, language = self._to_robot(recipient), "zh"
            most = PER_MINUTE
        else:
            send, language, rows = self._to_person(channel, recipient, rows, counts)
            most = PERSON_PER_MINUTE
        if send is None:
            self._close(rows, deliveries.OVERTAKEN, "nobody to tell")
            return counts + Counter(overtaken=len(rows))
        room = most - deliveries.messages_since(ALERT, channel, recipient, at - MINUTE)
        return counts + self._sent(rows, send, language, room)

    def _to_robot(self, recipient: str) -> Callable[[str], None] | None:
        key = next((key for key in alerts.robot_keys(None)
                    if token_hash(key)[:32] == recipient), None)
        robot = self._robot
        if key is None or robot is None:
            return None
        return lambda text: robot.send_text(key, text)

    def _to_person(self, channel: str, recipient: str, rows: list[OutboxMessage],
                   counts: Counter[str],
                   ) -> tuple[Callable[[str], None] | None, str, list[OutboxMessage]]:
        messenger = self._messengers.get(channel)
        bound = chats.binding_of(channel, messenger.app_id, recipient) if messenger else None
        if messenger is None or bound is None or sessions.active_staff(bound.staff_id) is None \
                or hears_elsewhere(bound, self._messengers):
            return None, "zh", rows
        wanted, at = Alerts.unpack(bound.alerts), self._clock.now()
        if not wanted.on:
            return None, "zh", rows
        now: list[OutboxMessage] = []
        for row in rows:
            until = wanted.wait_until(at)
            if row.payload.get("severity") == URGENT and wanted.wait_until(at) and not (
                    wanted.muted_until and wanted.muted_until > at):
                until = None  # it does not wait for the morning
            if until is None:
                now.append(row)
            else:
                self._wait([row], until)
                counts["later"] += 1
        return (lambda text: messenger.send_text(recipient, text)), bound.language, now

    def _sent(self, rows: list[OutboxMessage], send: Callable[[str], None], language: str,
              room: int) -> Counter[str]:
        counts: Counter[str] = Counter()
        if len(rows) <= min(SINGLY, room):
            pages = [(alert_words.alone(row.payload, language), 1) for row in rows]
        else:
            pages = alert_words.together([row.payload for row in rows], language)
        for text, count in pages:
            told, rows = rows[:count], rows[count:]
            if room <= 0:
                self._wait([*told, *rows], self._clock.now() + MINUTE / 4)
                return counts + Counter(later=len(told) + len(rows))
            room -= 1
            outcome = self._message(told, send, text)
            counts[outcome] += len(told)
        return counts

    def _message(self, told: list[OutboxMessage], send: Callable[[str], None], text: str) -> str:
        """One message with one or many alerts; the word of its outcome."""
        try:
            send(text)
        except PlatformError as error:
            log.warning("%s alerts by %s: %s, try %s", len(told), told[0].channel, error.word,
                        told[0].attempts)
            tries = max(row.attempts for row in told)
            if isinstance(error, PlatformRefused) or tries > len(BACKOFF):
                return self._dead(told, error)
            pause = MINUTE if error.facts.get("reason") == "rate_limited" or \
                error.word == "rate_limited" else timedelta(seconds=BACKOFF[tries - 1])
            until, why = self._clock.now() + pause, error.word
            self._store.transact("alerts.later", lambda: deliveries.later_all(
                [row.id for row in told], until, why))
            return "later"
        at, message = self._clock.now(), new_key()
        self._store.transact("alerts.sent", lambda: deliveries.sent_all(
            [row.id for row in told], at, message))
        return "sent"

    def _wait(self, rows: list[OutboxMessage], until: datetime) -> None:
        self._store.transact("alerts.wait", lambda: deliveries.postpone_all(
            [row.id for row in rows], until))

    def _close(self, rows: list[OutboxMessage], state: str, why: str) -> None:
        at = self._clock.now()

        def close() -> None:
            for row in rows:
                deliveries.close(row.id, state, at, why)

        self._store.transact("alerts.close", close)

    def _dead(self, rows: list[OutboxMessage], error: PlatformError) -> str:
        """Give up on a reader's messages, and leave a task: somebody did not hear of something."""
        at, row = self._clock.now(), rows[0]

        def bury() -> None:
            for one in rows:
                deliveries.close(one.id, deliveries.DEAD, at, error.word)
            tasks.open_task("notice_failed", f"{row.channel}:{row.recipient}", venue_id=None,
                            subject_kind="outbox", subject_id=row.id, at=at,
                            facts={"channel": row.channel, "who": row.recipient,
                                   "why": error.word})

        self._store.transact("alerts.dead", bury)
        return "dead"


def hears_elsewhere(bound: ChatBinding, messengers: Mapping[str, Messenger]) -> bool:
    """Who is bound in several chats hears in the first of them, not twice (I9)."""
    order = list(messengers)
    return any(order.index(other.channel) < order.index(bound.channel)
               for other in chats.bindings_of_staff(bound.staff_id)
               if other.channel in messengers
               and other.app_id == messengers[other.channel].app_id)
