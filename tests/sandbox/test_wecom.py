"""WeCom's endpoints: tokens, messages, cards, robots, menus (wechat.md 2, 4.3, 4.4, 5)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.sandbox.world import World
from tests.sandbox.buyers import Buyer

CARD = {"card_type": "button_interaction", "task_id": "redeem-1",
        "main_title": {"title": "开月卡 30 天"},
        "button_list": [{"text": "拒绝", "style": 2, "key": "reject"},
                        {"text": "确认", "style": 1, "key": "confirm"}]}


class WecomApp:
    def __init__(self, http: FlaskClient, world: World) -> None:
        self.http = http
        self.world = world.wecom
        self.token = self.gettoken()["access_token"]

    def gettoken(self, **override: str) -> dict[str, Any]:
        return self.http.get("/cgi-bin/gettoken", query_string={
            "corpid": self.world.corpid, "corpsecret": self.world.secret,
            **override}).get_json()

    def post(self, path: str, body: object, **query: Any) -> dict[str, Any]:
        return self.http.post(f"/cgi-bin/{path}", json=body, query_string={
            "access_token": self.token, **query}).get_json()

    def send(self, kind: str, content: object, touser: str = "linxiaoman",
             **more: Any) -> dict[str, Any]:
        return self.post("message/send", {"touser": touser, "agentid": self.world.agentid,
                                          "msgtype": kind, kind: content, **more})

    def update(self, response_code: str, **more: Any) -> dict[str, Any]:
        return self.post("message/update_template_card", {
            "agentid": self.world.agentid, "response_code": response_code,
            "userids": ["linxiaoman"], **more})

    def shown(self, userid: str = "linxiaoman") -> list[dict[str, Any]]:
        return self.http.get("/_sandbox/chat/messages",
                             query_string={"userid": userid}).get_json()["messages"]


@pytest.fixture
def wecom(http: FlaskClient, world: World) -> WecomApp:
    return WecomApp(http, world)


def test_the_token_is_the_same_for_two_hours(buyer: Buyer, wecom: WecomApp) -> None:
    first = wecom.gettoken()
    assert first["errcode"] == 0 and 7100 < first["expires_in"] <= 7200
    assert wecom.gettoken()["access_token"] == first["access_token"]
    buyer.clock(7201)
    assert wecom.send("text", {"content": "a"})["errcode"] == 42001
    wecom.token = wecom.gettoken()["access_token"]
    assert wecom.send("text", {"content": "a"})["errcode"] == 0


def test_wrong_credentials_have_their_codes(wecom: WecomApp) -> None:
    assert wecom.gettoken(corpid="ww0")["errcode"] == 40013
    assert wecom.gettoken(corpsecret="x")["errcode"] == 40001
    assert wecom.gettoken(corpsecret="")["errcode"] == 41004
    assert wecom.post("message/send", {}, access_token="x")["errcode"] == 40014
    assert wecom.post("message/send", {}, access_token="")["errcode"] == 41001


def test_a_message_reaches_those_who_exist(wecom: WecomApp) -> None:
    answer = wecom.send("text", {"content": "交班了"}, touser="linxiaoman|nobody|meixue")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert answer["msgid"] and "response_code" not in answer
    for userid in ("linxiaoman", "meixue"):
        (message,) = wecom.shown(userid)
        assert (message["from"], message["kind"], message["text"]) == ("bot", "text", "交班了")
    assert wecom.send("text", {"content": "a"}, touser="nobody")["errcode"] == 81013
    assert wecom.send("text", {"content": "a"}, touser="")["errcode"] == 82001
    assert wecom.send("text", {"content": "a"}, touser="@all")["errcode"] == 0
    assert [one["text"] for one in wecom.shown("zhoujiaolian")] == ["a"]


def test_a_message_keeps_the_limits(wecom: WecomApp, http: FlaskClient) -> None:
    assert wecom.send("text", {"content": "券" * 682})["errcode"] == 0
    assert wecom.send("text", {"content": "券" * 683})["errcode"] == 45002
    assert wecom.send("markdown", {"content": ""})["errcode"] == 44004
    assert wecom.send("textcard", {"title": "t" * 129, "description": "d", "url": "u"})[
        "errcode"] == 45002
    assert wecom.send("poem", {"content": "a"})["errcode"] == 40008
    assert wecom.send("text", {"content": "a"}, agentid=1)["errcode"] == 40056
    raw = http.post("/cgi-bin/message/send", data=b"{", query_string={
        "access_token": wecom.token}).get_json()
    assert raw["errcode"] == 47001


def test_more_than_30_a_minute_for_one_person_vanish_silently(
        buyer: Buyer, wecom: WecomApp) -> None:
    answers = [wecom.send("text", {"content": str(number)})["errcode"] for number in range(35)]
    assert set(answers) == {0}
    assert len(wecom.shown()) == 30
    buyer.clock(61)
    wecom.send("text", {"content": "later"})
    assert len(wecom.shown()) == 31


def test_a_duplicate_is_suppressed_when_asked_for(buyer: Buyer, wecom: WecomApp) -> None:
    for _ in range(2):
        assert wecom.send("text", {"content": "a"}, enable_duplicate_check=1)["errcode"] == 0
    assert len(wecom.shown()) == 1
    buyer.clock(1801)
    wecom.send("text", {"content": "a"}, enable_duplicate_check=1)
    assert len(wecom.shown()) == 2


def test_a_card_gives_a_response_code_for_one_update(buyer: Buyer, wecom: WecomApp) -> None:
    sent = wecom.send("template_card", CARD, touser="linxiaoman|meixue")
    code = sent["response_code"]
    done = wecom.update(code, button={"replace_name": "已确认"}, userids=["linxiaoman", "nobody"])
    assert (done["errcode"], done["invaliduser"]) == (0, ["nobody"])
    assert wecom.shown()[0]["state"] == {"replace_name": "已确认"}
    assert wecom.shown("meixue")[0]["state"] == {}
    assert wecom.update(code, button={"replace_name": "x"})["errcode"] == 42015
    other = wecom.send("template_card", {**CARD, "task_id": "redeem-2"})["response_code"]
    buyer.clock(72 * 3600 + 1)
    wecom.token = wecom.gettoken()["access_token"]
    assert wecom.update(other, button={"replace_name": "x"})["errcode"] == 42015


def test_an_update_may_replace_the_whole_card(wecom: WecomApp) -> None:
    code = wecom.send("template_card", CARD)["response_code"]
    done = {"card_type": "text_notice", "main_title": {"title": "月卡开好了"},
            "card_action": {"type": 1, "url": "https://example.com"}}
    assert wecom.update(code, template_card=done, button={"replace_name": "x"})[
        "errcode"] == 40058, "one or the other, and the code is not spent"
    assert wecom.update(code, template_card=done)["errcode"] == 0
    (message,) = wecom.shown()
    assert message["body"] == done and message["state"] == {"updated": True}


@pytest.mark.parametrize(("change", "errcode"), [
    ({"task_id": ""}, 42014), ({"task_id": "has space"}, 42014), ({"task_id": "x" * 129}, 42014),
    ({"card_type": "wishes"}, 40058), ({"main_title": {}}, 40058), ({"button_list": []}, 40058),
    ({"button_list": [{"text": "a", "key": "k"}] * 7}, 40058),
    ({"button_list": [{"text": "a"}]}, 40058),
    ({"button_list": [{"text": "a", "key": "k" * 1025}]}, 40058),
    ({"button_list": [{"text": "a", "key": "k", "type": 1}]}, 40058),
    ({"horizontal_content_list": [{"keyname": "a"}] * 7}, 40058),
    ({"card_type": "text_notice"}, 40058)])
def test_a_malformed_card_is_refused(
        wecom: WecomApp, change: dict[str, Any], errcode: int) -> None:
    assert wecom.send("template_card", {**CARD, **change})["errcode"] == errcode
    assert wecom.shown() == []


def test_a_task_id_serves_one_card(wecom: WecomApp) -> None:
    assert wecom.send("template_card", CARD)["errcode"] == 0
    assert wecom.send("template_card", CARD)["errcode"] == 42014


def test_the_group_robot_takes_20_a_minute(
        http: FlaskClient, buyer: Buyer, world: World) -> None:
    key = world.wecom.robot_keys[0]

    def send(body: object, use: str = key) -> int:
        return http.post("/cgi-bin/webhook/send", query_string={"key": use},
                         json=body).get_json()["errcode"]

    text = {"msgtype": "text", "text": {"content": "抖音连不上"}}
    assert send(text, "wrong") == 93000
    assert [send(text) for _ in range(21)] == [0] * 20 + [45009]
    buyer.clock(61)
    assert send({"msgtype": "markdown", "markdown": {"content": "a" * 4096}}) == 0
    assert send({"msgtype": "markdown", "markdown": {"content": "a" * 4097}}) == 40058
    assert send({"msgtype": "template_card", "template_card": CARD}) == 40058
    picture = base64.b64encode(b"png").decode()
    image = {"msgtype": "image", "image": {"base64": picture, "md5": "0"}}
    assert send(image) == 40058
    image["image"]["md5"] = hashlib.md5(b"png").hexdigest()
    assert send(image) == 0


def test_the_menu_is_checked_and_shown(http: FlaskClient, wecom: WecomApp) -> None:
    agent = wecom.world.agentid
    menu = {"button": [
        {"type": "scancode_waitmsg", "name": "扫码核销", "key": "scan"},
        {"name": "查询", "sub_button": [{"type": "click", "name": "今日", "key": "today"}]}]}
    assert wecom.post("menu/create", menu, agentid=agent)["errcode"] == 0
    assert http.get("/_sandbox/chat/people").get_json()["menus"]["wecom"] == menu["button"]
    for wrong in ({"button": []}, {"button": menu["button"] * 2},
                  {"button": [{"type": "click", "name": "六个汉字太长", "key": "k"}]},
                  {"button": [{"type": "click", "name": "a"}]},
                  {"button": [{"type": "sing", "name": "a", "key": "k"}]}):
        assert wecom.post("menu/create", wrong, agentid=agent)["errcode"] == 40058
    assert wecom.post("menu/create", menu, agentid=5)["errcode"] == 40056


def test_faults_speak_wecom(app: Flask, buyer: Buyer, wecom: WecomApp) -> None:
    for mode, errcode in (("rate_limited", 45009), ("token_expired", 42001)):
        buyer.fault(platform="wecom", endpoint="/cgi-bin/message/send", mode=mode, count=1)
        assert wecom.send("text", {"content": "a"})["errcode"] == errcode
    assert wecom.shown() == []
