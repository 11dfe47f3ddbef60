"""A Douyin mini-program: login, phone, subscription messages, its own codes (douyin.md 8).

Two hosts: login is asked of the mini-program's, everything else of the open platform with the
app's client_token.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from core.clock import Clock
from core.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
)
from core.platforms.answer import needed, part, text, whole
from core.platforms.douyin_gateway import fetch_client_token
from core.platforms.douyin_token import AccessToken, ClientToken, TokenStore
from core.platforms.http import Answer, Caller, Effect, Request
from core.platforms.mini_program import CONSENT_USED_UP, MiniLogin, Notice, mainland

T = TypeVar("T")
KIND = "douyin_mini"

TOKEN_REFUSED = frozenset({28001003, 28001008})
ERRORS: dict[int, tuple[type[PlatformError], str | None]] = {
    -1: (PlatformBusy, None), 28005002: (PlatformBusy, None), 2000: (PlatformBusy, None),
    28006003: (PlatformBusy, "rate_limited"), 28005004: (PlatformBusy, "rate_limited"),
    1010: (PlatformBusy, "rate_limited"),
    40014: (PlatformMisconfigured, None), 40015: (PlatformMisconfigured, None),
    40017: (PlatformMisconfigured, None), 40020: (PlatformMisconfigured, None),
    28001003: (PlatformMisconfigured, None), 28001008: (PlatformMisconfigured, None),
    1000: (PlatformMisconfigured, None), 1001: (PlatformMisconfigured, None),
    1009: (PlatformMisconfigured, None), 28005006: (PlatformMisconfigured, None),
    40018: (PlatformRefused, "login_code_wrong"), 40019: (PlatformRefused, "login_code_wrong"),
    28005187: (PlatformRefused, "phone_code_wrong"),
    28014041: (PlatformRefused, CONSENT_USED_UP), 28014043: (PlatformRefused, CONSENT_USED_UP),
    1008: (PlatformRefused, "content_refused"),
    28005001: (PlatformRefused, "bad_scene"), 28005005: (PlatformRefused, "bad_scene"),
}
"""err_no → what to do (douyin.md 8). What is not listed is a refusal: asking again changes
nothing."""
JSON = {"Content-Type": "application/json"}


def log_id(body: Mapping[str, Any]) -> str:
    """`log_id` beside `err_no`."""
    found = body.get("log_id")
    return found[:64] if isinstance(found, str) else ""


def _read(answer: Answer) -> dict[str, Any]:
    """The body of a success. Raises PlatformError."""
    code = whole(answer.body, "err_no")
    if code == 0:
        return answer.body
    kind, word = ERRORS.get(code, (PlatformRefused, None))
    raise kind(KIND, word, log_id=log_id(answer.body), code=code)


class DouyinMini:
    """One app. `logins` speaks with the mini-program's host, `caller` with the open platform.
    `phone_key` (PEM) is the private half of the key registered for phone numbers; without it
    numbers come by encrypted data only."""

    kind = KIND

    def __init__(self, logins: Caller, caller: Caller, tokens: TokenStore, clock: Clock, *,
                 appid: str, secret: str, template_id: str = "", phone_key: str = "") -> None:
        self.app_id = appid
        self.template_id = template_id
        self._logins = logins
        self._caller = caller
        self._clock = clock
        self._secret = secret
        self._phone_key = _private(phone_key)
        self._token = ClientToken(f"{KIND}:{appid}", tokens, self._fetch_token, clock, KIND)

    def __repr__(self) -> str:
        return f"DouyinMini(appid={self.app_id!r})"

    def login(self, code: str) -> MiniLogin:
        """`jscode2session`, version 2."""
        def read(answer: Answer) -> MiniLogin:
            data = part(_read(answer), "data")
            return MiniLogin(needed(data, "openid"), needed(data, "session_key"),
                             text(data, "unionid"))

        return self._logins.call(
            Request("POST", "/api/apps/v2/jscode2session", Effect.ONCE, headers=JSON, json={
                "appid": self.app_id, "secret": self._secret, "code": code}), read)

    def phone_by_code(self, code: str, openid: str) -> str:
        """`get_phonenumber_info`: RSA ciphertext under the app's registered key. The platform
        takes no openid here; the code is single use and lives five minutes."""
        if self._phone_key is None:
            raise PlatformMisconfigured(KIND, reason="no_phone_key")
        body = self._post("/api/apps/v1/get_phonenumber_info/", Effect.ONCE, {"code": code})
        try:
            sealed = base64.b64decode(needed(body, "data"), validate=True)
            said = json.loads(self._phone_key.decrypt(sealed, padding.PKCS1v15()))
            mark = said["watermark"]["appid"]
        except (ValueError, TypeError, KeyError):
            # PKCS#1 v1.5 under a wrong key gives noise, not an error.
            raise PlatformMisconfigured(KIND, reason="phone_key_wrong",
                                        log_id=log_id(body)) from None
        if mark != self.app_id:
            raise PlatformRefused(KIND, "phone_unreadable", reason="another_app")
        return mainland(KIND, said)

    def send(self, notice: Notice) -> None:
        """`subscription/notify_user`. Each takes a consent."""
        self._post("/api/notification/v2/subscription/notify_user/", Effect.ONCE, {
            "msg_id": notice.template_id, "open_id": notice.to, "page": notice.page,
            "data": dict(notice.fields)})

    def code_picture(self, scene: str, page: str) -> bytes:
        """`qrcode/create`: a base64 image; the scene travels as the page's query."""
        body = self._post("/api/apps/v1/qrcode/create/", Effect.READ, {
            "appid": self.app_id, "app_name": "douyin",
            "path": quote(f"{page}?scene={quote(scene, safe='')}", safe="")})
        try:
            return base64.b64decode(needed(part(body, "data"), "img"), validate=True)
        except ValueError:
            raise PlatformUnknown(KIND, "unreadable_answer", log_id=log_id(body)) from None

    def _post(self, path: str, effect: Effect, json: object) -> dict[str, Any]:
        return self._with_token(lambda token: self._caller.call(
            Request("POST", path, effect, json=json, headers={**JSON, "access-token": token}),
            _read))

    def _with_token(self, call: Callable[[str], T]) -> T:
        """A refused token is replaced once: a call with it did nothing."""
        token = self._token.value()
        try:
            return call(token)
        except PlatformMisconfigured as error:
            if error.facts.get("code") not in TOKEN_REFUSED:
                raise
        return call(self._token.value(refused=token))

    def _fetch_token(self) -> AccessToken:
        return fetch_client_token(self._caller, self.app_id, self._secret, self._clock)


def _private(pem: str) -> rsa.RSAPrivateKey | None:
    if not pem:
        return None
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")  # the settings have checked it
    return key
