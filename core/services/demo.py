"""Fills an empty database with a small chain of shops, so that the demo can be tried at once.

Runs in demo mode only (the command refuses otherwise). Seeding twice changes nothing; class
sessions are topped up so that there is always something to book in the coming days.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.clock import Clock, business_day, zone
from core.money import Money
from core.services.sign_in import SignIn
from core.store.db import Store
from core.store.tables import (
    ChatBinding,
    ClassSession,
    Kiosk,
    Member,
    MemberIdentity,
    Platform,
    PlatformShop,
    Product,
    SkuMapping,
    Staff,
    StaffVenue,
    Venue,
)

TOKEN_DAYS = 30
"""How long the sandbox's Meituan tokens live (meituan.md 2.3)."""


@dataclass(frozen=True, slots=True)
class DemoShop:
    """One venue and what the platforms call it."""

    name: str
    address: str
    meituan_poi: str
    meituan_biz_code: str
    meituan_token: str
    meituan_refresh: str
    douyin_poi: str


@dataclass(frozen=True, slots=True)
class DemoPlatforms:
    """Credentials of the sandbox, whose address is in the settings: its port may change from
    start to start. The customer token is Meituan's business 59."""

    developer_id: str
    sign_key: str
    customer_biz_code: str
    customer_token: str
    customer_refresh: str
    client_key: str
    client_secret: str
    account_id: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A staff member; `chat_id` is the WeCom userid, empty for somebody not bound."""

    username: str
    name: str
    role: str
    venue: int
    password: str
    chat_id: str


@dataclass(frozen=True, slots=True)
class DemoSku:
    """What a platform sells under which id; `key` names one of PRODUCTS, or nothing of ours."""

    platform: str
    sku_id: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoGood:
    key: str
    name: str
    kind: str
    voucher_type: int
    family: str
    days: int | None = None
    uses: int | None = None
    price_fen: int = 0


PRODUCTS = (
    DemoGood("month_card", "健身月卡 30 天", "card", 1, "gym", days=30, price_fen=299_00),
    DemoGood("season_card", "健身季卡 90 天", "card", 1, "gym", days=90, price_fen=799_00),
    DemoGood("west_only", "城西店专享月卡 30 天", "card", 1, "gym", days=30, price_fen=299_00),
    DemoGood("lessons", "私教课 10 节", "lessons", 2, "coach", days=180, uses=10,
             price_fen=2000_00),
    DemoGood("times_card", "健身次卡", "lessons", 2, "gym-visit", days=90, uses=1,
             price_fen=48_00),
    DemoGood("class", "团课单次体验", "class", 3, "group", price_fen=88_00),
)
SAME_PRODUCT = {"renewal": "month_card"}
"""A renewal voucher is thirty days of the month card; whether it renews is the member's choice."""

CLASSES = (("流瑜伽", "周岚", time(18, 30)), ("动感单车", "何川", time(19, 45)),
           ("普拉提", "宋雅", time(10, 0)))
CLASS_DAYS = 4
SEATS = 12

MEMBERS = (("13800138000", "林知夏", "face-lin"), ("13900139000", "王一鸣", "face-wang"))


class Demo:
    """Writes the demo's rows."""

    def __init__(self, store: Store, sign_in: SignIn, clock: Clock) -> None:
        self._store = store
        self._sign_in = sign_in
        self._clock = clock

    def seed(self, *, brand: str, shops: Sequence[DemoShop], platforms: DemoPlatforms,
             people: Sequence[DemoPerson], skus: Sequence[DemoSku], corpid: str) -> None:
        """Make what is missing, in one transaction. People's passwords are set anew, since only
        demo.json knows them."""
        with ThreadPoolExecutor() as pool:  # argon2 is slow on purpose, and lets the lock go
            made = pool.map(lambda person: self._sign_in.hash_password(person.password), people)
        hashes = {person.username: password_hash
                  for person, password_hash in zip(people, made, strict=True)}

        def work() -> None:
            at = self._clock.now()
            if Venue.get_or_none() is None:
                self._venues(brand, shops, platforms, self._platforms(platforms, at), at)
                self._products(skus, at)
                self._members(at)
            self._people(people, hashes, corpid, at)
            self._classes(at)

        self._store.transact("demo.seed", work)

    @staticmethod
    def _platforms(known: DemoPlatforms, at: datetime) -> tuple[Platform, Platform]:
        meituan = Platform.create(
            platform_name="美团", platform_code="meituan", app_id=known.developer_id,
            app_secret=known.sign_key, created_at=at, updated_at=at)
        douyin = Platform.create(
            platform_name="抖音", platform_code="douyin", app_id=known.client_key,
            app_secret=known.client_secret,
            config={"account_id": known.account_id}, created_at=at, updated_at=at)
        return meituan, douyin

    @staticmethod
    def _venues(brand: str, shops: Sequence[DemoShop], known: DemoPlatforms,
                platforms: tuple[Platform, Platform], at: datetime) -> None:
        meituan, douyin = platforms
        ends = at + timedelta(days=TOKEN_DAYS)
        for number, shop in enumerate(shops, 1):
            venue = Venue.create(name=shop.name, brand=brand, address=shop.address,
                                 phone="0571-8800 0000", created_at=at)
            PlatformShop.create(
                venue=venue, platform=meituan, business="58", shop_id=shop.meituan_poi,
                account_id=shop.meituan_biz_code, token=shop.meituan_token,
                refresh_token=shop.meituan_refresh, token_expires_at=ends, created_at=at)
            PlatformShop.create(venue=venue, platform=douyin, shop_id=shop.douyin_poi,
                                account_id=known.account_id, created_at=at)
            Kiosk.create(venue=venue, name=f"{number} 号自助机", created_at=at)
            if number == 1:  # the chain's own token
                PlatformShop.create(
                    venue=venue, platform=meituan, business="59", token=known.customer_token,
                    account_id=known.customer_biz_code, refresh_token=known.customer_refresh,
                    token_expires_at=ends, created_at=at)

    @staticmethod
    def _products(skus: Sequence[DemoSku], at: datetime) -> None:
        ids = {good.key: Product.create(
            name=good.name, kind=good.kind, voucher_type=good.voucher_type, days=good.days,
            uses=good.uses, family=good.family, price_fen=Money(good.price_fen),
            created_at=at).id for good in PRODUCTS}
        platform_ids = {row.platform_code: row.id for row in Platform.select()}
        for sku in skus:
            product = ids.get(SAME_PRODUCT.get(sku.key, sku.key))
            if product is not None:
                SkuMapping.create(platform=platform_ids[sku.platform], sku_id=sku.sku_id,
                                  title=sku.title, product=product, created_at=at)

    @staticmethod
    def _members(at: datetime) -> None:
        for phone, name, face in MEMBERS:
            member = Member.create(phone=phone, phone_tail=phone[-4:], name=name,
                                   phone_verified_at=at, created_at=at)
            MemberIdentity.create(member=member, kind="face", external_id=face, created_at=at)

    @staticmethod
    def _people(people: Sequence[DemoPerson], hashes: dict[str, str], corpid: str,
                at: datetime) -> None:
        for person in people:
            staff = Staff.get_or_none(Staff.username == person.username)
            if staff is not None:
                Staff.update(password_hash=hashes[person.username], failed_logins=0,
                             locked_until=None).where(Staff.id == staff.id).execute()
                continue
            staff = Staff.create(username=person.username, name=person.name, role=person.role,
                                 password_hash=hashes[person.username], venue=person.venue,
                                 created_at=at)
            StaffVenue.create(staff=staff, venue=person.venue, created_at=at)
            if person.chat_id:
                ChatBinding.create(staff=staff, channel="wecom", app_id=corpid,
                                   external_id=person.chat_id, created_at=at)

    @staticmethod
    def _classes(at: datetime) -> None:
        today = business_day(at)
        for venue in Venue.select():
            for offset in range(CLASS_DAYS):
                for title, coach, hour in CLASSES:
                    starts = datetime.combine(today + timedelta(days=offset), hour,
                                              zone(venue.zone))
                    known = ClassSession.get_or_none(
                        (ClassSession.venue == venue.id) & (ClassSession.starts_at == starts))
                    if known is None and starts > at:
                        ClassSession.create(
                            venue=venue, title=title, family="group", coach=coach,
                            starts_at=starts, ends_at=starts + timedelta(hours=1),
                            capacity=SEATS, created_at=at)

    def kiosk_token(self, venue_id: int) -> str:
        """A fresh device token of the venue's first kiosk."""
        kiosk = Kiosk.get(Kiosk.venue == venue_id)
        return self._sign_in.open_for_kiosk(kiosk.id).token

    def staff_session(self, person: DemoPerson) -> tuple[int, str]:
        """The id and a fresh API token of one staff member."""
        staff = Staff.get(Staff.username == person.username)
        return staff.id, self._sign_in.open_for_staff(staff.id, "api").token

    def member_tokens(self, venue_id: int) -> list[dict[str, str]]:
        """`{"phone", "face_id", "token"}` of every demo member, with fresh tokens."""
        found = []
        for phone, _, face in MEMBERS:
            member = Member.get_or_none(Member.phone == phone)
            if member is not None:
                opened = self._sign_in.open_for_member(member.id, venue_id, "mini")
                found.append({"phone": phone, "face_id": face, "token": opened.token})
        return found
