"""How a merchant authorises, and how tokens are exchanged and refreshed (meituan.md 2.3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient

from core.sandbox.meituan.envelope import sign
from tests.sandbox.buyers import Buyer, MeituanClient


def page(meituan: MeituanClient, business: str = "58", **more: str) -> dict[str, str]:
    fields = {"developerId": meituan.world.developer_id, "businessId": business,
              "timestamp": str(int(meituan.sandbox.ledger.now())), "charset": "UTF-8",
              "state": "st-1", **more}
    return {**fields, "sign": sign(fields, meituan.world.sign_key)}


def oauth(meituan: MeituanClient, path: str, business: str = "58", **fields: str) -> Any:
    return meituan.http.post(f"/oauth/{path}", data=page(meituan, business, **fields)).get_json()


def exchange(meituan: MeituanClient, code: str, business: str = "58") -> Any:
    return oauth(meituan, "token", business, grantType="authorization_code", code=code)


def refresh(meituan: MeituanClient, token: str, business: str = "58") -> Any:
    return oauth(meituan, "refresh", business, grantType="refresh_token", refreshToken=token,
                 scope="all")


def test_a_merchant_picks_a_shop_and_comes_back_with_a_code(
        http: FlaskClient, buyer: Buyer, meituan: MeituanClient) -> None:
    shown = http.get("/general/auth", query_string=page(meituan))
    assert "青屿健身（滨江店）" in shown.text and "城西店" in shown.text
    picked = http.get("/general/auth", query_string={
        **page(meituan), "choose": meituan.shop.op_biz_code})
    assert picked.status_code == 302
    assert picked.location.startswith(meituan.world.redirect_url)
    back = {name: values[0] for name, values in parse_qs(urlsplit(picked.location).query).items()}
    assert (back["state"], back["opBizCode"]) == ("st-1", meituan.shop.op_biz_code)
    answer = exchange(meituan, back["code"])
    assert answer["code"] == 0
    data = answer["data"]
    assert data["accessToken"].startswith("V2-") and data["expireIn"] == 30 * 86400
    assert data["opBizCode"] == meituan.shop.op_biz_code
    (bought,) = buyer.order("meituan")
    by_new = meituan.receipt("prepare", {"receiptCode": bought["code"]},
                             appAuthToken=data["accessToken"])
    assert by_new["code"] == "OP_SUCCESS"
    again = exchange(meituan, back["code"])
    assert (again["code"], again["data"]) == (4, None), "a code serves once"


def test_a_code_lives_ten_minutes_but_the_worlds_waits(
        http: FlaskClient, buyer: Buyer, meituan: MeituanClient) -> None:
    picked = http.get("/general/auth", query_string={
        **page(meituan), "choose": meituan.shop.op_biz_code})
    code = parse_qs(urlsplit(picked.location).query)["code"][0]
    buyer.clock(601)
    assert exchange(meituan, code)["code"] == 4
    assert exchange(meituan, meituan.shop.auth_code)["code"] == 0
    assert exchange(meituan, "made-up")["code"] == 5


def test_the_customer_authorises_business_59_apart(meituan: MeituanClient) -> None:
    code = meituan.world.customer.auth_code
    assert exchange(meituan, code, "58")["code"] == 5
    token = exchange(meituan, code, "59")["data"]["accessToken"]
    answer = meituan.call("/ddzhkh/dingdan/queryorder", {}, businessId="59", appAuthToken=token)
    assert answer["code"] == "OP_SUCCESS"


def test_a_refresh_replaces_both_tokens(buyer: Buyer, meituan: MeituanClient) -> None:
    first = refresh(meituan, meituan.shop.refresh_token)["data"]
    assert refresh(meituan, meituan.shop.refresh_token)["data"] == first, "sent twice, once"
    (bought,) = buyer.order("meituan")
    assert meituan.prepare(bought["code"])["code"] == "OP_SUCCESS", "the old one lingers"
    buyer.clock(301)
    assert meituan.prepare(bought["code"])["data"]["code"] == 4
    assert refresh(meituan, meituan.shop.refresh_token)["code"] == 4
    second = refresh(meituan, first["refreshToken"])["data"]
    assert second["accessToken"] != first["accessToken"]
    buyer.clock(301 + 35 * 86400 + 1)
    assert refresh(meituan, second["refreshToken"])["code"] == 4


def test_a_wrong_signature_authorises_nobody(http: FlaskClient, meituan: MeituanClient) -> None:
    forged = {**page(meituan), "state": "st-2", "choose": meituan.shop.op_biz_code}
    assert http.get("/general/auth", query_string=forged).status_code == 400
    fields = page(meituan, grantType="authorization_code", code=meituan.shop.auth_code)
    assert http.post("/oauth/token", data={**fields, "sign": "0"}).get_json()["code"] == 3
    assert http.post("/oauth/token", data={}).get_json()["code"] == 1
    assert exchange(meituan, meituan.shop.auth_code)["code"] == 0, "the code was not spent"


def test_an_unbound_shop_is_gone(http: FlaskClient, meituan: MeituanClient) -> None:
    done = http.get("/general/unauth", query_string={
        **page(meituan), "choose": meituan.shop.op_biz_code})
    assert done.status_code == 200
    assert meituan.prepare("1234567890")["data"]["code"] == 5
    (push,) = http.get("/_sandbox/webhooks").get_json()["last"]
    assert "msgType=510001" in push["body"]
