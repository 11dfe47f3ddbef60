"""One order that cannot be read does not hold up the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.platforms.books import OrderPage, Window
from core.platforms.douyin_token import AccessToken, MemoryTokenStore
from tests.platforms.scripted import says, scripted
from tests.platforms.stage import Stage

NOW = datetime.now(UTC)

MEITUAN_ORDER = {"orderId": "1" * 24, "status": 0, "refundStatus": -1, "totalAmount": 199,
                 "productName": "健身月卡 30 天", "productItemId": 900000101,
                 "buySuccessTime": 1700000000000}
DOUYIN_ORDER = {"order_id": "801", "order_status": 201, "order_type": 21, "sku_id": "179",
                "sku_name": "健身月卡 30 天", "pay_amount": 19900, "count": 1,
                "pay_time": 1700000000, "update_order_time": 1700000000,
                "certificate": [{"certificate_id": "721", "item_status": 100}]}


def page_of(stage: Stage, orders: list[dict[str, Any]]) -> OrderPage:
    """What our reader makes of a page that the platform might send."""
    if stage.name == "meituan":
        body: dict[str, Any] = {"code": "OP_SUCCESS", "data": {"result": orders}}
    else:
        body = {"data": {"error_code": 0, "orders": orders}, "extra": {"error_code": 0}}
    store = MemoryTokenStore()
    store.put(f"douyin.client_token.{stage.world.douyin.client_key}",
              AccessToken("clt.x", NOW + timedelta(hours=2)))
    with scripted(says(json.dumps(body).encode())) as server:
        odd = replace(stage, url=server.url, store=store)
        return odd.order_source().orders(odd.merchant, Window(NOW - timedelta(days=1), NOW))


@pytest.fixture
def good(stage: Stage) -> dict[str, Any]:
    return MEITUAN_ORDER if stage.name == "meituan" else DOUYIN_ORDER


SPOILT: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no id": lambda one: {**one, "orderId": "", "order_id": None},
    "a new status": lambda one: {**one, "status": 77, "certificate": [
        {"certificate_id": "721", "item_status": 777}]},
    "an amount that is none": lambda one: {**one, "totalAmount": "viel", "pay_amount": -1},
    "a time that is none": lambda one: {**one, "buySuccessTime": "gestern", "pay_time": []},
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_the_rest_of_the_page_is_read(stage: Stage, good: dict[str, Any],
                                      spoil: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    page = page_of(stage, [good, spoil(good), good])
    assert len(page.orders) == 2
    (odd,) = page.odd
    assert odd.wrong and odd.raw == spoil(good)
    assert "199" not in repr(odd)


def test_fields_nobody_has_heard_of_do_no_harm(stage: Stage, good: dict[str, Any]) -> None:
    page = page_of(stage, [{**good, "new_field": {"deep": [1]}}])
    assert (len(page.orders), page.odd, page.next) == (1, (), "")


def test_unpaid_douyin_orders_wait_until_they_are_paid(douyin: Stage) -> None:
    unpaid = {**DOUYIN_ORDER, "order_status": 100, "pay_time": 0, "certificate": []}
    page = page_of(douyin, [unpaid, DOUYIN_ORDER])
    assert (len(page.orders), page.odd) == (1, ())
