"""The WeCom app: one token for all, renewed once; silence is never taken for success."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request

from core.clock import SystemClock
from core.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
)
from core.platforms.douyin_token import MemoryTokenStore
from core.platforms.http import Caller
from core.platforms.messenger import Button, Card
from core.platforms.wechat_calls import cut
from core.platforms.wecom import ERRORS, WeCom, template
from tests.sandbox.served import served

CARD = Card("Rabc-1", "核销台 滨江店", "开季卡 90 天，到 2027-02-19", "H 0373，自助机",
            "14:44 前有效", (("会员", "王** 137****9082"), ("实付", "¥499.00")),
            (Button("拒绝", "reject:Rabc"), Button("确认", "confirm:Rabc", primary=True)))


@dataclass
class Scripted:
    """A WeCom server that answers from a script; without one it says yes."""

    answers: list[Any] = field(default_factory=list)
    token_answers: list[Any] = field(default_factory=list)
    sent: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    tokens: int = 0

    def app(self) -> Flask:
        app = Flask("wecom")

        @app.get("/cgi-bin/gettoken")
        def gettoken() -> Response:
            self.tokens += 1
            answer = self.token_answers.pop(0) if self.token_answers else {
                "errcode": 0, "access_token": f"token-{self.tokens}", "expires_in": 7200}
            return answer if isinstance(answer, Response) else jsonify(answer)

        @app.post("/cgi-bin/<path:path>")
        def post(path: str) -> Response:
            self.sent.append((path, request.args.to_dict(), request.get_json()))
            answer = self.answers.pop(0) if self.answers else {
                "errcode": 0, "errmsg": "ok", "msgid": "m", "response_code": "code-1"}
            return answer if isinstance(answer, Response) else jsonify(answer)

        return app


_server = Scripted()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(_server.app()) as base:
        yield base


@pytest.fixture
def server() -> Scripted:
    _server.__init__()  # type: ignore[misc]  # one server for all tests, each with a new script
    return _server


@pytest.fixture
def wecom(server: Scripted, address: str) -> WeCom:
    return WeCom(Caller("wecom", address, read_timeout=1.0), MemoryTokenStore(), SystemClock(),
                 corpid="wwcorp", agentid="1000002", secret="s3cret")


def test_a_card_goes_to_one_person_and_gives_its_code(wecom: WeCom, server: Scripted) -> None:
    assert wecom.send_card("linxiaoman", CARD) == "code-1"
    path, query, body = server.sent[0]
    assert (path, query["access_token"]) == ("message/send", "token-1")
    assert body["touser"] == "linxiaoman" and body["agentid"] == 1000002
    assert body["enable_duplicate_check"] == 1
    card = body["template_card"]
    assert card["card_type"] == "button_interaction" and card["task_id"] == "Rabc-1"
    assert [button["key"] for button in card["button_list"]] == ["reject:Rabc", "confirm:Rabc"]


def test_a_button_may_open_a_page_instead_of_calling_back() -> None:
    opens = replace(CARD, buttons=(Button("去收款", "open:P1", url="https://shop.example/desk"),))
    (button,) = template(opens)["button_list"]
    assert (button["type"], button["url"]) == (1, "https://shop.example/desk")
    assert all("type" not in other for other in template(CARD)["button_list"])


def test_a_closed_card_says_who_acted_instead_of_offering_buttons(
        wecom: WeCom, server: Scripted) -> None:
    closed = Card(**{name: getattr(CARD, name) for name in Card.__slots__ if name != "closed"},
                  closed="梅雪 14:35 点的确认")
    wecom.update_card("linxiaoman", "code-1", closed)
    path, _, body = server.sent[0]
    assert path == "message/update_template_card" and body["userids"] == ["linxiaoman"]
    assert body["response_code"] == "code-1"
    assert body["template_card"]["replace_text"] == "梅雪 14:35 点的确认"


def test_one_token_serves_many_messages(wecom: WeCom, server: Scripted) -> None:
    for number in range(3):
        wecom.send_text("a", f"第 {number} 条")
    assert server.tokens == 1


def test_a_refused_token_is_renewed_once(wecom: WeCom, server: Scripted) -> None:
    server.answers = [{"errcode": 42001, "errmsg": "expired"}]
    wecom.send_text("a", "好")
    assert [query["access_token"] for _, query, _ in server.sent] == ["token-1", "token-2"]


def test_a_server_that_refuses_every_token_is_not_asked_for_ever(
        wecom: WeCom, server: Scripted) -> None:
    server.answers = [{"errcode": 40014}] * 50
    with pytest.raises(PlatformMisconfigured):
        wecom.send_text("a", "好")
    assert (server.tokens, len(server.sent)) == (2, 2)


def test_eight_messages_at_once_fetch_one_token(wecom: WeCom, server: Scripted) -> None:
    threads = [threading.Thread(target=wecom.send_text, args=("a", f"{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (server.tokens, len(server.sent)) == (1, 8)


@pytest.mark.parametrize("code, kind, word", [
    (-1, PlatformBusy, "platform_busy"), (45009, PlatformBusy, "rate_limited"),
    (40001, PlatformMisconfigured, "platform_misconfigured"),
    (60020, PlatformMisconfigured, "address_not_trusted"),
    (60111, PlatformRefused, "unreachable"), (81013, PlatformRefused, "unreachable"),
    (42014, PlatformRefused, "task_id_used"), (42020, PlatformRefused, "card_code_used"),
    (99999, PlatformRefused, "platform_refused"),
])
def test_error_codes_say_what_to_do(wecom: WeCom, server: Scripted, code: int,
                                    kind: type[PlatformError], word: str) -> None:
    server.answers = [{"errcode": code, "errmsg": "hint: [1700], from ip: 10.0.0.1"}]
    with pytest.raises(kind) as raised:
        wecom.send_text("a", "好")
    assert raised.value.word == word and raised.value.facts["code"] == code


@pytest.mark.parametrize("code", [
    -1, 40001, 40013, 40014, 40056, 40029, 42001, 43004, 45009, 45033, 46004, 47001, 47003, 48001,
    48002, 50002, 60011, 60020, 60021, 60111, 81013, 82001, 92000, *range(42014, 42021)])
def test_every_listed_error_code_has_an_action(code: int) -> None:
    assert code in ERRORS


def test_accepted_but_not_delivered_is_no_success(wecom: WeCom, server: Scripted) -> None:
    server.answers = [{"errcode": 0, "errmsg": "ok", "invaliduser": "linxiaoman"}]
    with pytest.raises(PlatformRefused) as raised:
        wecom.send_text("linxiaoman", "好")
    assert raised.value.word == "unreachable"


@pytest.mark.parametrize("answer", [
    pytest.param(Response("<html>gateway</html>", 200), id="a web page"),
    pytest.param(Response("", 502), id="bad gateway"),
    pytest.param(Response('["ok"]', 200), id="a list"),
    pytest.param({"errcode": "0"}, id="errcode as text"),
])
def test_an_answer_that_is_none_is_unknown(wecom: WeCom, server: Scripted, answer: Any) -> None:
    server.answers = [answer] * 5
    with pytest.raises(PlatformUnknown):
        wecom.send_text("a", "好")


def test_a_token_answer_without_a_token_is_unknown(wecom: WeCom, server: Scripted) -> None:
    server.token_answers = [{"errcode": 0}] * 5
    with pytest.raises(PlatformUnknown):
        wecom.send_text("a", "好")
    assert server.sent == []


def test_a_lost_message_is_repeated_identically(wecom: WeCom, server: Scripted) -> None:
    server.answers = [Response("", 502)]
    wecom.send_card("a", CARD)
    first, second = (body for _, _, body in server.sent)
    assert first == second and first["enable_duplicate_check"] == 1


def test_a_card_update_is_not_repeated_blindly(wecom: WeCom, server: Scripted) -> None:
    server.answers = [Response("", 502)]
    with pytest.raises(PlatformUnknown):
        wecom.update_card("a", "code-1", CARD)
    assert len(server.sent) == 1


def test_texts_fit_the_platform() -> None:
    long = "券" * 3000
    assert len(cut(long).encode()) <= 2048 and cut(long).endswith("…")
    card = template(Card("t", "核" * 40, "题" * 99, "副" * 99, "注" * 300,
                         (("名" * 9, "值" * 99),) * 9, (Button("确认", "k"),) * 9))
    assert len(card["main_title"]["title"]) == 36 and len(card["sub_title_text"]) == 160
    assert len(card["horizontal_content_list"]) == 6 == len(card["button_list"])
    assert all(len(row["keyname"]) <= 5 and len(row["value"]) <= 30
               for row in card["horizontal_content_list"])


def test_the_secret_is_not_in_its_repr(wecom: WeCom) -> None:
    assert "s3cret" not in repr(wecom)
