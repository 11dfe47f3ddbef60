"""Access tokens of WeCom, the official account and the mini-program, and the JSON body.

Sandbox choice: /cgi-bin/token and stable_token of an appid are two series, as documented, and
both endpoints know both appids.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.envelope import failure

LIFETIME = 7200


class Refused(Exception):
    """Ends a request with an errcode."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


def answering(view: Callable[..., Response]) -> Callable[..., Response]:
    """A Refused becomes its envelope."""
    @wraps(view)
    def guarded() -> Response:
        try:
            return view()
        except Refused as refused:
            return failure(refused.errcode, refused.errmsg)
    return guarded


def needs_token(sandbox: Sandbox, owner: str) -> Callable[[Callable[[], Response]],
                                                          Callable[[], Response]]:
    """The query's access_token belongs to this account and lives."""
    def decorate(view: Callable[[], Response]) -> Callable[[], Response]:
        @answering
        @wraps(view)
        def guarded() -> Response:
            token = request.args.get("access_token")
            if not token:
                raise Refused(41001, "access_token missing")
            found = sandbox.tokens.find(token)
            if found is None or found.owner != owner:
                raise Refused(40014, "invalid access_token")
            if found.expires_at <= sandbox.ledger.now():
                raise Refused(42001, "access_token expired")
            return view()
        return guarded
    return decorate


def json_body() -> dict[str, Any]:
    """The JSON object of a POST (47001 when it is none)."""
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise Refused(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


def account_of_request(sandbox: Sandbox) -> str:
    """Which account a /cgi-bin/ path serves; three of them share some paths."""
    world, path = sandbox.world, request.path
    if path in ("/cgi-bin/token", "/cgi-bin/stable_token"):
        body = request.get_json(silent=True)
        appid = request.args.get("appid") or (
            body.get("appid") if isinstance(body, dict) else None)
        return "official" if appid == world.official.appid else "wechat_mini"
    if path.startswith(("/cgi-bin/menu/", "/cgi-bin/media/")):
        token = sandbox.tokens.find(request.args.get("access_token", ""))
        return "wecom" if token and token.owner == "wecom" else "official"
    return "wecom"
