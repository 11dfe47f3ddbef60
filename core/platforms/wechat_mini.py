"""A WeChat mini-program: login, phone, subscription messages, its own codes (wechat.md 2, 6, 7)."""

from __future__ import annotations

from core.clock import Clock
from core.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
)
from core.platforms.answer import needed, text
from core.platforms.douyin_token import AccessToken, ClientToken, TokenStore
from core.platforms.http import Answer, Caller, Effect, Request
from core.platforms.mini_program import CONSENT_USED_UP, MiniLogin, Notice, mainland
from core.platforms.wechat_calls import TokenCalls, fetch_stable_token, reader

KIND = "wechat_mini"

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
ERRORS: dict[int, type[PlatformError]] = {
    -1: PlatformBusy, -1000: PlatformBusy, 45009: PlatformBusy, 45011: PlatformBusy,
    **dict.fromkeys(TOKEN_REFUSED, PlatformMisconfigured),
    40013: PlatformMisconfigured, 40125: PlatformMisconfigured, 40164: PlatformMisconfigured,
    40243: PlatformMisconfigured, 48001: PlatformMisconfigured, 40037: PlatformMisconfigured,
    41030: PlatformMisconfigured, 43107: PlatformMisconfigured, 43108: PlatformMisconfigured,
    43116: PlatformMisconfigured,
    40003: PlatformRefused, 40029: PlatformRefused, 40097: PlatformRefused,
    40129: PlatformRefused, 40163: PlatformRefused, 40169: PlatformRefused,
    40226: PlatformRefused, 43101: PlatformRefused, 47001: PlatformRefused,
    47003: PlatformRefused, 85096: PlatformRefused,
}
"""errcode → what to do (wechat.md 6, 7). What is not listed is a refusal too."""
WORDS = {40003: "unreachable", 40129: "bad_scene", 40169: "bad_scene", 40226: "user_blocked",
         43101: CONSENT_USED_UP, 45009: "rate_limited", 45011: "rate_limited",
         40164: "address_not_trusted"}
_read = reader(KIND, ERRORS, WORDS)
_read_login = reader(KIND, ERRORS, WORDS | dict.fromkeys((40029, 40163), "login_code_wrong"))
_read_phone = reader(KIND, ERRORS | {40013: PlatformRefused},
                     WORDS | dict.fromkeys((40013, 40029, 40163), "phone_code_wrong"))
"""40013 here: the code belongs to another app or another person."""


class WechatMini:
    """One app."""

    kind = KIND

    def __init__(self, caller: Caller, tokens: TokenStore, clock: Clock, *, appid: str,
                 secret: str, template_id: str = "") -> None:
        self.app_id = appid
        self.template_id = template_id
        self._caller = caller
        self._clock = clock
        self._secret = secret
        token = ClientToken(f"{KIND}:{appid}", tokens, self._fetch_token, clock, KIND)
        self._calls = TokenCalls(caller, token, _read, TOKEN_REFUSED)
        self._phone_calls = TokenCalls(caller, token, _read_phone, TOKEN_REFUSED)

    def __repr__(self) -> str:
        return f"WechatMini(appid={self.app_id!r})"

    def login(self, code: str) -> MiniLogin:
        """`jscode2session`; an answer without errcode is a success."""
        def read(answer: Answer) -> MiniLogin:
            body = _read_login(answer)
            return MiniLogin(needed(body, "openid"), needed(body, "session_key"),
                             text(body, "unionid"))

        return self._caller.call(
            Request("GET", "/sns/jscode2session", Effect.ONCE, query={
                "appid": self.app_id, "secret": self._secret, "js_code": code,
                "grant_type": "authorization_code"}), read)

    def phone_by_code(self, code: str, openid: str) -> str:
        """`getuserphonenumber`, bound to the openid, so that a stolen code is nobody else's."""
        body = self._phone_calls.post("/wxa/business/getuserphonenumber", Effect.ONCE,
                                      {"code": code, "openid": openid})
        said = body.get("phone_info")
        if not isinstance(said, dict):
            raise PlatformUnknown(KIND, "unreadable_answer")
        return mainland(KIND, said)

    def send(self, notice: Notice) -> None:
        """`subscribe/send`. The platform knows no identical ones: each takes a consent."""
        self._calls.post("/cgi-bin/message/subscribe/send", Effect.ONCE, {
            "touser": notice.to, "template_id": notice.template_id, "page": notice.page,
            "data": {name: {"value": value} for name, value in notice.fields.items()}})

    def code_picture(self, scene: str, page: str) -> bytes:
        """`getwxacodeunlimit`: bytes of a JPEG, or a refusal as JSON."""
        return self._calls.drawn("/wxa/getwxacodeunlimit", {"scene": scene, "page": page})

    def _fetch_token(self) -> AccessToken:
        return fetch_stable_token(self._caller, self._clock, self.app_id, self._secret, _read)
