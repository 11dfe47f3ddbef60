"""One message, one answer, inside the platform's limit (wechat.md 3.2, 3.3, 4.2).

A message is handled once; a resend hears the stored answer. Work that takes longer goes on in
the background and its result is pushed as a message of its own.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillAtWork
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.commands import answer
from bot.incoming import Incoming, Kind, Reply, Say
from bot.phrases import BUSY, STILL_AT_IT
from core import logs
from core.baton import BATON
from core.services.chat import Person
from core.services.staff_words import Words

if TYPE_CHECKING:
    from core.wiring import Services

log = logging.getLogger(__name__)

ANSWER_WITHIN = 3.5
"""Seconds. The platforms wait five; the rest is for the network."""
LOOK_AGAIN = 0.05
MOST_BYTES = 2048
"""Of a passive text reply; longer ones are cut by the platform (wechat.md 4.2)."""
SILENT = frozenset({Kind.ENTER, Kind.OTHER})
"""Not every entry into the app's chat wants a greeting (wechat.md 4.1)."""


class Counter:
    """Answers verified messages of one channel."""

    def __init__(self, services: Services, *, answer_within: float = ANSWER_WITHIN,
                 threads: int = 8) -> None:
        self._services = services
        self._within = answer_within
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="chat")

    def close(self) -> None:
        """Wait for work that is still going on in the background."""
        self._pool.shutdown(wait=True)

    def answer(self, incoming: Incoming) -> str:
        """The text to reply with; empty for no reply. Never raises for what the work did."""
        if incoming.kind in SILENT:
            return ""
        chat = self._services.chat
        if not chat.take(incoming.channel, incoming.key):
            return self._answer_of_first(incoming)
        work = self._pool.submit(self._work, incoming)
        try:
            with BATON.laid_down():
                text = work.result(self._within)
        except StillAtWork:
            text = STILL_AT_IT.in_(self._language(incoming))
            work.add_done_callback(lambda done: self._push_later(incoming, done))
        if incoming.kind is Kind.CARD and text:
            self._push(incoming, text)
            text = ""
        chat.keep_answer(incoming.channel, incoming.key, text)
        return text

    def _answer_of_first(self, incoming: Incoming) -> str:
        """What the first delivery was answered; waits for it a while, for resends overlap."""
        until = time.monotonic() + self._within
        while time.monotonic() < until:
            with self._services.store.connection():
                text = self._services.chat.answer(incoming.channel, incoming.key)
            if text is not None:
                return text
            with BATON.laid_down():
                time.sleep(LOOK_AGAIN)
        return ""

    def _work(self, incoming: Incoming) -> str:
        """Run in a thread of the pool, with a database connection of its own. Log and audit carry
        the key of the message."""
        logs.start_request(incoming.key[:32])
        with self._services.store.connection():
            person = None
            try:
                person = self._services.chat.who(incoming.channel, incoming.app_id,
                                                 incoming.sender)
                if incoming.kind is Kind.LEAVE:
                    self._services.binding.unbind(incoming.channel, incoming.app_id,
                                                  incoming.sender, request_id=incoming.key)
                    return ""
                reply = answer(incoming, person, Say(incoming, self._services, person))
            except Exception:  # whatever broke, the person hears where to ask
                trace = incoming.key[:8].upper()
                log.exception("chat message %s failed", trace)
                reply = Reply(Words(*(text.format(trace=trace) for text in BUSY)))
        text = reply.words.in_(_language_of(person))
        return fitting(text, taps(reply.taps) if incoming.channel == "wechat" else "")

    def _push_later(self, incoming: Incoming, done: Future[str]) -> None:
        text = done.result()
        if text:
            self._push(incoming, text)

    def _push(self, incoming: Incoming, text: str) -> None:
        """Send a text of its own; the outbox delivers it at least once, and shows it once."""
        self._services.notify.tell(incoming.channel, incoming.sender, text, key=incoming.key)

    def _language(self, incoming: Incoming) -> str:
        with self._services.store.connection():
            return _language_of(self._services.chat.who(incoming.channel, incoming.app_id,
                                                        incoming.sender))


def _language_of(person: Person | None) -> str:
    return person.language if person else "zh"


def taps(answers: tuple[str, ...]) -> str:
    """Answers to tap: the official account's cheap buttons (wechat.md 4.2)."""
    links = [f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(each)}&msgmenuid=1">{each}</a>'
             for each in answers]
    return "\n" + "　".join(links) if links else ""


def fitting(text: str, end: str = "") -> str:
    """At most what a passive reply may hold, cut between characters; `end` stays whole."""
    room = MOST_BYTES - len(end.encode())
    raw = text.encode()
    if len(raw) <= room:
        return text + end
    return raw[:room - 3].decode(errors="ignore") + "…" + end
