"""Order and store query at Douyin (douyin.md sections 4, 5)."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from core.sandbox.sandbox import Sandbox
from tests.sandbox.buyers import Buyer, DouyinClient, sandbox_of

ORDERS = "/goodlife/v1/trade/order/query/"
POIS = "/goodlife/v1/shop/poi/query/"


def query(douyin: DouyinClient, **more: Any) -> dict[str, Any]:
    return douyin.get(ORDERS, **{"account_id": douyin.world.account_id, "page_num": 1,
                                 "page_size": 100, **more})


def window(kind: str) -> dict[str, int]:
    now = int(time.time())
    return {f"{kind}_order_start_time": now - 3600, f"{kind}_order_end_time": now + 3600}


def test_one_order_shows_its_certificates_and_money(buyer: Buyer, douyin: DouyinClient) -> None:
    order = buyer.order_of("douyin", quantity=3, phone="13912345678", paid="199", original="299")
    first, second, _ = order["certificates"]
    douyin.verify(douyin.prepare(code=first["code"]))
    buyer.refund(second["certificate_id"])
    (shown,) = query(douyin, order_id=order["order_id"])["data"]["orders"]
    assert (shown["pay_amount"], shown["original_amount"], shown["count"]) == (59700, 89700, 3)
    assert shown["contacts"][0]["phone"] == "139****5678"
    assert "13912345678" not in json.dumps(shown)
    assert [(one["item_status"], one["refund_amount"]) for one in shown["certificate"]] == [
        (401, 0), (301, 19900), (100, 0)]
    assert (shown["order_status"], shown["order_type"]) == (201, 21)
    assert shown["update_order_time"] >= shown["pay_time"] > 10**9


def test_an_order_is_finished_when_all_is_used_and_closed_when_all_is_refunded(
        buyer: Buyer, douyin: DouyinClient) -> None:
    used, refunded = buyer.order_of("douyin"), buyer.order_of("douyin")
    douyin.redeem(used["certificates"][0]["code"])
    buyer.refund(refunded["certificates"][0]["certificate_id"])
    answer = query(douyin, **window("create"))["data"]["orders"]
    assert [one["order_status"] for one in answer] == [1, 101]
    only = query(douyin, order_status=101, **window("create"))["data"]["orders"]
    assert [one["order_id"] for one in only] == [refunded["order_id"]]


@pytest.mark.parametrize("how", ["repeated", "json"])
def test_both_ways_of_paging_give_every_order_once(
        buyer: Buyer, douyin: DouyinClient, how: str) -> None:
    made = [buyer.order_of("douyin")["order_id"] for _ in range(7)]
    by_page = []
    for page in (1, 2, 3, 4):
        answer = query(douyin, page_num=page, page_size=3, **window("create"))["data"]
        assert answer["page"]["total"] == 7
        by_page += [one["order_id"] for one in answer["orders"]]
    assert by_page == made
    by_cursor, cursor = [], ["0"]
    while True:
        sent = json.dumps(cursor) if how == "json" else cursor
        answer = query(douyin, page_size=3, cursor=sent, **window("create"))["data"]
        if not answer["orders"]:
            break
        by_cursor += [one["order_id"] for one in answer["orders"]]
        cursor = answer["search_after"]["CursorValue"]
    assert by_cursor == made


def test_pages_beyond_ten_thousand_need_the_cursor(douyin: DouyinClient) -> None:
    assert query(douyin, page_num=100, **window("create"))["data"]["error_code"] == 0
    too_deep = query(douyin, page_num=101, **window("create"))
    assert too_deep["extra"]["error_code"] == 4000002
    assert query(douyin, page_num=101, cursor="0", **window("create"))["data"]["error_code"] == 0


def test_a_cursor_reaches_every_one_of_more_than_ten_thousand_orders(
        buyer: Buyer, douyin: DouyinClient) -> None:
    sandbox: Sandbox = sandbox_of(buyer.http.application)
    sku = sandbox.world.sku("douyin", "month_card")
    assert sku is not None
    with sandbox.ledger.change():
        made = {sandbox.certificates.issue(sku)[0].order_id for _ in range(10_050)}
    seen: list[str] = []
    cursor = ["0"]
    while answer := query(douyin, cursor=cursor, **window("create"))["data"]["orders"]:
        seen += [one["order_id"] for one in answer]
        last = sandbox.certificates.order(seen[-1])
        assert last is not None
        cursor = [repr(last.paid_at), last.order_id]
    assert len(seen) == len(set(seen)) and set(seen) == made


def test_a_change_moves_an_order_into_the_update_window(
        buyer: Buyer, douyin: DouyinClient) -> None:
    order = buyer.order_of("douyin")
    buyer.order_of("douyin")
    buyer.clock(7000)
    later = int(time.time()) + 6900
    span = {"update_order_start_time": later, "update_order_end_time": later + 300}
    assert query(douyin, **span)["data"]["orders"] == []
    douyin.redeem(order["certificates"][0]["code"])
    assert [one["order_id"] for one in query(douyin, **span)["data"]["orders"]] == [
        order["order_id"]]


def test_half_a_time_range_or_none_is_refused(douyin: DouyinClient) -> None:
    assert query(douyin)["data"]["error_code"] == 2119001
    assert query(douyin, create_order_start_time=1)["data"]["error_code"] == 2119001
    assert query(douyin, page_size=101, order_id="1")["data"]["error_code"] == 4000001
    assert query(douyin, order_id="1", cursor="x")["data"]["error_code"] == 2119001
    assert query(douyin, order_id="1")["data"]["orders"] == []
    no_account = douyin.get(ORDERS, page_num=1, page_size=1, order_id="1")
    assert no_account["data"]["error_code"] == 2119001


def test_stores_are_listed_for_their_merchant_only(douyin: DouyinClient) -> None:
    account = douyin.world.account_id
    answer = douyin.get(POIS, account_id=account, page=1, size=20)["data"]
    assert answer["total"] == 2
    assert [one["poi"]["poi_id"] for one in answer["pois"]] == [
        poi.poi_id for poi in douyin.world.pois]
    assert answer["pois"][0]["root_account"]["account_id"] == account
    one = douyin.get(POIS, poi_id=douyin.poi_id, page=1, size=20)["data"]
    assert one["total"] == 1
    assert douyin.get(POIS, account_id="1", page=1, size=20)["data"] == {
        "error_code": 3000004, "description": "该商家未授权"}
    assert douyin.get(POIS, account_id=account, page=1, size=101)["data"]["error_code"] == 2119001
