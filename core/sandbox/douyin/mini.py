"""Douyin mini-program: login, token, phone, notification, QR code (douyin.md section 8).

Sandbox choices: one person has one openid per platform and no unionid is bound ("" on the wire);
an openid without any consent answers 28014043, with a used-up one 28014041; the QR is drawn as a
plain QR of the path.
"""

from __future__ import annotations

import base64
import io
import json
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote

import qrcode
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Blueprint, Response, jsonify, request

from core.sandbox.douyin.envelope import Refused, log_id, mini_failure
from core.sandbox.phones import LOGIN, PHONE, Phones, phone_text
from core.sandbox.sandbox import Sandbox

LIFETIME, OVERLAP = 7200, 300
_APPS = ("toutiao", "toutiao_lite", "douyin", "douyin_lite", "huoshan", "all")


def mini_blueprint(sandbox: Sandbox, phones: Phones) -> Blueprint:
    bp = Blueprint("douyin_mini", __name__)
    world, ledger, tokens = sandbox.world.douyin_mini, sandbox.ledger, sandbox.tokens
    private = load_pem_private_key(world.phone_private_key.encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    public = private.public_key()

    def answering(view: Callable[[dict[str, Any]], Response]) -> Callable[[], Response]:
        """A view of a JSON body; a Refused becomes the endpoint's own error."""
        @wraps(view)
        def guarded() -> Response:
            body = request.get_json(silent=True)
            try:
                return view(body if isinstance(body, dict) else {})
            except Refused as refused:
                return mini_failure(refused.code, refused.text, refused.data or None)
        return guarded

    def with_token(view: Callable[[dict[str, Any]], Response]) -> Callable[[], Response]:
        """The same, behind a client_token of this app."""
        @answering
        @wraps(view)
        def guarded(body: dict[str, Any]) -> Response:
            found = tokens.find(request.headers.get("access-token", ""))
            if (found is None or found.owner != world.appid
                    or found.kind not in ("client_token", "stable_client_token")):
                raise Refused(28001003, "access_token is invalid")
            if found.expires_at <= ledger.now():
                raise Refused(28001008, "access_token expired")
            return view(body)
        return guarded

    def success(data: Any) -> Response:
        return jsonify({"err_no": 0, "err_tips": "success", "err_msg": "", "log_id": log_id(),
                        "data": data})

    def _check_app(body: dict[str, Any], data: dict[str, Any] | None = None) -> None:
        if body.get("appid") != world.appid:
            raise Refused(40015, "bad appid", data=data)
        if body.get("secret") != world.secret:
            raise Refused(40017, "bad secret", data=data)

    @bp.post("/api/apps/v2/jscode2session")
    @answering
    def jscode2session(body: dict[str, Any]) -> Response:
        code, anonymous = body.get("code"), body.get("anonymous_code")
        if not body.get("appid") or not body.get("secret") or not (code or anonymous):
            raise Refused(40014, "missing param")
        _check_app(body)
        data = {"session_key": "", "openid": "", "anonymous_openid": "", "unionid": ""}
        if code:
            found = phones.spend("douyin_mini", LOGIN, code)
            if found.fault:
                raise Refused(40018, "bad code")
            data["openid"] = found.openid
            data["session_key"] = phones.new_session("douyin_mini", found.openid)
        if anonymous:
            found = phones.spend("douyin_mini", LOGIN, anonymous)
            if found.fault:
                raise Refused(40019, "bad anonymous code")
            data["anonymous_openid"] = f"anonymous-{found.openid}"
        return success(data)

    @bp.post("/api/apps/v2/token")
    @answering
    def token(body: dict[str, Any]) -> Response:
        nothing = {"access_token": "", "expires_in": 0}
        _check_app(body, nothing)
        if body.get("grant_type") != "client_credential":
            raise Refused(40020, "bad grant_type", data=nothing)
        with ledger.change():
            tokens.supersede(world.appid, "mini_token", OVERLAP)
            made = tokens.issue("0801121" + secrets.token_hex(32), world.appid, "mini_token",
                                LIFETIME)
        return success({"access_token": made.token, "expires_in": LIFETIME})

    @bp.post("/api/apps/v1/get_phonenumber_info/")
    @bp.post("/api/apps/v1/get_phonenumber_info")
    @with_token
    def get_phonenumber_info(body: dict[str, Any]) -> Response:
        found = phones.spend("douyin_mini", PHONE, body.get("code"))
        if found.fault:
            raise Refused(28005187, "code expired")
        text = phone_text(found.phone, world.appid, ledger.now())
        sealed = public.encrypt(text.encode(), padding.PKCS1v15())
        return success(base64.b64encode(sealed).decode())

    @bp.post("/api/notification/v2/subscription/notify_user/")
    @bp.post("/api/notification/v2/subscription/notify_user")
    @with_token
    def notify_user(body: dict[str, Any]) -> Response:
        openid, data = str(body.get("open_id") or ""), body.get("data")
        if body.get("msg_id") != world.template_id or not isinstance(data, dict) or not data:
            raise Refused(1000, "bad parameter")
        with ledger.change():
            allowed = phones.use_consent("douyin_mini", openid, world.template_id)
            if allowed is None:
                raise Refused(28014043, "user has not subscribed")
            if not allowed:
                raise Refused(28014041, "quota used up")
            ledger.insert("pushed", platform="douyin_mini", receiver=openid, at=ledger.now(),
                          body=json.dumps(body, ensure_ascii=False))
        return success(None)

    @bp.post("/api/apps/v1/qrcode/create/")
    @bp.post("/api/apps/v1/qrcode/create")
    @with_token
    def qrcode_create(body: dict[str, Any]) -> Response:
        width = body.get("width", 430)
        if body.get("appid") != world.appid:
            raise Refused(28005001, "bad params")
        if isinstance(width, bool) or not isinstance(width, int) or not 280 <= width <= 1280:
            raise Refused(28005005, "bad width")
        if body.get("app_name", "toutiao") not in _APPS:
            raise Refused(28005006, "bad app name")
        image = qrcode.make(unquote(str(body.get("path") or ""))).get_image()
        drawn = io.BytesIO()
        image.resize((width, width)).save(drawn, "PNG")
        return success({"img": base64.b64encode(drawn.getvalue()).decode()})

    return bp
