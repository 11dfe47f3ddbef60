"""Douyin's open platform: token, envelope, webhook signature (douyin.md 1, 2, 6)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.clock import Clock
from core.errors import PlatformMisconfigured
from core.platforms import douyin_errors as errors
from core.platforms.answer import Malformed, needed, part, text, whole
from core.platforms.douyin_token import AccessToken, ClientToken, TokenStore
from core.platforms.http import Answer, Caller, Effect, Request, T

TOKEN = "/oauth/client_token/"


def webhook_signature(client_secret: str, body: bytes) -> str:
    """`X-Douyin-Signature`: SHA-1 of the secret and the body's bytes, lower-case hex (6)."""
    return hashlib.sha1(client_secret.encode() + body).hexdigest()


def is_signed(client_secret: str, body: bytes, signature: str) -> bool:
    """Whether a webhook's signature is true; compares in constant time."""
    expected = webhook_signature(client_secret, body)
    return hmac.compare_digest(expected.encode(), signature.encode())


def log_id(body: Mapping[str, Any]) -> str:
    """`logid` of life endpoints, `log_id` of the token endpoint."""
    for outer, name in (("extra", "logid"), ("data", "log_id")):
        inner = body.get(outer)
        if isinstance(inner, dict) and isinstance(inner.get(name), str):
            return str(inner[name])[:64]
    return ""


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of an answer beside `data`. `now` is the platform's clock, to the second."""

    now: datetime | None
    log_id: str
    attempt: int


class Gateway:
    """Calls with the app's token. `caller` must know `log_id` of this module."""

    def __init__(self, caller: Caller, client_key: str, client_secret: str, store: TokenStore,
                 clock: Clock) -> None:
        self._caller = caller
        self._client_key = client_key
        self._client_secret = client_secret
        self._clock = clock
        self._token = ClientToken(f"douyin.client_token.{client_key}", store, self._fetch_token,
                                  clock)

    def get(self, path: str, query: Mapping[str, str], read: Callable[[dict[str, Any], Said], T],
            *, account_id: str = "", subject: str = "") -> T:
        """A read; `read` gets `data`. Raises the errors of `douyin_errors` and `http`."""
        given = {name: value for name, value in query.items() if value}
        return self._ask(Request("GET", path, Effect.READ, query=given,
                                 headers=_headers(account_id), subject=subject), read)

    def post(self, path: str, body: Mapping[str, object], effect: Effect,
             read: Callable[[dict[str, Any], Said], T], *, account_id: str = "",
             subject: str = "") -> T:
        """A write; `read` gets `data`. Raises the errors of `douyin_errors` and `http`."""
        return self._ask(Request("POST", path, effect, json=dict(body),
                                 headers=_headers(account_id), subject=subject), read)

    def _ask(self, request: Request, read: Callable[[dict[str, Any], Said], T]) -> T:
        """With one repetition when the token is refused: a refused call did nothing."""
        def checked(answer: Answer) -> T:
            return read(_data(answer.body), _said(answer))

        token = self._token.value()
        try:
            return self._caller.call(_with_token(request, token), checked)
        except PlatformMisconfigured as refused:
            if refused.facts.get("code") not in errors.TOKEN_REFUSED:
                raise
        fresh = self._token.value(refused=token)
        return self._caller.call(_with_token(request, fresh), checked)

    def _fetch_token(self) -> AccessToken:
        return fetch_client_token(self._caller, self._client_key, self._client_secret,
                                  self._clock)


def fetch_client_token(caller: Caller, client_key: str, client_secret: str,
                       clock: Clock) -> AccessToken:
    """A fresh client_token of an app or a mini-program (douyin.md 2). Raises as `douyin_errors`
    and `http`."""
    def read(answer: Answer) -> AccessToken:
        data = part(answer.body, "data")
        code = whole(data, "error_code")
        if code:
            errors.refuse(code, message=text(data, "description"), log_id=log_id(answer.body))
        seconds = whole(data, "expires_in")
        if seconds <= 0:
            raise Malformed("expires_in")
        return AccessToken(needed(data, "access_token"), asked_at + timedelta(seconds=seconds))

    asked_at = clock.now()
    return caller.call(Request("POST", TOKEN, Effect.READ, json={
        "client_key": client_key, "client_secret": client_secret,
        "grant_type": "client_credential"}, headers=_headers("")), read)


def _headers(account_id: str) -> dict[str, str]:
    headers = {"content-type": "application/json"}
    if account_id:
        headers["Rpc-Transit-Life-Account"] = account_id
    return headers


def _with_token(request: Request, token: str) -> Request:
    return Request(request.method, request.path, request.effect, query=request.query,
                   json=request.json, headers={**request.headers, "access-token": token},
                   subject=request.subject)


def _data(body: dict[str, Any]) -> dict[str, Any]:
    """`data` of a success: both error codes are 0 (section 1); raises for everything else."""
    data, extra = part(body, "data"), part(body, "extra")
    if not data and not extra:
        raise Malformed("data")
    code = whole(data, "error_code") or whole(extra, "error_code")
    if code:
        sub_code = whole(extra, "sub_error_code") or whole(data, "sub_error_code")
        message = (text(extra, "sub_description") or text(data, "description")
                   or text(extra, "description"))
        errors.refuse(code, sub_code=sub_code, message=message, log_id=log_id(body))
    return data


def _said(answer: Answer) -> Said:
    seconds = whole(part(answer.body, "extra"), "now")
    if seconds > 10**11:
        seconds //= 1000
    now = datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    return Said(now, log_id(answer.body), answer.attempt)
