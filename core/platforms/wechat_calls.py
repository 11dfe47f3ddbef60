"""What WeCom and the official account have in common: calls with a token, errcode, media.

`errcode` 0 (or none) is success; branches look at it alone, never at `errmsg`, which carries
hints, addresses and changing text (wechat.md 7).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from core.clock import Clock
from core.errors import PlatformError, PlatformMisconfigured, PlatformRefused, PlatformUnknown
from core.platforms.douyin_token import AccessToken, ClientToken
from core.platforms.http import Answer, Caller, Effect, Request

T = TypeVar("T")
Read = Callable[[Answer], dict[str, Any]]
JSON = {"Content-Type": "application/json; charset=utf-8"}
MOST_TEXT = 2048
"""Bytes of a text message."""


def reader(platform: str, errors: Mapping[int, type[PlatformError]],
           words: Mapping[int, str]) -> Read:
    """Reads answers of one platform; unlisted codes are refusals: asking again changes nothing."""

    def read(answer: Answer) -> dict[str, Any]:
        code = answer.body.get("errcode", 0)
        if code == 0:
            return answer.body
        if not isinstance(code, int):
            raise PlatformUnknown(platform, "unreadable_answer")
        raise errors.get(code, PlatformRefused)(platform, words.get(code), code=code)

    return read


class TokenCalls:
    """Calls that need the app's token. A refused token is renewed once, never in a loop
    (wechat.md 1.4). `refused` holds the codes that say so; they read as PlatformMisconfigured."""

    def __init__(self, caller: Caller, token: ClientToken, read: Read,
                 refused: Collection[int]) -> None:
        self._caller = caller
        self._token = token
        self._read = read
        self._refused = refused

    def post(self, path: str, effect: Effect, json: object, **query: str) -> dict[str, Any]:
        """Send JSON. Raises PlatformError."""
        return self._with_token(lambda token: self._caller.call(
            Request("POST", path, effect, query={**query, "access_token": token}, json=json,
                    headers=JSON), self._read))

    def media(self, media_id: str) -> bytes:
        """A picture that somebody sent in the chat. Raises PlatformError."""
        return self._with_token(lambda token: self._caller.call(
            Request("GET", "/cgi-bin/media/get", Effect.READ, image=True,
                    query={"access_token": token, "media_id": media_id}), self._picture))

    def drawn(self, path: str, json: object) -> bytes:
        """A picture that the platform draws of some JSON. Raises PlatformError."""
        return self._with_token(lambda token: self._caller.call(
            Request("POST", path, Effect.READ, image=True, query={"access_token": token},
                    json=json, headers=JSON), self._picture))

    def _picture(self, answer: Answer) -> bytes:
        if answer.image:
            return answer.image
        self._read(answer)
        raise PlatformRefused(self._caller.platform, "no_picture")

    def _with_token(self, call: Callable[[str], T]) -> T:
        token = self._token.value()
        try:
            return call(token)
        except PlatformMisconfigured as error:
            if error.facts.get("code") not in self._refused:
                raise
        return call(self._token.value(refused=token))


def fetch_stable_token(caller: Caller, clock: Clock, appid: str, secret: str,
                       read: Read) -> AccessToken:
    """The stable token of an official account or a mini-program: the same for all who ask within
    its life, so that processes cannot kill each other's (wechat.md 2)."""
    body = caller.call(
        Request("POST", "/cgi-bin/stable_token", Effect.READ, headers=JSON,
                json={"grant_type": "client_credential", "appid": appid, "secret": secret,
                      "force_refresh": False}), read)
    token, seconds = body.get("access_token"), body.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int):
        raise PlatformUnknown(caller.platform, "unreadable_answer")
    return AccessToken(token, clock.now() + timedelta(seconds=seconds))


def cut(text: str) -> str:
    """At most MOST_TEXT bytes, cut between characters."""
    raw = text.encode()
    if len(raw) <= MOST_TEXT:
        return text
    return raw[:MOST_TEXT - 3].decode(errors="ignore") + "…"
