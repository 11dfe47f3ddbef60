"""A chain with as many vouchers as wanted, spread over 400 days as shops see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from random import Random
from typing import Any

from core.clock import business_day, zone
from core.store.db import SQLITE, Store
from core.store.tables import Member, Platform, Product, Staff, Venue
from core.store.tables.fields import Vault
from core.vouchers.redemption import VoucherStatus as Is

DAYS = 400
VENUES = 10
MEMBERS = 40_000
BATCH = 5_000
TYPES = ((1, "健身月卡 30 天", 29900, 19900), (2, "私教课 10 节", 260000, 188000),
         (3, "团课单次体验", 8800, 3990))
SHARES = (55, 20, 25)
COLUMNS = ("created_at", "voucher_no", "certificate_id", "code_tail", "platform_id",
           "platform_order_no", "sku_id", "voucher_type", "product_id", "product_name",
           "original_price_fen", "paid_price_fen", "use_amounts_fen", "user_phone", "user_name",
           "status", "uses_total", "uses_used", "expires_at", "expire_date", "venue_id",
           "verified_at", "verified_by", "user_id", "updated_at", "stale")


def fill(store: Store, vault: Vault, rows: int, at: datetime) -> None:
    """A chain of ten venues and two platforms, its members, and `rows` vouchers, none counted.
    The database must be empty."""
    random = Random(5)
    with store.connection():
        if store.engine == SQLITE:  # for this connection only, and nobody minds a lost benchmark
            store.database.execute_sql("PRAGMA synchronous=off")
            store.database.execute_sql("PRAGMA cache_size=-400000")
        store.transact("bench.chain", lambda: _chain(at, random))
        vouchers = _vouchers(random, vault, rows, at)
        marks = ", ".join([store.database.param] * len(COLUMNS))
        sql = f"INSERT INTO vouchers ({', '.join(COLUMNS)}) VALUES ({marks})"
        while batch := list(islice(vouchers, BATCH)):
            with store.database.atomic():
                store.database.cursor().executemany(sql, batch)
    store.close()


def _chain(at: datetime, random: Random) -> None:
    for name, code in (("美团", "meituan"), ("抖音", "douyin")):
        Platform.create(platform_name=name, platform_code=code, created_at=at, updated_at=at)
    for number in range(1, VENUES + 1):
        Venue.create(name=f"第 {number} 店", created_at=at)
        Staff.create(username=f"staff{number}", name=f"店员{number}", role="clerk",
                     password_hash="-", venue=number, created_at=at)
    for kind, name, _, _ in TYPES:
        Product.create(name=name, kind="card", voucher_type=kind, created_at=at)
    members = ({"phone": phone, "phone_tail": phone[-4:], "name": "林知夏", "first_venue": 1,
                "first_platform": random.randint(1, 2),
                "created_at": at - timedelta(days=random.randrange(DAYS))}
               for phone in random_phones(random, MEMBERS))
    while batch := list(islice(members, 1000)):
        Member.insert_many(batch).execute()


def random_phones(random: Random, count: int) -> Iterator[str]:
    """Different numbers."""
    for number in random.sample(range(10**8), count):
        yield f"138{number:08d}"


def _vouchers(random: Random, vault: Vault, rows: int, at: datetime) -> Iterator[tuple[Any, ...]]:
    last = business_day(at) - timedelta(days=1)
    for number in range(rows):
        day = last - timedelta(days=DAYS - 1 - number * DAYS // rows)
        bought = datetime.combine(day, time(8), zone()) + timedelta(
            seconds=random.randrange(14 * 3600), microseconds=random.randrange(10**6))
        kind, name, price, paid = random.choices(TYPES, SHARES)[0]
        expires_on = day + timedelta(days=90)
        status, verified, used = _fate(random, bought, kind, at)
        code = str(10**11 + number * 7919 % 10**11)
        paid -= random.randrange(0, 9) * 100
        total = 10 if kind == 2 else 1
        venue = random.randint(1, VENUES) if verified else None
        stamp = _utc(bought)
        yield (stamp, vault.seal(code), vault.seal(f"7{code}{number % 997:06d}"), code[-4:],
               random.choices((1, 2), (63, 37))[0], f"order{number // 2:010d}", f"sku{kind}", kind,
               kind, name, price, paid, json.dumps([paid // total] * total),
               f"138****{random.randrange(10_000):04d}", "林**", status.value, total, used,
               _utc(datetime.combine(expires_on + timedelta(days=1), time(), zone())),
               expires_on.isoformat(), venue, _utc(verified) if verified else None, venue,
               random.randint(1, MEMBERS) if verified else None, stamp, 1)


def _fate(random: Random, bought: datetime, kind: int,
          at: datetime) -> tuple[Is, datetime | None, int]:
    """Where a voucher stands now, when it was last used, and how often."""
    draw = random.random()
    verified = bought + timedelta(days=random.expovariate(1 / 12), hours=1)
    if draw < 0.03:
        return Is.REFUNDED, None, 0
    if verified >= at or draw > 0.85:
        if at - bought > timedelta(days=90):
            return Is.EXPIRED, None, 0
        waiting = random.random()
        return (Is.UNKNOWN if waiting < 0.0005 else Is.REDEEMING if waiting < 0.001
                else Is.UNUSED), None, 0
    if draw < 0.035:
        return Is.REFUNDED, verified, 1
    if kind == 2 and draw < 0.3:
        return Is.PARTLY_REDEEMED, verified, random.randint(1, 9)
    return Is.REDEEMED, verified, 10 if kind == 2 else 1


def _utc(at: datetime) -> str:
    return at.astimezone(zone("UTC")).strftime("%Y-%m-%d %H:%M:%S.%f")
