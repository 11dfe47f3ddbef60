"""Platforms that misbehave on request, and the proof of what reached them."""

from __future__ import annotations

import json
import time

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from tests.sandbox.buyers import Buyer, DouyinClient, MeituanClient
from tests.sandbox.served import served

MT_CONSUME = "/ddzh/tuangou/receipt/consume"
MT_CANCEL = "/ddzh/tuangou/receipt/reverseconsume"
DY_VERIFY = "/goodlife/v1/fulfilment/certificate/verify/"
DY_CANCEL = "/goodlife/v1/fulfilment/certificate/cancel/"


@pytest.mark.parametrize(("mode", "status", "committed"), [
    ("timeout_before", 504, False), ("timeout_after_commit", 504, True), ("http_500", 500, False),
    ("garbage", 200, True), ("slow", 200, True), ("rate_limited", 200, False),
    ("token_expired", 200, False)])
def test_each_mode_on_consume_commits_or_not_as_it_says(
        http: FlaskClient, buyer: Buyer, meituan: MeituanClient,
        mode: str, status: int, committed: bool) -> None:
    (bought,) = buyer.order("meituan")
    buyer.fault(platform="meituan", endpoint=MT_CONSUME, mode=mode, count=1, delay=0)
    fields = meituan.fields({"receiptCode": bought["code"], "count": 1, "requestId": "r1",
                             "appShopAccount": "a", "appShopAccountName": "b"})
    answer = http.post(MT_CONSUME, data=fields)
    assert answer.status_code == status
    assert (buyer.ledger(bought["certificate_id"])["status"] == "used") is committed
    if mode == "garbage":
        with pytest.raises(ValueError):
            json.loads(answer.text)
    if mode == "rate_limited":
        assert answer.get_json()["code"] == "OP_LIMITATION_REJECT"
    if mode == "token_expired":
        assert answer.get_json()["data"]["code"] == 4
    assert meituan.consume(bought["code"], "r2")["code"] == (
        "1008" if committed else "OP_SUCCESS"), "the fault was for one call only"


@pytest.mark.parametrize(("mode", "committed"), [
    ("timeout_before", False), ("timeout_after_commit", True), ("http_500", False),
    ("garbage", True), ("slow", True), ("rate_limited", False), ("token_expired", False)])
def test_each_mode_on_verify_commits_or_not_as_it_says(
        http: FlaskClient, buyer: Buyer, douyin: DouyinClient,
        mode: str, committed: bool) -> None:
    (bought,) = buyer.order("douyin")
    prepared = douyin.prepare(code=bought["code"])
    buyer.fault(platform="douyin", endpoint=DY_VERIFY.rstrip("/"), mode=mode, count=1, delay=0)
    answer = http.post(DY_VERIFY, headers={"access-token": douyin.token}, json={
        "verify_token": prepared["data"]["verify_token"], "poi_id": douyin.poi_id,
        "encrypted_codes": [prepared["data"]["certificates"][0]["encrypted_code"]]})
    assert (buyer.ledger(bought["certificate_id"])["status"] == "used") is committed
    if mode == "rate_limited":
        assert answer.get_json()["extra"]["error_code"] == 2119003
    if mode == "token_expired":
        assert answer.get_json()["extra"]["error_code"] == 2190008
    assert douyin.verify(prepared)["data"]["verify_results"][0]["result"] == 0
    assert len(buyer.ledger(bought["certificate_id"])["consumed"]) == 1


def test_a_refused_cancel_touches_only_cancels(
        buyer: Buyer, meituan: MeituanClient, douyin: DouyinClient) -> None:
    buyer.fault(platform="*", endpoint="*", mode="cancel_refused")
    first, second = buyer.order("meituan")[0], buyer.order("douyin")[0]
    deal_id = meituan.consume(first["code"], "r1")["data"]["result"][0]["dealId"]
    (result,) = douyin.redeem(second["code"])
    assert meituan.reverse(first["code"], str(deal_id))["code"] == "1029"
    refused = douyin.cancel(verify_id=result["verify_id"], certificate_id="1")
    assert refused["extra"]["sub_error_code"] == 2034000910
    for bought in (first, second):
        assert buyer.ledger(bought["certificate_id"])["status"] == "used"


@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after_commit"])
def test_a_hanging_connection_closes_without_an_answer(
        app: Flask, buyer: Buyer, meituan: MeituanClient, mode: str) -> None:
    (bought,) = buyer.order("meituan")
    buyer.fault(platform="meituan", endpoint="*", mode=mode, count=2, delay=0.3)
    fields = meituan.fields({"receiptCode": bought["code"], "count": 1, "requestId": "r1",
                             "appShopAccount": "a", "appShopAccountName": "b"})
    with served(app) as base:
        with pytest.raises(requests.ConnectionError):
            requests.post(base + MT_CONSUME, data=fields, timeout=5)
        with pytest.raises(requests.ReadTimeout):
            requests.post(base + MT_CONSUME, data=fields, timeout=0.1)
    status = buyer.ledger(bought["certificate_id"])["status"]
    assert status == ("used" if mode == "timeout_after_commit" else "unused")


def test_faults_keep_to_their_platform_endpoint_count_and_can_be_cleared(
        http: FlaskClient, buyer: Buyer, meituan: MeituanClient, douyin: DouyinClient) -> None:
    buyer.fault(platform="meituan", endpoint=MT_CANCEL, mode="http_500")
    buyer.fault(platform="douyin", endpoint="*", mode="rate_limited", count=2)
    (bought,) = buyer.order("meituan")
    assert meituan.consume(bought["code"], "r1")["code"] == "OP_SUCCESS"
    codes = [douyin.prepare(code="1")["data"]["error_code"] for _ in range(3)]
    assert codes == [2119003, 2119003, 1212]
    listed = http.get("/_sandbox/faults").get_json()["faults"]
    assert [fault["endpoint"] for fault in listed] == [MT_CANCEL]
    assert http.delete("/_sandbox/faults").get_json() == {"removed": 1}
    assert meituan.reverse(bought["code"], "1")["code"] == "1002"


def test_a_probability_lets_some_calls_through(buyer: Buyer, douyin: DouyinClient) -> None:
    buyer.fault(platform="douyin", endpoint="*", mode="rate_limited", probability=0.5)
    codes = {douyin.prepare(code="1")["data"]["error_code"] for _ in range(200)}
    assert codes == {2119003, 1212}


def test_the_request_log_holds_protocol_calls_and_nothing_else(
        http: FlaskClient, buyer: Buyer, meituan: MeituanClient) -> None:
    before = time.time()
    buyer.order("douyin")
    http.get("/dyshort/abc/")
    meituan.prepare("1234567890")
    buyer.fault(platform="douyin", endpoint="*", mode="timeout_after_commit", count=1, delay=0)
    http.post(DY_VERIFY)
    log = http.get("/_sandbox/requests", query_string={"since": before}).get_json()["requests"]
    assert [(one["platform"], one["path"], one["status"]) for one in log] == [
        ("douyin", "/dyshort/abc/", 302), ("meituan", "/ddzh/tuangou/receipt/prepare", 200),
        ("douyin", DY_VERIFY, 0)]
    last = log[-1]["at"]
    assert http.get("/_sandbox/requests", query_string={"since": last}).get_json() == {
        "requests": []}


def test_a_control_used_wrongly_says_how(http: FlaskClient) -> None:
    for path, body in (("orders", {"platform": "ebay"}),
                       ("orders", {"platform": "douyin", "sku": "x"}),
                       ("orders", {"platform": "douyin", "paid": "1.234"}),
                       ("orders", {"platform": "douyin", "venues": [9]}),
                       ("orders", {"platform": "douyin", "expires": "soon"}),
                       ("refunds", {"certificate_id": "1"}), ("clock", {"offset_seconds": "1"}),
                       ("faults", {"platform": "douyin", "mode": "explode"})):
        answer = http.post(f"/_sandbox/{path}", json=body)
        assert answer.status_code == 400 and answer.get_json()["error"]
