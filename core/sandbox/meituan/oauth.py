"""Meituan's authorisation: pages for the merchant, token exchange and refresh (meituan.md 2.3).

Sandbox choices that are not platform facts: error numbers of /oauth/* (1 parameters, 3 signature,
4 expired, 5 invalid); a refresh leaves the old access token 5 minutes and kills the refresh token,
which may be sent again for 5 minutes and then answers the same pair (so that a lost answer locks
nobody out); the pages need no sign-in.
"""

from __future__ import annotations

import secrets
from html import escape
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from core.sandbox.meituan.envelope import Refused
from core.sandbox.meituan.gateway import CUSTOMERS, SHOPS, Gateway
from core.sandbox.meituan.seeding import ACCESS_LIFETIME, CODE_LIFETIME, REFRESH_LIFETIME
from core.sandbox.sandbox import Sandbox
from core.sandbox.world import MeituanCustomer, MeituanShop

OVERLAP = 300
AUTH_PAGE = """<!doctype html><meta charset="utf-8"><title>{title}</title>
<h1>{title}</h1><p>模拟的美团页面，点一家</p><ul>{rows}</ul>"""


def oauth_blueprint(sandbox: Sandbox, gateway: Gateway) -> Blueprint:
    bp = Blueprint("meituan_oauth", __name__)
    world, ledger, tokens = sandbox.world.meituan, sandbox.ledger, sandbox.tokens

    @bp.route("/oauth/token", methods=["GET", "POST"])
    def token() -> Response:
        return _answer(_exchange)

    @bp.route("/oauth/refresh", methods=["GET", "POST"])
    def refresh() -> Response:
        return _answer(_refresh)

    def _answer(view: Any) -> Response:
        try:
            return jsonify({"code": 0, "msg": "success", "data": view()})
        except Refused as refused:
            number = refused.data["code"] if refused.data else 1
            return jsonify({"code": number, "msg": refused.msg, "data": None})

    def _exchange() -> dict[str, Any]:
        fields = gateway.fields(required=("grantType", "code"))
        business = _business(fields, "authorization_code")
        with ledger.change():
            code = tokens.find(fields["code"])
            if code is None or code.kind != f"meituan{business}.code":
                raise _invalid(5, "code无效")
            if code.expires_at <= ledger.now():
                raise _invalid(4, "code已过期或已使用")
            tokens.expire(code.token)
            return _pair(code.owner, business)

    def _refresh() -> dict[str, Any]:
        fields = gateway.fields(required=("grantType", "refreshToken"))
        business = _business(fields, "refresh_token")
        with ledger.change():
            used = tokens.find(fields["refreshToken"])
            if used is None or used.kind != f"meituan{business}.refresh":
                raise _invalid(5, "refreshToken无效")
            before = ledger.remembered("meituan.refresh", used.token)
            if before is not None and ledger.now() - before[1]["at"] < OVERLAP:
                return dict(before[1]["pair"])
            if used.expires_at <= ledger.now():
                raise _invalid(4, "refreshToken已过期或已使用")
            tokens.expire(used.token)
            pair = _pair(used.owner, business)
            ledger.remember("meituan.refresh", used.token, "",
                            {"at": ledger.now(), "pair": pair})
            return pair

    def _pair(owner: str, business: str) -> dict[str, Any]:
        """Fresh tokens of one shop or customer; the old access token lives on for a while."""
        tokens.supersede(owner, f"meituan{business}", OVERLAP)
        access = tokens.issue("V2-" + secrets.token_hex(32), owner, f"meituan{business}",
                              ACCESS_LIFETIME)
        renewed = tokens.issue("V2-" + secrets.token_hex(32), owner,
                               f"meituan{business}.refresh", REFRESH_LIFETIME)
        return {"accessToken": access.token, "expireIn": ACCESS_LIFETIME,
                "refreshToken": renewed.token, "scope": "all", "opBizCode": owner}

    def _business(fields: dict[str, str], grant: str) -> str:
        if fields["grantType"] != grant or fields["businessId"] not in (SHOPS, CUSTOMERS):
            raise _invalid(1, "参数错误")
        return fields["businessId"]

    @bp.get("/general/auth")
    def auth() -> AnyResponse:
        """The merchant picks a shop (58) or the customer (59) and is sent back with a code."""
        return _page("授权门店", _authorised)

    @bp.get("/general/unauth")
    def unauth() -> AnyResponse:
        """The merchant takes an authorisation back; the developer hears it by push 510001."""
        return _page("解除授权", _unbound)

    def _page(title: str, chosen: Any) -> AnyResponse:
        query = request.args.to_dict()
        picked = query.pop("choose", None)
        try:
            fields = gateway.checked(query, ())
        except Refused as refused:
            return Response(f"<h1>{escape(refused.msg)}</h1>", 400)
        accounts = _accounts(fields["businessId"])
        account = next((one for one in accounts if one.op_biz_code == picked), None)
        if account is not None:
            answer = chosen(account, fields)
            assert isinstance(answer, AnyResponse)
            return answer
        rows = "".join(
            f'<li><a href="?{escape(urlencode({**query, "choose": one.op_biz_code}))}">'
            f"{escape(one.name)}</a></li>" for one in accounts)
        return Response(AUTH_PAGE.format(title=title, rows=rows))

    def _accounts(business: str) -> list[MeituanShop | MeituanCustomer]:
        if business == SHOPS:
            return list(world.shops)
        return [world.customer] if business == CUSTOMERS else []

    def _authorised(account: MeituanShop | MeituanCustomer,
                    fields: dict[str, str]) -> AnyResponse:
        code = secrets.token_hex(16)
        tokens.issue(code, account.op_biz_code, f"meituan{fields['businessId']}.code",
                     CODE_LIFETIME)
        target = sandbox.courier.url("meituan_auth")
        back = urlencode({"code": code, "state": fields.get("state", ""),
                          "opBizCode": account.op_biz_code, "opBizName": account.name})
        return redirect(f"{target}{'&' if '?' in target else '?'}{back}")

    def _unbound(account: MeituanShop | MeituanCustomer, fields: dict[str, str]) -> AnyResponse:
        business = fields["businessId"]
        with ledger.change():
            tokens.forget(account.op_biz_code)
            sandbox.courier.meituan("510001", account.op_biz_code, {
                "opBizCode": account.op_biz_code, "time": int(ledger.now() * 1000)}, business)
        return Response("<h1>已解除授权</h1>")

    return bp


def _invalid(number: int, text: str) -> Refused:
    return Refused("", text, {"code": number})
