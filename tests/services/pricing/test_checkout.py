"""A checkout settles what was shown, or says what changed (I5, P179, P223, design section 5)."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Conflict, InvalidInput
from core.money import Money
from core.services.actor import Actor
from core.services.pricing.checkout import PriceChanged
from core.services.pricing.orders import OrderView
from core.store.tables import (
    Audit,
    PriceCoupon,
    PriceCouponClaim,
    PriceOrder,
    PriceOrderLine,
    PriceVoucherCode,
    PriceVoucherUsage,
    Venue,
)
from tests.services.pricing.photo_shop import PHOTOS, PRINT, VLOG, PhotoShop
from tests.services.pricing.test_claiming_codes import a_batch, claim, counters
from tests.services.racing import together


def paper_code(shop: PhotoShop, **columns: Any) -> str:
    """A single-use code in nobody's name."""
    batch = a_batch(shop, 1, on_paper=True, **columns)
    (row,) = shop.rows(PriceVoucherCode, PriceVoucherCode.batch == batch)
    return str(row.code)


def settle(shop: PhotoShop, *wanted: Any, actor: Actor | None = None, shown: str | None = None,
           **more: Any) -> OrderView:
    actor = actor or shop.kiosk
    made = shop.pricing.checkout.settle(shop.cart(*wanted, **more), actor, shown=shown)
    return shop.pricing.orders.by_id(made, actor)


def changed(work: Any) -> PriceChanged:
    with pytest.raises(PriceChanged) as refused:
        work()
    return refused.value


def test_code_coupon_counters_and_order_are_one_change(shop: PhotoShop) -> None:
    batch = a_batch(shop)
    code = claim(shop)
    coupon = shop.coupon(20, 100)
    held = shop.pricing.coupons.claim(coupon, shop.lin)
    order = settle(shop, (PHOTOS, 1), (PRINT, 2), actor=shop.lin)
    assert (order.row.original_fen, order.row.final_fen) == (Money(15200), Money(10920))
    assert (order.row.voucher_code_id, order.row.coupon_claim_id) == (code.id, held.id)
    assert (order.row.state, order.row.provider, order.due) == (
        "awaiting_payment", "counter", Money(10920))
    assert counters(shop, batch) == (3, 1, 1)
    (usage,) = shop.rows(PriceVoucherUsage)
    assert (usage.order_no, usage.discount_fen, usage.face_id) == (
        order.row.order_no, Money(2280), "face-lin")
    (taken,) = shop.rows(PriceCouponClaim)
    assert (taken.status, taken.order_id, taken.discount_fen) == ("used", order.row.id,
                                                                  Money(2000))
    (row,) = shop.rows(PriceCoupon)
    assert (row.claimed_count, row.used_count) == (1, 1)
    assert shop.rows(Audit, Audit.action == "order.settle")
    assert shop.pricing.upkeep.drift() == []


def test_the_parts_of_an_order_add_up(shop: PhotoShop) -> None:
    """I5: cart, lines and the explanation that is kept"""
    shop.bundle(discount_type="PERCENTAGE_DISCOUNT", kept=9000, min_types=2)
    code = paper_code(shop)
    order = settle(shop, (PHOTOS, 1), (VLOG, 1), (PRINT, 7), codes=(code,))
    lines = shop.rows(PriceOrderLine)
    assert sum(line.final_fen.fen for line in lines) == order.row.final_fen.fen
    for line in lines:
        assert line.original_fen.fen - sum(line.discounts_fen) == line.final_fen.fen >= 0
    told = order.row.explanation
    assert [row["promotion"]["type"] for row in told["rows"]] == ["BUNDLE", "VOUCHER"]
    assert sum(row["off_fen"] for row in told["rows"]) == (
        order.row.original_fen - order.row.final_fen).fen


def test_a_quote_is_settled_exactly_as_shown(shop: PhotoShop) -> None:
    shown = shop.price((PHOTOS, 1), actor=shop.lin).shown
    order = settle(shop, (PHOTOS, 1), actor=shop.lin, shown=shown)
    assert order.row.final_fen == Money.yuan(128)


def test_a_price_that_changed_is_shown_again_and_nothing_is_settled(shop: PhotoShop) -> None:
    shown = shop.price((PHOTOS, 1)).shown
    added = shop.bundle("今天减 30", discount_type="FIXED_DISCOUNT", amount_fen=30,
                        min_quantity=1)
    error = changed(lambda: settle(shop, (PHOTOS, 1), shown=shown))
    assert (error.before, error.priced.quote.final) == (Money.yuan(128), Money.yuan(98))
    assert [(one.type, one.id, one.applied) for one in error.changes] == [("BUNDLE", added, True)]
    assert shop.rows(PriceOrder) == []
    settle(shop, (PHOTOS, 1), shown=error.priced.shown)


def test_an_agreed_amount_is_kept_to(shop: PhotoShop) -> None:
    asked = shop.cart((PHOTOS, 1))
    error = changed(lambda: shop.pricing.checkout.settle(asked, shop.kiosk,
                                                         amount=Money.yuan(127)))
    assert error.priced.quote.final == Money.yuan(128)
    assert shop.pricing.checkout.settle(asked, shop.kiosk, amount=Money.yuan(128))


@pytest.mark.parametrize("shown", [
    "x", "1-2", "a-b-c-d", "1-" + "9" * 90 + "--x", "12800-12800-VOUCHER:99999999999999999999-00",
    "12800-12800-COUPON:-1..:-x", "12800-12800-BUNDLE:7-0011223344556677"])
def test_a_forged_quote_settles_nothing(shop: PhotoShop, shown: str) -> None:
    assert changed(lambda: settle(shop, (PHOTOS, 1), shown=shown)).priced
    assert shop.rows(PriceOrder) == []


def test_two_checkouts_of_one_code_one_wins_the_other_hears_why(shop: PhotoShop) -> None:
    """issue 4, "Show": the loser re-prices, sees that the code was used, and may go on without"""
    code = paper_code(shop)
    shown = shop.price((PHOTOS, 1), codes=(code,)).shown
    results = together(*[lambda: settle(shop, (PHOTOS, 1), codes=(code,), shown=shown)] * 2)
    (won,) = [one for one in results if isinstance(one, OrderView)]
    (lost,) = [one for one in results if isinstance(one, PriceChanged)]
    assert won.row.final_fen == Money.yuan(108.80)
    (change,) = lost.changes
    assert (change.type, change.applied) == ("VOUCHER", False)
    assert change.why is not None and change.why[0] == "code_used"  # type: ignore[index]
    assert lost.priced.quote.final == Money.yuan(128)
    assert len(shop.rows(PriceVoucherUsage)) == len(shop.rows(PriceOrder)) == 1
    settle(shop, (PHOTOS, 1), codes=(code,), shown=lost.priced.shown)
    assert shop.pricing.upkeep.drift() == []


def test_two_checkouts_of_one_coupon(shop: PhotoShop) -> None:
    coupon = shop.coupon(20)
    shop.pricing.coupons.claim(coupon, shop.lin)
    shown = shop.price((PHOTOS, 1), actor=shop.lin).shown
    results = together(*[lambda: settle(shop, (PHOTOS, 1), actor=shop.lin, shown=shown)] * 3)
    lost = [one for one in results if isinstance(one, PriceChanged)]
    assert len(lost) == 2
    assert [one.changes[0].why for one in lost] == [("coupon_used", {})] * 2
    (row,) = shop.rows(PriceCoupon)
    assert row.used_count == 1


def test_a_code_of_several_uses_is_used_up_step_by_step(shop: PhotoShop) -> None:
    """P150, Q6: 1→1→3"""
    batch = a_batch(shop, 1, on_paper=True, max_uses=2)
    (row,) = shop.rows(PriceVoucherCode)
    states = []
    for _ in range(3):
        order = settle(shop, (PHOTOS, 1), codes=(row.code,))
        states.append((shop.rows(PriceVoucherCode)[0].status, order.row.final_fen.fen))
    assert states == [(1, 10880), (3, 10880), (3, 12800)]
    assert counters(shop, batch) == (1, 1, 2)


def test_free_all_pays_itself_and_spares_the_coupon(shop: PhotoShop) -> None:
    """P195, P199"""
    shop.pricing.coupons.claim(shop.coupon(20), shop.lin)
    code = paper_code(shop, discount_type=0, kept=None)
    order = settle(shop, (PHOTOS, 1), actor=shop.lin, codes=(code,))
    assert (order.row.state, order.row.provider, order.row.final_fen.fen) == ("paid", "free", 0)
    assert shop.rows(PriceCouponClaim)[0].status == "claimed"


def test_a_clerk_takes_the_money_at_once_a_kiosk_sends_to_the_counter(shop: PhotoShop) -> None:
    assert settle(shop, (PHOTOS, 1), actor=shop.clerk).row.state == "paid"
    order = settle(shop, (PHOTOS, 1))
    paid = shop.pricing.orders.pay(order.row.order_no, shop.clerk)
    assert (paid.row.state, paid.due) == ("paid", Money.zero())
    with pytest.raises(Conflict, match="already_paid"):
        shop.pricing.orders.pay(order.row.order_no, shop.clerk)


def test_the_same_key_settles_once(shop: PhotoShop) -> None:
    from core.api.idempotency import SentKey

    key = SentKey("kiosk:1", "k1", "f" * 64)
    asked = shop.cart((PHOTOS, 1))
    made = together(*[lambda: shop.pricing.checkout.settle(asked, shop.kiosk, key=key)] * 4)
    assert len(set(made)) == 1 == len(shop.rows(PriceOrder))


def test_a_closed_venue_sells_nothing(shop: PhotoShop) -> None:
    with shop.services.store.connection():
        Venue.update(status=0).where(Venue.id == shop.lake).execute()
    with pytest.raises(InvalidInput, match="venue_closed"):
        settle(shop, (PHOTOS, 1))
