"""The open callback address: only the platform's own, fresh, readable messages get in, once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

import bot.wecom
from bot.answering import Counter, fitting
from bot.incoming import Incoming, Kind
from core.sandbox.chat.line import read_xml, write_xml
from core.sandbox.wechat.crypto import Envelope, signature
from core.services.chat import ANSWER_WITHIN
from core.store.tables import InboundMessage
from tests.bot.conftest import Stage
from tests.builders import Chain


@dataclass
class Sender:
    """Makes callbacks as the platform does, or nearly so."""

    client: FlaskClient
    corpid: str
    token: str
    aes_key: str
    now: int

    def sealed(self, fields: dict[str, Any], *, receiver: str | None = None) -> str:
        return Envelope(self.aes_key, receiver or self.corpid).seal(write_xml(fields))

    def post(self, sealed: str, *, timestamp: str | None = None, nonce: str = "n1",
             msg_signature: str | None = None, body: bytes | None = None) -> Any:
        timestamp = timestamp or str(self.now)
        made = signature(self.token, timestamp, nonce, sealed)
        query = urlencode({"msg_signature": made if msg_signature is None else msg_signature,
                           "timestamp": timestamp, "nonce": nonce})
        whole = write_xml({"ToUserName": self.corpid, "Encrypt": sealed}).encode()
        return self.client.post(f"/callbacks/wecom?{query}", data=whole if body is None else body)

    def text(self, content: str = "帮助", **fields: Any) -> dict[str, Any]:
        return {"ToUserName": self.corpid, "FromUserName": "linxiaoman",
                "CreateTime": self.now, "MsgType": "text", "Content": content,
                "MsgId": "7300000000000000001", "AgentID": 1000002, **fields}

    def answer_in(self, response: Any) -> str:
        outer = read_xml(response.data)
        return str(read_xml(Envelope(self.aes_key, self.corpid).open(outer["Encrypt"]).encode())
                   ["Content"])


@pytest.fixture
def sender(chain: Chain, stage: Stage) -> Iterator[Sender]:
    app = Flask("web")
    bot.wecom.register(app, chain.services)
    ours = stage.world.wecom
    yield Sender(app.test_client(), ours.corpid, ours.token, ours.aes_key,
                 int(chain.clock.now().timestamp()))


def test_the_address_is_verified_with_the_opened_echo(sender: Sender) -> None:
    echo = Envelope(sender.aes_key, sender.corpid).seal("8537401213472836472")
    query = {"timestamp": str(sender.now), "nonce": "263014780", "echostr": echo}
    query["msg_signature"] = signature(sender.token, query["timestamp"], query["nonce"], echo)
    answer = sender.client.get(f"/callbacks/wecom?{urlencode(query)}")
    assert (answer.status_code, answer.data) == (200, b"8537401213472836472")
    query["msg_signature"] = "0" * 40
    assert sender.client.get(f"/callbacks/wecom?{urlencode(query)}").status_code == 403
    assert sender.client.get("/callbacks/wecom").status_code in (400, 403)


def test_a_message_is_answered_in_an_envelope_of_its_own(sender: Sender) -> None:
    answer = sender.post(sender.sealed(sender.text()))
    assert answer.status_code == 200 and "核销" in sender.answer_in(answer)
    outer = read_xml(answer.data)
    assert outer["MsgSignature"] == signature(sender.token, outer["TimeStamp"], outer["Nonce"],
                                              outer["Encrypt"])


@pytest.mark.parametrize("wrong", ["signature", "nonce", "missing", "old", "future", "receiver",
                                   "corp", "app", "odd"])
def test_a_callback_that_is_not_for_us_is_refused(sender: Sender, chain: Chain,
                                                  wrong: str) -> None:
    fields = sender.text()
    sealed = sender.sealed(fields)
    if wrong == "signature":
        answer = sender.post(sealed, msg_signature="1" * 40)
    elif wrong == "nonce":
        good = signature(sender.token, str(sender.now), "n1", sealed)
        answer = sender.post(sealed, nonce="n2", msg_signature=good)
    elif wrong == "missing":
        answer = sender.post(sealed, msg_signature="")
    elif wrong == "old":
        answer = sender.post(sealed, timestamp=str(sender.now - 301))
    elif wrong == "future":
        answer = sender.post(sealed, timestamp=str(sender.now + 330))
    elif wrong == "receiver":
        answer = sender.post(sender.sealed(fields, receiver="ww0000000000other"))
    elif wrong == "corp":
        answer = sender.post(sender.sealed(fields | {"ToUserName": "ww0000000000other"}))
    elif wrong == "app":
        answer = sender.post(sender.sealed(fields | {"AgentID": 1000009}))
    else:
        answer = sender.post(sealed, timestamp="今天")
    assert answer.status_code in (400, 403) and answer.data == b""
    with chain.store.connection():
        assert InboundMessage.select().count() == 0, "it was not even looked at"


@pytest.mark.parametrize("body", [
    pytest.param(b"", id="empty"),
    pytest.param(b"not xml", id="text"),
    pytest.param(b"\x00\xff" * 50, id="bytes"),
    pytest.param(b"<xml><Encrypt></Encrypt></xml>", id="nothing inside"),
    pytest.param(b"<xml><ToUserName>x</ToUserName></xml>", id="no cipher text"),
    pytest.param(b"<xml><Encrypt><a>1</a></Encrypt></xml>", id="nested"),
    pytest.param(b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>", id="twice"),
    pytest.param(b'<!DOCTYPE x [<!ENTITY a "a">]><xml><Encrypt>&a;</Encrypt></xml>', id="bomb"),
    pytest.param(b"<xml>" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"</xml>", id="deep"),
])
def test_malformed_bodies_are_refused(sender: Sender, body: bytes) -> None:
    assert sender.post("", body=body).status_code in (400, 403, 413)


@pytest.mark.parametrize("inner", [
    "", "no xml", "<xml/>", "<xml><MsgType>text</MsgType></xml>",
    '<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>'])
def test_a_sealed_body_with_rubbish_inside_is_refused(sender: Sender, inner: str) -> None:
    sealed = Envelope(sender.aes_key, sender.corpid).seal(inner)
    assert sender.post(sealed).status_code in (400, 403)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10 * 1024 * 1024])
def test_a_body_that_is_too_large_is_refused(sender: Sender, size: int) -> None:
    answer = sender.post("", body=b"<xml><Encrypt>" + b"a" * size + b"</Encrypt></xml>")
    assert answer.status_code == 413


@pytest.mark.parametrize("fields", [
    {"MsgType": "voice", "MediaId": "m"}, {"MsgType": "location"},
    {"MsgType": "event", "Event": "LOCATION"}, {"MsgType": "event", "Event": "unheard_of"},
    {"MsgType": "event", "Event": "scancode_waitmsg", "EventKey": "核销"},
    {"MsgType": "event", "Event": "template_card_event"},
    {"MsgType": "event", "Event": "template_card_event", "EventKey": "confirm:Rnobody",
     "TaskId": "Rnobody-999", "ResponseCode": "x"},
    {"MsgType": "event", "Event": "template_card_event", "EventKey": "seen:R", "TaskId": "x"},
    {"MsgType": "", "Content": "x"}, {"MsgType": "text", "Content": ""},
    {"MsgType": "text", "Content": "\u202e核销\u200b ' OR 1=1 --"},
])
def test_odd_messages_get_an_answer_or_silence_but_never_an_error(
        sender: Sender, fields: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    message = {name: value for name, value in sender.text().items() if name != "Content"}
    with caplog.at_level(logging.ERROR):
        answer = sender.post(sender.sealed(message | fields))
    assert answer.status_code == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_replayed_callback_hears_the_stored_answer(sender: Sender, chain: Chain) -> None:
    bought = chain.buy()
    sealed = sender.sealed(sender.text(f"{bought.code} 13700000001"))
    first = sender.answer_in(sender.post(sealed))
    again = sender.answer_in(sender.post(sealed, nonce="other"))
    assert "核销这张" in first and again == first
    with chain.store.connection():
        assert InboundMessage.select().count() == 1


def test_two_events_of_one_second_are_two(sender: Sender) -> None:
    event = {"MsgType": "event", "Event": "scancode_waitmsg", "EventKey": "查", "MsgId": ""}
    scans = [sender.text() | event | {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": code}}
             for code in ("9000000001", "你好")]
    first, second = (sender.answer_in(sender.post(sender.sealed(scan))) for scan in scans)
    assert first != second


class Slow:
    """A service whose every look takes a while."""

    def __init__(self, chain: Chain, seconds: float) -> None:
        self._redeem, self._seconds = chain.services.redeem, seconds
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._redeem, name)

    def waiting(self, *args: Any) -> Any:
        self.calls += 1
        time.sleep(self._seconds)
        return self._redeem.waiting(*args)


class With:
    """The services, one of them replaced."""

    def __init__(self, chain: Chain, **replaced: Any) -> None:
        self._services = chain.services
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._services, name)


def todo(key: str = "k1") -> Incoming:
    return Incoming("wecom", "ww-test", "linxiaoman", Kind.TEXT, key, "待办")


def test_slow_work_is_answered_in_time_and_pushed_later(chain: Chain) -> None:
    slow = Slow(chain, 0.5)
    counter = Counter(With(chain, redeem=slow), answer_within=0.1)  # type: ignore[arg-type]  # slow
    assert "还在办" in counter.answer(todo())
    counter.close()
    done = chain.services.notify.deliver()
    assert done.sent == 1 and slow.calls == 1


def test_a_resend_that_overlaps_waits_for_the_first(chain: Chain) -> None:
    slow = Slow(chain, 0.4)
    counter = Counter(With(chain, redeem=slow), answer_within=10.0)  # type: ignore[arg-type]  # slow
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(counter.answer(todo())))
               for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["没有人在等"] * 3 and slow.calls == 1
    counter.close()


def test_a_first_delivery_that_died_is_taken_over(chain: Chain) -> None:
    counter = Counter(chain.services, answer_within=0.1)
    assert chain.services.chat.take("wecom", "k9")
    assert counter.answer(todo("k9")) == "", "somebody may still be at it"
    chain.clock.shift += 2 * ANSWER_WITHIN
    patient = Counter(chain.services, answer_within=10)
    assert patient.answer(todo("k9")) == "没有人在等"
    patient.close()
    counter.close()


def test_trouble_in_a_command_is_answered_politely_and_logged(
        chain: Chain, caplog: pytest.LogCaptureFixture) -> None:
    counter = Counter(With(chain, redeem=None), answer_within=10.0)  # type: ignore[arg-type]  # broken
    answer = counter.answer(todo("abcdef0123"))
    assert "报号 ABCDEF01" in answer and "Traceback" not in answer
    assert "abcdef01".upper() in caplog.text and "AttributeError" in caplog.text
    counter.close()


def test_a_long_answer_is_cut_between_characters() -> None:
    assert fitting("短") == "短"
    long = fitting("券" * 2000)
    assert len(long.encode()) <= 2048 and long.endswith("券…")
