"""One run: never two at once, nothing kept without its rows, one odd order holds up nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.errors import InvalidInput, NotAllowed
from core.platforms.books import PlatformOrder
from core.services import trouble
from core.store import merchants, orders
from core.store.tables import QuarantinedOrder, SyncCursor, SyncedOrder, SyncRun, Task
from core.vouchers.redemption import VoucherStatus
from tests.builders import Bought, Chain
from tests.services.racing import together
from tests.services.sync.stage import (
    check,
    differences,
    meddled,
    order,
    refund,
    sync,
    voucher,
)

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


class PulledPlug(BaseException):
    """The process is gone."""


def plug_at(page: int) -> Any:
    def pull(number: int) -> None:
        if number == page:
            raise PulledPlug
    return pull


def sell(chain: Chain, platform: str, count: int) -> list[str]:
    """So many orders of one certificate; their ids."""
    ids: list[str] = chain.control("orders/bulk", {"platform": platform, "count": count})[
        "order_ids"]
    return ids


def runs(chain: Chain, platform: str) -> list[SyncRun]:
    return [run for run in chain.rows(SyncRun) if run.platform_id == chain.platforms[platform]]


@PLATFORMS
def test_two_runs_of_a_merchant_take_turns(chain: Chain, platform: str) -> None:
    sell(chain, platform, 60)
    turns = together(*[lambda: sync(chain)] * 3)
    assert all(isinstance(one, str) for one in turns), turns
    assert any("another run is at work" in one for one in turns)
    known = chain.rows(SyncedOrder)
    assert len({one.order_id for one in known}) == len(known) >= 60


@PLATFORMS
def test_a_run_that_died_goes_on_where_its_rows_end(chain: Chain, platform: str) -> None:
    """The cursor moves with the commit of the rows before it, not before."""
    sold = sell(chain, platform, 450)
    with pytest.raises(PulledPlug):
        meddled(chain, platform, on_page=plug_at(5)).sync.run("incremental")
    (run,) = runs(chain, platform)
    assert run.state == "running" and 200 <= len(chain.rows(SyncedOrder)) < 450
    assert all(one.synced_until is None for one in chain.rows(SyncCursor))
    chain.clock.shift += timedelta(minutes=3)  # its lease ends
    sync(chain)
    (run, *_) = runs(chain, platform)
    assert run.state == "done" and run.orders_new >= 450
    assert {one.order_id for one in chain.rows(SyncedOrder)} >= set(sold)


@PLATFORMS
def test_whoever_lost_the_lease_writes_no_more(chain: Chain, platform: str) -> None:
    """It slept longer than its lease while another took over."""
    sell(chain, platform, 450)

    def asleep(number: int) -> None:
        if number == 5:
            chain.clock.shift += timedelta(minutes=3)
            assert platform in sync(chain)

    said = meddled(chain, platform, on_page=asleep).sync.run("incremental")
    assert "taken over" in said
    check(chain, timedelta(minutes=5))
    assert {run.state for run in runs(chain, platform)} == {"done"}


@PLATFORMS
def test_a_notice_that_comes_while_the_order_is_asked_for_is_not_lost(chain: Chain,
                                                                     platform: str) -> None:
    """The answer is from before the notice: it is thrown away, and the order asked for again."""
    bought = chain.buy(platform)
    with chain.store.connection():
        merchant = merchants.merchants(platform)[0]
    number = str(chain.ledger(bought)["order_id"])
    asked: list[str] = []

    def refunded_meanwhile(one: PlatformOrder) -> None:
        asked.append(one.order_id)
        if asked.count(number) == 1 and one.order_id == number:
            refund(chain, bought)
            chain.store.transact("test.notice", lambda: orders.mark_due(
                merchant.platform_id, number, chain.clock.now(), account_id=merchant.account_id,
                ask_entry=True))

    meddled(chain, platform, on_details=refunded_meanwhile).sync.run("incremental")
    assert asked.count(number) == 2
    assert voucher(chain, bought).status == VoucherStatus.REFUNDED
    assert order(chain, bought).check_at is None


@PLATFORMS
def test_an_order_that_cannot_be_read_is_set_aside_with_one_alert(chain: Chain,
                                                                  platform: str) -> None:
    odd, good = chain.buy(platform), chain.buy(platform)
    number = str(chain.ledger(odd)["order_id"])
    for _ in range(2):
        meddled(chain, platform, spoil=lambda one: one.order_id == number).sync.run("incremental")
        chain.clock.shift += timedelta(minutes=5)
    assert voucher(chain, good).status == 1
    (aside,) = chain.rows(QuarantinedOrder)
    assert (aside.order_id, aside.times > 1, aside.resolved_at) == (number, True, None)
    (task,) = chain.rows(Task, Task.kind == trouble.ODD_ORDERS)
    assert task.state == "open" and task.facts["order_id"] == number
    sync(chain, "sweep")
    assert not differences(chain, odd, good)
    assert chain.rows(QuarantinedOrder)[0].resolved_at is not None
    assert chain.rows(Task, Task.kind == trouble.ODD_ORDERS)[0].state == "done"


@PLATFORMS
def test_a_platform_that_is_too_busy_is_asked_again_and_nothing_is_missed(
        chain: Chain, platform: str) -> None:
    sold = sell(chain, platform, 30)
    chain.control("faults", {"platform": platform, "endpoint": "*", "mode": "rate_limited",
                             "count": 6})
    for _ in range(3):
        sync(chain)
        check(chain, timedelta(minutes=16))
    assert {one.order_id for one in chain.rows(SyncedOrder, SyncedOrder.check_at.is_null())} \
        >= set(sold)


def test_a_run_by_hand_is_asked_for_once_and_watched(chain: Chain) -> None:
    """Live progress: what a page that asks again and again is shown."""
    sell(chain, "douyin", 450)
    ask = chain.services.platforms.sync
    (first,) = ask.ask(chain.clerk, platform="douyin")
    (again,) = ask.ask(chain.manager, platform="douyin")
    assert again.id == first.id and "sync_requested" in chain.nudged
    assert (first.state, first.percent) == ("waiting", 0)
    shown = []
    meddled(chain, "douyin", on_page=lambda number: shown.append(
        ask.one(first.id, chain.clerk))).sync.go_on()
    percents = [one.percent for one in shown]
    assert percents == sorted(percents) and percents[-1] > percents[0]
    done = ask.one(first.id, chain.clerk)
    assert (done.state, done.percent, done.asked_by) == ("done", 100, chain.clerk.id)
    assert done.orders_seen >= 450 and done.vouchers_new >= 450


def test_named_days_are_the_venues_days(chain: Chain) -> None:
    ask = chain.services.platforms.sync.ask
    (one,) = ask(chain.clerk, platform="meituan", start_date=chain.today, end_date=chain.today)
    assert (one.since.hour, one.since.minute) == (16, 0)  # midnight in Shanghai
    with pytest.raises(InvalidInput):
        ask(chain.clerk, start_date=chain.today - timedelta(days=187), end_date=chain.today)
    with pytest.raises(InvalidInput):
        ask(chain.clerk, start_date=chain.today + timedelta(days=1))
    with pytest.raises(NotAllowed):
        ask(chain.kiosk)


@PLATFORMS
def test_who_was_away_for_a_week_lists_the_whole_week(chain: Chain, platform: str) -> None:
    sync(chain)
    week: list[Bought] = []
    for _ in range(7):
        week.append(chain.buy(platform))
        chain.pass_time(timedelta(days=1))
    sync(chain)
    assert all(order(chain, one).status == "unused" for one in week)
