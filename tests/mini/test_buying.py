"""Coupons, codes and a cart by phone: the routes of the pricing module take a member's session."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.money import Money
from core.store.tables import PriceProduct
from tests.builders import OTHER_PHONE, PHONE, Chain
from tests.mini.phones import Phone

NewPhone = Callable[..., Phone]
PRICES = "/api/pricing"


@pytest.fixture
def coupon(chain: Chain) -> int:
    """20 yuan off, one for each member; a photo set costs 128."""
    at = chain.clock.now()
    chain.store.transact("test.prices", lambda: PriceProduct.create(
        product_type="PHOTO_SET", base_price_fen=Money(128_00), product_name="套餐",
        created_at=at, updated_at=at))
    return int(chain.services.pricing.coupon_configs.create(
        {"name": "减 20", "coupon_type": "fixed_amount", "amount_fen": Money(20_00)},
        chain.owner).id)


@pytest.fixture
def batch(chain: Chain) -> int:
    """Codes of 8.5 折, one for each face and venue."""
    return int(chain.services.pricing.batches.create(
        {"name": "春游", "scenic_id": chain.binjiang, "discount_type": 2, "kept": 8500,
         "total_count": 5}, chain.owner).id)


def cart(chain: Chain, **more: Any) -> dict[str, Any]:
    return {"products": [{"productType": "PHOTO_SET", "quantity": 1}],
            "scenicId": chain.binjiang, **more}


def test_claim_price_and_check_out(phone: NewPhone, chain: Chain, platform: str,
                                   coupon: int) -> None:
    member = phone(platform)
    member.share_number(PHONE)
    (offer,) = member.get(f"coupons?venue_id={chain.binjiang}")["items"]
    assert (offer["coupon_id"], offer["discount_value"], offer["left"]) == (coupon, 20, 1)
    member.post(f"{PRICES}/coupons/{coupon}/claim")
    assert member.get(f"coupons?venue_id={chain.binjiang}")["items"] == []
    assert member.refused("POST", f"{PRICES}/coupons/{coupon}/claim") == (409, "coupon_claimed")
    priced = member.post(f"{PRICES}/calculate", cart(chain))
    assert priced["finalAmount"] == 108.0
    order = member.post(f"{PRICES}/checkout",
                        cart(chain, finalAmount=priced["finalAmount"]), key="buy-1")
    assert order["dueAmount"] == 108.0
    again = member.post(f"{PRICES}/checkout",
                        cart(chain, finalAmount=priced["finalAmount"]), key="buy-1")
    assert again["orderNo"] == order["orderNo"]
    listed = member.get(f"{PRICES}/orders")["items"]
    assert [one["orderNo"] for one in listed] == [order["orderNo"]]


def test_claim_a_code_by_phone_and_keep_it_in_a_merge(
        phone: NewPhone, chain: Chain, coupon: int, batch: int) -> None:
    wechat, douyin = phone("wechat"), phone("douyin")
    wechat.share_number(PHONE)
    claim = {"scenicId": chain.binjiang, "batchId": batch}
    code = douyin.post(f"{PRICES}/voucher/mobile/claim", claim)["voucherCode"]
    assert douyin.refused("POST", f"{PRICES}/voucher/mobile/claim",
                          claim) == (409, "already_claimed")
    priced = douyin.post(f"{PRICES}/calculate", cart(chain, voucherCodes=[code]))
    assert priced["finalAmount"] == Decimal("108.8")
    douyin.share_number(PHONE)
    assert wechat.post(f"{PRICES}/calculate", cart(chain))["finalAmount"] == Decimal("108.8")
    assert [one["voucherCode"] for one in wechat.get(f"{PRICES}/voucher/mobile/my-codes")] == [code]


def test_coupons_and_orders_come_together_in_a_merge(
        phone: NewPhone, chain: Chain, coupon: int) -> None:
    wechat, douyin = phone("wechat"), phone("douyin")
    wechat.share_number(PHONE)
    douyin.share_number(OTHER_PHONE)
    for each in (wechat, douyin):
        each.post(f"{PRICES}/coupons/{coupon}/claim")
    douyin.post(f"{PRICES}/checkout", cart(chain))
    douyin.share_number(PHONE)
    for each in (wechat, douyin):
        coupons = each.get(f"{PRICES}/coupons/my-coupons?status=all")
        assert sorted(one["status"] for one in coupons) == ["claimed", "used"]
        assert each.get(f"{PRICES}/orders")["total"] == 1
    assert wechat.post(f"{PRICES}/calculate", cart(chain))["finalAmount"] == 108.0


def test_somebody_elses_order_is_not_there(phone: NewPhone, chain: Chain, coupon: int) -> None:
    lin, wang = phone("wechat"), phone("douyin")
    order = lin.post(f"{PRICES}/checkout", cart(chain))
    assert wang.refused("GET", f"{PRICES}/orders/{order['orderNo']}")[0] == 404
    assert wang.get(f"{PRICES}/orders")["total"] == 0
