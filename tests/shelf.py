"""A chain's vouchers by the hundred, and the plain way to list and count them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from core.clock import FixedClock, business_day, day_starts
from core.config import Settings
from core.money import Money
from core.services.actor import Actor, Role
from core.store.tables import Member, Platform, Product, Row, Staff, Venue, Voucher
from core.vouchers.redemption import VoucherStatus as Is
from core.wiring import Services, build
from tests.builders import ready

NOW = datetime(2026, 11, 21, 6, 33, tzinfo=UTC)
TODAY = date(2026, 11, 21)
DATES = ("created", "verified", "expire")
SHANGHAI = "Asia/Shanghai"


@dataclass
class Shelf:
    """Two venues, two platforms, and people who look."""

    services: Services
    clock: FixedClock
    random: Random
    ids: list[int] = field(default_factory=list)

    owner = Actor("staff", 1, "desk", 1, Role.ADMIN, "老李")
    manager = Actor("staff", 2, "desk", 1, Role.MANAGER, "梅雪", frozenset({1}))
    clerk = Actor("staff", 3, "desk", 1, Role.CLERK, "林小满", frozenset({1}))

    def add(self, **columns: Any) -> int:
        """One voucher, unused, bought today; its id."""
        number = f"{7000_0000_0001 + len(self.ids)}"
        created = columns.pop("created_at", NOW)
        with self.services.store.connection():
            made = Voucher.create(**{
                "voucher_no": number, "certificate_id": f"c{number}", "code_tail": number[-4:],
                "platform": 1, "voucher_type": 1, "product": 1, "product_name": "健身月卡 30 天",
                "paid_price_fen": Money(199_00), "original_price_fen": Money(299_00),
                "created_at": created, "updated_at": created, **columns})
        self.ids.append(made.id)
        return int(made.id)

    def fill(self, count: int) -> None:
        """Random vouchers over some 70 days; several share an instant, many lack a date."""
        for _ in range(count):
            self.add(**self.anything())

    def anything(self) -> dict[str, Any]:
        random = self.random
        created = NOW - timedelta(hours=random.randrange(70 * 24 // 6) * 6)
        status = random.choice(list(Is))
        used = status in (Is.REDEEMED, Is.PARTLY_REDEEMED) or (
            status is Is.REFUNDED and random.random() < 0.5)
        total = random.choice((3, 7)) if status is Is.PARTLY_REDEEMED else 1
        return {
            "created_at": created, "platform": random.choice((1, 2)),
            "voucher_type": random.choice((1, 2, 3)), "status": int(status),
            "venue": random.choice((1, 2)) if used else None,
            "verified_at": created + timedelta(hours=random.randrange(400)) if used else None,
            "verified_by": 1 if used else None, "uses_total": total,
            "uses_used": 1 if used else 0,
            "expire_date": None if random.random() < 0.2
            else business_day(created) + timedelta(days=random.randrange(90)),
            "paid_price_fen": random.choice((None, Money(random.randrange(100_00)))),
            "refunded_fen": Money(5_00) if random.random() < 0.05 else None}

    def change_some(self, count: int) -> None:
        """Some vouchers change, as redeeming, undoing and refunds change them."""
        with self.services.store.connection():
            for voucher_id in self.random.sample(self.ids, count):
                columns = self.anything()
                Voucher.update(**{name: columns[name] for name in (
                    "status", "venue", "verified_at", "expire_date", "uses_used", "uses_total",
                    "refunded_fen")}).where(Voucher.id == voucher_id).execute()

    def all(self) -> list[Voucher]:
        with self.services.store.connection():
            return list(Voucher.select().order_by(Voucher.id))

    def that(self, wanted: Callable[[Voucher], bool]) -> list[Voucher]:
        return [row for row in self.all() if wanted(row)]


def a_shelf(settings: Settings, seed: int = 11) -> Shelf:
    """An empty shelf on a migrated, empty database."""
    ready(settings)
    clock = FixedClock(NOW)
    services = build(settings, clock=clock)
    def put(table: type[Row], id: int, **columns: Any) -> None:
        table.insert(id=id, created_at=NOW, **columns).execute()

    with services.store.connection():
        for id, (name, code) in enumerate((("美团", "meituan"), ("抖音", "douyin")), 1):
            put(Platform, id, platform_name=name, platform_code=code, updated_at=NOW)
        for id, name in enumerate(("滨江店", "城西店"), 1):
            put(Venue, id, name=name)
        put(Product, 1, name="健身月卡 30 天", kind="card", voucher_type=1)
        for id, (username, name, role) in enumerate((
                ("laoli", "老李", "admin"), ("meixue", "梅雪", "manager"),
                ("linxiaoman", "林小满", "clerk")), 1):
            put(Staff, id, username=username, name=name, role=role, password_hash="-", venue=1)
        put(Member, 1, phone="13800138000", phone_tail="8000", name="林知夏")
    return Shelf(services, clock, Random(seed))


def day_of(row: Voucher, dimension: str) -> date | None:
    """The day of one of a voucher's dates, in Shanghai."""
    if dimension == "expire":
        day: date | None = row.expire_date
        return day
    at = row.created_at if dimension == "created" else row.verified_at
    return business_day(at) if at is not None else None


def plainly(rows: Iterable[Voucher], dimension: str, descending: bool) -> list[int]:
    """Ids in a list's order: those without the date last, as they were created."""
    def sign(number: float) -> float:
        return -number if descending else number

    def key(row: Voucher) -> tuple[Any, ...]:
        at = {"created": row.created_at, "verified": row.verified_at,
              "expire": day_starts(row.expire_date) if row.expire_date else None}[dimension]
        lacking = at is None
        return (lacking, sign((at or row.created_at).timestamp()), sign(row.id))

    return [row.id for row in sorted(rows, key=key)]
