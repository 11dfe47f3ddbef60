"""Orders, shops and deals at Meituan (meituan.md 2.4, 2.5)."""

from __future__ import annotations

import json
import time
from typing import Any

from flask.testing import FlaskClient

from tests.sandbox.buyers import Buyer, MeituanClient


def ask(meituan: MeituanClient, path: str, **biz: Any) -> dict[str, Any]:
    return meituan.call(f"/ddzhkh/{path}", biz, businessId="59",
                        appAuthToken=meituan.world.customer.app_auth_token)


def test_the_token_of_the_customer_lists_its_shops(meituan: MeituanClient) -> None:
    page = ask(meituan, "auth/token/pageQueryPoiList", offset=1, limit=1)["data"]
    assert page["total"] == 2
    assert [one["opPoiId"] for one in page["poiInfoList"]] == [meituan.world.shops[1].op_poi_id]
    mapped = ask(meituan, "auth/token/queryPoiMapping",
                 poiIds=[meituan.shop.poi_id, 5])["data"]["result"]
    assert [(one["opPoiId"], bool(one["errMsg"])) for one in mapped] == [
        (meituan.shop.op_poi_id, False), ("", True)]
    assert ask(meituan, "auth/token/queryPoiMapping", poiIds=[1] * 101)["code"] == "1001"


def test_orders_are_listed_by_payment_time(buyer: Buyer, meituan: MeituanClient) -> None:
    made = [buyer.order_of("meituan", quantity=2, paid="10.5")["order_id"] for _ in range(5)]
    pages = [ask(meituan, "dingdan/queryorder", pageNo=page, pageSize=2)["data"]["result"]
             for page in (1, 2, 3, 4)]
    assert [one["orderId"] for page in pages for one in page] == made
    first = pages[0][0]
    assert (first["status"], first["refundStatus"], first["totalAmount"]) == (0, -1, 21.0)
    assert "13800138000" not in json.dumps(pages)
    now = int(time.time() * 1000)
    span = {"buySuccessTimeFrom": now - 60_000, "buySuccessTimeTo": now + 60_000}
    assert len(ask(meituan, "dingdan/queryorder", **span)["data"]["result"]) == 5
    added = {"addTimeFrom": now - 60_000, "addTimeTo": now - 29_000}
    assert len(ask(meituan, "dingdan/queryorder", **added)["data"]["result"]) == 5
    early = {"buySuccessTimeFrom": now - 120_000, "buySuccessTimeTo": now - 60_000}
    assert ask(meituan, "dingdan/queryorder", **early)["data"]["result"] == []
    assert ask(meituan, "dingdan/queryorder", pageSize=51)["code"] == "1001"
    assert ask(meituan, "dingdan/queryorder", addTimeFrom=now)["code"] == "1001"
    assert ask(meituan, "dingdan/queryorder", addTimeFrom=now - 93 * 86400_000,
               addTimeTo=now)["code"] == "1001"


def test_the_detail_of_an_order_tells_what_became_of_each_coupon(
        buyer: Buyer, meituan: MeituanClient) -> None:
    order = buyer.order_of("meituan", quantity=4, paid="80", original="100")
    used, back, used_back, left = order["certificates"]
    meituan.consume(used["code"], "r1")
    meituan.consume(used_back["code"], "r2")
    buyer.refund(back["certificate_id"])
    buyer.refund(used_back["certificate_id"])
    info = ask(meituan, "dingdan/query/info", type=[1, 2], orderId=order["order_id"])["data"]
    assert info["order"]["status"] == 2
    assert {one["receiptCode"]: one["status"] for one in info["receiptList"]} == {
        used["code"]: 2, back["code"]: 4, used_back["code"]: 6, left["code"]: 1}
    assert [share["value"] for share in info["receiptList"][0]["amountShareList"]] == [8000, 2000]
    (listed,) = ask(meituan, "dingdan/queryorder")["data"]["result"]
    assert (listed["status"], listed["refundStatus"]) == (0, 2)
    shares = ask(meituan, "dingdan/receipt/paymentshares", orderId=order["order_id"],
                 type=0)["data"]["result"]
    verified = [one for one in shares if one["amountType"] == -1]
    assert {(one["receiptCode"], one["amount"]) for one in verified} == {
        (used["code"], 80.0), (used_back["code"], 80.0)}
    assert ask(meituan, "dingdan/query/info", type=[1], orderId="1")["code"] == "1001"
    assert ask(meituan, "dingdan/query/info", type=[3],
               orderId=order["order_id"])["code"] == "1001"


def test_finished_and_expired_orders_differ(buyer: Buyer, meituan: MeituanClient) -> None:
    (used,) = buyer.order("meituan")
    meituan.consume(used["code"], "r1")
    buyer.order("meituan", expires="2020-01-01")
    listed = ask(meituan, "dingdan/queryorder")["data"]["result"]
    assert [one["status"] for one in listed] == [1, 2]


def test_a_shop_lists_what_it_sells(meituan: MeituanClient, west: MeituanClient) -> None:
    def sold(client: MeituanClient, **biz: Any) -> list[dict[str, Any]]:
        return client.call("/ddzh/tuangou/deal/queryshopdeal", biz)["data"]["result"]

    titles = [one["title"] for one in sold(meituan)]
    assert "健身月卡 30 天" in titles and "城西店专享月卡 30 天" not in titles
    assert len(sold(west)) == len(titles) + 1
    assert [one["title"] for one in sold(meituan, offset=2, limit=3)] == titles[3:6]


def test_codes_are_found_by_phone(buyer: Buyer, meituan: MeituanClient) -> None:
    (card,) = buyer.order("meituan", phone="13900001111")
    (lesson,) = buyer.order("meituan", "lessons", phone="13900001111")
    (used,) = buyer.order("meituan", phone="13900001111")
    meituan.consume(used["code"], "r1")

    def found(**biz: Any) -> list[str]:
        answer = meituan.receipt("querybymobile", {"mobile": "13900001111", **biz})
        return [one["serialNumber"] for one in answer["data"]["result"]]

    assert found() == [card["code"], lesson["code"]]
    assert found(dealId=900000104) == [lesson["code"]]
    assert meituan.receipt("querybymobile", {"mobile": "1", "limit": 31})["code"] == "1001"


def test_an_unknown_path_says_so(http: FlaskClient) -> None:
    assert http.post("/ddzh/tuangou/receipt/levitate").get_json()["code"] == "OP_API_NOT_EXIST"
