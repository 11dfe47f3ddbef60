"""What the sync's tests share: one turn of the schedule, rows, and somebody else's redemptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import requests

from core.platforms.books import (
    Merchant,
    OddOrder,
    OrderPage,
    OrderSource,
    PlatformOrder,
    SoldCertificate,
    Window,
)
from core.sandbox.world import World
from core.services.grant import Grants
from core.services.late_refunds import LateRefunds
from core.services.order_checks import OrderChecks
from core.services.order_listing import OrderListing
from core.services.order_news import OrderNews
from core.services.pace import Pace
from core.services.platform_books import Books, PlatformBooks
from core.services.platform_ports import PlatformPorts
from core.services.refunds import Refunds
from core.services.sync import Sync
from core.store.merchants import MerchantRow
from core.store.tables import SyncedOrder, Voucher
from tests.builders import Bought, Chain
from tests.platforms.stage import Stage


def sync(chain: Chain, kind: str = "incremental") -> str:
    """One turn of the schedule."""
    return chain.services.platforms.sync.run(kind)


def check(chain: Chain, later: timedelta = timedelta()) -> None:
    """The job that asks for orders of which something was heard; after a while, if told."""
    chain.clock.shift += later
    chain.services.platforms.checks.run()


def voucher(chain: Chain, bought: Bought) -> Voucher:
    """The one row of a certificate, by its id or code."""
    (row,) = chain.rows(Voucher, (Voucher.certificate_id == bought.certificate_id)
                        | (Voucher.voucher_no == bought.code))
    return row


def order(chain: Chain, bought: Bought) -> SyncedOrder:
    (row,) = chain.rows(SyncedOrder, SyncedOrder.order_id == chain.ledger(bought)["order_id"])
    return row


def somebody_else(chain: Chain, world: World, platform: str) -> Stage:
    """Another system of the same shops, with its own operator and keys."""
    return Stage(platform, chain.sandbox_url, world, clock=chain.clock)  # type: ignore[arg-type]  # the same clock, declared twice


def refund(chain: Chain, bought: Bought, state: str = "refunded") -> None:
    chain.control("refunds", {"certificate_id": bought.certificate_id, "state": state})


def differences(chain: Chain, *bought: Bought) -> list[str]:
    """Where our rows differ from the sandbox's ledger about these certificates."""
    ids = {one.certificate_id for one in bought}
    answer = requests.get(f"{chain.sandbox_url}/_sandbox/ledger", timeout=60).json()
    entries = [one for one in answer["certificates"] if one["certificate_id"] in ids]
    assert len(entries) == len(ids)
    found = chain.services.platforms.ledger.compare(entries).differences
    return [str(one) for one in found if one.what != "unknown"]


@dataclass
class Meddling:
    """An `OrderSource` between ours and the platform: what a test wants to happen on the way."""

    source: OrderSource
    spoil: Callable[[PlatformOrder], bool] = lambda order: False
    on_page: Callable[[int], None] = lambda number: None
    on_details: Callable[[PlatformOrder], None] = lambda order: None
    pages: int = 0

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def lists_changes(self) -> bool:
        return self.source.lists_changes

    @property
    def longest_window(self) -> timedelta:
        return self.source.longest_window

    def orders(self, merchant: Merchant, window: Window, cursor: str = "") -> OrderPage:
        page = self.source.orders(merchant, window, cursor)
        self.pages += 1
        self.on_page(self.pages)
        return self._spoilt(page)

    def entry(self, merchant: Merchant, order_id: str) -> OrderPage:
        return self._spoilt(self.source.entry(merchant, order_id))

    def details(self, merchant: Merchant, order: PlatformOrder) -> tuple[SoldCertificate, ...]:
        told = self.source.details(merchant, order)
        self.on_details(order)
        return told

    def _spoilt(self, page: OrderPage) -> OrderPage:
        odd = tuple(OddOrder(one.order_id, "status", {"order_id": one.order_id})
                    for one in page.orders if self.spoil(one))
        return replace(page, odd=page.odd + odd,
                       orders=tuple(one for one in page.orders if not self.spoil(one)))


@dataclass(frozen=True)
class Meddled:
    """A sync of one platform with somebody between it and the platform; the other is away."""

    sync: Sync
    checks: OrderChecks
    between: Meddling


def meddled(chain: Chain, platform: str, **how: Any) -> Meddled:
    books = chain.services.platforms.books(platform)
    assert books is not None
    between = Meddling(books.orders, **how)
    spoilt = PlatformBooks(between, books.shops, books.history, Pace(0), Pace(0))

    def only(code: str) -> PlatformBooks | None:
        return spoilt if code == platform else None

    return Meddled(*over(chain, only), between)


def over(chain: Chain, books: Books) -> tuple[Sync, OrderChecks]:
    """The chain's sync and checks over other books than those of its platforms."""
    store, clock, nudge = chain.store, chain.clock, chain.nudged.append
    zone = chain.services.settings.zone
    news = OrderNews(store, clock, Refunds(store, clock, Grants()))

    def no_renewal(merchant: MerchantRow) -> None:
        return None

    checks = OrderChecks(store, clock, books, PlatformPorts(lambda code: None, store), news,
                         no_renewal, nudge, zone)
    listing = OrderListing(store, clock, checks, news, no_renewal, nudge,
                           sleep=lambda seconds: None)
    return Sync(store, clock, books, listing, checks, LateRefunds(store, clock), nudge,
                zone), checks
