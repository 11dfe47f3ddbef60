"""One run of the sync: page by page, each batch of pages one commit, resumable at any of them.

The certificates of a batch's new and changed orders are asked for first. Then one transaction
writes orders and certificates and moves the run's cursor; what was not answered stays due. A
process that dies anywhere leaves the batch unwritten, or written with its cursor.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter

from peewee import DataError, IntegrityError

from core.clock import Clock
from core.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
)
from core.platforms.books import OddOrder, OrderPage, PlatformOrder, Window
from core.services import sync_words
from core.services.order_checks import BATCH, Asked, CheckReport, OrderChecks
from core.services.order_news import OrderNews
from core.services.order_rows import is_news, quarantined, row_of
from core.services.platform_books import PlatformBooks, merchant_of
from core.store import orders, quarantine, sync_runs
from core.store.db import Store
from core.store.merchants import MerchantRow
from core.store.orders import Claim, Known
from core.store.sync_runs import DONE, FAILED, RUNNING
from core.store.tables import SyncCursor, SyncRun

log = logging.getLogger(__name__)

RUN_LEASE = timedelta(minutes=2)
"""Renewed with every batch; a run whose process died is taken over after it."""
PAGE_TRIES = 8
"""Of one page, beside the three attempts of each call; then the run goes on at its next turn."""


@dataclass(slots=True)
class _Batch:
    """Pages that are written together."""

    orders: dict[str, PlatformOrder] = field(default_factory=dict)
    odd: list[OddOrder] = field(default_factory=list)
    pages: int = 0
    total: int | None = None
    next: str = ""


@dataclass(frozen=True, slots=True)
class _News:
    """The new and changed orders of a batch, in the order of their numbers, and what their
    platform answered about them. `at`, `known`: when, and what our rows said, before it was
    asked."""

    at: datetime
    known: Mapping[str, Known]
    orders: Sequence[PlatformOrder]
    claim: Claim
    asked: Asked


class OrderListing:
    """`renew` gives a merchant with a fresh token, or None; `sleep` waits between tries."""

    def __init__(self, store: Store, clock: Clock, checks: OrderChecks, news: OrderNews,
                 renew: Callable[[MerchantRow], MerchantRow | None],
                 nudge: Callable[[str], None], sleep: Callable[[float], None] = time.sleep,
                 ) -> None:
        self._store = store
        self._clock = clock
        self._checks = checks
        self._news = news
        self._renew = renew
        self._nudge = nudge
        self._sleep = sleep

    def go_on(self, run: SyncRun, cursor: SyncCursor, key: str, merchant: MerchantRow,
              books: PlatformBooks, ends: float) -> bool:
        """Work on a run until it is finished, `ends` (monotonic) has come, or the platform does
        not answer; whether it is finished. Raises LeaseLost when another worker took over."""
        while run.reached < run.until:
            until = min(run.until, run.reached + books.orders.longest_window)
            try:
                batch = self._fetched(books, merchant, Window(run.reached, until),
                                      run.page_cursor)
            except PlatformMisconfigured as error:
                fresh = (self._renew(merchant)
                         if error.facts.get("reason") == "token_expired" else None)
                if fresh is not None:
                    merchant = fresh
                    continue
                self._fail(run, cursor, key, merchant, error)
                return True
            except PlatformRefused as error:
                if not run.page_cursor:
                    self._fail(run, cursor, key, merchant, error)
                    return True
                self._step(run, cursor, key, page_cursor="", error=error.word)
                continue
            except (PlatformBusy, PlatformUnknown) as error:
                self._step(run, cursor, key, error=str(error.facts.get("reason", error.word)),
                           platform_log_id=error.log_id[:100])
                return False
            self._take_in(run, cursor, key, merchant, batch, until)
            if time.monotonic() > ends and run.reached < run.until:
                self._step(run, cursor, key)
                return False
        self._store.transact("sync.done", lambda: self._done(run, cursor, key, merchant))
        return True

    def _fetched(self, books: PlatformBooks, merchant: MerchantRow, window: Window,
                 page_cursor: str) -> _Batch:
        """Pages up to a batch, or to the end of the window."""
        batch = _Batch(next=page_cursor)
        while True:
            page = self._page(books, merchant, window, batch.next)
            batch.orders |= {one.order_id: one for one in page.orders}
            batch.odd += page.odd
            batch.pages += 1
            batch.total = page.total if batch.total is None else batch.total
            batch.next = page.next
            if not page.next or len(batch.orders) + len(batch.odd) >= BATCH:
                return batch

    def _page(self, books: PlatformBooks, merchant: MerchantRow, window: Window,
              page_cursor: str) -> OrderPage:
        """One page, tried again while the platform fails."""
        for tries in range(1, PAGE_TRIES + 1):
            books.listing.wait()
            try:
                return books.orders.orders(merchant_of(merchant), window, page_cursor)
            except (PlatformBusy, PlatformUnknown) as error:
                if error.facts.get("reason") == "rate_limited":
                    books.listing.slower()
                if tries == PAGE_TRIES:
                    raise
                self._sleep(random.uniform(0.5, 1.0) * min(0.1 * 2**tries, 5.0))
        raise AssertionError("the last try returns or raises")

    def _take_in(self, run: SyncRun, cursor: SyncCursor, key: str, merchant: MerchantRow,
                 batch: _Batch, until: datetime) -> None:
        """Ask for the certificates of a batch's new and changed orders, then write it all."""
        news = self._news_of(merchant, batch)

        def listed() -> dict[str, object]:
            return self._write(run, cursor, key, merchant, batch, news, until)

        def both() -> tuple[dict[str, object], CheckReport]:
            return listed(), self._checks.write(merchant, news.claim, news.asked)

        try:
            moved, report = self._store.transact("sync.page", both)
            self._checks.stopped(merchant, report)
        except (DataError, IntegrityError):  # one of the answers cannot be stored
            moved = self._store.transact("sync.page", listed)
            report = self._checks.put_down(merchant, news.claim, news.asked)
        for name, value in moved.items():  # after the commit: a transaction may be repeated
            setattr(run, name, value)
        self._count(run, report)

    def _news_of(self, merchant: MerchantRow, batch: _Batch) -> _News:
        at = self._clock.now()
        known = orders.known(self._store, merchant.platform_id, batch.orders)
        news = sorted((one for one in batch.orders.values()
                       if is_news(one, known.get(one.order_id), at)),
                      key=attrgetter("order_id"))
        return _News(at, known, news, self._checks.new_claim(merchant),
                     self._checks.ask(merchant, news))

    def _write(self, run: SyncRun, cursor: SyncCursor, key: str, merchant: MerchantRow,
               batch: _Batch, news: _News, until: datetime) -> dict[str, object]:
        """One batch: its orders, those that cannot be read, and how far the run has come."""
        at, platform_id = self._clock.now(), merchant.platform_id
        sync_runs.keep_lease(cursor.id, key, at + RUN_LEASE)
        present = orders.known(self._store, platform_id, [one.order_id for one in news.orders],
                               lock=True)
        orders.list_all(self._store, [
            row_of(merchant, one, news.at, news.claim) for one in news.orders])
        for order_id, row in present.items():
            if row != news.known.get(order_id):  # marked while we asked: our answer is too old
                orders.mark_due(platform_id, order_id, at, ask_entry=True)
        for one in batch.odd:
            self._set_aside(merchant, one, at)
        new = sum(one.order_id not in news.known for one in news.orders)
        columns: dict[str, object] = {
            **_counts(run), "state": RUNNING, "error": "", "page_cursor": batch.next,
            "reached": run.reached if batch.next else until, "pages": run.pages + batch.pages,
            "orders_seen": run.orders_seen + len(batch.orders) + len(batch.odd),
            "orders_new": run.orders_new + new,
            "orders_changed": run.orders_changed + len(news.orders) - new,
            "quarantined": run.quarantined + len(batch.odd),
            "total": run.total if run.total is not None else batch.total,
            "lag_seconds": _lag(run.lag_seconds, news.orders, at)}
        sync_runs.step(run.id, at, **columns)
        return columns

    @staticmethod
    def _count(run: SyncRun, report: CheckReport) -> None:
        """Certificates of a batch; written with the next batch or at the end."""
        run.vouchers_new += report.vouchers_new
        run.vouchers_changed += report.vouchers_changed
        run.unanswered += report.unanswered
        run.quarantined += report.quarantined

    def _set_aside(self, merchant: MerchantRow, odd: OddOrder, at: datetime) -> None:
        name = odd.order_id or hashlib.sha256(quarantined(odd.raw).encode()).hexdigest()
        quarantine.put(merchant.platform_id, merchant.account_id, name, odd.wrong,
                       quarantined(odd.raw), at)
        self._news.odd(merchant, odd.order_id, odd.wrong, at)

    def _step(self, run: SyncRun, cursor: SyncCursor, key: str, **columns: object) -> None:
        def write() -> None:
            at = self._clock.now()
            sync_runs.keep_lease(cursor.id, key, at + RUN_LEASE)
            sync_runs.step(run.id, at, state=RUNNING, **{**_counts(run), **columns})

        self._store.transact("sync.step", write)
        for name, value in columns.items():
            setattr(run, name, value)

    def _done(self, run: SyncRun, cursor: SyncCursor, key: str, merchant: MerchantRow) -> None:
        at = self._clock.now()
        sync_runs.keep_lease(cursor.id, key, at + RUN_LEASE)
        sync_runs.advance(cursor.id, run.since, run.until)
        sync_runs.step(run.id, at, state=DONE, finished_at=at, error="", **_counts(run))
        self._news.can_again(merchant, at)
        if sync_words.tell_over(run, DONE, at) or run.quarantined:
            self._nudge("outbox")

    def _fail(self, run: SyncRun, cursor: SyncCursor, key: str, merchant: MerchantRow,
              error: PlatformError) -> None:
        """The platform will not list: only people can help, and the next run tries anew."""
        def write() -> None:
            at = self._clock.now()
            sync_runs.keep_lease(cursor.id, key, at + RUN_LEASE)
            sync_runs.step(run.id, at, state=FAILED, finished_at=at, **_counts(run),
                           error=str(error.facts.get("reason", error.word))[:80],
                           platform_log_id=error.log_id[:100])
            sync_words.tell_over(run, FAILED, at)
            if isinstance(error, PlatformMisconfigured):
                self._news.cannot(merchant, error, at)

        self._store.transact("sync.fail", write)
        self._nudge("outbox")
        log.warning("sync of %s failed: %s", merchant.platform_code, error.word)


def _counts(run: SyncRun) -> dict[str, object]:
    return {name: getattr(run, name) for name in (
        "pages", "orders_seen", "orders_new", "orders_changed", "vouchers_new",
        "vouchers_changed", "quarantined", "unanswered", "total")}


def _lag(known: int | None, changed: Sequence[PlatformOrder], at: datetime) -> int | None:
    """Seconds since the oldest of these changes; we are the first to see them."""
    ages = [int((at - seen).total_seconds()) for one in changed
            if (seen := one.updated_at or one.paid_at) is not None]
    return max([*ages, known or 0, 0]) if ages else known
