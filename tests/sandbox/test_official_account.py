"""The official account's messages and menu (wechat.md 4.2, 4.4, 5.3)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.sandbox.world import World
from tests.sandbox.buyers import Buyer


class Account:
    def __init__(self, http: FlaskClient, world: World) -> None:
        self.http = http
        self.world = world.official
        self.openid = self.world.followers[0].userid
        self.new_token()

    def new_token(self) -> None:
        self.token = self.http.post("/cgi-bin/stable_token", json={
            "grant_type": "client_credential", "appid": self.world.appid,
            "secret": self.world.secret}).get_json()["access_token"]

    def post(self, path: str, body: object) -> dict[str, Any]:
        return self.http.post(f"/cgi-bin/{path}", json=body,
                              query_string={"access_token": self.token}).get_json()

    def text(self, content: str, openid: str | None = None) -> int:
        return self.post("message/custom/send", {
            "touser": openid or self.openid, "msgtype": "text",
            "text": {"content": content}})["errcode"]

    def template(self, **more: Any) -> dict[str, Any]:
        return self.post("message/template/send", {
            "touser": self.openid, "template_id": self.world.template_id,
            "data": {"thing1": {"value": "抖音连不上"}}, **more})

    def acts(self, event: str = "CLICK") -> None:
        """The follower does something; no bot listens, which is not the point here."""
        self.http.post("/_sandbox/chat/event", json={"userid": self.openid, "event": event})

    def shown(self) -> list[dict[str, Any]]:
        answer = self.http.get("/_sandbox/chat/messages", query_string={"userid": self.openid})
        return [one for one in answer.get_json()["messages"] if one["from"] == "bot"]


@pytest.fixture
def account(http: FlaskClient, world: World) -> Account:
    return Account(http, world)


def test_a_customer_message_needs_a_recent_act(buyer: Buyer, account: Account) -> None:
    assert account.text("在吗") == 45015
    account.acts()
    assert account.text("在吗") == 0
    assert [one["text"] for one in account.shown()] == ["在吗"]
    buyer.clock(48 * 3600 + 1)
    account.new_token()
    assert account.text("在吗") == 45015
    assert account.text("a", openid="o-nobody") == 40003
    account.acts()
    assert account.text("券" * 683) == 45002
    assert account.text("") == 44004


def test_twenty_in_a_row_are_enough(account: Account) -> None:
    account.acts()
    assert [account.text(str(number)) for number in range(21)] == [0] * 20 + [45047]


def test_a_template_message_keeps_the_rules(account: Account) -> None:
    first = account.template(client_msg_id="m-1")
    assert first["errcode"] == 0
    assert account.template(client_msg_id="m-1")["msgid"] == first["msgid"]
    assert len(account.shown()) == 1
    assert account.template(template_id="x")["errcode"] == 40037
    assert account.template(data={"first": {"value": "a"}})["errcode"] == 47003
    assert account.template(data={"thing1": {"value": "券" * 21}})["errcode"] == 47003
    assert account.template(touser="o-nobody")["errcode"] == 40003
    account.acts("unsubscribe")
    assert account.template()["errcode"] == 43004
    account.acts("subscribe")
    assert account.template()["errcode"] == 0


def test_its_menu_is_apart_from_wecoms(http: FlaskClient, account: Account) -> None:
    menu = {"button": [{"type": "click", "name": "我的券", "key": "mine"}]}
    assert account.post("menu/create", menu)["errcode"] == 0
    menus = http.get("/_sandbox/chat/people").get_json()["menus"]
    assert menus == {"wecom": [], "official": menu["button"]}
    assert account.post("menu/create", {"button": []})["errcode"] == 40016


def test_faults_tell_the_accounts_apart(buyer: Buyer, account: Account) -> None:
    buyer.fault(platform="wechat_mini", endpoint="*", mode="rate_limited")
    account.new_token()
    assert account.text("a") == 45015
    buyer.fault(platform="official", endpoint="*", mode="token_expired", count=1)
    assert account.text("a") == 42001
