"""Cancelled, refunded, not paid in time: what goes back, and that it goes back once (I5, Q6)."""

from __future__ import annotations

from random import Random

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, PricingError
from core.money import Money
from core.services.pricing.orders import OrderView
from core.store.tables import (
    PriceCoupon,
    PriceCouponClaim,
    PriceOrder,
    PriceOrderRefund,
    PriceVoucherCode,
    PriceVoucherUsage,
)
from tests.services.pricing.photo_shop import PHOTOS, PRINT, PhotoShop
from tests.services.pricing.test_checkout import settle
from tests.services.pricing.test_claiming_codes import a_batch, claim, counters
from tests.services.racing import together


def an_order(shop: PhotoShop, *, paid: bool = False) -> tuple[OrderView, int]:
    """Lin's order with a code and a coupon; and the batch."""
    batch = a_batch(shop)
    claim(shop)
    shop.pricing.coupons.claim(shop.coupon(20), shop.lin)
    order = settle(shop, (PHOTOS, 1), (PRINT, 3), actor=shop.lin)
    if paid:
        order = shop.pricing.orders.pay(order.row.order_no, shop.clerk)
    return order, batch


def held(shop: PhotoShop) -> tuple[int, str, int]:
    """(state of the code, state of the coupon, coupon's counter)"""
    code = shop.rows(PriceVoucherCode, PriceVoucherCode.face_id == "face-lin")[0]
    return (code.status, shop.rows(PriceCouponClaim)[0].status,
            shop.rows(PriceCoupon)[0].used_count)


USED, BACK = (2, "used", 1), (1, "claimed", 0)


def test_a_cancelled_order_gives_code_and_coupon_back(shop: PhotoShop) -> None:
    order, batch = an_order(shop)
    assert held(shop) == USED
    cancelled = shop.pricing.orders.cancel(order.row.order_no, shop.lin, reason="不要了")
    assert (cancelled.row.state, cancelled.due) == ("cancelled", Money.zero())
    assert held(shop) == BACK
    assert counters(shop, batch) == (3, 1, 0)
    (usage,) = shop.rows(PriceVoucherUsage)
    assert (usage.reversed_at is not None, usage.reason) == (True, "不要了")
    assert settle(shop, (PHOTOS, 1), (PRINT, 3), actor=shop.lin).row.final_fen \
        == order.row.final_fen
    assert shop.pricing.upkeep.drift() == []


def test_what_is_not_paid_in_time_goes_back_by_itself_once(shop: PhotoShop) -> None:
    an_order(shop)
    shop.pass_time(minutes=29)
    assert shop.pricing.orders.expire() == 0
    shop.pass_time(minutes=2)
    assert sorted(together(*[shop.pricing.orders.expire] * 3)) == [0, 0, 1]
    assert held(shop) == BACK
    assert shop.rows(PriceOrder)[0].state == "cancelled"


def test_cancel_and_pay_at_once_only_one_of_them(shop: PhotoShop) -> None:
    order, _ = an_order(shop)
    number = order.row.order_no
    together(lambda: shop.pricing.orders.cancel(number, shop.lin),
             lambda: shop.pricing.orders.pay(number, shop.clerk))
    state = shop.rows(PriceOrder)[0].state
    assert (state, held(shop)) in (("cancelled", BACK), ("paid", USED))
    assert shop.pricing.upkeep.drift() == []


def test_part_of_an_order_gives_money_back_only(shop: PhotoShop) -> None:
    """the price of the other units rests on code and coupon"""
    order, _ = an_order(shop, paid=True)
    view = shop.pricing.orders.refund(order.row.order_no, shop.manager, units={2: 1})
    assert (view.row.state, held(shop)) == ("partly_refunded", USED)
    (line,) = [one for one in view.lines if one.number == 2]
    assert (line.refunded_quantity, line.refunded_fen) == (1, view.row.refunded_fen)


def test_the_last_unit_gives_everything_back_once(shop: PhotoShop) -> None:
    order, batch = an_order(shop, paid=True)
    number = order.row.order_no
    shop.pricing.orders.refund(number, shop.manager, units={1: 1})
    view = shop.pricing.orders.refund(number, shop.manager)
    assert (view.row.state, view.row.refunded_fen) == ("refunded", view.row.final_fen)
    assert held(shop) == BACK
    assert counters(shop, batch) == (3, 1, 0)
    with pytest.raises(Conflict, match="order_closed"):
        shop.pricing.orders.refund(number, shop.manager)
    assert shop.pricing.upkeep.drift() == []


def test_refunds_in_any_order_sum_to_what_was_paid(shop: PhotoShop) -> None:
    """I5, through the books"""
    shop.bundle(discount_type="PERCENTAGE_DISCOUNT", kept=8777, min_types=2)
    random = Random(4)
    for _ in range(3):
        order = settle(shop, (PHOTOS, 2), (PRINT, 5), actor=shop.clerk)
        units = [1] * 2 + [2] * 5
        random.shuffle(units)
        for line in units:
            view = shop.pricing.orders.refund(order.row.order_no, shop.manager, units={line: 1})
        assert (view.row.state, view.row.refunded_fen) == ("refunded", order.row.final_fen)
        assert sum(one.amount_fen.fen for one in view.refunds) == order.row.final_fen.fen
    assert shop.pricing.upkeep.drift() == []


def test_refunds_at_once_never_return_more_than_was_bought(shop: PhotoShop) -> None:
    order = settle(shop, (PRINT, 3), actor=shop.clerk)
    results = together(*[lambda: shop.pricing.orders.refund(
        order.row.order_no, shop.manager, units={1: 2})] * 3)
    refused = [one for one in results if isinstance(one, PricingError)]
    assert {(one.word, one.facts["left"]) for one in refused} == {("refund_too_many", 1)}
    assert len(refused) == 2 and len(shop.rows(PriceOrderRefund)) == 1


def test_an_unpaid_order_only_becomes_less_due(shop: PhotoShop) -> None:
    order = settle(shop, (PRINT, 3))
    view = shop.pricing.orders.refund(order.row.order_no, shop.clerk, units={1: 1})
    assert (view.row.state, view.due) == ("awaiting_payment", Money.yuan(24))
    paid = shop.pricing.orders.pay(order.row.order_no, shop.clerk)
    assert paid.row.state == "partly_refunded"


def test_who_may_give_back(shop: PhotoShop) -> None:
    order, _ = an_order(shop, paid=True)
    number = order.row.order_no
    for actor, error in ((shop.clerk, NotAllowed), (shop.kiosk, NotAllowed),
                         (shop.lin, NotAllowed), (shop.wang, NotFound),
                         (shop.hill_manager, NotFound)):
        with pytest.raises(error):
            shop.pricing.orders.refund(number, actor)
    with pytest.raises(Conflict, match="already_paid"):
        shop.pricing.orders.cancel(number, shop.lin)
    with pytest.raises(NotFound):
        shop.pricing.orders.cancel(number, shop.wang)
    assert held(shop) == USED


@pytest.mark.parametrize(("units", "error", "word"), [
    ({9: 1}, InvalidInput, "no_such_line"), ({}, InvalidInput, "nothing_to_refund"),
    ({1: 0}, InvalidInput, "nothing_to_refund"), ({1: 2}, PricingError, "refund_too_many"),
    ({1: -1}, PricingError, "bad_quantity")], ids=str)
def test_odd_refunds_are_refused(shop: PhotoShop, units: dict[int, int], error: type[Exception],
                                 word: str) -> None:
    order, _ = an_order(shop, paid=True)
    with pytest.raises(error) as refused:
        shop.pricing.orders.refund(order.row.order_no, shop.manager, units=units)
    assert getattr(refused.value, "word", "") == word
    assert shop.rows(PriceOrderRefund) == []


def test_an_expired_code_stays_expired_when_its_order_is_undone(shop: PhotoShop) -> None:
    batch = a_batch(shop, 1, claim_days=0, max_uses=2)
    claim(shop)
    order = settle(shop, (PHOTOS, 1), actor=shop.lin)
    shop.pricing.orders.pay(order.row.order_no, shop.clerk)
    shop.pass_time(days=1)
    assert shop.pricing.codes.expire() == 1
    shop.pricing.orders.refund(order.row.order_no, shop.manager)
    (row,) = shop.rows(PriceVoucherCode)
    assert (row.status, row.used_count) == (4, 0)
    assert counters(shop, batch) == (1, 1, 0)
    assert shop.pricing.upkeep.drift() == []


def test_a_refund_after_years_still_balances_the_books(shop: PhotoShop) -> None:
    """the code was put away long ago; it comes back to nobody, yet the counters stay right"""
    order, batch = an_order(shop, paid=True)
    shop.pass_time(days=401)
    assert shop.pricing.upkeep.archive() == "1 codes archived"
    shop.pricing.orders.refund(order.row.order_no, shop.manager)
    assert counters(shop, batch) == (3, 1, 0)
    assert shop.pricing.upkeep.drift() == []
