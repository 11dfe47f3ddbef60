"""Signed callbacks of both platforms, as a product's server receives them (douyin.md 6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Response, jsonify, request
from flask.testing import FlaskClient

from core.sandbox import courier
from core.sandbox.app import create_sandbox
from core.sandbox.courier import douyin_signature
from core.sandbox.meituan.envelope import sign
from core.sandbox.world import World
from tests.sandbox.buyers import Buyer, DouyinClient, MeituanClient, sandbox_of, wait_for
from tests.sandbox.served import Listener, served


@pytest.fixture
def listener(http: FlaskClient) -> Iterator[Listener]:
    """Receives the webhooks of both platforms and answers as both want."""
    def answer() -> Response:
        body = request.get_json(silent=True) or {}
        if body.get("event") == "verify_webhook":
            return jsonify({"challenge": body["content"]["challenge"]})
        return jsonify({"code": 0, "message": "success"})

    listener = Listener(answer)
    with served(listener.app()) as base:
        listener.url = f"{base}/hook"
        for platform in ("douyin", "meituan"):
            saved = http.put("/_sandbox/webhooks",
                             json={"platform": platform, "url": f"{base}/hook"}).get_json()
            assert saved["verified"] is (True if platform == "douyin" else None)
        listener.heard.clear()
        yield listener


def events(listener: Listener, count: int) -> list[dict[str, Any]]:
    wait_for(lambda: len(listener.heard) >= count)
    return [json.loads(one.body) for one in listener.heard]


@pytest.mark.parametrize(("body", "expected"), [
    ('{"event":"verify_webhook","client_key":"abc","content":{"challenge":12345}}',
     "248a29d4a66d63385baacd7c12b90d62cc2002ae"),
    ('{"event":"life_trade_certificate_notify","client_key":"awtestclientkey01",'
     '"from_user_id":"_000testuser","content":"{\\"action\\":\\"verify\\",\\"msg_time\\":'
     '1679914989,\\"certificate\\":{\\"certificate_id\\":\\"7212557509230723106\\",'
     '\\"order_id\\":\\"8000007678483824642\\",\\"account_id\\":\\"7126518681177163816\\"}}",'
     '"log_id":"20230327190308EA6D9C39D1F3650CAC89","msg_id":'
     '"13cedde5b8decd82f5c2267a60edd7ad"}', "b081f87b06d6b5ffad7007f05287a4d188d84d21")])
def test_the_signature_is_the_published_one(body: str, expected: str) -> None:
    assert douyin_signature("test_client_secret_0001", body.encode()) == expected


def test_douyin_tells_of_payment_verification_cancel_and_refund(
        listener: Listener, world: World, buyer: Buyer, douyin: DouyinClient) -> None:
    order = buyer.order_of("douyin", quantity=2, paid="10")
    (result,) = douyin.redeem(order["certificates"][0]["code"])
    douyin.cancel(verify_id=result["verify_id"], certificate_id=result["certificate_id"])
    buyer.refund(result["certificate_id"])
    told = events(listener, 4)
    contents = [json.loads(one["content"]) for one in told]
    assert [one["action"] for one in contents] == [
        "pay_success", "verify", "verify_cancel", "refund_success"]
    assert contents[0]["order"]["pay_amount"] == 2000
    assert contents[1]["certificate"] == {
        "certificate_id": result["certificate_id"], "order_id": order["order_id"],
        "account_id": world.douyin.account_id}
    for one, heard in zip(told, listener.heard, strict=True):
        assert heard.headers["X-Douyin-Signature"] == douyin_signature(
            world.douyin.client_secret, heard.body)
        assert heard.headers["Msg-Id"] == one["msg_id"]
    assert len({one["msg_id"] for one in told}) == 4


def test_meituan_pushes_verification_reversal_and_refund(
        listener: Listener, world: World, buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan", paid="10")
    deal_id = meituan.consume(bought["code"], "r1")["data"]["result"][0]["dealId"]
    meituan.reverse(bought["code"], str(deal_id))
    buyer.refund(bought["certificate_id"])
    wait_for(lambda: len(listener.heard) == 3)
    forms = [one.form for one in listener.heard]
    assert [form["msgType"] for form in forms] == ["5810055", "5810055", "5810173"]
    messages = [json.loads(form["message"]) for form in forms]
    assert [one.get("type") for one in messages] == ["consume", "reverse", None]
    assert (messages[2]["refundStatus"], messages[2]["refundAmount"]) == (4, 1000)
    for form in forms:
        assert form["sign"] == sign(form, world.meituan.sign_key)
        assert form["opBizCode"] == meituan.shop.op_biz_code


def test_a_callback_is_tried_again_three_times(
        http: FlaskClient, listener: Listener, buyer: Buyer,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "RETRY_AFTER", (0.01, 0.01, 0.01))
    listener.answer = lambda: Response("", 503)
    buyer.order("douyin")
    wait_for(lambda: http.get("/_sandbox/webhooks").get_json()["pending"] == 0)
    assert len(listener.heard) == 4
    assert len({one.headers["Msg-Id"] for one in listener.heard}) == 1


def test_old_callbacks_are_sent_again_duplicated_and_shuffled(
        http: FlaskClient, listener: Listener, buyer: Buyer) -> None:
    for _ in range(5):
        buyer.order("douyin")
    wait_for(lambda: len(listener.heard) == 5)
    first = [one.headers["Msg-Id"] for one in listener.heard]
    answer = http.post("/_sandbox/webhooks/resend",
                       json={"last": 3, "times": 2, "shuffle": True}).get_json()
    assert answer == {"queued": 6}
    wait_for(lambda: len(listener.heard) == 11)
    again = sorted(one.headers["Msg-Id"] for one in listener.heard[5:])
    assert again == sorted(first[2:] * 2)


def test_a_restarted_sandbox_delivers_what_was_pending(
        tmp_path: Path, world: World, listener: Listener) -> None:
    ledger = str(tmp_path / "sandbox.db")
    stopped = create_sandbox(world, ledger)
    sandbox_of(stopped).ledger.insert(
        "callbacks", platform="douyin", headers="{}", body=b"{}", created_at=1.0, due_at=1.0,
        url=listener.url)
    create_sandbox(world, ledger)
    wait_for(lambda: len(listener.heard) == 1)


def test_nothing_is_told_of_what_did_not_happen(
        http: FlaskClient, listener: Listener, buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    meituan.consume(bought["code"], "r1")
    meituan.consume(bought["code"], "r1")
    meituan.consume(bought["code"], "r2")
    wait_for(lambda: http.get("/_sandbox/webhooks").get_json()["pending"] == 0)
    assert len(listener.heard) == 1
