"""Sends the staff's cards, and changes them when what they ask has been decided.

Cards keep their one-time codes, so that everybody's card can show who acted (wechat.md 4.3). A
chat without cards is told the same in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from core.clock import Clock
from core.errors import PlatformRefused
from core.platforms.messenger import Card, Messenger
from core.services import counter_cards, staff_cards
from core.services.news import CARD_UPDATE, CONFIRM_CARD
from core.services.pricing.counter_news import COUNTER_CARD, COUNTER_UPDATE
from core.services.staff_cards import Payload
from core.store import deliveries
from core.store.db import Store
from core.store.tables import ChatBinding, OutboxMessage


class NothingToSay(Exception):
    """Events have overtaken the message."""


class NotYet(Exception):
    """It has to wait: what it is about is on its way."""


@dataclass(frozen=True, slots=True)
class Family:
    """How one kind of card asks and shows what became of it, and both in words. Each takes the
    payload, the card's task id where it makes one, and the reader's language."""

    asking: Callable[[Payload, str, str], Card]
    closing: Callable[[Payload, str, str], Card]
    asking_in_words: Callable[[Payload, str], str]
    decided: Callable[[Payload, str], str]


UPDATES = {CONFIRM_CARD: CARD_UPDATE, COUNTER_CARD: COUNTER_UPDATE}
"""Kind of a card → kind of the news that change it."""
_CARDS = {update: card for card, update in UPDATES.items()}


def families(desk: str) -> Mapping[str, Family]:
    """By kind of card; `desk` is the address of the desk's pages."""
    return {
        CONFIRM_CARD: Family(staff_cards.asking, staff_cards.closing,
                             staff_cards.asking_in_words, staff_cards.decided),
        COUNTER_CARD: Family(partial(counter_cards.asking, desk), counter_cards.closing,
                             partial(counter_cards.asking_in_words, desk),
                             counter_cards.decided)}


class CardPost:
    """Each method sends one row of the outbox; raises NothingToSay, NotYet, PlatformError."""

    def __init__(self, store: Store, clock: Clock, desk: str) -> None:
        self._store = store
        self._clock = clock
        self._families = families(desk)

    def ask(self, row: OutboxMessage, messenger: Messenger, bound: ChatBinding) -> str | None:
        """A question that still stands; returns the card's first one-time code."""
        family, until = self._families[row.kind], staff_cards.instant(row.payload, "expires_at")
        if deliveries.last_of(row, UPDATES[row.kind]) is not None:
            raise NothingToSay("decided meanwhile")
        if until is not None and until <= self._clock.now():
            raise NothingToSay("ran out meanwhile")
        if deliveries.has_newer(row):
            raise NothingToSay("asked again meanwhile")
        if not messenger.has_cards:
            messenger.send_text(row.recipient,
                                family.asking_in_words(row.payload, bound.language))
            return None
        try:
            return messenger.send_card(row.recipient, family.asking(
                row.payload, task_id(row), bound.language))
        except PlatformRefused as error:
            if error.word != "task_id_used":
                raise
            return None  # an earlier try arrived, and its answer with the code was lost

    def update(self, row: OutboxMessage, messenger: Messenger, bound: ChatBinding) -> None:
        """Change every card this person got about it; each takes one of its one-time codes."""
        if deliveries.has_newer(row):
            raise NothingToSay("newer news follow")
        kind = _CARDS[row.kind]
        family, cards = self._families[kind], deliveries.cards_of(row, kind)
        if not messenger.has_cards:
            if not any(card.state == deliveries.SENT for card in cards):
                raise NothingToSay("was not asked")
            messenger.send_text(row.recipient, family.decided(row.payload, bound.language))
            return
        if any(card.state == deliveries.PENDING and card.lease_until is not None
               for card in cards):
            raise NotYet()
        shown = [self._change(card, row, messenger, bound, family)
                 for card in cards if card.external_id]
        if not any(shown):
            raise NothingToSay("no card that could change")

    def _change(self, card: OutboxMessage, row: OutboxMessage, messenger: Messenger,
                bound: ChatBinding, family: Family) -> bool:
        """Try the codes of one card, the newest first; spent ones are dropped."""
        codes = (card.external_id or "").split()
        while codes:
            code = codes.pop(0)
            try:
                messenger.update_card(row.recipient, code, family.closing(
                    row.payload, task_id(card), bound.language))
            except PlatformRefused as error:
                if error.word not in ("card_code_used", "task_id_used"):
                    raise
            else:
                self._keep_codes(card, code)
                return True
            self._keep_codes(card, code)
        return False

    def _keep_codes(self, card: OutboxMessage, spent: str) -> None:
        """A click may have added a code meanwhile: only the spent one goes."""
        def keep() -> None:
            codes = deliveries.codes_of(card.id)
            deliveries.set_codes(card.id, " ".join(code for code in codes if code != spent))

        self._store.transact("outbox.code_spent", keep)


def task_id(row: OutboxMessage) -> str:
    """WeCom's task id of a card: unique per app, and says which row it is."""
    return f"{row.payload['ref']}-{row.id}"
