"""One run of the sync: page by page, each batch of pages one commit, resumable at any of them.

A batch writes the orders, makes new and changed ones due, and moves the run's cursor, all in one
transaction; asking for their certificates comes after it. A process that dies anywhere leaves
either the old cursor, or the new one with its orders due.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
from core.services.order_checks import BATCH, CheckReport, OrderChecks
from core.services.order_news import OrderNews
from core.services.order_rows import is_news, quarantined, row_of
from core.services.platform_books import PlatformBooks, merchant_of
from core.store import orders, quarantine, sync_runs
from core.store.db import Store
from core.store.merchants import MerchantRow
from core.store.orders import Claim
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
        """Write a batch, then ask for the certificates of its new and changed orders."""
        claim = self._checks.new_claim(merchant)
        moved = self._store.transact("sync.page", lambda: self._write(
            run, cursor, key, merchant, batch, claim, until))
        for name, value in moved.items():  # after the commit: a transaction may be repeated
            setattr(run, name, value)
        self._count(run, self._checks.ask_listed(merchant, claim, batch.orders.values()))

    def _write(self, run: SyncRun, cursor: SyncCursor, key: str, merchant: MerchantRow,
               batch: _Batch, claim: Claim, until: datetime) -> dict[str, object]:
        """One batch: its orders, those that cannot be read, and how far the run has come."""
        at, platform_id = self._clock.now(), merchant.platform_id
        sync_runs.keep_lease(cursor.id, key, at + RUN_LEASE)
        known = orders.marks(self._store, platform_id, batch.orders)
        changed = [one for one in batch.orders.values()
                   if is_news(one, known.get(one.order_id), at)]
        orders.list_all(self._store, [
            row_of(merchant, one, at, claim)
            for one in sorted(changed, key=lambda one: one.order_id)])
        for one in batch.odd:
            self._set_aside(merchant, one, at)
        new = sum(one.order_id not in known for one in changed)
        columns: dict[str, object] = {
            **_counts(run), "state": RUNNING, "error": "", "page_cursor": batch.next,
            "reached": run.reached if batch.next else until, "pages": run.pages + batch.pages,
            "orders_seen": run.orders_seen + len(batch.orders) + len(batch.odd),
            "orders_new": run.orders_new + new,
            "orders_changed": run.orders_changed + len(changed) - new,
            "quarantined": run.quarantined + len(batch.odd),
            "total": run.total if run.total is not None else batch.total,
            "lag_seconds": _lag(run.lag_seconds, changed, at)}
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
