"""The Douyin mini-program's endpoints (douyin.md section 8)."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask.testing import FlaskClient
from PIL import Image
from wechatpy.crypto import WeChatWxaCrypto

from core.sandbox.world import World
from tests.sandbox.buyers import Buyer

NOTIFY = "/api/notification/v2/subscription/notify_user/"
PHONE = "/api/apps/v1/get_phonenumber_info/"


class DouyinMiniApp:
    def __init__(self, http: FlaskClient, world: World) -> None:
        self.http = http
        self.world = world.douyin_mini
        self.token = http.post("/oauth/client_token/", json={
            "client_key": self.world.appid, "client_secret": self.world.secret,
            "grant_type": "client_credential"}).get_json()["data"]["access_token"]

    def codes(self, **more: Any) -> dict[str, str]:
        return self.http.post("/_sandbox/login-codes",
                              json={"platform": "douyin_mini", **more}).get_json()

    def login(self, **body: Any) -> dict[str, Any]:
        return self.http.post("/api/apps/v2/jscode2session", json={
            "appid": self.world.appid, "secret": self.world.secret, **body}).get_json()

    def post(self, path: str, body: object) -> dict[str, Any]:
        return self.http.post(path, json=body,
                              headers={"access-token": self.token}).get_json()

    def notify(self, openid: str) -> int:
        return self.post(NOTIFY, {"msg_id": self.world.template_id, "open_id": openid,
                                  "data": {"门店": "滨江店"}})["err_no"]


@pytest.fixture
def mini(http: FlaskClient, world: World) -> DouyinMiniApp:
    return DouyinMiniApp(http, world)


def test_a_login_code_serves_once(mini: DouyinMiniApp) -> None:
    minted = mini.codes(openid="d-lin")
    first = mini.login(code=minted["code"])
    assert (first["err_no"], first["data"]["openid"], first["data"]["anonymous_openid"]) == (
        0, "d-lin", "")
    assert mini.login(code=minted["code"])["err_no"] == 40018
    assert mini.login()["err_no"] == 40014
    assert mini.login(code="x", appid="tt0")["err_no"] == 40015
    assert mini.login(code="x", secret="x")["err_no"] == 40017
    assert mini.login(anonymous_code="x")["err_no"] == 40019
    nobody = mini.login(anonymous_code=mini.codes()["code"])["data"]
    assert nobody["anonymous_openid"] and not nobody["openid"] and not nobody["session_key"]


def test_its_own_token_is_not_a_client_token(http: FlaskClient, mini: DouyinMiniApp) -> None:
    body = {"appid": mini.world.appid, "secret": mini.world.secret,
            "grant_type": "client_credential"}
    answer = http.post("/api/apps/v2/token", json=body).get_json()
    assert (answer["err_no"], answer["data"]["expires_in"]) == (0, 7200)
    bad = http.post("/api/apps/v2/token", json={**body, "secret": "x"}).get_json()
    assert (bad["err_no"], bad["data"]) == (40017, {"access_token": "", "expires_in": 0})
    assert http.post("/api/apps/v2/token", json={**body, "grant_type": "x"}).get_json()[
        "err_no"] == 40020
    mini.token = answer["data"]["access_token"]
    assert mini.notify("d-lin") == 28001003


def test_the_phone_comes_encrypted_for_the_apps_own_key(
        buyer: Buyer, mini: DouyinMiniApp) -> None:
    minted = mini.codes(phone="13912345678")
    answer = mini.post(PHONE, {"code": minted["phone_code"]})
    key = load_pem_private_key(mini.world.phone_private_key.encode(), None)
    opened = json.loads(key.decrypt(base64.b64decode(answer["data"]), padding.PKCS1v15()))
    assert opened["phoneNumber"] == "13912345678"
    assert opened["watermark"]["appid"] == mini.world.appid
    assert mini.post(PHONE, {"code": minted["phone_code"]})["err_no"] == 28005187
    late = mini.codes(phone="13912345678")["phone_code"]
    buyer.clock(301)
    assert mini.post(PHONE, {"code": late})["err_no"] == 28005187


def test_the_old_way_encrypts_under_the_session_key(
        http: FlaskClient, mini: DouyinMiniApp) -> None:
    key = mini.login(code=mini.codes(openid="d-lin")["code"])["data"]["session_key"]
    sealed = http.post("/_sandbox/encrypted-phone", json={
        "platform": "douyin_mini", "openid": "d-lin", "phone": "13912345678"}).get_json()
    opened = WeChatWxaCrypto(key, sealed["iv"], mini.world.appid).decrypt_message(
        sealed["encryptedData"])
    assert opened["purePhoneNumber"] == "13912345678"


def test_a_notification_needs_a_subscription(
        http: FlaskClient, buyer: Buyer, mini: DouyinMiniApp) -> None:
    assert mini.notify("d-lin") == 28014043
    http.post("/_sandbox/subscriptions", json={"platform": "douyin_mini", "openid": "d-lin"})
    assert mini.notify("d-lin") == 0
    assert mini.notify("d-lin") == 28014041
    buyer.fault(platform="douyin_mini", endpoint="*", mode="rate_limited", count=1)
    assert mini.notify("d-lin") == 28006003
    buyer.clock(7201)
    assert mini.notify("d-lin") == 28001008


def test_a_qr_code_is_drawn(mini: DouyinMiniApp) -> None:
    path = "/api/apps/v1/qrcode/create/"
    body = {"appid": mini.world.appid, "path": "pages%2Fpass%3Fid%3D1"}
    image = base64.b64decode(mini.post(path, body)["data"]["img"])
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))
    assert read.text == "pages/pass?id=1"
    assert mini.post(path, {**body, "width": 1})["err_no"] == 28005005
    assert mini.post(path, {**body, "app_name": "x"})["err_no"] == 28005006
    assert mini.post(path, {"path": "a"})["err_no"] == 28005001
