"""One platform on stage: the real sandbox over HTTP, our adapter, a buyer and a clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from core.ids import new_key, new_ref
from core.platforms.base import Cancellation, CertificatePlatform, Consumed, Consumption, Shop
from core.platforms.books import Merchant, OrderSource, ShopDirectory, VerificationHistory
from core.platforms.douyin import Douyin
from core.platforms.douyin_gateway import Gateway as DouyinGateway
from core.platforms.douyin_gateway import log_id as douyin_log_id
from core.platforms.douyin_history import DouyinHistory
from core.platforms.douyin_orders import DouyinOrders
from core.platforms.douyin_shops import DouyinShops
from core.platforms.douyin_token import MemoryTokenStore, TokenStore
from core.platforms.http import Caller
from core.platforms.meituan import Meituan
from core.platforms.meituan_authorisation import MeituanAuthorisation
from core.platforms.meituan_customer import MeituanCustomer
from core.platforms.meituan_gateway import Gateway as MeituanGateway
from core.platforms.meituan_gateway import log_id as meituan_log_id
from core.platforms.meituan_history import MeituanHistory
from core.sandbox.world import World
from core.vouchers.certificate import Certificate, Prepared
from core.vouchers.scan import Candidate, Form

PLATFORMS = ("meituan", "douyin")

ENDPOINTS = {
    ("meituan", "prepare"): "/ddzh/tuangou/receipt/prepare",
    ("meituan", "consume"): "/ddzh/tuangou/receipt/consume",
    ("meituan", "cancel"): "/ddzh/tuangou/receipt/reverseconsume",
    ("meituan", "find"): "/ddzh/tuangou/receipt/getconsumed",
    ("meituan", "orders"): "/ddzhkh/dingdan/queryorder",
    ("meituan", "history"): "/ddzh/tuangou/receipt/querylistbydate",
    ("douyin", "orders"): "/goodlife/v1/trade/order/query",
    ("douyin", "history"): "/goodlife/v1/fulfilment/certificate/verify_record/query",
    ("douyin", "prepare"): "/goodlife/v1/fulfilment/certificate/prepare",
    ("douyin", "consume"): "/goodlife/v1/fulfilment/certificate/verify",
    ("douyin", "cancel"): "/goodlife/v1/fulfilment/certificate/cancel",
    ("douyin", "find"): "/goodlife/v1/fulfilment/certificate/query",
}


class ShiftedClock:
    """The machine's clock plus what a test has let pass."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


@dataclass(frozen=True)
class Bought:
    """A certificate in a buyer's hands."""

    certificate_id: str
    code: str
    qr: str


@dataclass
class Stage:
    """`platform` is the adapter under test; 滨江店 is `shop`, 城西店 is `west`."""

    name: str
    url: str
    world: World
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    store: TokenStore = field(default_factory=MemoryTokenStore)
    read_timeout: float = 10.0

    def __post_init__(self) -> None:
        self.began = time.time()
        log_id = meituan_log_id if self.name == "meituan" else douyin_log_id
        self.caller = Caller(self.name, self.url, read_timeout=self.read_timeout, log_id=log_id)
        self.platform: CertificatePlatform = (
            Meituan(self._gateway(), self.clock) if self.name == "meituan"
            else Douyin(self._gateway(), self.clock))
        self.shop, self.west = self.shops()

    def _gateway(self) -> Any:
        if self.name == "meituan":
            account = self.world.meituan
            return MeituanGateway(self.caller, account.developer_id, account.sign_key, self.clock)
        app = self.world.douyin
        return DouyinGateway(self.caller, app.client_key, app.client_secret, self.store,
                             self.clock)

    @property
    def merchant(self) -> Merchant:
        """The owner of both shops."""
        if self.name == "meituan":
            customer = self.world.meituan.customer
            return Merchant(customer.op_biz_code, customer.app_auth_token)
        return Merchant(self.world.douyin.account_id)

    def order_source(self) -> OrderSource:
        if self.name == "meituan":
            return MeituanCustomer(self._gateway())
        return DouyinOrders(self._gateway(), self.clock)

    def history(self) -> VerificationHistory:
        gateway = self._gateway()
        return MeituanHistory(gateway) if self.name == "meituan" else DouyinHistory(gateway)

    def directory(self) -> ShopDirectory:
        gateway = self._gateway()
        return MeituanCustomer(gateway) if self.name == "meituan" else DouyinShops(gateway)

    def authorisation(self) -> MeituanAuthorisation:
        return MeituanAuthorisation(self._gateway(), self.clock, self.url)

    def renewing(self, renew: Callable[[Shop], Shop | None]) -> Meituan:
        """Meituan with somebody who can renew a shop's token."""
        return Meituan(self._gateway(), self.clock, renew)

    def shops(self) -> tuple[Shop, Shop]:
        if self.name == "meituan":
            first, second = (Shop(one.venue, one.op_poi_id, one.op_biz_code, one.app_auth_token)
                             for one in self.world.meituan.shops)
        else:
            account = self.world.douyin.account_id
            first, second = (Shop(one.venue, one.poi_id, account, "")
                             for one in self.world.douyin.pois)
        return first, second

    def buy(self, sku: str = "month_card", **more: Any) -> list[Bought]:
        """A paid order; its certificates."""
        answer = self._control("orders", {"platform": self.name, "sku": sku, **more})
        return [Bought(**one) for one in answer["certificates"]]

    def buy_one(self, sku: str = "month_card", **more: Any) -> Bought:
        (one,) = self.buy(sku, **more)
        return one

    def refund(self, bought: Bought, state: str = "refunded") -> None:
        self._control("refunds", {"certificate_id": bought.certificate_id, "state": state})

    def fault(self, mode: str, action: str = "consume", **more: Any) -> None:
        """`action`: a name in ENDPOINTS, or * for every call of the platform."""
        endpoint = "*" if action == "*" else ENDPOINTS[self.name, action]
        self._control("faults", {"platform": self.name, "endpoint": endpoint, "mode": mode,
                                 "delay": 0.05, **more})

    def behave(self) -> None:
        requests.delete(f"{self.url}/_sandbox/faults", timeout=10).raise_for_status()

    def pass_time(self, by: timedelta) -> None:
        """Time passes, here and at the platform."""
        self.clock.shift += by
        self.shift_platform(self.clock.shift)

    def shift_platform(self, offset: timedelta) -> None:
        """The platform's clock alone."""
        self._control("clock", {"offset_seconds": offset.total_seconds()})

    def ledger(self, bought: Bought) -> dict[str, Any]:
        """What the platform knows of a certificate."""
        answer = requests.get(f"{self.url}/_sandbox/ledger", timeout=10,
                              params={"certificate_id": bought.certificate_id})
        (entry,) = answer.json()["certificates"]
        return dict(entry)

    def live_uses(self, bought: Bought) -> list[dict[str, Any]]:
        return [use for use in self.ledger(bought)["consumed"] if use["live"]]

    def calls(self, path: str) -> int:
        """How often the platform was asked at a path since this stage was set."""
        log = requests.get(f"{self.url}/_sandbox/requests", timeout=10,
                           params={"since": self.began}).json()["requests"]
        return sum(one["path"].rstrip("/") == path for one in log)

    def calls_answered(self, action: str) -> int:
        """How many calls of an action the platform has finished since this stage was set."""
        return self.calls(ENDPOINTS[self.name, action])

    def typed(self, bought: Bought) -> Candidate:
        return Candidate(self.name, Form.CODE, bought.code)

    def scanned(self, bought: Bought) -> Candidate:
        """The QR, followed to its `object_id` where the platform has short links."""
        if self.name == "meituan":
            return Candidate(self.name, Form.CODE, bought.qr)
        answer = requests.get(self.url + urlsplit(bought.qr).path, timeout=10,
                              allow_redirects=False)
        (sealed,) = parse_qs(urlsplit(answer.headers["Location"]).query)["object_id"]
        return Candidate(self.name, Form.ENCRYPTED_DATA, sealed)

    def prepared(self, bought: Bought) -> Prepared:
        return self.platform.prepare(self.typed(bought), self.shop)

    def intent(self, bought: Bought, uses: int = 1, **more: Any) -> Consumption:
        """What a redemption would store before its first try."""
        prepared = self.prepared(bought)
        (one,) = [each for each in prepared.certificates
                  if each.certificate_id == bought.certificate_id]
        return self.intent_for(prepared, one, uses, **more)

    def intent_for(self, prepared: Prepared, certificate: Certificate, uses: int = 1,
                   **more: Any) -> Consumption:
        values: dict[str, Any] = {
            "key": new_key(), "verify_token": prepared.verify_token,
            "certificate_id": certificate.certificate_id, "handle": certificate.handle,
            "order_id": certificate.order_id, "sku_id": certificate.sku_id, "uses": uses,
            "operator": new_ref("R"), "operator_name": "自助机", "first_tried_at": self.clock.now()}
        return Consumption(**values | more)

    def undo_of(self, consumption: Consumption, consumed: Consumed) -> Cancellation:
        return Cancellation(key=new_key(), consumption=consumption,
                            verify_ids=tuple(use.verify_id for use in consumed.uses),
                            consumed_at=consumed.at, code=consumed.code)

    def _control(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/_sandbox/{name}", json=body, timeout=10)
        assert answer.ok, answer.text
        return dict(answer.json())
