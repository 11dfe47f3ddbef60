"""Both mini-programs on the wire: vectors, error codes, tokens, pictures."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from flask import Flask, Response, jsonify, request

from core.clock import SystemClock
from core.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
)
from core.platforms import douyin_mini, wechat_mini
from core.platforms.douyin_mini import DouyinMini
from core.platforms.douyin_token import MemoryTokenStore
from core.platforms.http import Caller
from core.platforms.mini_program import MiniProgram, Notice, phone_in
from core.platforms.wechat_mini import WechatMini
from tests.bot.vectors import vector
from tests.sandbox.served import served

NOTICE = Notice("o-1", "template-1", "pages/bookings/index", {"thing1": "流瑜伽"})
DOUYIN_VECTOR = {
    "session_key": "AAECAwQFBgcICQoLDA0ODw==", "iv": "EBESExQVFhcYGRobHB0eHw==",
    "app_id": "tt0123456789abcdef",
    "encrypted": (
        "aLhedzo+Z6es5zW+YHo9susiHnaEYeAkbZXA6vB3xXwsEHApbzM53NsvIVPS8sbzE9Tu3cKoosCIaJ9R"
        "eH9c7q8xI4AFlJ8HTHrrdVC0WzSLdXzkOhhuUA9bEjg99D6yvB6ALoKhujWV2OXOx+3AnkE+LHcHtLIJ"
        "Sub5Cel98WYz+V/l87iRISH3mh0RokROtEfBU49TUILKJGF0bqOgNg==")}
"""douyin.md 8.3"""
PRIVATE = rsa.generate_private_key(65537, 2048)
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass
class Scripted:
    """Both platforms' servers, answering from a script."""

    answers: list[Any] = field(default_factory=list)
    sent: list[tuple[str, Any]] = field(default_factory=list)
    tokens: int = 0

    def app(self) -> Flask:
        app = Flask("minis")

        @app.post("/cgi-bin/stable_token")
        def stable_token() -> Response:
            self.tokens += 1
            return jsonify({"access_token": f"token-{self.tokens}", "expires_in": 7200})

        @app.post("/oauth/client_token/")
        def client_token() -> Response:
            self.tokens += 1
            return jsonify({"data": {"access_token": f"token-{self.tokens}", "error_code": 0,
                                     "expires_in": 7200}})

        @app.route("/<path:path>", methods=["GET", "POST"])
        def anything(path: str) -> Response:
            token = request.args.get("access_token") or request.headers.get("access-token")
            self.sent.append((token or "", request.get_json(silent=True)))
            answer = self.answers.pop(0) if self.answers else {}
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
def wechat(server: Scripted, address: str) -> WechatMini:
    return WechatMini(Caller("wechat_mini", address, read_timeout=1.0), MemoryTokenStore(),
                      SystemClock(), appid="wx1", secret="s3cret", template_id="template-1")


@pytest.fixture
def douyin(server: Scripted, address: str) -> DouyinMini:
    caller = Caller("douyin_mini", address, read_timeout=1.0)
    return DouyinMini(caller, caller, MemoryTokenStore(), SystemClock(), appid="tt1",
                      secret="s3cret", template_id="template-1", phone_key=PEM)


@pytest.fixture(params=["wechat", "douyin"])
def mini(request: pytest.FixtureRequest) -> MiniProgram:
    found: MiniProgram = request.getfixturevalue(request.param)
    return found


def refusal(mini: MiniProgram, code: int) -> Any:
    """An answer with an error code, as the platform spells it."""
    return {"errcode": code, "errmsg": "hint, from ip 10.0.0.1"} if mini.kind == "wechat_mini" \
        else {"err_no": code, "err_tips": "no", "log_id": "L-1"}


def test_wechats_encrypted_number() -> None:
    one = vector("wxa-encrypted-data")
    assert phone_in("wechat_mini", one["appid"], one["encrypted_data"], one["iv"],
                    one["session_key"]) == "13800138000"


def test_douyins_encrypted_number() -> None:
    assert phone_in("douyin_mini", DOUYIN_VECTOR["app_id"], DOUYIN_VECTOR["encrypted"],
                    DOUYIN_VECTOR["iv"], DOUYIN_VECTOR["session_key"]) == "13800138000"


@pytest.mark.parametrize("change", [
    {"app_id": "tt-another"}, {"iv": "AAAA"}, {"session_key": ""}, {"encrypted": ""},
    {"session_key": "AQIDBAUGBwgJCgsMDQ4PEA=="}, {"encrypted": "AAAAAAAAAAAAAAAAAAAAAA=="},
    {"encrypted": DOUYIN_VECTOR["encrypted"][4:]}, {"encrypted": "A" * 100_000},
    {"iv": "EBESExQVFhcYGRobHB0eHg=="}], ids=str)
def test_what_this_key_and_app_did_not_encrypt_is_refused(change: dict[str, str]) -> None:
    given = DOUYIN_VECTOR | change
    with pytest.raises(PlatformRefused) as raised:
        phone_in("douyin_mini", given["app_id"], given["encrypted"], given["iv"],
                 given["session_key"])
    assert raised.value.word == "phone_unreadable"


def sealed(**said: Any) -> str:
    """Douyin's answer to a phone code: RSA under our public key."""
    plain = json.dumps({"purePhoneNumber": "13800138000", "countryCode": "86",
                        "watermark": {"appid": "tt1"}} | said).encode()
    return base64.b64encode(PRIVATE.public_key().encrypt(plain, padding.PKCS1v15())).decode()


def test_a_number_by_code(wechat: WechatMini, douyin: DouyinMini, server: Scripted) -> None:
    server.answers = [{"errcode": 0, "phone_info": {"purePhoneNumber": "13800138000",
                                                    "countryCode": 86}},
                      {"err_no": 0, "data": sealed()}]
    assert [wechat.phone_by_code("c", "o-1"), douyin.phone_by_code("c", "o-1")] \
        == ["13800138000"] * 2
    assert server.sent[0][1] == {"code": "c", "openid": "o-1"}


@pytest.mark.parametrize(("said", "word"), [
    ({"watermark": {"appid": "tt2"}}, "phone_unreadable"),
    ({"countryCode": "852", "purePhoneNumber": "51234567"}, "phone_not_mainland"),
    ({"purePhoneNumber": "12345"}, "phone_not_mainland")])
def test_a_number_that_is_none_for_us(douyin: DouyinMini, server: Scripted,
                                      said: dict[str, Any], word: str) -> None:
    server.answers = [{"err_no": 0, "data": sealed(**said)}]
    with pytest.raises(PlatformRefused) as raised:
        douyin.phone_by_code("c", "o-1")
    assert raised.value.word == word


def test_a_number_under_another_key_is_a_matter_for_the_operator(
        douyin: DouyinMini, server: Scripted) -> None:
    other = rsa.generate_private_key(65537, 2048).public_key()
    server.answers = [{"err_no": 0, "data": base64.b64encode(
        other.encrypt(b"{}", padding.PKCS1v15())).decode()}]
    with pytest.raises(PlatformMisconfigured):
        douyin.phone_by_code("c", "o-1")


@pytest.mark.parametrize(("platform", "code", "kind", "word"), [
    ("wechat", -1, PlatformBusy, "platform_busy"),
    ("wechat", 40029, PlatformRefused, "login_code_wrong"),
    ("wechat", 40163, PlatformRefused, "login_code_wrong"),
    ("wechat", 45011, PlatformBusy, "rate_limited"),
    ("wechat", 40226, PlatformRefused, "user_blocked"),
    ("wechat", 40013, PlatformMisconfigured, "platform_misconfigured"),
    ("wechat", 40125, PlatformMisconfigured, "platform_misconfigured"),
    ("douyin", -1, PlatformBusy, "platform_busy"),
    ("douyin", 40018, PlatformRefused, "login_code_wrong"),
    ("douyin", 40015, PlatformMisconfigured, "platform_misconfigured"),
    ("douyin", 40017, PlatformMisconfigured, "platform_misconfigured"),
    ("douyin", 99999, PlatformRefused, "platform_refused")])
def test_what_a_refused_login_means(request: pytest.FixtureRequest, server: Scripted,
                                    platform: str, code: int, kind: type[PlatformError],
                                    word: str) -> None:
    mini: MiniProgram = request.getfixturevalue(platform)
    server.answers = [refusal(mini, code)]
    with pytest.raises(kind) as raised:
        mini.login("code")
    assert (raised.value.word, len(server.sent)) == (word, 1)


@pytest.mark.parametrize("answer", [
    pytest.param(Response("<html>", 200), id="a web page"),
    pytest.param(Response("", 502), id="bad gateway"),
    pytest.param({"openid": "o-1"}, id="no session key"),
    pytest.param({"data": {"openid": "", "session_key": "k"}}, id="no openid"),
])
def test_a_login_without_a_whole_answer_is_unknown_and_not_repeated(
        mini: MiniProgram, server: Scripted, answer: Any) -> None:
    server.answers = [answer]
    with pytest.raises(PlatformUnknown):
        mini.login("code")
    assert len(server.sent) == 1, "the code may be spent"


def test_a_refused_token_is_renewed_once_and_never_in_a_loop(
        mini: MiniProgram, server: Scripted) -> None:
    expired = 42001 if mini.kind == "wechat_mini" else 28001008
    server.answers = [refusal(mini, expired)]
    mini.send(NOTICE)
    assert [token for token, _ in server.sent] == ["token-1", "token-2"]
    server.answers = [refusal(mini, expired)] * 9
    with pytest.raises(PlatformMisconfigured):
        mini.send(NOTICE)
    assert (server.tokens, len(server.sent)) == (3, 4)


@pytest.mark.parametrize(("platform", "code"), [
    ("wechat", 43101), ("douyin", 28014041), ("douyin", 28014043)])
def test_consent_used_up_has_one_word(request: pytest.FixtureRequest, server: Scripted,
                                      platform: str, code: int) -> None:
    mini: MiniProgram = request.getfixturevalue(platform)
    server.answers = [refusal(mini, code)]
    with pytest.raises(PlatformRefused) as raised:
        mini.send(NOTICE)
    assert (raised.value.word, len(server.sent)) == ("consent_used_up", 1)


def test_a_lost_message_is_not_repeated_blindly(mini: MiniProgram, server: Scripted) -> None:
    server.answers = [Response("", 502)]
    with pytest.raises(PlatformUnknown):
        mini.send(NOTICE)
    assert len(server.sent) == 1


def test_a_code_picture_is_told_from_a_refusal(wechat: WechatMini, douyin: DouyinMini,
                                               server: Scripted) -> None:
    server.answers = [Response(b"\xff\xd8picture", 200, content_type="image/jpeg"),
                      {"err_no": 0, "data": {"img": base64.b64encode(b"png").decode()}}]
    assert wechat.code_picture("k=A1", "pages/continue/index") == b"\xff\xd8picture"
    assert douyin.code_picture("k=A1", "pages/continue/index") == b"png"
    server.answers = [{"errcode": 41030}, {"err_no": 28005001}]
    with pytest.raises(PlatformMisconfigured):
        wechat.code_picture("k=A1", "pages/nowhere")
    with pytest.raises(PlatformRefused):
        douyin.code_picture("k=A1", "pages/nowhere")


WECHAT_LISTED = [-1, 40029, 40163, 45011, 40226, 40013, 40125, 40164, 40243, 45009, 40003, 40037,
                 43101, 47003, 41030, 43107, 43108, 43116, 40129, 40169, 85096, 40001, 40014,
                 42001, 47001, 48001]
DOUYIN_LISTED = [-1, 40014, 40015, 40017, 40018, 40019, 40020, 28005187, 28014041, 28014043,
                 28006003, 1000, 1001, 1008, 1009, 1010, 2000, 28005001, 28005002, 28005004,
                 28005005, 28005006, 28001003, 28001008]


def test_no_listed_code_is_left_over() -> None:
    """wechat.md 6, douyin.md 8."""
    assert not set(WECHAT_LISTED) - set(wechat_mini.ERRORS)
    assert not set(DOUYIN_LISTED) - set(douyin_mini.ERRORS)


def test_secrets_are_in_no_repr(wechat: WechatMini, douyin: DouyinMini,
                                server: Scripted) -> None:
    server.answers = [{"openid": "o-1", "session_key": "k3y"}]
    assert "k3y" not in repr(wechat.login("code"))
    assert "s3cret" not in repr(wechat) + repr(douyin)
