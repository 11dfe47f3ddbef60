"""Asking a platform for the truth about claimed orders: many at once, within its budget."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from core.errors import PlatformBusy, PlatformError, VoucherError
from core.platforms.books import (
    Merchant,
    OddOrder,
    PlatformOrder,
    SoldCertificate,
)
from core.services.card_uses import CardUses
from core.services.platform_books import PlatformBooks
from core.store.orders import DueOrder

WORKERS = 6
"""Questions under way at once. They wait for the platform, not for the processor."""


class Question(NamedTuple):
    """An order to ask for, as our row and as the platform's list have it."""

    order: DueOrder
    listed: PlatformOrder


class Answer(NamedTuple):
    """What became of asking for one order: its certificates, or why there are none. `entry` is
    what the list says of it, where that was asked too."""

    order: DueOrder
    sold: tuple[SoldCertificate, ...] = ()
    entry: PlatformOrder | None = None
    odd: OddOrder | None = None
    error: PlatformError | VoucherError | None = None

    @property
    def good(self) -> bool:
        return self.error is None and self.odd is None


class OrderAnswers:
    """The threads are made at first use and kept: each may hold a connection to the platform."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def ask(self, books: PlatformBooks, merchant: Merchant, questions: Sequence[Question],
            uses: CardUses) -> list[Answer]:
        """One answer per question; raises nothing that a platform can cause."""
        def slice_of(number: int) -> list[Answer]:
            return [_ask(books, merchant, one, uses) for one in questions[number::WORKERS]]

        if len(questions) == 1:
            return slice_of(0)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="orders")
        slices = self._pool.map(slice_of, range(min(WORKERS, len(questions))))
        return [answer for slice_ in slices for answer in slice_]


def _ask(books: PlatformBooks, merchant: Merchant, question: Question, uses: CardUses) -> Answer:
    order = question.order
    try:
        entry = None
        if order.ask_entry:
            books.listing.wait()
            page = books.orders.entry(merchant, order.order_id)
            if page.odd:
                return Answer(order, odd=page.odd[0])
            entry = page.orders[0] if page.orders else None
        books.asking.wait()
        sold = books.orders.details(merchant, entry or question.listed)
        return Answer(order, uses.told((entry or order).sku_id, sold), entry)
    except (PlatformError, VoucherError) as error:
        if isinstance(error, PlatformBusy) and error.facts.get("reason") == "rate_limited":
            books.asking.slower()
        return Answer(order, error=error)
