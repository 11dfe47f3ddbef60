"""A buyer, a Meituan client and a Douyin client, speaking to the sandbox over its HTTP routes."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from core.sandbox.meituan.envelope import sign
from core.sandbox.sandbox import Sandbox


def sandbox_of(app: Flask) -> Sandbox:
    return app.extensions["sandbox"]


class Buyer:
    """Uses the controls, as tests and demos do."""

    def __init__(self, http: FlaskClient) -> None:
        self.http = http

    def order(self, platform: str, sku: str = "month_card", **more: Any) -> list[dict[str, Any]]:
        return self.order_of(platform, sku, **more)["certificates"]

    def order_of(self, platform: str, sku: str = "month_card", **more: Any) -> dict[str, Any]:
        answer = self.http.post("/_sandbox/orders",
                                json={"platform": platform, "sku": sku, **more})
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def refund(self, certificate_id: str, **more: Any) -> None:
        answer = self.http.post("/_sandbox/refunds",
                                json={"certificate_id": certificate_id, **more})
        assert answer.status_code == 201, answer.text

    def ledger(self, certificate_id: str) -> dict[str, Any]:
        answer = self.http.get("/_sandbox/ledger", query_string={"certificate_id": certificate_id})
        (entry,) = answer.get_json()["certificates"]
        return entry

    def clock(self, offset_seconds: float) -> None:
        assert self.http.post("/_sandbox/clock",
                              json={"offset_seconds": offset_seconds}).status_code == 200

    def fault(self, **fault: Any) -> None:
        assert self.http.post("/_sandbox/faults", json=fault).status_code == 201


class MeituanClient:
    """Signs like a developer's server; `shop` is an index into the world's shops."""

    def __init__(self, http: FlaskClient, app: Flask, shop: int = 0) -> None:
        self.http = http
        self.sandbox = sandbox_of(app)
        self.world = self.sandbox.world.meituan
        self.shop = self.world.shops[shop]

    def fields(self, biz: dict[str, Any], /, **override: str | None) -> dict[str, str]:
        """The signed form; an override of None leaves the field out."""
        fields: dict[str, str | None] = {
            "developerId": self.world.developer_id, "businessId": "58", "charset": "UTF-8",
            "timestamp": str(int(self.sandbox.ledger.now())), "version": "2",
            "appAuthToken": self.shop.app_auth_token,
            "biz": json.dumps(biz, ensure_ascii=False), **override}
        sent = {name: value for name, value in fields.items() if value is not None}
        if "sign" not in override:
            sent["sign"] = sign(sent, self.world.sign_key)
        return sent

    def call(self, path: str, biz: dict[str, Any], /, **override: str | None) -> dict[str, Any]:
        return self.http.post(path, data=self.fields(biz, **override)).get_json()

    def receipt(self, action: str, biz: dict[str, Any], /,
                **override: str | None) -> dict[str, Any]:
        return self.call(f"/ddzh/tuangou/receipt/{action}", biz, **override)

    def prepare(self, code: str) -> dict[str, Any]:
        return self.receipt("prepare", {"receiptCode": code})

    def consume(self, code: str, request_id: str, count: int = 1,
                account: str = "clerk01") -> dict[str, Any]:
        return self.receipt("consume", {
            "receiptCode": code, "count": count, "requestId": request_id,
            "appShopAccount": account, "appShopAccountName": "前台小王"})

    def reverse(self, code: str, deal_id: object) -> dict[str, Any]:
        return self.receipt("reverseconsume", {
            "receiptCode": code, "dealId": deal_id, "appShopAccount": "clerk01",
            "appShopAccountName": "前台小王"})


class DouyinClient:
    """Holds a client_token; `poi` is an index into the world's stores."""

    PREFIX = "/goodlife/v1/fulfilment/certificate"

    def __init__(self, http: FlaskClient, app: Flask, poi: int = 0) -> None:
        self.http = http
        self.world = sandbox_of(app).world.douyin
        self.poi_id = self.world.pois[poi].poi_id
        self.token = self.new_token()

    def new_token(self, path: str = "/oauth/client_token/", **override: str) -> str:
        return self.ask_token(path, **override)["data"]["access_token"]

    def ask_token(self, path: str = "/oauth/client_token/", **override: str) -> dict[str, Any]:
        return self.http.post(path, json={
            "client_key": self.world.client_key, "client_secret": self.world.client_secret,
            "grant_type": "client_credential", **override}).get_json()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self.http.get(path, query_string=query,
                             headers={"access-token": self.token}).get_json()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.http.post(path, json=body, headers={"access-token": self.token}).get_json()

    def prepare(self, **query: str) -> dict[str, Any]:
        return self.get(f"{self.PREFIX}/prepare/", **{"poi_id": self.poi_id, **query})

    def verify(self, prepared: dict[str, Any], codes: list[str] | None = None,
               **override: Any) -> dict[str, Any]:
        data = prepared["data"]
        chosen = codes or [data["certificates"][0]["encrypted_code"]]
        return self.post(f"{self.PREFIX}/verify/", {
            "verify_token": data["verify_token"], "poi_id": self.poi_id,
            "encrypted_codes": chosen, **override})

    def redeem(self, code: str, times: int = 1) -> list[dict[str, Any]]:
        """prepare and verify one certificate by its plain code; the results."""
        prepared = self.prepare(code=code)
        first = prepared["data"]["certificates"][0]["encrypted_code"]
        return self.verify(prepared, [first] * times)["data"]["verify_results"]

    def cancel(self, **body: Any) -> dict[str, Any]:
        return self.post(f"{self.PREFIX}/cancel/", body)

    def scan(self, qr: str) -> str:
        """The `encrypted_data` behind a QR."""
        answer = self.http.get(urlsplit(qr).path)
        assert answer.status_code == 302
        return parse_qs(urlsplit(answer.headers["Location"]).query)["object_id"][0]


def wait_for(said: Any, seconds: float = 5) -> Any:
    """The first true answer of a callable, within some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = said()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
