"""Meituan coupons of businessId 58, over HTTP (meituan.md 2.4, 4, 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from flask import Flask

from core.clock import business_day
from core.sandbox.meituan.envelope import sign
from tests.sandbox.buyers import Buyer, MeituanClient


@pytest.mark.parametrize(("key", "fields", "expected"), [
    pytest.param("key", {"a": "1", "b": "2", "empty": "", "sign": "ignored"},
                 "ac5aa52849092395d08bc91a1707ee1ef8af2631", id="B1"),
    pytest.param("test-sign-key", {
        "msgType": "5910003", "developerId": "123456", "businessId": "59",
        "msgId": "callback-1", "timestamp": "1711592316", "message": '{"productId":1000}'},
        "19e3e56e35030ae84f85122cdf5d73f5283bbef7", id="B2"),
    pytest.param("demo-sign-key", {
        "developerId": "100000", "businessId": "58", "timestamp": "1704164645",
        "charset": "UTF-8", "version": "2", "appAuthToken": "demo-token",
        "biz": '{"receiptCode":"1234567890"}'},
        "a03a5371883b71886bc0f1b7f0a36292cfbd8324", id="B3"),
    pytest.param("demo-sign-key", {
        "developerId": "100000", "businessId": "58", "timestamp": "1704164645",
        "charset": "UTF-8", "version": "2", "appAuthToken": "demo-token",
        "biz": '{"receiptCode":"1234567890","count":1,"requestId":"req-0001",'
               '"appShopAccount":"clerk01","appShopAccountName":"前台小王"}'},
        "50682c8ebd10776c4e4ee227831f6e6c54cd6e3c", id="B4"),
    pytest.param("demo-sign-key", {
        "developerId": "100000", "businessId": "58", "timestamp": "1704164645",
        "charset": "UTF-8", "code": "demo-code", "grantType": "authorization_code"},
        "4609b72e30cc3b11e803fa604d65ed3189e2c6fe", id="B5"),
])
def test_signature_equals_the_published_vectors(
        key: str, fields: dict[str, str], expected: str) -> None:
    assert sign(fields, key) == expected


def test_prepare_shows_a_fresh_coupon_with_a_masked_phone(
        buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan", phone="13912345678", paid=199, original="299.00")
    answer = meituan.prepare(bought["code"])
    assert (answer["code"], answer["msg"]) == ("OP_SUCCESS", "成功")
    data = answer["data"]
    assert data["count"] == 1
    assert data["receiptCode"] == bought["code"] == bought["qr"]
    assert (data["dealPrice"], data["dealMarketPrice"]) == (199.0, 299.0)
    assert data["mobile"] == "139****5678"
    assert data["paymentDetail"][0]["amount"] == "199.00"
    assert isinstance(data["receiptEndDate"], int) and "dealGroupId" in data
    assert data["tgTimesCardFlag"] is False and data["bizType"] == 0


def test_consuming_uses_the_coupon_up(buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    (used,) = meituan.consume(bought["code"], "req-1")["data"]["result"]
    assert used["receiptCode"] == bought["code"]
    assert "dealgroupId" in used and "dealGroupId" not in used
    assert isinstance(used["receiptEndDate"], str)
    assert meituan.prepare(bought["code"])["code"] == "1008"
    assert meituan.consume(bought["code"], "req-2")["code"] == "1008"
    entry = buyer.ledger(bought["certificate_id"])
    assert entry["status"] == "used"
    (consumed,) = entry["consumed"]
    assert (consumed["key"], consumed["verify_id"], consumed["venue"]) == (
        "req-1", used["flowId"], 1)


def test_the_same_request_id_answers_with_the_first_result(
        buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    first = meituan.consume(bought["code"], "req-1")
    again = meituan.consume(bought["code"], "req-1")
    assert again["data"] == first["data"]
    assert len(buyer.ledger(bought["certificate_id"])["consumed"]) == 1


def test_a_request_id_cannot_serve_two_coupons(buyer: Buyer, meituan: MeituanClient) -> None:
    one, other = buyer.order("meituan")[0], buyer.order("meituan")[0]
    meituan.consume(one["code"], "req-1")
    assert meituan.consume(other["code"], "req-1")["code"] == "1002"
    assert buyer.ledger(other["certificate_id"])["status"] == "unused"


def test_twenty_clerks_consume_one_coupon_once(
        app: Flask, buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    start, codes = Barrier(20), []

    def clerk(number: int) -> None:
        client = MeituanClient(app.test_client(), app)
        start.wait()
        codes.append(client.consume(bought["code"], f"req-{number}")["code"])

    threads = [Thread(target=clerk, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["1008"] * 19 + ["OP_SUCCESS"]
    assert len(buyer.ledger(bought["certificate_id"])["consumed"]) == 1


def test_several_coupons_of_one_order_are_consumed_by_count(
        buyer: Buyer, meituan: MeituanClient) -> None:
    bought = buyer.order("meituan", quantity=3)
    assert meituan.prepare(bought[1]["code"])["data"]["count"] == 3
    used = meituan.consume(bought[1]["code"], "req-1", count=2)["data"]["result"]
    assert [one["receiptCode"] for one in used] == [bought[1]["code"], bought[0]["code"]]
    assert meituan.prepare(bought[2]["code"])["data"]["count"] == 1
    assert meituan.consume(bought[2]["code"], "req-2", count=2)["code"] == "1017"


@pytest.mark.parametrize("count", [0, -1, 101, "1", 1.0, True, None])
def test_a_silly_count_is_refused(buyer: Buyer, meituan: MeituanClient, count: object) -> None:
    (bought,) = buyer.order("meituan")
    answer = meituan.receipt("consume", {
        "receiptCode": bought["code"], "count": count, "requestId": "r",
        "appShopAccount": "a", "appShopAccountName": "b"})
    assert answer["code"] == "1018"


def test_a_times_card_gives_its_uses_one_by_one(buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan", "times_card", uses=3, paid="100.00")
    prepared = meituan.prepare(bought["code"])["data"]
    assert (prepared["count"], prepared["bizType"], prepared["tgTimesCardFlag"],
            prepared["purchaseToConsumeRatio"]) == (3, 205, True, "3")
    used = meituan.consume(bought["code"], "req-1", count=2)["data"]["result"]
    assert len({one["flowId"] for one in used}) == 2
    entry = buyer.ledger(bought["certificate_id"])
    assert (entry["status"], entry["used"]) == ("partly_used", 2)
    assert meituan.consume(bought["code"], "req-2", count=2)["code"] == "1017"
    assert meituan.consume(bought["code"], "req-3")["code"] == "OP_SUCCESS"
    entry = buyer.ledger(bought["certificate_id"])
    assert entry["status"] == "used"
    assert [use["amount"] for use in entry["consumed"]] == [33.34, 33.33, 33.33]


def test_a_cancel_within_ten_minutes_gives_the_buyer_a_new_code(
        buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    deal_id = meituan.consume(bought["code"], "req-1")["data"]["result"][0]["dealId"]
    assert meituan.reverse(bought["code"], deal_id)["code"] == "1001", "dealId must be text"
    assert meituan.reverse(bought["code"], "1")["code"] == "1002"
    (back,) = meituan.reverse(bought["code"], str(deal_id))["data"]["result"]
    assert back["receiptCode"] == bought["code"]
    for answer in (meituan.prepare(bought["code"]), meituan.consume(bought["code"], "req-2"),
                   meituan.reverse(bought["code"], str(deal_id)),
                   meituan.receipt("getconsumed", {"receiptCode": bought["code"]})):
        assert answer["code"] == "1141"
    entry = buyer.ledger(bought["certificate_id"])
    assert entry["status"] == "unused" and entry["code"] != bought["code"]
    assert len(entry["cancelled"]) == 1
    assert meituan.consume(entry["code"], "req-3")["code"] == "OP_SUCCESS"


def test_a_cancel_after_ten_minutes_is_refused(buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    deal_id = meituan.consume(bought["code"], "req-1")["data"]["result"][0]["dealId"]
    buyer.clock(601)
    assert meituan.reverse(bought["code"], str(deal_id))["code"] == "1029"
    assert buyer.ledger(bought["certificate_id"])["status"] == "used"


def test_a_cancelled_use_of_a_times_card_keeps_the_code(
        buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan", "times_card", uses=5)
    meituan.consume(bought["code"], "req-1", count=2)
    deal_id = meituan.consume(bought["code"], "req-2")["data"]["result"][0]["dealId"]
    assert meituan.reverse(bought["code"], str(deal_id))["code"] == "OP_SUCCESS"
    entry = buyer.ledger(bought["certificate_id"])
    assert (entry["code"], entry["used"]) == (bought["code"], 2)
    assert meituan.consume(bought["code"], "req-3", count=3)["code"] == "OP_SUCCESS"


def test_each_reason_to_refuse_has_its_number(
        buyer: Buyer, meituan: MeituanClient, west: MeituanClient) -> None:
    assert meituan.prepare("1234567890")["code"] == "1006"
    (expired,) = buyer.order("meituan", expires="2020-01-01")
    assert meituan.prepare(expired["code"])["code"] == "1009"
    assert buyer.ledger(expired["certificate_id"])["status"] == "expired"
    (elsewhere,) = buyer.order("meituan", "west_only")
    assert meituan.prepare(elsewhere["code"])["code"] == "1012"
    assert west.prepare(elsewhere["code"])["code"] == "OP_SUCCESS"
    (refunding,) = buyer.order("meituan")
    buyer.refund(refunding["certificate_id"], state="refunding")
    assert meituan.consume(refunding["code"], "r1")["code"] == "1010"
    buyer.refund(refunding["certificate_id"])
    assert meituan.consume(refunding["code"], "r2")["code"] == "1011"
    assert meituan.receipt("prepare", {})["code"] == "1001"


def test_a_code_lasts_until_the_end_of_its_last_day(
        buyer: Buyer, meituan: MeituanClient) -> None:
    today = business_day(datetime.now(UTC)).isoformat()
    (bought,) = buyer.order("meituan", expires=today)
    answer = meituan.prepare(bought["code"])["data"]
    ends = datetime.fromtimestamp(answer["receiptEndDate"] / 1000, UTC)
    assert business_day(ends).isoformat() == today and ends.second == 59


def test_the_verification_log_lists_the_day_of_one_shop(
        buyer: Buyer, meituan: MeituanClient, west: MeituanClient) -> None:
    first, second = buyer.order("meituan")[0], buyer.order("meituan")[0]
    (card,) = buyer.order("meituan", "times_card", uses=2)
    meituan.consume(first["code"], "r1", account="kiosk-1")
    deal_id = meituan.consume(second["code"], "r2")["data"]["result"][0]["dealId"]
    meituan.consume(card["code"], "r3")
    west.consume(buyer.order("meituan")[0]["code"], "r4")
    meituan.reverse(second["code"], str(deal_id))
    today = business_day(datetime.now(UTC)).isoformat()

    def log(**biz: object) -> dict[str, object]:
        return meituan.receipt("querylistbydate", {"date": today, "offset": 0, "limit": 300,
                                                   **biz})["data"]

    whole = log(bizType=0)
    assert whole["totalCount"] == 2
    assert [(one["receiptCode"], one["refundStatus"], one["verifyAccount"])
            for one in whole["records"]] == [
        (first["code"], 1, "kiosk-1"), (second["code"], 0, "clerk01")]
    assert [one["receiptCode"] for one in log(bizType=201)["records"]] == [card["code"]]
    page = log(offset=1, limit=1)
    assert page["totalCount"] == 3 and len(page["records"]) == 1
    assert meituan.receipt("querylistbydate", {"date": today, "limit": 301})["code"] == "1001"
    assert meituan.receipt("querylistbydate", {"date": "today"})["code"] == "1001"


def test_getconsumed_says_who_verified(buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    assert meituan.receipt("getconsumed", {"receiptCode": bought["code"]})["code"] == "1002"
    meituan.consume(bought["code"], "req-1", account="hx-req-1")
    found = meituan.receipt("getconsumed", {"receiptCode": bought["code"]})["data"]
    assert (found["verifyAccount"], found["verifyChannel"]) == ("hx-req-1", "15")


def test_the_operator_must_be_named(buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    body = {"receiptCode": bought["code"], "count": 1, "requestId": "r"}
    assert meituan.receipt("consume", body)["code"] == "1021"
    assert meituan.receipt("consume", {**body, "appShopAccount": "a"})["code"] == "1022"


def test_a_refund_after_use_shows_in_the_log_and_the_ledger(
        buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan", paid="88.00")
    deal_id = meituan.consume(bought["code"], "r1")["data"]["result"][0]["dealId"]
    buyer.refund(bought["certificate_id"])
    entry = buyer.ledger(bought["certificate_id"])
    assert (entry["status"], entry["refund"]) == ("refunded", 88.0)
    assert meituan.reverse(bought["code"], str(deal_id))["code"] == "1011"
