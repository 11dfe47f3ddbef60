"""Everything around the platforms beside the redemption itself, built together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.clock import Clock
from core.platforms.meituan_authorisation import MeituanAuthorisation
from core.services.callbacks import Callbacks
from core.services.douyin_access import Directory, DouyinAccess
from core.services.grant import Grants
from core.services.late_refunds import LateRefunds
from core.services.ledger_comparison import LedgerComparison
from core.services.meituan_access import MeituanAccess
from core.services.order_checks import OrderChecks
from core.services.order_listing import OrderListing
from core.services.order_news import OrderNews
from core.services.platform_books import Books
from core.services.platform_ports import PlatformPorts
from core.services.refunds import Refunds
from core.services.secrets import Secrets
from core.services.sync import Sync
from core.services.sync_views import Orders
from core.services.token_refresh import TokenRefresh
from core.store.db import Store
from core.store.vault import KeyVault


@dataclass(frozen=True, slots=True)
class PlatformWork:
    """What doors and jobs call. `books`: orders, history and shops of a platform, by its code."""

    books: Books
    checks: OrderChecks
    sync: Sync
    orders: Orders
    refunds: Refunds
    callbacks: Callbacks
    meituan: MeituanAccess
    douyin: DouyinAccess
    tokens: TokenRefresh
    secrets: Secrets
    ledger: LedgerComparison


def platform_work(store: Store, clock: Clock, vault: KeyVault, ports: PlatformPorts,
                  grants: Grants, books: Books, tokens: TokenRefresh,
                  authorisation: Callable[[], MeituanAuthorisation | None],
                  directory: Directory, nudge: Callable[[str], None],
                  zone: str) -> PlatformWork:
    """`zone`: of days, for certificates that belong to no venue yet."""
    meituan = MeituanAccess(store, clock, authorisation, books, nudge)
    refunds = Refunds(store, clock, grants)
    news = OrderNews(store, clock, refunds)
    checks = OrderChecks(store, clock, books, ports, news, tokens.renew_merchant, nudge, zone)
    listing = OrderListing(store, clock, checks, news, tokens.renew_merchant, nudge)
    return PlatformWork(
        books=books, checks=checks, sync=Sync(
            store, clock, books, listing, checks, LateRefunds(store, clock), nudge, zone),
        orders=Orders(store, clock, zone), refunds=refunds,
        callbacks=Callbacks(store, clock, meituan, nudge), meituan=meituan,
        douyin=DouyinAccess(store, clock, directory), tokens=tokens,
        secrets=Secrets(store, clock, vault), ledger=LedgerComparison(store))
