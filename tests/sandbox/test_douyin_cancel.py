"""Cancelling and the verification record at Douyin (douyin.md 3.4, 3.6)."""

from __future__ import annotations

import json
import time

from flask import Flask
from flask.testing import FlaskClient

from tests.sandbox.buyers import Buyer, DouyinClient


def test_a_cancel_within_an_hour_makes_it_unused_again(
        buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    (result,) = douyin.redeem(bought["code"])
    one = {"verify_id": result["verify_id"], "certificate_id": result["certificate_id"]}
    answer = douyin.cancel(**one)
    assert answer["data"]["error_code"] == answer["extra"]["error_code"] == 0
    assert answer["data"]["cancel_results"][0]["verify_id"] == result["verify_id"]
    entry = buyer.ledger(bought["certificate_id"])
    assert (entry["status"], entry["code"]) == ("unused", bought["code"])
    assert [gone["verify_id"] for gone in entry["cancelled"]] == [result["verify_id"]]
    assert douyin.cancel(**one)["data"]["error_code"] == 1265
    (again,) = douyin.redeem(bought["code"])
    assert again["result"] == 0 and again["verify_id"] != result["verify_id"]


def test_a_cancel_after_an_hour_is_refused_as_in_the_real_payload(
        buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    (result,) = douyin.redeem(bought["code"])
    buyer.clock(3600)
    answer = douyin.cancel(verify_id=result["verify_id"],
                           certificate_id=result["certificate_id"])
    text = "已超过可撤销时限,无法撤销核销"
    assert answer["data"] == {"error_code": 3000001, "description": text}
    assert (answer["extra"]["error_code"], answer["extra"]["sub_error_code"],
            answer["extra"]["sub_description"]) == (3000001, 2034000910, text)
    assert buyer.ledger(bought["certificate_id"])["status"] == "used"


def test_a_cancel_must_name_a_use_of_that_certificate(
        buyer: Buyer, douyin: DouyinClient) -> None:
    one, other = buyer.order("douyin")[0], buyer.order("douyin")[0]
    (result,) = douyin.redeem(one["code"])
    assert douyin.cancel(verify_id=result["verify_id"],
                         certificate_id=other["certificate_id"])["data"]["error_code"] == 3000001
    assert douyin.cancel(verify_id="1", certificate_id="1")["data"]["error_code"] == 1263
    assert douyin.cancel(certificate_id="1")["data"]["error_code"] == 2119001


def test_uses_of_a_times_card_are_cancelled_by_number(
        buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin", "times_card", uses=5)
    douyin.redeem(bought["code"], times=3)
    body = {"verify_id": "0", "certificate_id": bought["certificate_id"], "cancel_token": "c-1",
            "times_card_cancel_count": 2}
    first = douyin.cancel(**body)
    assert len(first["data"]["cancel_results"]) == 2
    assert douyin.cancel(**body)["data"] == first["data"], "the same cancel_token, once"
    assert buyer.ledger(bought["certificate_id"])["used"] == 1
    assert douyin.cancel(**{**body, "times_card_cancel_count": 1})["data"][
        "error_code"] == 3000001
    assert douyin.cancel(**{**body, "cancel_token": "c-2"})["data"]["error_code"] == 1265


def test_a_batch_cancel_is_all_or_nothing(buyer: Buyer, douyin: DouyinClient) -> None:
    order = buyer.order_of("douyin", "times_card", uses=5)
    code = order["certificates"][0]["code"]
    ids = [result["verify_id"] for result in douyin.redeem(code, times=2)]
    batch = {"verify_id": "0", "certificate_id": "0"}
    refused = douyin.cancel(**batch, batch_cancel_info={
        "order_id": order["order_id"], "verify_id_list": [*ids, "7"]})
    assert refused["data"]["error_code"] == 1263
    certificate_id = order["certificates"][0]["certificate_id"]
    assert buyer.ledger(certificate_id)["used"] == 2
    done = douyin.cancel(**batch, batch_cancel_info={
        "order_id": order["order_id"], "verify_id_list": ids})
    assert done["data"]["error_code"] == 0
    assert buyer.ledger(certificate_id)["status"] == "unused"


def test_what_is_refunded_cannot_be_cancelled(buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    (result,) = douyin.redeem(bought["code"])
    buyer.refund(bought["certificate_id"])
    assert douyin.cancel(verify_id=result["verify_id"],
                         certificate_id=bought["certificate_id"])["data"]["error_code"] == 3000001


def test_the_verification_record_is_paged_by_cursor(
        http: FlaskClient, app: Flask, buyer: Buyer, douyin: DouyinClient) -> None:
    path = f"{douyin.PREFIX}/verify_record/query/"
    account = douyin.world.account_id
    codes = [buyer.order("douyin")[0]["code"] for _ in range(5)]
    results = [douyin.redeem(code)[0] for code in codes]
    DouyinClient(http, app, poi=1).redeem(buyer.order("douyin")[0]["code"])
    douyin.token = douyin.new_token()
    douyin.cancel(verify_id=results[0]["verify_id"], certificate_id=results[0]["certificate_id"])

    seen, cursor = [], "0"
    while True:
        page = douyin.get(path, account_id=account, cursor=cursor, size=2)["data"]
        assert page["total"] == 6
        if not page["records"]:
            break
        seen += page["records"]
        cursor = page["records"][-1]["cursor"]
    assert [one["verify_id"] for one in seen[:5]] == [one["verify_id"] for one in results]
    assert (seen[0]["status"], seen[1]["status"]) == (2, 1)
    assert seen[0]["cancel_time"] > 0 and seen[1]["can_cancel"] is True
    assert "code" not in seen[1]

    for pois in (f"[{douyin.poi_id}]", json.dumps([douyin.poi_id]),
                 ",".join(poi.poi_id for poi in douyin.world.pois[:1])):
        page = douyin.get(path, account_id=account, cursor="0", size=20, poi_ids=pois)["data"]
        assert page["total"] == 5
    late = douyin.get(path, account_id=account, cursor="0", size=20,
                      start_time=int(time.time()) + 60)["data"]
    assert late["total"] == 0
    assert douyin.get(path, account_id=account, cursor="0", size=21)["data"][
        "error_code"] == 2119001
    assert douyin.get(path, cursor="0", size=20)["data"]["error_code"] == 2119001
