"""Housekeeping: every counter is recomputed, dead codes go, old ones are put away (P264–P266)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.money import Money
from core.store.tables import (
    PriceCoupon,
    PriceOrder,
    PriceOrderLine,
    PriceVoucherBatch,
    PriceVoucherCode,
    PriceVoucherCodeArchive,
    PriceVoucherUsage,
    Row,
    Task,
)
from tests.services.pricing.photo_shop import PHOTOS, PhotoShop
from tests.services.pricing.test_checkout import settle
from tests.services.pricing.test_claiming_codes import a_batch, claim, counters, word_of


def a_busy_day(shop: PhotoShop) -> None:
    a_batch(shop)
    claim(shop)
    shop.pricing.coupons.claim(shop.coupon(20), shop.lin)
    settle(shop, (PHOTOS, 1), actor=shop.lin)


def falsify(shop: PhotoShop, table: type[Row], **columns: Any) -> None:
    with shop.services.store.connection():
        table.update(**columns).execute()


@pytest.mark.parametrize(("table", "columns", "subject", "counter"), [
    (PriceVoucherBatch, {"claimed_count": 7}, "batch", "claimed_count"),
    (PriceVoucherBatch, {"used_count": 0}, "batch", "used_count"),
    (PriceVoucherBatch, {"generated_count": 2}, "batch", "generated_count"),
    (PriceCoupon, {"claimed_count": 0}, "coupon", "claimed_count"),
    (PriceCoupon, {"used_count": 9}, "coupon", "used_count"),
    (PriceVoucherUsage, {"voucher_code_id": 999_999}, "voucher_code", "used_count"),
    (PriceOrder, {"final_fen": Money(1)}, "order", "final_fen"),
    (PriceOrder, {"original_fen": Money(1)}, "order", "original_fen"),
    (PriceOrderLine, {"refunded_fen": Money(1)}, "order", "refunded_fen")], ids=str)
def test_every_counter_that_drifts_is_reported(shop: PhotoShop, table: type[Row],
                                               columns: dict[str, Any], subject: str,
                                               counter: str) -> None:
    """P153, P266"""
    a_busy_day(shop)
    assert shop.pricing.upkeep.drift() == []
    falsify(shop, table, **columns)
    assert {(one.subject, one.counter) for one in shop.pricing.upkeep.drift()} == {
        (subject, counter)}


def test_drift_becomes_one_task_with_both_numbers(shop: PhotoShop) -> None:
    a_busy_day(shop)
    falsify(shop, PriceVoucherBatch, claimed_count=7)
    for _ in range(2):
        assert shop.pricing.upkeep.check() == "1 counters differ from their rows"
    (task,) = shop.rows(Task)
    assert (task.kind, task.facts["counted"], task.facts["rows"]) == ("price_drift", 7, 1)


def test_expired_codes_that_nobody_claimed_are_deleted_after_a_month(shop: PhotoShop) -> None:
    """P265, Q13: and nothing else is"""
    batch = a_batch(shop, 5, ends=shop.clock.now() + timedelta(days=1))
    claim(shop)
    code = claim(shop, "face-2")
    shop.pricing.codes.use(code.id, shop.clerk)
    shop.pass_time(days=2)
    shop.pricing.codes.expire()
    assert shop.pricing.upkeep.purge() == "0 unclaimed codes deleted"
    shop.pass_time(days=30)
    assert shop.pricing.upkeep.purge() == "3 unclaimed codes deleted"
    assert sorted(row.status for row in shop.rows(PriceVoucherCode)) == [2, 4]
    stats = shop.pricing.batches.stats(batch, shop.clerk)
    assert (stats.unclaimed, stats.used, stats.expired, stats.used_rate) == (0, 1, 4, 0.2)
    assert len(shop.rows(PriceVoucherUsage)) == 1
    assert counters(shop, batch) == (5, 2, 1)
    assert shop.pricing.upkeep.drift() == []


def test_a_printed_code_is_not_purged(shop: PhotoShop) -> None:
    from core.services.pricing.prints import Which

    a_batch(shop, 2, ends=shop.clock.now() + timedelta(days=1))
    code = shop.rows(PriceVoucherCode)[0]
    shop.pricing.prints.print_one(Which(code_id=code.id), shop.clerk)
    shop.pass_time(days=2)
    shop.pricing.codes.expire()
    shop.pass_time(days=31)
    shop.pricing.upkeep.purge()
    assert [row.id for row in shop.rows(PriceVoucherCode)] == [code.id]


def test_an_archived_code_keeps_its_story(shop: PhotoShop) -> None:
    """P264: found, counted, and still its face's one claim"""
    batch = a_batch(shop)
    code = claim(shop)
    shop.pricing.codes.use(code.id, shop.clerk)
    shop.pass_time(days=401)
    assert shop.pricing.upkeep.archive() == "1 codes archived"
    assert [row.id for row in shop.rows(PriceVoucherCodeArchive)] == [code.id]
    assert code.id not in {row.id for row in shop.rows(PriceVoucherCode)}
    assert counters(shop, batch) == (3, 1, 1)
    stats = shop.pricing.batches.stats(batch, shop.clerk)
    assert (stats.unclaimed, stats.used) == (2, 1)
    assert shop.pricing.upkeep.drift() == []
    assert word_of(lambda: claim(shop)) == "already_claimed"
    assert len(shop.pricing.usage.of_code(code.code, shop.manager)) == 1
    priced = shop.price((PHOTOS, 1), codes=(code.code,), face_id="face-lin")
    assert [one.word for one in priced.refused] == ["code_used"]
    assert shop.pricing.upkeep.archive() == "0 codes archived"


def test_a_usable_code_is_never_put_away(shop: PhotoShop) -> None:
    a_batch(shop)
    claim(shop)
    shop.pass_time(days=4000)
    assert shop.pricing.upkeep.archive() == "0 codes archived"
