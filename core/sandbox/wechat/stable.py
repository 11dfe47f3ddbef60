"""`/cgi-bin/token` and `/cgi-bin/stable_token` for the official account and the mini-program.

Facts from wechat.md section 2. Sandbox choice: the daily quota of /token is 2000.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, jsonify, request

from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.access import LIFETIME, Refused, answering, json_body

OVERLAP = 300
DAY = 86400


def token_blueprint(sandbox: Sandbox) -> Blueprint:
    bp = Blueprint("wechat_tokens", __name__, url_prefix="/cgi-bin")
    world, ledger, tokens, rates = (sandbox.world, sandbox.ledger, sandbox.tokens, sandbox.rates)
    accounts = {world.official.appid: ("official", world.official.secret),
                world.wechat_mini.appid: ("wechat_mini", world.wechat_mini.secret)}

    def owner_of(grant: object, appid: object, secret: object) -> str:
        if grant != "client_credential":
            raise Refused(40002, "invalid grant_type")
        if appid not in accounts:
            raise Refused(40013, "invalid appid")
        owner, known = accounts[str(appid)]
        if secret != known:
            raise Refused(40125, "invalid appsecret")
        return owner

    def answer(token: str, expires_at: float) -> Response:
        return jsonify({"access_token": token, "expires_in": int(expires_at - ledger.now())})

    @bp.get("/token")
    @answering
    def token() -> Response:
        args = request.args
        owner = owner_of(args.get("grant_type"), args.get("appid"), args.get("secret"))
        if not rates.allow(f"token {owner}", 2000, DAY):
            raise Refused(45009, "reach max api daily quota limit")
        with ledger.change():
            tokens.supersede(owner, "token", OVERLAP)
            made = tokens.issue(secrets.token_urlsafe(102), owner, "token", LIFETIME)
        return answer(made.token, made.expires_at)

    @bp.post("/stable_token")
    @answering
    def stable_token() -> Response:
        body = json_body()
        owner = owner_of(body.get("grant_type"), body.get("appid"), body.get("secret"))
        if not rates.allow(f"stable {owner}", 10_000, 60):
            raise Refused(45009, "reach max api daily quota limit")
        forced = body.get("force_refresh") is True
        if forced and not (rates.allow(f"forced {owner}", 1, 30)
                           and rates.allow(f"forced daily {owner}", 20, DAY)):
            raise Refused(45009, "force_refresh too often")
        with ledger.change():
            made = tokens.latest(owner, "stable_token")
            if forced:
                tokens.supersede(owner, "stable_token", 0)
            if forced or made is None or made.expires_at - ledger.now() < OVERLAP:
                made = tokens.issue(secrets.token_urlsafe(102), owner, "stable_token", LIFETIME)
        return answer(made.token, made.expires_at)

    return bp
