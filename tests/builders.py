"""A small chain of gyms for tests: two venues, their people, products, classes and platforms.

The cast: kiosk 1 号自助机 at 滨江店; clerks 林小满 (滨江店) and 陈晨 (城西店); manager 梅雪
(滨江店); 老李, who owns it all. Members come with a phone.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from core.clock import business_day
from core.config import Settings
from core.money import Money
from core.sandbox.world import World
from core.services.actor import Actor, Role
from core.services.redeem import RedeemRequest, RedemptionView
from core.store.db import MARIADB, POSTGRESQL, Store
from core.store.tables import (
    ALL_TABLES,
    ChatBinding,
    ClassSession,
    CourseOrder,
    Kiosk,
    Member,
    MemberCard,
    Platform,
    PlatformShop,
    Product,
    Redemption,
    Row,
    SkuMapping,
    Staff,
    StaffVenue,
    Venue,
)
from core.wiring import Services, build
from jobs.schedule import TIMETABLE

PHONE = "13800138000"
OTHER_PHONE = "13900139000"
CORPID = "ww-test"
R = TypeVar("R", bound=Row)


class ShiftedClock:
    """The machine's clock plus what a test has let pass."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


ENDPOINTS = {
    ("meituan", "prepare"): "/ddzh/tuangou/receipt/prepare",
    ("meituan", "consume"): "/ddzh/tuangou/receipt/consume",
    ("meituan", "cancel"): "/ddzh/tuangou/receipt/reverseconsume",
    ("meituan", "find"): "/ddzh/tuangou/receipt/getconsumed",
    ("douyin", "prepare"): "/goodlife/v1/fulfilment/certificate/prepare",
    ("douyin", "consume"): "/goodlife/v1/fulfilment/certificate/verify",
    ("douyin", "cancel"): "/goodlife/v1/fulfilment/certificate/cancel",
    ("douyin", "find"): "/goodlife/v1/fulfilment/certificate/query",
}


@dataclass(frozen=True)
class Bought:
    """A certificate in a buyer's hands."""

    platform: str
    certificate_id: str
    code: str
    qr: str


PRODUCTS: dict[str, dict[str, Any]] = {
    "month_card": dict(name="月卡 30 天", kind="card", voucher_type=1, days=30, family="gym"),
    "season_card": dict(name="季卡 90 天", kind="card", voucher_type=1, days=90, family="gym"),
    "lessons": dict(name="私教课 10 节", kind="lessons", voucher_type=2, days=180, uses=10,
                    family="coach"),
    "class": dict(name="团课单次", kind="class", voucher_type=3, family="group"),
    "visit": dict(name="次卡入场", kind="lessons", voucher_type=2, days=1, uses=1,
                  family="visit"),
}
SKU_PRODUCT = {"month_card": "month_card", "season_card": "season_card", "renewal": "month_card",
               "lessons": "lessons", "class": "class", "times_card": "visit",
               "west_only": "month_card"}
"""The sandbox's catalogue → our products; its "unmapped" stays so."""


@dataclass
class Chain:
    """The chain and how a test acts in it."""

    services: Services
    clock: ShiftedClock
    sandbox_url: str
    nudged: list[str] = field(default_factory=list)
    on_nudge: Callable[[str], None] = lambda job: None
    """What else a nudge does, such as going to a Redis."""
    binjiang: int = 0
    chengxi: int = 0
    platforms: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    kiosk: Actor = field(default_factory=lambda: Actor("kiosk", 0, "kiosk"))
    clerk: Actor = field(default_factory=lambda: Actor("staff", 0, "desk"))
    manager: Actor = field(default_factory=lambda: Actor("staff", 0, "desk"))
    western_clerk: Actor = field(default_factory=lambda: Actor("staff", 0, "desk"))
    owner: Actor = field(default_factory=lambda: Actor("staff", 0, "desk"))

    @property
    def store(self) -> Store:
        return self.services.store

    @property
    def today(self) -> date:
        return business_day(self.clock.now())

    def buy_all(self, platform: str = "meituan", sku: str = "month_card",
                **more: Any) -> list[Bought]:
        """A paid order at a platform; its certificates."""
        answer = self.control("orders", {"platform": platform, "sku": sku, **more})
        return [Bought(platform, one["certificate_id"], one["code"], self._here(one["qr"]))
                for one in answer["certificates"]]

    def _here(self, qr: str) -> str:
        """The sandbox writes its configured address into a QR; tests run it on another port."""
        return self.sandbox_url + urlsplit(qr).path if qr.startswith("http") else qr

    def buy(self, platform: str = "meituan", sku: str = "month_card", **more: Any) -> Bought:
        (one,) = self.buy_all(platform, sku, **more)
        return one

    def control(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.sandbox_url}/_sandbox/{name}", json=body, timeout=10)
        assert answer.ok, answer.text
        return dict(answer.json())

    def ledger(self, bought: Bought) -> dict[str, Any]:
        """What the platform knows of a certificate."""
        answer = requests.get(f"{self.sandbox_url}/_sandbox/ledger", timeout=10,
                              params={"certificate_id": bought.certificate_id})
        (entry,) = answer.json()["certificates"]
        return dict(entry)

    def consumed(self, bought: Bought) -> int:
        """How many uses stand as consumed at the platform."""
        return sum(use["live"] for use in self.ledger(bought)["consumed"])

    def platform_calls(self) -> int:
        """How many requests have reached the platforms."""
        answer = requests.get(f"{self.sandbox_url}/_sandbox/requests", timeout=10)
        return len(answer.json()["requests"])

    def pass_time(self, by: timedelta) -> None:
        """Time passes, here and at the platforms."""
        self.clock.shift += by
        self.control("clock", {"offset_seconds": self.clock.shift.total_seconds()})

    def ask(self, bought: Bought, actor: Actor | None = None, phone: str = PHONE,
            **more: Any) -> RedemptionView:
        """Scan the code and ask for the recommended (or named) choice."""
        actor = actor or self.kiosk
        seen = self.services.redeem.inspect(bought.code, actor, phone=phone)
        return self.services.redeem.request(
            RedeemRequest(inspection=seen.token, phone=phone, **more), actor)

    def redeem(self, bought: Bought, phone: str = PHONE, **more: Any) -> RedemptionView:
        """Ask at the kiosk and let the clerk confirm."""
        asked = self.ask(bought, phone=phone, **more)
        return self.services.redeem.confirm(asked.ref, self.clerk)

    def fault(self, platform: str, action: str, mode: str, **more: Any) -> None:
        """The platform misbehaves at prepare, consume, find or cancel, until `behave`."""
        self.control("faults", {"platform": platform, "endpoint": ENDPOINTS[platform, action],
                                "mode": mode, **more})

    def behave(self) -> None:
        requests.delete(f"{self.sandbox_url}/_sandbox/faults", timeout=10).raise_for_status()

    def row(self, view: RedemptionView) -> Redemption:
        with self.store.connection():
            return Redemption.get(Redemption.ref == view.ref)

    def rows(self, table: type[R], *conditions: Any) -> list[R]:
        """Rows of a table, oldest first."""
        with self.store.connection():
            query = table.select().order_by(table.id)
            return list(query.where(*conditions) if conditions else query)

    def card(self, phone: str = PHONE, ends_in: int = 3, product: str = "month_card") -> int:
        """A member with a card that ends in some days; the card's id."""
        at = self.clock.now()
        with self.store.connection():
            member = Member.get_or_none(Member.phone == phone) or Member.create(
                phone=phone, phone_tail=phone[-4:], name="林知夏", created_at=at)
            return int(MemberCard.create(
                member=member, product=self.products[product], venue=self.binjiang,
                starts_on=self.today - timedelta(days=27), created_at=at,
                ends_on=self.today + timedelta(days=ends_in)).id)

    def course(self, member: int, uses: int = 10, ends_in: int | None = 30,
               venue: int | None = None) -> int:
        """A member's package of group classes; its id."""
        at = self.clock.now()

        def work() -> int:
            product = Product.create(name="团课 10 次", kind="lessons", voucher_type=2, days=90,
                                     uses=uses, family="group", created_at=at)
            return int(CourseOrder.create(
                member=member, product=product, venue=venue or self.binjiang, uses_total=uses,
                ends_on=None if ends_in is None else self.today + timedelta(days=ends_in),
                created_at=at).id)

        return self.store.transact("test.course", work)

    def class_tonight(self, capacity: int = 8, venue: int | None = None,
                      starts_in: timedelta = timedelta(hours=3)) -> int:
        """A group class; its id."""
        at = self.clock.now()
        with self.store.connection():
            return int(ClassSession.create(
                venue=venue or self.binjiang, title="燃脂单车", family="group", coach="阿May",
                starts_at=at + starts_in, ends_at=at + starts_in + timedelta(hours=1),
                capacity=capacity, created_at=at).id)


def ready(settings: Settings) -> None:
    """A migrated and empty database behind the settings.

    A server's database is made anew by the first test and emptied by each; for SQLite one
    migrated file is made and copied.
    """
    prefix = "sqlite:///"
    if not settings.database_url.startswith(prefix):
        store = build(settings).store
        if settings.database_url not in _MADE:
            drop_all(store)
            store.migrate()
            _MADE.add(settings.database_url)
        empty(store)
        store.close()
        return
    if "path" not in _TEMPLATE:
        _TEMPLATE["path"] = _migrated(settings)
    shutil.copy(_TEMPLATE["path"], settings.database_url.removeprefix(prefix))


_TEMPLATE: dict[str, Path] = {}
_MADE: set[str] = set()


def forget(database_url: str) -> None:
    """The database has lost its tables: the next test makes it anew."""
    _MADE.discard(database_url)


def drop_all(store: Store) -> None:
    """Leave the database of a server without tables."""
    with store.connection():
        database = store.database
        if store.engine == POSTGRESQL:
            database.execute_sql("DROP SCHEMA public CASCADE")
            database.execute_sql("CREATE SCHEMA public")
            return
        database.execute_sql("SET FOREIGN_KEY_CHECKS=0")
        for name in database.get_tables():
            database.execute_sql(f"DROP TABLE `{name}`")
        database.execute_sql("SET FOREIGN_KEY_CHECKS=1")


def _migrated(settings: Settings) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hx-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "migrated.db"
    store = build(replace(settings, database_url=f"sqlite:///{path}")).store
    store.migrate()
    store.close()
    return path


def empty(store: Store) -> None:
    """Delete every row, children first."""
    with store.connection():
        names = [table._meta.table_name for table in ALL_TABLES]
        if store.engine == POSTGRESQL:
            tables = ", ".join(f'"{name}"' for name in names)
            store.database.execute_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
            return
        off, on = (("SET FOREIGN_KEY_CHECKS=0", "SET FOREIGN_KEY_CHECKS=1")
                   if store.engine == MARIADB else
                   ("PRAGMA foreign_keys=0", "PRAGMA foreign_keys=1"))
        store.database.execute_sql(off)
        for name in names:
            store.database.execute_sql(f"DELETE FROM {name}")
        store.database.execute_sql(on)


def a_chain(settings: Settings, world: World, sandbox_url: str) -> Chain:
    """The chain on a migrated, empty database, connected to a running sandbox."""
    clock = ShiftedClock()

    def nudge(job: str) -> None:
        chain.nudged.append(job)
        chain.on_nudge(job)

    chain = Chain(build(settings, clock=clock, nudge=nudge, timetable=TIMETABLE), clock,
                  sandbox_url)
    services = chain.services
    with services.store.connection():
        services.store.transact("test.chain", lambda: _seed(chain, world))
    return chain


def settings_for(environment: dict[str, str], database_url: str, sandbox_url: str) -> Settings:
    """Settings of a test shop whose platforms are a running sandbox."""
    return Settings.read(environment | {
        "DATABASE_URL": database_url, "SHORT_LINK_HOSTS": urlsplit(sandbox_url).netloc,
        "MEITUAN_BASE_URL": sandbox_url, "MEITUAN_PAGES_URL": sandbox_url,
        "DOUYIN_BASE_URL": sandbox_url, "DOUYIN_MINI_BASE_URL": sandbox_url,
        "WECHAT_BASE_URL": sandbox_url})


def _seed(chain: Chain, world: World) -> None:
    at = chain.clock.now()
    meituan = Platform.create(platform_name="美团", platform_code="meituan",
                              app_id=world.meituan.developer_id, api_url=chain.sandbox_url,
                              app_secret=world.meituan.sign_key, created_at=at, updated_at=at)
    douyin = Platform.create(platform_name="抖音", platform_code="douyin",
                             app_id=world.douyin.client_key, api_url=chain.sandbox_url,
                             app_secret=world.douyin.client_secret, created_at=at, updated_at=at)
    chain.platforms = {"meituan": meituan.id, "douyin": douyin.id}
    venues = []
    for name, shop, poi in zip(("滨江店", "城西店"), world.meituan.shops, world.douyin.pois,
                               strict=True):
        venue = Venue.create(name=name, brand="青屿健身", address=shop.address, created_at=at)
        PlatformShop.create(venue=venue, platform=meituan, business="58", shop_id=shop.op_poi_id,
                            account_id=shop.op_biz_code, token=shop.app_auth_token, created_at=at)
        PlatformShop.create(venue=venue, platform=douyin, shop_id=poi.poi_id,
                            account_id=world.douyin.account_id, created_at=at)
        venues.append(venue.id)
    customer = world.meituan.customer
    PlatformShop.create(venue=venues[0], platform=meituan, business="59", created_at=at,
                        account_id=customer.op_biz_code, token=customer.app_auth_token,
                        refresh_token=customer.refresh_token)
    chain.binjiang, chain.chengxi = venues
    for key, columns in PRODUCTS.items():
        chain.products[key] = Product.create(**columns, price_fen=Money(199_00), created_at=at).id
    for sku in world.skus:
        if sku.key in SKU_PRODUCT:
            SkuMapping.create(platform=meituan if sku.platform == "meituan" else douyin,
                              sku_id=sku.deal_id, title=sku.title, created_at=at,
                              product=chain.products[SKU_PRODUCT[sku.key]])
    kiosk = Kiosk.create(venue=chain.binjiang, name="1 号自助机", created_at=at)
    chain.kiosk = Actor("kiosk", kiosk.id, "kiosk", chain.binjiang, name=kiosk.name)
    chain.clerk = _staff("linxiaoman", "林小满", Role.CLERK, chain.binjiang, at)
    chain.manager = _staff("meixue", "梅雪", Role.MANAGER, chain.binjiang, at)
    chain.western_clerk = _staff("chenchen", "陈晨", Role.CLERK, chain.chengxi, at)
    chain.owner = _staff("laoli", "老李", Role.ADMIN, chain.binjiang, at)


def _staff(username: str, name: str, role: Role, venue: int, at: datetime) -> Actor:
    staff = Staff.create(username=username, name=name, role=role.word, password_hash="-",
                         venue=venue, created_at=at)
    if role is not Role.ADMIN:
        StaffVenue.create(staff=staff, venue=venue, created_at=at)
    ChatBinding.create(staff=staff, channel="wecom", app_id=CORPID, external_id=username,
                       created_at=at)
    return Actor("staff", staff.id, "desk", venue, role, name, frozenset({venue}))
