"""`/oauth/client_token/` and its stable twin (douyin.md section 2).

Sandbox choices: a superseded token answers 2190008 (expired) like an old one; the stable endpoint
keeps a series of its own; an app is the life-service app or the mini-program.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from core.sandbox.douyin.envelope import Refused, log_id
from core.sandbox.sandbox import Sandbox

LIFETIME = 7200
GRACE = 300
CALLS, WINDOW = 500, 300


def token_blueprint(sandbox: Sandbox) -> Blueprint:
    bp = Blueprint("douyin_tokens", __name__)
    world, ledger, tokens = sandbox.world, sandbox.ledger, sandbox.tokens
    secret_of = {world.douyin.client_key: world.douyin.client_secret,
                 world.douyin_mini.appid: world.douyin_mini.secret}

    def app_of(body: Any) -> str:
        if not isinstance(body, dict):
            raise Refused(10002, "参数错误")
        key, secret = body.get("client_key"), body.get("client_secret")
        if not key or not secret or body.get("grant_type") != "client_credential":
            raise Refused(10002, "参数错误")
        if key not in secret_of:
            raise Refused(10003, "配置无效")
        if secret_of[key] != secret:
            raise Refused(10013, "client_key或者client_secret报错")
        if not sandbox.rates.allow(f"client_token {key}", CALLS, WINDOW):
            raise Refused(10020, "请求过于频繁")
        return str(key)

    def answer(token: str, expires_in: float) -> Response:
        return jsonify({"data": {"access_token": token, "expires_in": int(expires_in),
                                 "error_code": 0, "description": "", "captcha": "",
                                 "desc_url": "", "log_id": log_id()}, "message": "success"})

    def failed(refused: Refused) -> Response:
        return jsonify({"data": {"captcha": "", "desc_url": "", "description": refused.text,
                                 "error_code": refused.code, "log_id": log_id()},
                        "message": "error"})

    @bp.post("/oauth/client_token/")
    @bp.post("/oauth/client_token")
    def client_token() -> Response:
        try:
            owner = app_of(request.get_json(silent=True))
        except Refused as refused:
            return failed(refused)
        with ledger.change():
            tokens.supersede(owner, "client_token", GRACE)
            made = tokens.issue("clt." + secrets.token_hex(32), owner, "client_token", LIFETIME)
        return answer(made.token, LIFETIME)

    @bp.post("/oauth/stable_client_token/")
    @bp.post("/oauth/stable_client_token")
    def stable_client_token() -> Response:
        try:
            owner = app_of(request.get_json(silent=True))
        except Refused as refused:
            return failed(refused)
        with ledger.change():
            made = tokens.latest(owner, "stable_client_token")
            if made is None or made.expires_at <= ledger.now():
                made = tokens.issue("clt." + secrets.token_hex(32), owner,
                                    "stable_client_token", LIFETIME)
        return answer(made.token, made.expires_at - ledger.now())

    return bp


def check_token(sandbox: Sandbox, owner: str) -> None:
    """The `access-token` header belongs to this app and lives; raises Refused."""
    found = sandbox.tokens.find(request.headers.get("access-token", ""))
    if (found is None or found.owner != owner
            or found.kind not in ("client_token", "stable_client_token")):
        raise Refused(2190002, "access_token无效")
    if found.expires_at <= sandbox.ledger.now():
        raise Refused(2190008, "access_token已过期")
