"""Douyin certificates from QR to verification, over HTTP (douyin.md section 3)."""

from __future__ import annotations

import time
from threading import Barrier, Thread
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from tests.sandbox.buyers import Buyer, DouyinClient


def test_a_scanned_qr_leads_over_a_redirect_to_the_certificate(
        http: FlaskClient, buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin", paid="199.00", original="299.00")
    assert urlsplit(bought["qr"]).path.startswith("/dyshort/")
    prepared = douyin.prepare(encrypted_data=douyin.scan(bought["qr"]))
    data = prepared["data"]
    assert (data["error_code"], prepared["extra"]["error_code"]) == (0, 0)
    assert data["verify_token"] and data["order_id"]
    (one,) = data["certificates"]
    assert one["certificate_id"] == bought["certificate_id"]
    assert "code" not in one
    assert (one["amount"]["pay_amount"], one["amount"]["original_amount"]) == (19900, 29900)
    assert one["sku"]["groupon_type"] == 1
    assert one["start_time"] < one["expire_time"] < 10**11
    assert data["certificates_v2"] == data["certificates"]
    assert http.get("/dyshort/nothing").status_code == 302, "the short link itself tells nothing"


def test_verifying_by_the_typed_code_uses_the_certificate_up(
        buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    assert len(bought["code"]) == 15
    prepared = douyin.prepare(code=bought["code"])
    answer = douyin.verify(prepared)
    (result,) = answer["data"]["verify_results"]
    assert (result["result"], result["msg"]) == (0, "验券成功")
    assert result["certificate_id"] == bought["certificate_id"]
    assert result["origin_code"] == bought["code"]
    entry = buyer.ledger(bought["certificate_id"])
    assert entry["status"] == "used"
    (use,) = entry["consumed"]
    assert (use["key"], use["verify_id"], use["venue"]) == (
        prepared["data"]["verify_token"], result["verify_id"], 1)
    assert douyin.prepare(code=bought["code"])["data"]["certificates"] == []


def test_each_prepare_gives_a_fresh_token_and_fresh_ciphertext(
        buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    one, other = (douyin.prepare(code=bought["code"])["data"] for _ in range(2))
    assert one["verify_token"] != other["verify_token"]
    assert one["certificates"][0]["encrypted_code"] != other["certificates"][0]["encrypted_code"]
    mixed = douyin.verify({"data": {**one, "certificates": other["certificates"]}})
    assert mixed["data"]["error_code"] == mixed["extra"]["error_code"] == 3000001
    assert buyer.ledger(bought["certificate_id"])["status"] == "unused"


def test_the_same_verification_sent_again_answers_the_same(
        buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    prepared = douyin.prepare(code=bought["code"])
    first = douyin.verify(prepared)
    assert douyin.verify(prepared)["data"] == first["data"]
    assert len(buyer.ledger(bought["certificate_id"])["consumed"]) == 1
    changed = douyin.verify(prepared, poi_id=douyin.world.pois[1].poi_id)
    assert changed["data"]["error_code"] == 3000001


def test_a_used_certificate_answers_1208(buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    one, other = douyin.prepare(code=bought["code"]), douyin.prepare(code=bought["code"])
    douyin.verify(one)
    late = douyin.verify(other)
    assert late["data"]["error_code"] == 0
    assert [result["result"] for result in late["data"]["verify_results"]] == [1208]


def test_verify_needs_its_prepare(buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    prepared = douyin.prepare(code=bought["code"])
    code = prepared["data"]["certificates"][0]["encrypted_code"]
    assert douyin.verify({"data": {"verify_token": "made-up"}}, [code])["data"][
        "error_code"] == 3000001
    assert douyin.verify(prepared, [bought["code"]])["data"]["error_code"] == 1221
    assert douyin.verify(prepared, verify_token="")["data"]["error_code"] == 2119001
    assert douyin.verify(prepared, encrypted_codes=[])["data"]["error_code"] == 1502
    buyer.clock(3601)
    assert douyin.verify(prepared)["data"]["error_code"] == 3000001


def test_twenty_clerks_verify_one_certificate_once(
        app: Flask, buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    token, start, results = douyin.token, Barrier(20), []

    def clerk() -> None:
        client = DouyinClient.__new__(DouyinClient)
        client.__dict__ = {**douyin.__dict__, "http": app.test_client(), "token": token}
        prepared = client.prepare(code=bought["code"])
        start.wait()
        results.append(client.verify(prepared)["data"]["verify_results"][0]["result"])

    threads = [Thread(target=clerk) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0] + [1208] * 19
    assert len(buyer.ledger(bought["certificate_id"])["consumed"]) == 1


def test_twenty_resends_of_one_verification_are_one(
        app: Flask, buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    prepared, start, answers = douyin.prepare(code=bought["code"]), Barrier(20), []

    def clerk() -> None:
        client = DouyinClient.__new__(DouyinClient)
        client.__dict__ = {**douyin.__dict__, "http": app.test_client()}
        start.wait()
        answers.append(client.verify(prepared)["data"])

    threads = [Thread(target=clerk) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer == answers[0] for answer in answers)
    assert len(buyer.ledger(bought["certificate_id"])["consumed"]) == 1


def test_an_order_of_several_certificates_shows_all_of_them(
        buyer: Buyer, douyin: DouyinClient) -> None:
    bought = buyer.order("douyin", quantity=3)
    prepared = douyin.prepare(code=bought[0]["code"])
    shown = prepared["data"]["certificates"]
    assert [one["certificate_id"] for one in shown] == [
        one["certificate_id"] for one in bought]
    results = douyin.verify(prepared, [one["encrypted_code"] for one in shown[1:]])
    assert [one["certificate_id"] for one in results["data"]["verify_results"]] == [
        one["certificate_id"] for one in bought[1:]]
    left = douyin.prepare(code=bought[2]["code"])["data"]["certificates"]
    assert [one["certificate_id"] for one in left] == [bought[0]["certificate_id"]]


def test_a_times_card_is_used_by_repeating_its_code(buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin", "times_card", uses=3, paid="100.00")
    prepared = douyin.prepare(code=bought["code"])
    (shown,) = prepared["data"]["certificates"]
    assert shown["sku"]["groupon_type"] == 3
    card = shown["time_card"]
    assert (card["times_count"], card["times_used"]) == (3, 0)
    assert [one["amount"]["pay_amount"] for one in card["serial_amount_list"]] == [
        3334, 3333, 3333]
    too_many = douyin.verify(prepared, [shown["encrypted_code"]] * 4)
    assert too_many["data"]["error_code"] == 1241
    results = douyin.verify(prepared, [shown["encrypted_code"]] * 2)["data"]["verify_results"]
    assert len({result["verify_id"] for result in results}) == 2
    assert [result["verify_amount_info"]["times_card_serial_amount"]["serial_numb"]
            for result in results] == [1, 2]
    assert buyer.ledger(bought["certificate_id"])["status"] == "partly_used"
    assert [result["result"] for result in douyin.redeem(bought["code"])] == [0]
    assert buyer.ledger(bought["certificate_id"])["status"] == "used"


def test_a_qr_dies_with_its_verification(buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin", "times_card", uses=2)
    old = douyin.scan(bought["qr"])
    douyin.verify(douyin.prepare(encrypted_data=old))
    assert douyin.prepare(encrypted_data=old)["data"]["error_code"] == 45005117
    fresh = buyer.ledger(bought["certificate_id"])["qr"]
    assert fresh != bought["qr"]
    douyin.verify(douyin.prepare(encrypted_data=douyin.scan(fresh)))
    gone = douyin.prepare(encrypted_data=douyin.scan(fresh))["data"]
    assert (gone["error_code"], gone["certificates"]) == (0, [])


def test_a_damaged_qr_is_refused(buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin")
    scanned = douyin.scan(bought["qr"])
    for broken in (scanned[:-4], scanned.replace(scanned[5], "A", 1) + "x", "%2B" + scanned,
                   bought["code"]):
        answer = douyin.prepare(encrypted_data=broken)
        assert answer["data"] == {"verify_token": "", "error_code": 3000001,
                                  "description": "二维码参数不合法"}
    assert douyin.prepare(code="123456789012345")["data"]["error_code"] == 1212
    assert douyin.prepare()["data"]["error_code"] == 1502


def test_the_store_must_be_one_that_may_verify_it(
        http: FlaskClient, app: Flask, buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin", "west_only")
    assert douyin.prepare(code=bought["code"])["data"]["error_code"] == 3000002
    anywhere = douyin.prepare(code=bought["code"], poi_id="")
    assert len(anywhere["data"]["certificates"]) == 1
    assert douyin.verify(anywhere)["data"]["error_code"] == 3000002
    assert douyin.prepare(code=bought["code"], poi_id="1")["data"]["error_code"] == 3000001
    assert DouyinClient(http, app, poi=1).redeem(bought["code"])[0]["result"] == 0


def test_expired_certificates_are_shown_for_a_day_and_cannot_be_verified(
        buyer: Buyer, douyin: DouyinClient) -> None:
    (bought,) = buyer.order("douyin", expires="2099-01-01")
    ends = douyin.prepare(code=bought["code"])["data"]["certificates"][0]["expire_time"]
    buyer.clock(ends + 10 - time.time())
    douyin.token = douyin.new_token()
    prepared = douyin.prepare(code=bought["code"])
    (result,) = douyin.verify(prepared)["data"]["verify_results"]
    assert result["result"] == 1250 and "过期" in result["msg"]
    buyer.clock(ends + 86500 - time.time())
    douyin.token = douyin.new_token()
    assert douyin.prepare(code=bought["code"])["data"]["certificates"] == []
    assert buyer.ledger(bought["certificate_id"])["status"] == "expired"


def test_refunded_certificates_disappear_from_prepare(
        buyer: Buyer, douyin: DouyinClient) -> None:
    first, second = buyer.order("douyin", quantity=2)
    prepared = douyin.prepare(code=first["code"])
    buyer.refund(first["certificate_id"])
    (result,) = douyin.verify(prepared)["data"]["verify_results"]
    assert result["result"] == 1250 and "verify_id" not in result
    left = douyin.prepare(code=first["code"])["data"]["certificates"]
    assert [one["certificate_id"] for one in left] == [second["certificate_id"]]


def test_get_and_query_show_the_state(buyer: Buyer, douyin: DouyinClient) -> None:
    order = buyer.order_of("douyin", quantity=2)
    prepared = douyin.prepare(code=order["certificates"][0]["code"])
    sealed = prepared["data"]["certificates"][0]["encrypted_code"]
    get = f"{douyin.PREFIX}/get/"
    fresh = douyin.get(get, encrypted_code=sealed)["data"]["certificate"]
    assert fresh["status"] == 1 and "verify" not in fresh and "code" not in fresh
    assert fresh["expire_time"] > 10**11
    (result,) = douyin.verify(prepared, [sealed])["data"]["verify_results"]
    used = douyin.get(get, encrypted_code=sealed)["data"]["certificate"]
    assert used["status"] == 2 and "code" not in used
    assert used["verify"]["verify_id"] == result["verify_id"]
    assert used["verify"]["can_cancel"] is True and used["verify"]["verify_type"] == 4
    query = douyin.get(f"{douyin.PREFIX}/query/", order_id=order["order_id"])["data"]
    assert [one["status"] for one in query["certificates"]] == [2, 1]
    assert query["certificates"][0]["expire_time"] < 10**11
    buyer.clock(3601)
    settled = douyin.get(get, encrypted_code=sealed)["data"]["certificate"]
    assert settled["code"] == order["certificates"][0]["code"]
    assert settled["verify"]["can_cancel"] is False
    assert douyin.get(f"{douyin.PREFIX}/query/")["data"]["error_code"] == 4000001
    assert douyin.get(f"{douyin.PREFIX}/query/", order_id="1")["data"]["error_code"] == 3100101
    assert douyin.get(get, encrypted_code="rubbish")["data"]["error_code"] == 1221
