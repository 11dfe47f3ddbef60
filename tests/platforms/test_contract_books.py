"""Orders, verification history and shops as each platform keeps them; the same tests for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import business_day, day_ends
from core.errors import PlatformBusy, PlatformMisconfigured, PlatformUnknown
from core.money import Money, total
from core.platforms.books import PlatformOrder, SoldCertificate, Verified, Window
from core.vouchers.certificate import CertificateStatus
from tests.platforms.stage import Bought, Stage

S = CertificateStatus


@pytest.fixture
def window() -> Iterator[Window]:
    """From the moment before the test bought anything."""
    began = datetime.now(UTC) - timedelta(seconds=1)
    yield Window(began, began + timedelta(hours=1))


def listed(stage: Stage, window: Window) -> list[PlatformOrder]:
    source, cursor = stage.order_source(), ""
    orders: list[PlatformOrder] = []
    while True:
        page = source.orders(stage.merchant, window, cursor)
        assert not page.odd
        orders += page.orders
        cursor = page.next
        if not cursor:
            return orders


def order_of(stage: Stage, window: Window, bought: Bought) -> PlatformOrder:
    order_id = stage.ledger(bought)["order_id"]
    (order,) = [one for one in listed(stage, window) if one.order_id == order_id]
    return order


def certificates(stage: Stage, order: PlatformOrder) -> dict[str, SoldCertificate]:
    found = stage.order_source().details(stage.merchant, order)
    return {one.certificate_id: one for one in found}


def verified(stage: Stage, bought: Bought, day_offset: int = 0) -> list[Verified]:
    day = business_day(stage.clock.now()) + timedelta(days=day_offset)
    return [line for line in stage.history().records(day, stage.shop)
            if line.certificate_id == bought.certificate_id]


def test_a_paid_order_is_listed(stage: Stage, window: Window) -> None:
    bought = stage.buy_one(paid=199, original=299)
    order = order_of(stage, window, bought)
    sku = stage.world.sku(stage.name, "month_card")
    assert sku is not None
    assert (order.platform, order.title, order.sku_id) == (stage.name, "健身月卡 30 天",
                                                           sku.deal_id)
    assert (order.status, order.paid) == (S.UNUSED, Money(199_00))
    assert order.paid_at is not None and window.since <= order.paid_at < window.until


def test_its_certificates_are_told_with_amounts_and_validity(stage: Stage,
                                                             window: Window) -> None:
    last = business_day(stage.clock.now()) + timedelta(days=30)
    both = stage.buy(quantity=2, paid=199, original=299, expires=last.isoformat())
    found = certificates(stage, order_of(stage, window, both[0]))
    assert sorted(found) == sorted(one.certificate_id for one in both)
    for one in found.values():
        assert (one.status, one.paid, one.original) == (S.UNUSED, Money(199_00), Money(299_00))
        assert one.expires == day_ends(last)


def test_more_orders_than_a_page_come_once_each(stage: Stage, window: Window) -> None:
    bought = [stage.buy_one() for _ in range(120)]
    ids = [order.order_id for order in listed(stage, window)]
    assert len(ids) == len(set(ids))
    assert {stage.ledger(one)["order_id"] for one in (bought[0], bought[60], bought[-1])} <= set(
        ids)


def test_orders_outside_the_window_are_not_listed(stage: Stage, window: Window) -> None:
    bought = stage.buy_one()
    order_id = stage.ledger(bought)["order_id"]
    before = Window(window.since - timedelta(hours=2), window.since - timedelta(hours=1))
    assert order_id not in {one.order_id for one in listed(stage, before)}


def test_what_happens_to_certificates_is_told(stage: Stage, window: Window) -> None:
    used, refunded, kept = stage.buy_one(), stage.buy_one(), stage.buy_one()
    stage.platform.consume(stage.intent(used), stage.shop)
    stage.refund(refunded)
    told = {one: order_of(stage, window, one) for one in (used, refunded, kept)}
    assert [told[one].status for one in told] == [S.USED, S.REFUNDED, S.UNUSED]
    assert [certificates(stage, told[one])[one.certificate_id].status for one in told] == [
        S.USED, S.REFUNDED, S.UNUSED]


def test_an_old_order_that_changes_comes_again_where_changes_are_listed(
        stage: Stage, window: Window) -> None:
    bought = stage.buy_one()
    order_id = stage.ledger(bought)["order_id"]
    stage.pass_time(timedelta(days=2))
    stage.refund(bought)
    now = stage.clock.now()
    later = Window(now - timedelta(minutes=5), now + timedelta(minutes=5))
    came = order_id in {one.order_id for one in listed(stage, later)}
    assert came is stage.order_source().lists_changes


def test_a_times_card_tells_its_uses_where_the_platform_does(stage: Stage,
                                                             window: Window) -> None:
    bought = stage.buy_one("times_card", paid=100, uses=3)
    stage.platform.consume(stage.intent(bought), stage.shop)
    order = order_of(stage, window, bought)
    card = certificates(stage, order)[bought.certificate_id]
    assert card.status is S.UNUSED
    if stage.name == "douyin":
        assert order.times_card
        assert (card.uses_total, card.uses_left) == (3, 2)
        assert total(card.use_amounts) == card.paid == Money(100_00)
    else:
        assert (card.uses_total, card.uses_left) == (None, None)


def test_the_history_has_each_use_once(stage: Stage) -> None:
    bought = stage.buy_one("times_card", paid=100, uses=3)
    intent = stage.intent(bought, uses=2)
    consumed = stage.platform.consume(intent, stage.shop)
    lines = verified(stage, bought)
    assert sorted(line.verify_id for line in lines) == sorted(
        use.verify_id for use in consumed.uses)
    for line in lines:
        assert not line.cancelled and not line.refunded and line.by_api
        assert line.operator == (intent.operator if stage.name == "meituan" else "")
        assert abs(line.at - consumed.at) < timedelta(minutes=1)


def test_the_history_has_the_amount_of_an_ordinary_use(stage: Stage) -> None:
    bought = stage.buy_one(paid=199)
    stage.platform.consume(stage.intent(bought), stage.shop)
    (line,) = verified(stage, bought)
    assert line.amount == Money(199_00)


def test_what_was_taken_back_or_refunded_shows_in_the_history(stage: Stage) -> None:
    undone, refunded = stage.buy_one(), stage.buy_one()
    intents = {one: stage.intent(one) for one in (undone, refunded)}
    consumed = {one: stage.platform.consume(intent, stage.shop)
                for one, intent in intents.items()}
    stage.platform.cancel(stage.undo_of(intents[undone], consumed[undone]), stage.shop)
    stage.refund(refunded)
    (line,) = verified(stage, undone)
    assert (line.cancelled, line.refunded) == (True, False)
    (line,) = verified(stage, refunded)
    assert (line.cancelled, line.refunded) == (False, True)


def test_a_day_and_a_shop_have_only_their_own_uses(stage: Stage) -> None:
    here, there = stage.buy_one(), stage.buy_one()
    stage.platform.consume(stage.intent(here), stage.shop)
    stage.platform.consume(stage.intent(there), stage.west)
    assert (len(verified(stage, here)), len(verified(stage, there))) == (1, 0)
    assert verified(stage, here, -1) == verified(stage, here, 1) == []


def test_a_long_day_is_read_to_its_end(stage: Stage) -> None:
    """Douyin gives 20 lines a page."""
    card = stage.buy_one("times_card", uses=45)
    stage.platform.consume(stage.intent(card, uses=45), stage.shop)
    assert len({line.verify_id for line in verified(stage, card)}) == 45


def test_the_merchants_shops_are_listed(stage: Stage) -> None:
    shops = stage.directory().shops(stage.merchant)
    assert [shop.shop_id for shop in shops] == [stage.shop.shop_id, stage.west.shop_id]
    assert "滨江店" in shops[0].name and shops[0].address


def test_reading_survives_single_failures(stage: Stage, window: Window) -> None:
    bought = stage.buy_one()
    stage.fault("http_500", "orders", count=1)
    stage.fault("garbage", "history", count=1)
    order_of(stage, window, bought)
    assert verified(stage, bought) == []


@pytest.mark.parametrize(("mode", "kind"), [
    ("http_500", PlatformUnknown), ("rate_limited", PlatformBusy),
    ("token_expired", PlatformMisconfigured)])
def test_reading_that_fails_says_why(stage: Stage, window: Window, mode: str,
                                     kind: type[Exception]) -> None:
    stage.fault(mode, "orders")
    with pytest.raises(kind):
        listed(stage, window)
