"""The same commands over a WeChat official account, where most followers are members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from flask import Flask

import bot.official
from core.sandbox.chat.line import write_xml
from core.sandbox.wechat.crypto import Envelope, signature
from core.store.tables import ChatBinding, InboundMessage, Staff, StaffVenue, Task
from tests.bot.conftest import Stage
from tests.bot.talk import Talk
from tests.builders import Chain

PHONE = "13700000001"


@pytest.fixture
def wang(chain: Chain, stage: Stage) -> int:
    """小王, a clerk at 滨江店 who uses the official account; the staff id."""
    at = chain.clock.now()
    openid = next(one.userid for one in stage.world.official.followers if one.name == "小王")
    with chain.store.connection():
        staff = Staff.create(username="xiaowang", name="小王", role="clerk", venue=chain.binjiang,
                             password_hash="-", created_at=at)
        StaffVenue.create(staff=staff, venue=chain.binjiang, created_at=at)
        ChatBinding.create(staff=staff, channel="wechat", app_id=stage.world.official.appid,
                           external_id=openid, created_at=at)
        return int(staff.id)


def test_a_code_a_phone_and_a_yes(chain: Chain, chat: Talk, wang: int) -> None:
    bought = chain.buy()
    assert "手机号" in chat.say(f"核销 {bought.code}", as_="小王")
    summary = chat.say(PHONE, as_="小王")
    assert "核销这张" in summary and "msgmenucontent=%E7%A1%AE%E8%AE%A4" in summary
    assert chat.say("确认", as_="小王").startswith("✅") and chain.consumed(bought) == 1


def test_a_scan_from_the_menu(chain: Chain, chat: Talk, wang: int) -> None:
    assert "手机号" in chat.scan(chain.buy("douyin").qr, as_="小王")


def test_a_resend_hears_the_same(chain: Chain, chat: Talk, wang: int) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}", as_="小王")
    first = chat.say("确认", as_="小王")
    assert chat.resend(as_="小王") == first and chain.consumed(bought) == 1


@pytest.mark.parametrize("text", ["你好", "好", "取消", "1", "几点关门", "门店在哪", "帮我查一下"])
def test_members_are_left_to_people(chain: Chain, chat: Talk, text: str) -> None:
    assert chat.say(text, as_="林知夏") == ""


def test_who_speaks_like_staff_is_told_how_to_get_bound(chain: Chain, chat: Talk) -> None:
    assert "绑定 ABCD2345" in chat.say("核销 1234567890", as_="林知夏")


@pytest.mark.parametrize("event, key", [("SCAN", "{code}"), ("subscribe", "qrscene_{code}")])
def test_a_binding_code_may_be_scanned(chain: Chain, chat: Talk, event: str, key: str) -> None:
    with chain.store.connection():
        code = chain.services.binding.new_code(chain.clerk.id, chain.manager)
    assert "认识了，林小满" in chat.event(event, key.format(code=code), as_="小王")


def test_following_says_nothing_and_leaving_unbinds(chain: Chain, chat: Talk, wang: int) -> None:
    assert chat.event("subscribe", as_="林知夏") == ""
    assert chat.event("unsubscribe", as_="小王") == ""
    assert chat.say("我", as_="小王") == ""


def test_a_waiting_member_is_told_in_words(chain: Chain, chat: Talk, wang: int) -> None:
    chat.say("待办", as_="小王")
    asked = chain.ask(chain.buy())
    chat.deliver()
    assert f"{asked.ticket} 等你确认" in chat.texts("小王")[-1]
    chat.click(chat.card(asked, "梅雪"), "confirm")
    chat.deliver()
    assert chat.texts("小王")[-1].startswith(f"{asked.ticket} 已核销\n梅雪 ")
    assert "没有人在等" in chat.say("待办", as_="小王")


def test_who_has_both_chats_hears_once(chain: Chain, chat: Talk, wang: int) -> None:
    chat.say("待办", as_="小王")
    with chain.store.connection():
        ChatBinding.update(staff=chain.clerk.id).where(ChatBinding.staff == wang).execute()
    before = len(chat.texts("小王"))
    asked = chain.ask(chain.buy())
    chat.deliver()
    assert len(chat.cards(asked, "林小满")) == 1
    assert len(chat.texts("小王")) == before


def test_after_two_days_of_silence_a_template_says_it(chain: Chain, chat: Talk,
                                                      wang: int) -> None:
    chat.event("subscribe", as_="小王")
    chain.pass_time(timedelta(hours=49))
    asked = chain.ask(chain.buy())
    chat.deliver()
    told = [message["body"]["data"] for message in chat.heard("小王")
            if message["kind"] == "template"]
    assert len(told) == 1 and told[0]["thing1"]["value"].startswith(f"{asked.ticket} 等你确认")
    assert told[0]["thing2"]["value"].startswith("开月卡 30 天") and told[0]["time3"]["value"]


def test_news_for_who_left_the_account_becomes_a_task(chain: Chain, chat: Talk,
                                                      wang: int) -> None:
    with chain.store.connection():
        ChatBinding.update(external_id="gone").where(ChatBinding.channel == "wechat").execute()
    chain.ask(chain.buy())
    chat.deliver()
    with chain.store.connection():
        assert [task.facts["why"] for task in Task.select().where(
            Task.kind == "notice_failed")] == ["unreachable"]


def sent(chain: Chain, stage: Stage, fields: dict[str, Any], *, mode: str,
         app: Flask | None = None, **query: str) -> Any:
    """A callback made by hand, in plain or safe mode."""
    ours, now = stage.world.official, str(int(chain.clock.now().timestamp()))
    told = {"ToUserName": "gh_test", "FromUserName": ours.followers[1].userid,
            "CreateTime": int(now), "MsgType": "text", "MsgId": "7300000000000000009", **fields}
    asked = {"signature": signature(ours.token, now, "n1"), "timestamp": now, "nonce": "n1"}
    body = write_xml(told)
    if mode == "safe":
        sealed = Envelope(ours.aes_key, ours.appid).seal(body)
        asked |= {"encrypt_type": "aes",
                  "msg_signature": signature(ours.token, now, "n1", sealed)}
        body = write_xml({"ToUserName": "gh_test", "Encrypt": sealed})
    client = (app or stage.front.current).test_client()
    return client.post(f"/callbacks/wechat?{urlencode(asked | query)}", data=body.encode())


def test_a_plain_body_is_refused_in_safe_mode(chain: Chain, stage: Stage, wang: int) -> None:
    assert sent(chain, stage, {"Content": "我"}, mode="safe").status_code == 200
    assert sent(chain, stage, {"Content": "我"}, mode="plain").status_code == 403
    assert sent(chain, stage, {"Content": "我"}, mode="plain",
                encrypt_type="aes").status_code in (400, 403)


def test_a_wrong_signature_is_refused_in_safe_mode(chain: Chain, stage: Stage) -> None:
    assert sent(chain, stage, {"Content": "我"}, mode="safe",
                msg_signature="0" * 40).status_code == 403


@pytest.fixture
def plain_app(chain: Chain) -> Iterator[Flask]:
    """The web app of an account in plain mode."""
    settings = chain.services.settings
    assert settings.wechat_official is not None
    services = replace(chain.services, settings=replace(
        settings, wechat_official=replace(settings.wechat_official, aes_key="")))
    app = Flask("plain")
    bot.official.register(app, services)
    yield app


def test_a_plain_account_works_and_checks_its_signature(chain: Chain, stage: Stage, wang: int,
                                                        plain_app: Flask) -> None:
    answer = sent(chain, stage, {"Content": "我"}, mode="plain", app=plain_app)
    assert answer.status_code == 200 and "小王" in answer.data.decode()
    assert sent(chain, stage, {"Content": "我", "MsgId": "8"}, mode="plain", app=plain_app,
                signature="0" * 40).status_code == 403
    assert sent(chain, stage, {"Content": "我", "MsgId": "9"}, mode="plain", app=plain_app,
                timestamp="1700000000").status_code == 403


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>'


RUBBISH = {"empty": "", "text": "not xml", "nothing inside": "<xml/>", "bomb": BOMB,
           "torn": "<xml><MsgType>text"}
TOO_MUCH = {"deep": "<xml>" + "<a>" * 20_000 + "</a>" * 20_000 + "</xml>",
            "10 MB": "<xml>" + "a" * 10 * 1024 * 1024 + "</xml>"}
SENT = [pytest.param(mode, body, status, id=f"{name}, {mode}")
        for bodies, status, modes in ((RUBBISH, 400, ("plain", "safe", "sealed")),
                                      (TOO_MUCH, 413, ("plain", "safe")))
        for name, body in bodies.items() for mode in modes]
"""An envelope around what is too much would be too much as well."""


@pytest.mark.parametrize(("mode", "body", "status"), SENT)
def test_rubbish_is_refused_and_never_an_error(chain: Chain, stage: Stage, plain_app: Flask,
                                               mode: str, body: str, status: int) -> None:
    """Well signed, for only a signed body is looked at: as it is, in place of the envelope, and
    inside a true one."""
    ours, now = stage.world.official, str(int(chain.clock.now().timestamp()))
    query = {"signature": signature(ours.token, now, "n1"), "timestamp": now, "nonce": "n1"}
    if mode != "plain":
        sealed = Envelope(ours.aes_key, ours.appid).seal(body) if mode == "sealed" else ""
        query |= {"encrypt_type": "aes",
                  "msg_signature": signature(ours.token, now, "n1", sealed)}
        body = write_xml({"ToUserName": "gh_test", "Encrypt": sealed}) if sealed else body
    client = (plain_app if mode == "plain" else stage.front.current).test_client()
    answer = client.post(f"/callbacks/wechat?{urlencode(query)}", data=body.encode())
    assert (answer.status_code, answer.data) == (status, b"")


def test_a_safe_message_for_another_account_and_an_old_one_are_refused(chain: Chain, stage: Stage,
                                                                       wang: int) -> None:
    ours, now = stage.world.official, int(chain.clock.now().timestamp())
    for receiver, at in (("wx0000000000other", now), (ours.appid, now - 301),
                         (ours.appid, now + 330)):
        sealed = Envelope(ours.aes_key, receiver).seal("<xml><MsgType>text</MsgType></xml>")
        query = {"timestamp": str(at), "nonce": "n1", "encrypt_type": "aes",
                 "msg_signature": signature(ours.token, str(at), "n1", sealed)}
        body = write_xml({"ToUserName": "gh_test", "Encrypt": sealed})
        assert stage.front.current.test_client().post(
            f"/callbacks/wechat?{urlencode(query)}", data=body.encode()).status_code == 403


def test_a_replayed_message_hears_the_stored_answer(chain: Chain, stage: Stage,
                                                    wang: int) -> None:
    bought = chain.buy()
    said = {"Content": f"{bought.code} {PHONE}"}
    assert sent(chain, stage, said, mode="safe").status_code == 200
    assert sent(chain, stage, said, mode="safe").status_code == 200
    assert len(chain.rows(InboundMessage)) == 1


def test_the_address_is_verified_with_the_echo_unchanged(chain: Chain, stage: Stage) -> None:
    now, token = str(int(chain.clock.now().timestamp())), stage.world.official.token
    query = {"signature": signature(token, now, "n"), "timestamp": now, "nonce": "n",
             "echostr": "5927782489442352469"}
    client = stage.front.current.test_client()
    answer = client.get(f"/callbacks/wechat?{urlencode(query)}")
    assert (answer.status_code, answer.data) == (200, b"5927782489442352469")
    assert client.get("/callbacks/wechat?echostr=x").status_code == 403
    wrong = query | {"signature": "0" * 40}
    assert client.get(f"/callbacks/wechat?{urlencode(wrong)}").status_code == 403


def test_the_owner_publishes_the_menu_to_both(chain: Chain, chat: Talk) -> None:
    assert "店长来办" in chat.say("发布菜单", as_="梅雪")
    assert "企业微信、微信" in chat.say("发布菜单", as_="老李")
    menus = requests.get(f"{chain.sandbox_url}/_sandbox/chat/people", timeout=10).json()["menus"]
    for account in ("wecom", "official"):
        assert [entry["name"] for entry in menus[account]] == ["扫码核销", "查询", "更多"]
