"""Webhooks and pushes as the platforms send them over HTTP (S218, S219)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from core.sandbox.courier import douyin_signature
from core.sandbox.meituan.envelope import sign
from tests.running import RunningShop


def douyin(shop: RunningShop, body: bytes, **headers: str) -> requests.Response:
    """A webhook, signed with the app's secret unless told otherwise."""
    secret = shop.demo["platforms"]["douyin"]["client_secret"]
    return requests.post(f"{shop.web_url}/callbacks/douyin", data=body, timeout=10, headers={
        "Content-Type": "application/json", "Msg-Id": "m-1",
        "X-Douyin-Signature": douyin_signature(secret, body), **headers})


def event(**content: Any) -> bytes:
    return json.dumps({"event": "life_trade_certificate_notify", "client_key": "k",
                       "content": json.dumps(content), "msg_id": "m-1"}).encode()


def meituan(shop: RunningShop, **fields: str) -> requests.Response:
    account = shop.demo["platforms"]["meituan"]
    whole = {"msgType": "5810055", "msgId": "m-1", "developerId": account["developerId"],
             "businessId": "58", "timestamp": "1711592316", "message": "{}", **fields}
    whole.setdefault("sign", sign(whole, account["signKey"]))
    return requests.post(f"{shop.web_url}/callbacks/meituan", data=urlencode(whole), timeout=10,
                         headers={"Content-Type": "application/x-www-form-urlencoded"})


def test_the_challenge_comes_back_as_it_was_sent(shop: RunningShop) -> None:
    for challenge in (12345, "12345"):
        body = json.dumps({"event": "verify_webhook", "client_key": "",
                           "content": {"challenge": challenge}}).encode()
        answer = douyin(shop, body)
        assert (answer.status_code, answer.json()) == (200, {"challenge": challenge})


def test_a_webhook_is_taken_however_often_it_comes(shop: RunningShop) -> None:
    body = event(action="verify", certificate={"order_id": "8000000000000000001",
                                               "certificate_id": "7", "account_id": "1"})
    assert [douyin(shop, body, **{"Msg-Id": name}).status_code
            for name in ("m-1", "m-1", "m-2")] == [200, 200, 200]


@pytest.mark.parametrize("header", ["", "0" * 40, "ä" * 40, "x"])
def test_a_forged_webhook_is_refused(shop: RunningShop, header: str) -> None:
    body = event(action="refund_success")
    answer = douyin(shop, body, **{"X-Douyin-Signature": header.encode("utf-8").decode("latin-1")})
    assert (answer.status_code, answer.json()) == (403, {"code": 403, "message": "refused"})


def test_a_webhook_whose_bytes_were_changed_is_refused(shop: RunningShop) -> None:
    body = event(action="verify", certificate={"order_id": "8", "certificate_id": "7"})
    signature = douyin_signature(shop.demo["platforms"]["douyin"]["client_secret"], body)
    for changed in (body.replace(b"verify", b"refund"), body + b" ", b" " + body):
        answer = douyin(shop, changed, **{"X-Douyin-Signature": signature})
        assert answer.status_code == 403


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"content": 3}', b"\xff\xfe", b"[" * 60_000,
                                  event(certificate={"order_id": "../../x"})])
def test_rubbish_is_answered_and_does_no_harm(shop: RunningShop, body: bytes) -> None:
    assert douyin(shop, body).status_code == 400


def test_megabytes_are_refused(shop: RunningShop) -> None:
    assert douyin(shop, b"x" * 200_000).status_code == 413


def test_a_push_is_acknowledged_in_meituans_words(shop: RunningShop) -> None:
    message = json.dumps({"orderId": "400000000000000000000001", "type": "consume"})
    for _ in range(2):
        answer = meituan(shop, message=message)
        assert (answer.status_code, answer.json()["code"]) == (200, 0)


@pytest.mark.parametrize("changed", [
    {"sign": "0" * 40}, {"sign": ""}, {"developerId": "999"}])
def test_a_forged_push_is_refused(shop: RunningShop, changed: dict[str, str]) -> None:
    assert meituan(shop, message='{"orderId": "1"}', **changed).status_code == 403


def test_a_merchant_without_a_link_of_ours_is_told_in_words(shop: RunningShop) -> None:
    answer = requests.get(f"{shop.web_url}/callbacks/meituan/auth", timeout=10,
                          params={"code": "c", "state": "never-given"})
    assert answer.status_code == 403 and "<script" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
