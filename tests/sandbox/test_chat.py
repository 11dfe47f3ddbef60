"""People of the demo talk with a bot, which here is built on another crypto library."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import xmltodict
from flask import Flask, Response, request
from flask.testing import FlaskClient
from wechatpy.crypto import WeChatCrypto as OfficialCrypto
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from core.sandbox.app import create_sandbox
from core.sandbox.world import World
from tests.sandbox.served import served
from tests.sandbox.test_wecom import CARD, WecomApp

PASSIVE = ("<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{me}]]>"
           "</FromUserName><CreateTime>1</CreateTime>{inner}</xml>")


@dataclass
class Bot:
    """Decrypts with wechatpy what arrives and answers as told."""

    world: World
    answer: Callable[[dict[str, Any]], str] = lambda heard: ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    def app(self) -> Flask:
        app = Flask("bot")
        wecom = WeChatCrypto(self.world.wecom.token, self.world.wecom.aes_key,
                             self.world.wecom.corpid)
        official = OfficialCrypto(self.world.official.token, self.world.official.aes_key,
                                  self.world.official.appid)

        @app.get("/wecom")
        def check_wecom() -> str:
            args = request.args
            return str(wecom.check_signature(args["msg_signature"], args["timestamp"],
                                             args["nonce"], args["echostr"]))

        @app.get("/official")
        def check_official() -> str:
            args = request.args
            check_signature(self.world.official.token, args["signature"], args["timestamp"],
                            args["nonce"])
            return args["echostr"]

        @app.post("/wecom")
        def hear_wecom() -> Response:
            return self._hear(wecom, self.world.wecom.corpid)

        @app.post("/official")
        def hear_official() -> Response:
            if request.args.get("encrypt_type") != "aes":
                self.heard.append(xmltodict.parse(request.get_data())["xml"])
                return Response("success")
            return self._hear(official, self.world.official.appid)

        return app

    def _hear(self, crypto: Any, me: str) -> Response:
        args = request.args
        plain = crypto.decrypt_message(request.get_data(), args["msg_signature"],
                                       args["timestamp"], args["nonce"])
        heard = xmltodict.parse(plain)["xml"]
        self.heard.append(heard)
        inner = self.answer(heard)
        if not inner:
            return Response("", self.status)
        reply = PASSIVE.format(to=heard["FromUserName"], me=me, inner=inner)
        return Response(crypto.encrypt_message(reply, args["nonce"], args["timestamp"]))


def text_reply(text: str) -> str:
    return f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"


@pytest.fixture
def bot(world: World) -> Bot:
    return Bot(world)


@pytest.fixture
def app(bot: Bot, world: World) -> Iterator[Flask]:
    with served(bot.app()) as base:
        hooks = replace(world.webhooks, wecom=f"{base}/wecom", official=f"{base}/official")
        yield create_sandbox(replace(world, webhooks=hooks))


@pytest.fixture
def wecom(http: FlaskClient, world: World) -> WecomApp:
    return WecomApp(http, world)


def post(http: FlaskClient, what: str, **body: Any) -> Any:
    return http.post(f"/_sandbox/chat/{what}", json=body)


def test_what_a_clerk_says_arrives_encrypted_and_the_reply_comes_back(
        http: FlaskClient, bot: Bot, wecom: WecomApp) -> None:
    bot.answer = lambda heard: text_reply(f"听到 {len(heard['Content'])} 个字")
    answer = post(http, "say", userid="linxiaoman", text="核销 A1B2 <&]]>")
    assert answer.get_json()["reply"] == "听到 13 个字"
    (heard,) = bot.heard
    assert heard["Content"] == "核销 A1B2 <&]]>"
    assert (heard["FromUserName"], heard["MsgType"], heard["AgentID"]) == (
        "linxiaoman", "text", "1000002")
    assert heard["MsgId"].isdigit()
    said, replied = wecom.shown()
    assert (said["from"], replied["from"]) == ("user", "bot")


def test_each_message_has_an_id_of_its_own_and_a_resend_keeps_it(
        http: FlaskClient, bot: Bot) -> None:
    post(http, "say", userid="linxiaoman", text="一")
    post(http, "say", userid="linxiaoman", text="二")
    post(http, "resend", userid="linxiaoman")
    ids = [heard["MsgId"] for heard in bot.heard]
    assert len(set(ids)) == 2 and ids[1] == ids[2]


def test_a_click_carries_a_fresh_response_code_that_updates_the_card(
        http: FlaskClient, bot: Bot, wecom: WecomApp) -> None:
    first = wecom.send("template_card", CARD, touser="linxiaoman|meixue")["response_code"]
    pressed = post(http, "click", userid="meixue", task_id="redeem-1", key="confirm")
    assert pressed.status_code == 200
    (heard,) = bot.heard
    assert (heard["Event"], heard["EventKey"], heard["TaskId"], heard["CardType"],
            heard["FromUserName"]) == (
        "template_card_event", "confirm", "redeem-1", "button_interaction", "meixue")
    assert "MsgId" not in heard and heard["ResponseCode"] != first
    done = wecom.update(heard["ResponseCode"], button={"replace_name": "梅雪确认了"},
                        userids=["linxiaoman", "meixue"])
    assert done["errcode"] == 0
    assert post(http, "click", userid="linxiaoman", task_id="redeem-1",
                key="confirm").status_code == 404, "grey buttons cannot be pressed"
    assert post(http, "click", userid="chenchen", task_id="redeem-1",
                key="confirm").status_code == 404, "she never got the card"


def test_a_passive_update_button_greys_the_clickers_card_only(
        http: FlaskClient, bot: Bot, wecom: WecomApp) -> None:
    wecom.send("template_card", CARD, touser="linxiaoman|meixue")
    bot.answer = lambda heard: ("<MsgType><![CDATA[update_button]]></MsgType><Button>"
                                "<ReplaceName><![CDATA[已拒绝]]></ReplaceName></Button>")
    post(http, "click", userid="linxiaoman", task_id="redeem-1", key="reject")
    assert wecom.shown()[0]["state"] == {"replace_name": "已拒绝"}
    assert wecom.shown("meixue")[0]["state"] == {}


def test_a_menu_scan_and_a_photo_reach_the_bot(
        http: FlaskClient, bot: Bot, wecom: WecomApp) -> None:
    post(http, "event", userid="linxiaoman", event="scancode_waitmsg", key="scan",
         result="https://v.douyin.com/x/")
    scanned = bot.heard[0]
    assert scanned["ScanCodeInfo"] == {"ScanType": "qrcode",
                                       "ScanResult": "https://v.douyin.com/x/"}
    picture = b"\x89PNG picture"
    post(http, "photo", userid="linxiaoman", image=base64.b64encode(picture).decode())
    sent = bot.heard[1]
    assert sent["MsgType"] == "image"
    path = sent["PicUrl"].split("8001", 1)[1]
    assert http.get(path).data == picture
    fetched = http.get("/cgi-bin/media/get", query_string={
        "access_token": wecom.token, "media_id": sent["MediaId"]})
    assert fetched.data == picture
    missing = http.get("/cgi-bin/media/get", query_string={
        "access_token": wecom.token, "media_id": "x"}).get_json()
    assert missing["errcode"] == 40007


def test_a_follower_talks_to_the_official_account_in_both_modes(
        http: FlaskClient, bot: Bot, world: World) -> None:
    openid = world.official.followers[0].userid
    bot.answer = lambda heard: text_reply("你好")
    assert post(http, "say", userid=openid, text="查").get_json()["reply"] == "你好"
    assert bot.heard[0]["FromUserName"] == openid and "AgentID" not in bot.heard[0]
    http.put("/_sandbox/webhooks", json={
        "platform": "official", "mode": "plain",
        "url": http.application.extensions["sandbox"].courier.url("official")})
    assert post(http, "event", userid=openid, event="SCAN", key="bind-7").status_code == 200
    assert (bot.heard[-1]["Event"], bot.heard[-1]["EventKey"]) == ("SCAN", "bind-7")


def test_a_callback_address_is_verified_when_it_is_set(http: FlaskClient) -> None:
    courier = http.application.extensions["sandbox"].courier
    for platform in ("wecom", "official"):
        url = courier.url(platform)
        good = http.put("/_sandbox/webhooks", json={"platform": platform, "url": url})
        assert good.get_json()["verified"] is True
        bad = http.put("/_sandbox/webhooks", json={"platform": platform, "url": url + "/no"})
        assert bad.get_json()["verified"] is False


def test_a_bot_that_fails_is_said_to_fail(
        http: FlaskClient, bot: Bot, wecom: WecomApp) -> None:
    bot.status = 500
    assert post(http, "say", userid="linxiaoman", text="a").status_code == 502
    http.put("/_sandbox/webhooks", json={"platform": "wecom", "url": ""})
    silent = post(http, "say", userid="linxiaoman", text="a")
    assert (silent.status_code, silent.get_json()["error"]) == (
        502, "no callback address is set")
    assert post(http, "say", userid="stranger", text="a").status_code == 404


def test_an_unencrypted_reply_is_not_believed(http: FlaskClient, world: World) -> None:
    liar = Flask("liar")

    @liar.post("/wecom")
    def plain() -> str:
        return PASSIVE.format(to="linxiaoman", me=world.wecom.corpid, inner=text_reply("好"))

    with served(liar) as base:
        http.put("/_sandbox/webhooks", json={"platform": "wecom", "url": f"{base}/wecom"})
        assert post(http, "say", userid="linxiaoman", text="a").status_code == 502


def test_polling_tells_only_what_is_new_or_changed(
        http: FlaskClient, bot: Bot, wecom: WecomApp) -> None:
    code = wecom.send("template_card", CARD)["response_code"]
    seen = http.get("/_sandbox/chat/messages?userid=linxiaoman").get_json()
    quiet = http.get(f"/_sandbox/chat/messages?since={seen['seq']}").get_json()
    assert quiet == {"messages": [], "seq": seen["seq"]}
    wecom.update(code, button={"replace_name": "已确认"})
    (changed,) = http.get(f"/_sandbox/chat/messages?since={seen['seq']}").get_json()["messages"]
    assert changed["id"] == seen["messages"][0]["id"]
    assert bot.heard == []
