"""The WeChat mini-program's endpoints (wechat.md sections 2 and 6)."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from wechatpy.crypto import WeChatWxaCrypto

from core.sandbox.world import World
from tests.sandbox.buyers import Buyer

FIELDS = {"thing1": {"value": "月卡开好了"}, "time2": {"value": "2026-12-24 14:30"}}


class MiniApp:
    def __init__(self, http: FlaskClient, world: World) -> None:
        self.http = http
        self.world = world.wechat_mini
        self.token = self.stable()["access_token"]

    def stable(self, **more: Any) -> dict[str, Any]:
        return self.http.post("/cgi-bin/stable_token", json={
            "grant_type": "client_credential", "appid": self.world.appid,
            "secret": self.world.secret, **more}).get_json()

    def codes(self, **more: Any) -> dict[str, str]:
        return self.http.post("/_sandbox/login-codes",
                              json={"platform": "wechat_mini", **more}).get_json()

    def login(self, code: str, **override: str) -> dict[str, Any]:
        answer = self.http.get("/sns/jscode2session", query_string={
            "appid": self.world.appid, "secret": self.world.secret, "js_code": code,
            "grant_type": "authorization_code", **override})
        return json.loads(answer.text)

    def post(self, path: str, body: object) -> Any:
        return self.http.post(path, json=body, query_string={"access_token": self.token})

    def notify(self, openid: str, **more: Any) -> int:
        return self.post("/cgi-bin/message/subscribe/send", {
            "touser": openid, "template_id": self.world.template_id, "data": FIELDS,
            **more}).get_json()["errcode"]


@pytest.fixture
def mini(http: FlaskClient, world: World) -> MiniApp:
    return MiniApp(http, world)


def test_a_login_code_serves_once_and_five_minutes(buyer: Buyer, mini: MiniApp) -> None:
    minted = mini.codes(openid="o-lin")
    first = mini.login(minted["code"])
    assert first["openid"] == "o-lin" and "errcode" not in first and "unionid" not in first
    assert len(base64.b64decode(first["session_key"])) == 16
    assert mini.login(minted["code"])["errcode"] == 40163
    assert mini.login("made-up")["errcode"] == 40029
    assert mini.login(mini.codes()["code"], secret="x")["errcode"] == 40125
    assert mini.login(mini.codes()["code"], appid="wx0")["errcode"] == 40013
    late = mini.codes()["code"]
    buyer.clock(301)
    assert mini.login(late)["errcode"] == 40029
    again = mini.login(mini.codes(openid="o-lin")["code"])
    assert again["session_key"] != first["session_key"]


def test_login_is_limited_per_person(mini: MiniApp) -> None:
    answers = [mini.login(mini.codes(openid="o-lin")["code"]).get("errcode", 0)
               for _ in range(101)]
    assert answers == [0] * 100 + [45011]
    assert "errcode" not in mini.login(mini.codes(openid="o-other")["code"])


def test_the_phone_button_has_a_code_of_its_own(mini: MiniApp) -> None:
    minted = mini.codes(phone="13912345678")
    path = "/wxa/business/getuserphonenumber"
    assert mini.post(path, {"code": minted["login_code"]}).get_json()["errcode"] == 40029
    info = mini.post(path, {"code": minted["phone_code"]}).get_json()["phone_info"]
    assert (info["phoneNumber"], info["countryCode"]) == ("13912345678", "86")
    assert info["watermark"]["appid"] == mini.world.appid
    assert mini.post(path, {"code": minted["phone_code"]}).get_json()["errcode"] == 40029
    assert mini.login(minted["phone_code"])["errcode"] == 40029
    assert mini.login(minted["code"])["openid"] == minted["openid"]
    assert mini.post(path, {"code": minted["code"]}).get_json()["errcode"] == 0


def test_the_old_way_encrypts_the_phone_under_the_session_key(
        http: FlaskClient, mini: MiniApp) -> None:
    asked = {"platform": "wechat_mini", "openid": "o-lin", "phone": "13912345678"}
    assert http.post("/_sandbox/encrypted-phone", json=asked).status_code == 404
    key = mini.login(mini.codes(openid="o-lin")["code"])["session_key"]
    sealed = http.post("/_sandbox/encrypted-phone", json=asked).get_json()
    opened = WeChatWxaCrypto(key, sealed["iv"], mini.world.appid).decrypt_message(
        sealed["encryptedData"])
    assert opened["phoneNumber"] == "13912345678"


def test_the_stable_token_stays_and_rolls_over_with_both_valid(
        buyer: Buyer, mini: MiniApp) -> None:
    first = mini.stable()
    assert mini.stable()["access_token"] == first["access_token"] == mini.token
    buyer.clock(7200 - 200)
    rolled = mini.stable()
    assert rolled["access_token"] != first["access_token"] and rolled["expires_in"] > 300
    assert mini.notify("o-nobody") == 40003, "the old one still opens"
    buyer.clock(7201)
    assert mini.notify("o-nobody") == 42001
    assert mini.stable(secret="x")["errcode"] == 40125
    assert mini.stable(appid="wx0")["errcode"] == 40013


def test_a_forced_refresh_kills_the_old_token_and_is_rare(buyer: Buyer, mini: MiniApp) -> None:
    fresh = mini.stable(force_refresh=True)["access_token"]
    assert mini.notify("o-nobody") == 42001
    assert mini.stable(force_refresh=True)["errcode"] == 45009
    buyer.clock(31)
    assert "access_token" in mini.stable(force_refresh=True)
    assert fresh != mini.token


def test_plain_and_stable_tokens_are_two_series(http: FlaskClient, mini: MiniApp) -> None:
    query = {"grant_type": "client_credential", "appid": mini.world.appid,
             "secret": mini.world.secret}
    old, new = (http.get("/cgi-bin/token", query_string=query).get_json()["access_token"]
                for _ in range(2))
    stable = mini.stable()["access_token"]
    for mini.token in (stable, old, new):
        assert mini.notify("o-nobody") == 40003
    mini.token = "x"
    assert mini.notify("o-nobody") == 40014


def test_one_consent_sends_one_message(http: FlaskClient, mini: MiniApp) -> None:
    openid = mini.login(mini.codes()["code"])["openid"]
    assert mini.notify(openid) == 43101
    http.post("/_sandbox/subscriptions", json={"platform": "wechat_mini", "openid": openid})
    assert mini.notify(openid, page="pages/pass/index?id=1") == 0
    assert mini.notify(openid) == 43101
    (push,) = http.get("/_sandbox/pushes", query_string={
        "platform": "wechat_mini", "receiver": openid}).get_json()["pushes"]
    assert push["body"]["data"] == FIELDS


@pytest.mark.parametrize(("change", "errcode"), [
    ({"template_id": "x"}, 40037), ({"page": "pages/nowhere"}, 41030),
    ({"data": {}}, 47003), ({"data": {"thing1": {"value": ""}}}, 47003),
    ({"data": {"thing1": {"value": "券" * 21}}}, 47003),
    ({"data": {"thing1": {"value": "两\n行"}}}, 47003),
    ({"data": {"character_string1": {"value": "中文"}}}, 47003),
    ({"data": {"poem1": {"value": "a"}}}, 47003), ({"miniprogram_state": "x"}, 47003)])
def test_a_bad_message_costs_no_consent(
        http: FlaskClient, mini: MiniApp, change: dict[str, Any], errcode: int) -> None:
    openid = mini.login(mini.codes()["code"])["openid"]
    http.post("/_sandbox/subscriptions", json={"platform": "wechat_mini", "openid": openid})
    assert mini.notify(openid, **change) == errcode
    assert mini.notify(openid) == 0


def test_a_mini_program_code_is_an_image_that_carries_page_and_scene(mini: MiniApp) -> None:
    path = "/wxa/getwxacodeunlimit"
    answer = mini.post(path, {"scene": "k=A1B2", "page": "pages/continue/index"})
    assert answer.content_type == "image/jpeg"
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)))
    assert read.text == "wxa:pages/continue/index?scene=k=A1B2"
    for wrong, errcode in (({"scene": "x" * 33}, 40169), ({"scene": "a%20b"}, 40169),
                           ({"scene": ""}, 40169), ({"scene": "a", "page": "/pages/x"}, 41030),
                           ({"scene": "a", "page": "pages/new"}, 41030),
                           ({"scene": "a", "width": 100}, 40097)):
        assert mini.post(path, wrong).get_json()["errcode"] == errcode
    trial = mini.post(path, {"scene": "a", "page": "pages/new", "check_path": False,
                             "env_version": "trial"})
    assert trial.content_type == "image/jpeg"
