"""The administration over REST: the same rules as on the desk's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.services.actor import Actor
from core.store.tables import Platform
from tests.builders import Chain

ROUTES = ("platforms", "venues", "products", "sku-mappings", "staff", "kiosks", "audit")


class Api:
    """Calls as one person."""

    def __init__(self, app: Flask, chain: Chain, actor: Actor | None) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers: dict[str, str] = {}
        if actor is not None:
            with chain.store.connection():
                token = chain.services.sign_in.open_for_staff(actor.id, "api").token
            self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.client.open(f"/api/v1/{path}", method=method, json=body,
                                headers={**self.headers, **headers})

    def data(self, method: str, path: str, body: Any = None) -> Any:
        answer = self(method, path, body)
        assert answer.status_code == 200, answer.text
        return answer.json["data"]


@pytest.fixture
def owner(app: Flask, chain: Chain) -> Api:
    return Api(app, chain, chain.owner)


@pytest.fixture
def manager(app: Flask, chain: Chain) -> Api:
    return Api(app, chain, chain.manager)


@pytest.fixture
def clerk(app: Flask, chain: Chain) -> Api:
    return Api(app, chain, chain.clerk)


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_administers_without_signing_in(app: Flask, chain: Chain, route: str) -> None:
    assert Api(app, chain, None)("GET", route).status_code == 401


@pytest.mark.parametrize("route", ["platforms", "venues", "sku-mappings", "staff", "audit"])
def test_a_clerk_administers_nothing(clerk: Api, route: str) -> None:
    assert clerk("GET", route).status_code == 403


def test_secrets_are_taken_and_never_given(owner: Api, chain: Chain) -> None:
    (before, *_) = owner.data("GET", "platforms")
    answer = owner("PUT", f"platforms/{before['id']}", {
        "name": "美团", "app_id": "1", "secret": "top-secret", "api_url": before["api_url"]})
    assert answer.json["data"]["has_secret"] and "top-secret" not in answer.text
    with chain.store.connection():
        assert Platform.get_by_id(before["id"]).app_secret == "top-secret"
    assert "top-secret" not in owner("GET", "audit").text


def test_a_connection_can_be_tried(owner: Api, chain: Chain) -> None:
    tried = owner.data("POST", f"platforms/{chain.platforms['meituan']}/try",
                       {"venue_id": chain.binjiang})
    assert tried["works"] and tried["word"] == ""


def test_a_venue_is_opened_once_per_key_and_its_policy_kept(owner: Api) -> None:
    body = {"name": "武林店", "policy": {"kiosk": "auto"}, "auto_limit": 150.00}
    first = owner("POST", "venues", body, **{"Idempotency-Key": "k1"})
    again = owner("POST", "venues", body, **{"Idempotency-Key": "k1"})
    assert first.json["data"]["id"] == again.json["data"]["id"]
    kept = owner.data("GET", f"venues/{first.json['data']['id']}")
    assert kept["policy"]["kiosk"] == "auto" and kept["policy"]["mini"] == "staff"
    assert kept["auto_limit"] == 150.00
    assert (kept["opens"], kept["closes"]) == ("09:00", "22:00")
    assert owner("POST", "venues", body).status_code == 409


@pytest.mark.parametrize("body", [
    {}, {"name": ""}, {"name": "x", "zone": "Mars"}, {"name": "x", "policy": {"kiosk": "maybe"}},
    {"name": "x", "auto_limit": -1}, {"name": "x", "opens": "7"}, {"name": "x", "closes": "24:00"}])
def test_a_venue_that_makes_no_sense_is_refused(owner: Api, body: dict[str, Any]) -> None:
    assert owner("POST", "venues", body).status_code == 422


def test_products_are_mapped_to_what_the_platforms_sell(
        manager: Api, clerk: Api, chain: Chain) -> None:
    product = manager.data("POST", "products", {"name": "周卡", "kind": "card", "days": 7,
                                                "price": 99.00})
    assert product["voucher_type"] == 1 and product in clerk.data("GET", "products")
    sku = manager.data("POST", "sku-mappings", {
        "platform_id": chain.platforms["meituan"], "sku_id": "new-1", "title": "周卡",
        "product_id": product["id"]})
    assert sku["product_name"] == "周卡"
    assert manager.data("PUT", f"sku-mappings/{sku['id']}", {"product_id": None})[
        "product_id"] is None
    assert [one["id"] for one in manager.data("GET", "sku-mappings?unmapped=true")] == [sku["id"]]
    assert clerk("POST", "products", {"name": "x", "kind": "class"}).status_code == 403


def test_a_class_is_added_changed_seen_and_cancelled(
        manager: Api, clerk: Api, chain: Chain) -> None:
    starts = chain.clock.now() + timedelta(days=1)
    body = {"title": "流瑜伽", "starts_at": starts.isoformat(), "capacity": 8, "weeks": 2,
            "ends_at": (starts + timedelta(hours=1)).isoformat(), "venue_id": chain.binjiang}
    (one, _) = manager.data("POST", "class-sessions", body)["ids"]
    days = f"start_date={chain.today}&end_date={chain.today + timedelta(days=14)}"
    listed = clerk.data("GET", f"class-sessions?venue_id={chain.binjiang}&{days}")
    assert len(listed) == 2 and listed[0]["taken"] == 0
    assert clerk("POST", "class-sessions", body).status_code == 403
    assert manager.data("POST", f"class-sessions/{one}/cancel")["status"] == "cancelled"
    assert clerk.data("GET", f"class-sessions/{one}/seats") == []


def test_a_manager_hires_clerks_for_his_venue_only(manager: Api, chain: Chain) -> None:
    body = {"username": "xinren", "name": "新人", "role": "clerk", "venue_ids": [chain.binjiang]}
    hired = manager.data("POST", "staff", body)
    assert hired["password"] and hired["staff"]["role"] == "clerk"
    assert "password" not in str(manager.data("GET", f"staff/{hired['staff']['id']}"))
    assert manager("POST", "staff", {**body, "username": "b2", "role": "admin"}).status_code == 403
    assert manager("POST", "staff", {**body, "username": "b3",
                                     "venue_ids": [chain.chengxi]}).status_code == 403
    assert manager("POST", "staff", body).status_code == 409
    assert manager("POST", f"staff/{chain.owner.id}/password").status_code == 403
    assert manager.data("POST", f"staff/{chain.clerk.id}/binding-code")["code"]


def test_a_kiosk_that_is_switched_off_loses_its_token(manager: Api, chain: Chain) -> None:
    kiosk = manager.data("POST", "kiosks", {"name": "3 号", "venue_id": chain.binjiang})
    code = manager.data("POST", f"kiosks/{kiosk['id']}/pairing")["pairing_code"]
    with chain.store.connection():
        token = chain.services.sign_in.pair(code).token
    assert manager.data("GET", f"kiosks/{kiosk['id']}")["online"]
    manager.data("PUT", f"kiosks/{kiosk['id']}", {"name": "3 号", "active": False})
    with chain.store.connection():
        assert chain.services.sign_in.recognise(token) is None


def test_the_audit_book_is_searched_within_ones_venues(
        manager: Api, owner: Api, chain: Chain) -> None:
    chain.redeem(chain.buy())
    owner.data("POST", "venues", {"name": "武林店"})
    everything = owner.data("GET", "audit")
    assert everything["total"] > manager.data("GET", "audit")["total"] > 0
    only = manager.data("GET", "audit?action=redemption&page_size=5")
    assert {line["action"].split(".")[0] for line in only["items"]} == {"redemption"}
    assert all(line["ref"].startswith("R") for line in only["items"])
