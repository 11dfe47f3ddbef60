"""Orders sold at the platforms become rows of ours, whatever happens to them meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.money import Money, total
from core.sandbox.world import World
from core.store.tables import (
    Audit,
    Product,
    SkuMapping,
    SyncedOrder,
    SyncRun,
    Task,
    VerificationLog,
    Voucher,
)
from core.vouchers.redemption import VoucherStatus
from tests.builders import Bought, Chain
from tests.services.sync.stage import (
    check,
    differences,
    order,
    refund,
    somebody_else,
    sync,
    voucher,
)

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])
S = VoucherStatus


@PLATFORMS
def test_a_sold_voucher_is_known_before_anybody_scans_it(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, paid=199, original=299)
    sync(chain)
    row = voucher(chain, bought)
    assert (row.status, row.uses_total, row.uses_used) == (S.UNUSED, 1, 0)
    assert (row.paid_price_fen, row.original_price_fen) == (Money(199_00), Money(299_00))
    assert row.product_id == chain.products["month_card"] and row.expire_date is not None
    assert row.stale == 1
    known = order(chain, bought)
    assert (known.check_at, known.is_open, known.quantity) == (None, 1, 1)
    (run,) = chain.rows(SyncRun, SyncRun.platform == row.platform_id)
    assert (run.state, run.kind, run.error) == ("done", "incremental", "")
    assert run.vouchers_new >= run.orders_new >= 1 and run.orders_changed == 0


@PLATFORMS
def test_synced_first_and_scanned_later_is_one_row(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    sync(chain)
    known = voucher(chain, bought).id
    chain.redeem(bought)
    row = voucher(chain, bought)
    assert (row.id, row.status, row.verified_by) == (known, S.REDEEMED, chain.clerk.id)
    sync(chain)
    assert voucher(chain, bought).verified_by == chain.clerk.id
    assert not differences(chain, bought)


@PLATFORMS
def test_scanned_first_and_synced_later_is_one_row(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    chain.redeem(bought)
    before = voucher(chain, bought)
    sync(chain)
    row = voucher(chain, bought)
    assert (row.id, row.status, row.verified_at) == (before.id, S.REDEEMED, before.verified_at)
    assert row.platform_order_no == chain.ledger(bought)["order_id"]
    assert not differences(chain, bought)


@PLATFORMS
def test_a_redemption_under_way_is_left_alone(chain: Chain, platform: str) -> None:
    """Its voucher says 核销中 until the flow itself says how it ended."""
    bought = chain.buy(platform)
    chain.ask(bought)
    sync(chain)
    assert voucher(chain, bought).status == S.REDEEMING
    assert order(chain, bought).check_at is not None


@PLATFORMS
def test_a_voucher_used_in_another_system_is_marked_used(chain: Chain, world: World,
                                                         platform: str) -> None:
    bought = chain.buy(platform)
    sync(chain)
    other = somebody_else(chain, world, platform)
    other.platform.consume(other.intent(bought), other.shop)
    sync(chain, "incremental" if platform == "douyin" else "status")
    row = voucher(chain, bought)
    assert (row.status, row.uses_used, row.verified_by) == (S.REDEEMED, 1, None)
    assert row.verified_at is not None
    (line,) = chain.rows(VerificationLog)
    assert (line.operation_type, line.operator_id, line.remark) == (1, 0, "used_elsewhere")
    (fact,) = chain.rows(Audit, Audit.action == "voucher.used_elsewhere")
    assert (fact.from_state, fact.to_state, fact.actor_kind) == ("unused", "redeemed", "platform")
    assert not differences(chain, bought)


@PLATFORMS
def test_several_certificates_of_an_order_share_what_was_paid(chain: Chain,
                                                              platform: str) -> None:
    three = chain.buy_all(platform, quantity=3, paid=33.33)
    sync(chain)
    rows = [voucher(chain, one) for one in three]
    assert len({row.id for row in rows}) == 3
    assert total(row.paid_price_fen for row in rows) == Money(99_99)
    assert order(chain, three[0]).quantity == 3
    refund(chain, three[1])
    sync(chain, "incremental" if platform == "douyin" else "status")
    assert [voucher(chain, one).status for one in three] == [S.UNUSED, S.REFUNDED, S.UNUSED]
    assert not differences(chain, *three)


@PLATFORMS
def test_a_times_card_has_its_uses_on_both_platforms(chain: Chain, world: World,
                                                     platform: str) -> None:
    """Meituan tells them only to whoever scans, so its coupons of that SKU are looked at."""
    one, other = chain.buy(platform, "times_card"), chain.buy(platform, "times_card")
    sync(chain)
    for bought in (one, other):
        row = voucher(chain, bought)
        assert (row.uses_total, row.uses_used, len(row.use_amounts_fen)) == (10, 0, 10)
        assert sum(row.use_amounts_fen) == row.paid_price_fen.fen
    elsewhere = somebody_else(chain, world, platform)
    elsewhere.platform.consume(elsewhere.intent(one, uses=3), elsewhere.shop)
    chain.redeem(other, uses=2)
    sync(chain, "incremental" if platform == "douyin" else "status")
    assert [(voucher(chain, each).status, voucher(chain, each).uses_used)
            for each in (one, other)] == [(S.PARTLY_REDEEMED, 3), (S.PARTLY_REDEEMED, 2)]
    assert not differences(chain, one, other)


def test_an_undone_meituan_coupon_takes_its_new_code_from_the_order(chain: Chain) -> None:
    bought = chain.buy("meituan")
    done = chain.redeem(bought)
    sync(chain)
    before = voucher(chain, bought).id
    chain.services.redeem.undo(done.ref, chain.clerk)
    check(chain)
    new_code = chain.ledger(bought)["code"]
    (row,) = chain.rows(Voucher, Voucher.platform_order_no == chain.ledger(bought)["order_id"])
    assert (row.id, row.voucher_no, row.status) == (before, new_code, S.UNUSED)
    assert row.code_tail == new_code[-4:] != bought.code[-4:]

    again = chain.redeem(Bought("meituan", bought.certificate_id, new_code, new_code))
    assert again.voucher_status is S.REDEEMED
    assert len(chain.rows(Voucher, Voucher.platform_order_no == row.platform_order_no)) == 1
    assert not differences(chain, bought)


def test_an_undone_meituan_coupon_scanned_before_the_sync_is_the_same_row(chain: Chain) -> None:
    bought = chain.buy("meituan")
    chain.services.redeem.undo(chain.redeem(bought).ref, chain.clerk)
    new_code = chain.ledger(bought)["code"]
    chain.redeem(Bought("meituan", bought.certificate_id, new_code, new_code))
    sync(chain)
    (row,) = chain.rows(Voucher, Voucher.platform_order_no == chain.ledger(bought)["order_id"])
    assert (row.voucher_no, row.status) == (new_code, S.REDEEMED)


def test_douyin_tells_the_plain_code_an_hour_after_a_use_elsewhere(chain: Chain,
                                                                   world: World) -> None:
    bought = chain.buy("douyin")
    other = somebody_else(chain, world, "douyin")
    other.platform.consume(other.intent(bought), other.shop)
    sync(chain)
    assert voucher(chain, bought).voucher_no == bought.certificate_id
    chain.pass_time(timedelta(minutes=70))
    check(chain)
    assert voucher(chain, bought).voucher_no == bought.code
    assert order(chain, bought).check_at is None


@PLATFORMS
def test_a_deal_nobody_mapped_is_one_task_and_gets_its_product_later(chain: Chain,
                                                                     platform: str) -> None:
    both = [chain.buy(platform, "unmapped"), chain.buy(platform, "unmapped")]
    sync(chain)
    rows = [voucher(chain, one) for one in both]
    assert [(row.product_id, row.voucher_type, row.product_name) for row in rows] == [
        (None, 0, "运动水壶礼盒")] * 2
    (task,) = [one for one in chain.rows(Task, Task.kind == "map_sku")
               if one.facts["platform"] == platform]
    assert task.facts["title"] == "运动水壶礼盒"

    with chain.store.connection():
        SkuMapping.update(product=chain.products["lessons"]).where(
            SkuMapping.sku_id == rows[0].sku_id).execute()
    sync(chain, "status")
    lessons = chain.rows(Product, Product.id == chain.products["lessons"])[0]
    assert {(voucher(chain, one).product_id, voucher(chain, one).voucher_type)
            for one in both} == {(lessons.id, lessons.voucher_type)}


@PLATFORMS
def test_an_unused_voucher_expires_by_itself(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, expires=chain.today.isoformat())
    sync(chain)
    assert voucher(chain, bought).status == S.UNUSED
    chain.pass_time(timedelta(days=1))
    sync(chain, "status")
    assert voucher(chain, bought).status == S.EXPIRED
    assert not differences(chain, bought)


@PLATFORMS
def test_what_the_buyer_got_back_is_known_where_the_platform_tells(chain: Chain,
                                                                   platform: str) -> None:
    bought = chain.buy(platform, paid=199)
    sync(chain)
    refund(chain, bought)
    sync(chain, "incremental" if platform == "douyin" else "status")
    row = voucher(chain, bought)
    assert (row.status, row.uses_used) == (S.REFUNDED, 0)
    assert row.refunded_at is not None
    assert row.refunded_fen == (Money(199_00) if platform == "douyin" else None)
    assert order(chain, bought).is_open == 0


def test_a_refund_under_way_that_does_not_happen_leaves_the_voucher_usable(chain: Chain) -> None:
    bought = chain.buy("meituan")
    sync(chain)
    refund(chain, bought, "refunding")
    sync(chain, "status")
    row = voucher(chain, bought)
    assert (row.status, row.refunded_at) == (S.REFUNDED, None)
    assert order(chain, bought).is_open == 1


@PLATFORMS
def test_a_second_listing_of_the_same_orders_writes_nothing(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    sync(chain)
    chain.pass_time(timedelta(minutes=1))
    sync(chain)  # once more, for what may have followed in the same second
    written = voucher(chain, bought).updated_at
    listed = {row.order_id: row.updated_at for row in chain.rows(SyncedOrder)}
    sync(chain, "sweep")
    assert voucher(chain, bought).updated_at == written
    assert {row.order_id: row.updated_at for row in chain.rows(SyncedOrder)} == listed
    run = chain.rows(SyncRun, SyncRun.kind == "sweep")[-1]
    assert (run.orders_new, run.orders_changed, run.vouchers_changed) == (0, 0, 0)


def test_a_second_change_in_the_same_second_is_seen(chain: Chain) -> None:
    """Douyin tells update times in whole seconds: a listing may come between two changes, and
    the next one long after both."""
    two = chain.buy_all("douyin", quantity=2)
    sync(chain)
    refund(chain, two[0])
    sync(chain)
    refund(chain, two[1])
    chain.pass_time(timedelta(minutes=5))
    sync(chain)
    assert [voucher(chain, one).status for one in two] == [S.REFUNDED, S.REFUNDED]
