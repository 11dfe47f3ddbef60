"""Keeping our books equal to what the platforms sold (checklist S173–S190, decision Q12).

Four kinds of run, one code: `incremental` from where the last one ended, with an overlap;
`sweep` over the last hours, for what came late; `status` over everything that may still change,
for platforms whose list does not show changes; `manual` over the days somebody named. Runs of a
merchant never overlap, whoever starts them: they take turns under one lease.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from core.clock import Clock, business_day, day_ends, day_starts
from core.errors import InvalidInput, NotFound
from core.ids import new_key
from core.services.actor import SYSTEM, Actor, Role
from core.services.late_refunds import LateRefunds
from core.services.order_checks import OrderChecks
from core.services.order_listing import RUN_LEASE, OrderListing
from core.services.platform_books import Books, PlatformBooks
from core.services.sync_views import RunView, view_of
from core.store import certificates, merchants, orders, sync_runs
from core.store.db import Store
from core.store.merchants import MerchantRow
from core.store.sync_runs import WAITING, LeaseLost
from core.store.tables import SyncCursor, SyncRun

log = logging.getLogger(__name__)

INCREMENTAL, SWEEP, STATUS, MANUAL = "incremental", "sweep", "status", "manual"
OVERLAP = timedelta(minutes=10)
"""An order may reach the platform's list later than its own time says."""
SWEPT, SWEPT_BLINDLY = timedelta(hours=2), timedelta(days=2)
"""The second where the list is of payments: orders are looked at again because their changes do
not show otherwise, and most refunds come soon."""
FIRST = timedelta(days=90)
"""How far back the very first listing goes."""
STATUS_BACK, STATUS_LONGEST = timedelta(days=30), timedelta(days=180)
"""A used certificate may be refunded for weeks; an unused one lives for months."""
MOST_DAYS = 186
EXPIRY_DAYS = timedelta(days=40)
EXPIRY_BATCH = 500


class Sync:
    """`zone`: whose days a named range means. `nudge("sync_requested")` starts a waiting run."""

    def __init__(self, store: Store, clock: Clock, books: Books, listing: OrderListing,
                 checks: OrderChecks, late_refunds: LateRefunds, nudge: Callable[[str], None],
                 zone: str) -> None:
        self._store = store
        self._clock = clock
        self._books = books
        self._listing = listing
        self._checks = checks
        self._late_refunds = late_refunds
        self._nudge = nudge
        self._zone = zone

    def run(self, kind: str, seconds: float = 240.0) -> str:
        """One turn of a scheduled kind for every merchant, and whatever waits before it.

        Works for about `seconds`; what is left goes on at the next turn of any kind.
        """
        with self._store.connection():
            if kind == STATUS:
                self._tidy()
            return self._turns([(one, kind) for one in merchants.merchants()], seconds)

    def go_on(self, seconds: float = 240.0) -> str:
        """Work on runs that somebody asked for, or that were cut off."""
        with self._store.connection():
            found = [merchants.merchant(*one) for one in sync_runs.any_unfinished()]
            return self._turns([(one, None) for one in found if one is not None], seconds)

    def _turns(self, turns: list[tuple[MerchantRow, str | None]], seconds: float) -> str:
        ends = time.monotonic() + seconds
        said = [f"{one.platform_code}: {self._turn(one, kind, ends)}" for one, kind in turns]
        return "; ".join(said) or "nothing to do"

    def _turn(self, merchant: MerchantRow, kind: str | None, ends: float) -> str:
        """Everything of one merchant that is to be done now, under his lease."""
        books, key = self._books(merchant.platform_code), new_key()
        if books is None:
            return "not set up"
        cursor = self._store.transact("sync.lease", lambda: self._lease(merchant, key))
        if cursor is None:
            return "another run is at work"
        try:
            return self._work(merchant, books, cursor, key, kind, ends)
        except LeaseLost:
            log.warning("sync of %s lost its lease", merchant.platform_code)
            return "taken over"
        finally:
            self._store.transact("sync.release", lambda: sync_runs.release(cursor.id, key))

    def _lease(self, merchant: MerchantRow, key: str) -> SyncCursor | None:
        at = self._clock.now()
        return sync_runs.take_lease(merchant.platform_id, merchant.account_id, key, at,
                                    at + RUN_LEASE)

    def _work(self, merchant: MerchantRow, books: PlatformBooks, cursor: SyncCursor, key: str,
              kind: str | None, ends: float) -> str:
        waiting = sync_runs.unfinished(merchant.platform_id, merchant.account_id)
        for run in waiting:
            if not self._listing.go_on(run, cursor, key, merchant, books, ends):
                return f"{run.kind} run {run.id} goes on later"
        if kind is not None and all(run.kind != kind for run in waiting):
            fresh = self._store.transact("sync.begin", lambda: self._begin(
                merchant, books, kind))
            if fresh is not None and not self._listing.go_on(fresh, cursor, key, merchant, books,
                                                             ends):
                return f"{kind} run {fresh.id} goes on later"
        if kind == SWEEP and not books.orders.lists_changes:
            self._late_refunds.look(merchant, books)
        return str(self._checks.ask_due(merchant, ends))

    def _begin(self, merchant: MerchantRow, books: PlatformBooks, kind: str) -> SyncRun | None:
        """A new run of a scheduled kind; None when this platform needs none."""
        at = self._clock.now()
        mark = sync_runs.cursor(merchant.platform_id, merchant.account_id, at).synced_until
        if kind == INCREMENTAL:
            since = mark - OVERLAP if mark is not None else at - FIRST
        elif kind == SWEEP:
            since = at - (SWEPT if books.orders.lists_changes else SWEPT_BLINDLY)
        elif books.orders.lists_changes:
            return None
        else:
            who, longest = (merchant.platform_id, merchant.account_id), at - STATUS_LONGEST
            since = min(orders.oldest_open(*who, longest) or at, at - STATUS_BACK)
            orders.ask_open_ones_of_several(*who, longest, at)
        return self._add(merchant, kind, since, at, SYSTEM)

    def _add(self, merchant: MerchantRow, kind: str, since: datetime, until: datetime,
             actor: Actor) -> SyncRun:
        return sync_runs.add(
            self._clock.now(), platform=merchant.platform_id, account_id=merchant.account_id,
            kind=kind, state=WAITING, since=since, until=until, reached=since,
            asked_by=actor.id if actor.kind == "staff" else None, door=actor.door)

    def _tidy(self) -> None:
        """What follows from the hour alone: certificates expire, mapped SKUs reach the
        certificates that came before the mapping."""
        def work() -> int:
            at = self._clock.now()
            certificates.adopt_products(at)
            today = business_day(at, self._zone)
            return certificates.expire(at, (today - EXPIRY_DAYS, today), EXPIRY_BATCH)

        while self._store.transact("sync.tidy", work) == EXPIRY_BATCH:
            pass

    def ask(self, actor: Actor, *, platform: str | None = None, start_date: date | None = None,
            end_date: date | None = None) -> list[RunView]:
        """Have the orders of some days listed now (S70, S109, S190): one waiting run per
        merchant, begun within seconds. Both days are included; without days, what is new.

        The same wish while it waits or runs gives the same runs. Raises NotAllowed, NotFound
        ("platform_not_connected"), InvalidInput("too_many_days", "days_reversed").
        """
        actor.require(Role.CLERK)
        at = self._clock.now()
        since = day_starts(start_date, self._zone) if start_date else None
        until = min(day_ends(end_date, self._zone), at) if end_date else at
        if since is not None and since >= until:
            raise InvalidInput("days_reversed")
        if since is not None and until - since > timedelta(days=MOST_DAYS):
            raise InvalidInput("too_many_days", most=MOST_DAYS)
        with self._store.connection():
            found = merchants.merchants(platform)
            if not found:
                raise NotFound("platform_not_connected")
            ids = self._store.transact("sync.ask", lambda: [
                self._wanted(one, since, until, actor) for one in found])
            self._nudge("sync_requested")
            return [self.one(run_id, actor) for run_id in ids]

    def _wanted(self, merchant: MerchantRow, since: datetime | None, until: datetime,
                actor: Actor) -> int:
        """The waiting or running run for this wish, or a new one."""
        at = self._clock.now()
        mark = sync_runs.cursor(merchant.platform_id, merchant.account_id, at).synced_until
        if since is None:
            since = mark - OVERLAP if mark is not None else at - FIRST
        books = self._books(merchant.platform_code)
        if books is not None and books.orders.lists_changes:
            until = at  # its windows are of changes: an order of that day may have changed since
        for run in sync_runs.unfinished(merchant.platform_id, merchant.account_id):
            if run.kind == MANUAL and run.since <= since and (
                    run.until >= until - timedelta(minutes=1)):
                return run.id
        return self._add(merchant, MANUAL, since, until, actor).id

    def one(self, run_id: int, actor: Actor) -> RunView:
        """A run with its progress. Raises NotFound, NotAllowed."""
        actor.require(Role.CLERK)
        with self._store.connection():
            run = sync_runs.by_id(run_id)
            if run is None:
                raise NotFound("sync_run_not_found")
            return view_of(run, self._clock.now())

    def runs(self, actor: Actor, *, platform: str | None = None, kind: str | None = None,
             page: int = 1, page_size: int = 20) -> dict[str, object]:
        """`{"items", "total", "page", "page_size"}`, the newest first. Raises NotAllowed."""
        actor.require(Role.CLERK)
        with self._store.connection():
            query = sync_runs.listed(platform, kind)
            at = self._clock.now()
            return {"items": [view_of(run, at) for run in query.paginate(page, page_size)],
                    "total": query.count(), "page": page, "page_size": page_size}
