"""The books of each connected platform: orders, shops, verification history, and their budgets.

Apart from the redemption's adapters: a listing that meets a sick endpoint must not open the
breaker that a member's redemption depends on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.clock import Clock
from core.platforms.base import Shop
from core.platforms.books import Merchant, OrderSource, ShopDirectory, VerificationHistory
from core.platforms.douyin_gateway import Gateway as DouyinGateway
from core.platforms.douyin_gateway import log_id as douyin_log_id
from core.platforms.douyin_history import DouyinHistory
from core.platforms.douyin_orders import DouyinOrders
from core.platforms.douyin_shops import DouyinShops
from core.platforms.douyin_token import MemoryTokenStore, TokenStore
from core.platforms.http import Caller
from core.platforms.meituan_authorisation import MeituanAuthorisation
from core.platforms.meituan_customer import MeituanCustomer
from core.platforms.meituan_gateway import Gateway as MeituanGateway
from core.platforms.meituan_gateway import log_id as meituan_log_id
from core.platforms.meituan_history import MeituanHistory
from core.services.pace import Pace
from core.store.merchants import MerchantRow
from core.store.tables import Platform

LISTING, ASKING = 20.0, 50.0
"""Calls per second for pages of orders and for single orders. Douyin's order query allows 20
(douyin.md 9); of the others no figure is documented. `config["rates"]` of the platform's row
overrides both: `{"listing": 20, "asking": 50}`; 0 lifts the limit."""

NewCaller = Callable[[str, str | None, Callable[[dict[str, Any]], str]], Caller]
"""Platform code, the row's own address if it has one, and the reader of log ids."""


@dataclass(frozen=True, slots=True)
class PlatformBooks:
    """What one platform lets a merchant read."""

    orders: OrderSource
    shops: ShopDirectory
    history: VerificationHistory
    listing: Pace
    asking: Pace


Books = Callable[[str], PlatformBooks | None]
"""By platform code; None for a platform that lists no orders or is not set up."""


def merchant_of(row: MerchantRow) -> Merchant:
    """The merchant as adapters take it."""
    return Merchant(row.account_id, row.token or "")


def book_makers(new_caller: NewCaller, clock: Clock, tokens: TokenStore,
                renew: Callable[[Shop], Shop | None],
                ) -> dict[str, Callable[[Platform], PlatformBooks]]:
    """For `Connections`: the books of a platform from its row. `renew`: as in `Meituan`."""

    def meituan(row: Platform) -> PlatformBooks:
        gateway = MeituanGateway(new_caller("meituan", row.api_url, meituan_log_id),
                                 row.app_id or "", row.app_secret or "", clock)
        customer = MeituanCustomer(gateway)
        return PlatformBooks(customer, customer, MeituanHistory(gateway, renew),
                             *_paces(row))

    def douyin(row: Platform) -> PlatformBooks:
        gateway = DouyinGateway(new_caller("douyin", row.api_url, douyin_log_id),
                                row.app_id or "", row.app_secret or "", tokens, clock)
        return PlatformBooks(DouyinOrders(gateway, clock), DouyinShops(gateway),
                             DouyinHistory(gateway), *_paces(row))

    return {"meituan": meituan, "douyin": douyin}


def authorisation_makers(new_caller: NewCaller, clock: Clock, pages_url: str,
                         ) -> dict[str, Callable[[Platform], MeituanAuthorisation]]:
    """For `Connections`: Meituan's authorisation; its pages are at another address."""

    def meituan(row: Platform) -> MeituanAuthorisation:
        gateway = MeituanGateway(new_caller("meituan", row.api_url, meituan_log_id),
                                 row.app_id or "", row.app_secret or "", clock)
        return MeituanAuthorisation(gateway, clock, pages_url)

    return {"meituan": meituan}


def douyin_directory(new_caller: NewCaller,
                     clock: Clock) -> Callable[[Platform, str, str], ShopDirectory]:
    """The stores of an app whose key and secret are only being tried."""

    def directory(row: Platform, client_key: str, client_secret: str) -> ShopDirectory:
        return DouyinShops(DouyinGateway(
            new_caller("douyin", row.api_url, douyin_log_id), client_key, client_secret,
            MemoryTokenStore(), clock))

    return directory


def _paces(row: Platform) -> tuple[Pace, Pace]:
    rates = row.config.get("rates", {})
    return Pace(float(rates.get("listing", LISTING))), Pace(float(rates.get("asking", ASKING)))
