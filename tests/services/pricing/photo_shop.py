"""A photo shop for tests of the pricing module: two venues, its people, prices and offers.

The cast: 湖心亭 sells everything, 山门 the same; 老李 owns both, 梅雪 manages 湖心亭, 林小满 is its
clerk; a kiosk stands there. Members 林知夏 (face-lin) and 王一鸣 (face-wang, face-wang-2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.config import Settings
from core.money import Money
from core.pricing.kinds import ProductType
from core.services.actor import Actor, Role
from core.services.pricing.module import Pricing
from core.services.pricing.price import Priced, PriceRequest, Wanted
from core.store.tables import (
    Kiosk,
    Member,
    MemberIdentity,
    PriceProduct,
    Row,
    Staff,
    StaffVenue,
    Venue,
)
from core.wiring import Services, build
from tests.builders import ShiftedClock, ready

PHOTOS, VLOG, PRINT = (ProductType.PHOTO_SET, ProductType.VLOG_VIDEO, ProductType.PHOTO_PRINT)
PRICES = {"PHOTO_SET": 12800, "VLOG_VIDEO": 9900, "PHOTO_PRINT": 1200, "MACHINE_PRINT": 990,
          "RECORDING_SET": 18800}


@dataclass
class PhotoShop:
    services: Services
    clock: ShiftedClock
    nudged: list[str] = field(default_factory=list)
    lake: int = 0
    hill: int = 0
    owner: Actor = Actor("staff", 0, "desk")
    manager: Actor = Actor("staff", 0, "desk")
    clerk: Actor = Actor("staff", 0, "desk")
    hill_manager: Actor = Actor("staff", 0, "desk")
    kiosk: Actor = Actor("kiosk", 0, "kiosk")
    lin: Actor = Actor("member", 0, "mini")
    wang: Actor = Actor("member", 0, "mini")

    @property
    def pricing(self) -> Pricing:
        return self.services.pricing

    def product(self, kind: str, yuan: float, *, scenic_id: int = 0,
                product_id: str = "default", **more: Any) -> Any:
        return self.pricing.products.create(
            {"product_type": kind, "product_id": product_id, "scenic_id": scenic_id,
             "base_price_fen": Money.yuan(yuan), **more}, self.owner)

    def bundle(self, name: str = "一起买", **columns: Any) -> int:
        return int(self.pricing.bundles.create({"name": name, **_fen(columns)}, self.owner).id)

    def one_price(self, yuan: float, **columns: Any) -> int:
        return int(self.pricing.one_prices.create(
            {"name": "一口价", "price_fen": Money.yuan(yuan), **_fen(columns)}, self.owner).id)

    def coupon(self, off: float = 20, minimum: float | None = None, **columns: Any) -> int:
        """So many yuan off; its id."""
        given = {"coupon_type": "fixed_amount", "amount_fen": Money.yuan(off)} \
            if "kept" not in columns else {"coupon_type": "percentage"}
        return int(self.pricing.coupon_configs.create(
            {"name": f"减 {off}", **given,
             "minimum_fen": None if minimum is None else Money.yuan(minimum), **_fen(columns)},
            self.owner).id)

    def price(self, *wanted: tuple[ProductType, int], actor: Actor | None = None,
              **more: Any) -> Priced:
        return self.pricing.price.calculate(self.cart(*wanted, **more), actor or self.kiosk)

    def cart(self, *wanted: tuple[ProductType, int], codes: tuple[str, ...] = (),
             **more: Any) -> PriceRequest:
        more.setdefault("scenic_id", self.lake)
        return PriceRequest(tuple(Wanted(kind, "default", count) for kind, count in wanted),
                            voucher_codes=codes, **more)

    def rows(self, table: type[Row], *conditions: Any) -> list[Any]:
        with self.services.store.connection():
            query: Any = table.select().order_by(table.id)
            return list(query.where(*conditions) if conditions else query)

    def pass_time(self, **by: float) -> None:
        self.clock.shift += timedelta(**by)


def _fen(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: Money.yuan(value) if name.endswith("_fen") and value is not None else value
            for name, value in columns.items()}


def a_photo_shop(settings: Settings) -> PhotoShop:
    """The shop on an empty database; with default prices for every product type."""
    ready(settings)
    clock = ShiftedClock()
    nudged: list[str] = []
    shop = PhotoShop(build(settings, clock=clock, nudge=nudged.append), clock, nudged)
    with shop.services.store.connection():
        shop.services.store.transact("test.photo_shop", lambda: _people(shop))
    return shop


def _people(shop: PhotoShop) -> None:
    at = shop.clock.now()
    shop.lake, shop.hill = (int(Venue.create(name=name, brand="云栖湖旅拍", created_at=at).id)
                            for name in ("湖心亭", "山门"))
    shop.owner = _staff("laoli", "老李", Role.ADMIN, shop.lake, at)
    shop.manager = _staff("meixue", "梅雪", Role.MANAGER, shop.lake, at)
    shop.clerk = _staff("linxiaoman", "林小满", Role.CLERK, shop.lake, at)
    shop.hill_manager = _staff("zhouyan", "周岩", Role.MANAGER, shop.hill, at)
    kiosk = Kiosk.create(venue=shop.lake, name="2 号自助机", created_at=at)
    shop.kiosk = Actor("kiosk", kiosk.id, "kiosk", shop.lake, name=kiosk.name)
    PriceProduct.insert_many([
        {"product_type": kind, "base_price_fen": Money(fen), "created_at": at, "updated_at": at,
         "product_name": ProductType[kind].description} for kind, fen in PRICES.items()]).execute()
    shop.lin = _member("13800138000", "林知夏", at, "face-lin")
    shop.wang = _member("13900139000", "王一鸣", at, "face-wang", "face-wang-2")


def _staff(username: str, name: str, role: Role, venue: int, at: Any) -> Actor:
    staff = Staff.create(username=username, name=name, role=role.word, password_hash="-",
                         venue=venue, created_at=at)
    if role is not Role.ADMIN:
        StaffVenue.create(staff=staff, venue=venue, created_at=at)
    return Actor("staff", staff.id, "desk", venue, role, name, frozenset({venue}))


def _member(phone: str, name: str, at: Any, *faces: str) -> Actor:
    member = Member.create(phone=phone, phone_tail=phone[-4:], name=name, created_at=at)
    for face in faces:
        MemberIdentity.create(member=member, kind="face", external_id=face, created_at=at)
    return Actor("member", member.id, "mini")
