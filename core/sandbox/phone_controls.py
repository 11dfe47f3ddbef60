"""Controls that play a member's phone.

    POST /_sandbox/login-codes {platform, openid?, phone?, expires_in?}
      → {openid, code, login_code, phone_code?}
    POST /_sandbox/encrypted-phone {platform, openid, phone} → {encryptedData, iv}
      the old way to share a number; the person must have signed in before (404 otherwise)
    POST /_sandbox/subscriptions {platform, openid, template_id?, count?}: a tap on "allow"
    GET  /_sandbox/pushes?platform=&receiver= → {pushes: [{platform, receiver, body, at}]}
"""

from __future__ import annotations

import json
import secrets

from flask import Blueprint, Response, jsonify, request

from core.ids import clean_phone
from core.sandbox.phones import LIFETIME, Phones, encrypted_data, phone_text
from core.sandbox.sandbox import Sandbox
from core.sandbox.world import DouyinMini, WechatMini

MINIS = ("wechat_mini", "douyin_mini")


def phone_control_blueprint(sandbox: Sandbox, phones: Phones) -> Blueprint:
    bp = Blueprint("phone_controls", __name__, url_prefix="/_sandbox")
    world, ledger = sandbox.world, sandbox.ledger
    apps: dict[str, WechatMini | DouyinMini] = {
        "wechat_mini": world.wechat_mini, "douyin_mini": world.douyin_mini}

    def refuse(text: str, status: int = 400) -> tuple[Response, int]:
        return jsonify({"error": text}), status

    @bp.post("/login-codes")
    def login_codes() -> tuple[Response, int]:
        body = request.get_json(silent=True) or {}
        platform, lifetime = body.get("platform"), body.get("expires_in", LIFETIME)
        if platform not in MINIS:
            return refuse(f"platform: one of {', '.join(MINIS)}")
        if isinstance(lifetime, bool) or not isinstance(lifetime, int | float):
            return refuse("expires_in: seconds")
        phone = clean_phone(str(body.get("phone"))) if body.get("phone") else ""
        if phone is None:
            return refuse("phone: a mainland mobile number")
        openid = str(body.get("openid") or "o" + secrets.token_urlsafe(20))
        return jsonify({"openid": openid,
                        **phones.mint(platform, openid, phone, lifetime)}), 201

    @bp.post("/encrypted-phone")
    def encrypted_phone() -> tuple[Response, int]:
        body = request.get_json(silent=True) or {}
        platform, openid = str(body.get("platform")), str(body.get("openid"))
        phone = clean_phone(str(body.get("phone")))
        if platform not in MINIS or phone is None:
            return refuse("platform and phone")
        key = phones.session_key(platform, openid)
        if key is None:
            return refuse("this person has not signed in", 404)
        text = phone_text(phone, apps[platform].appid, ledger.now())
        return jsonify(encrypted_data(text, key)), 201

    @bp.post("/subscriptions")
    def subscriptions() -> tuple[Response, int]:
        body = request.get_json(silent=True) or {}
        platform, count = body.get("platform"), body.get("count", 1)
        if platform not in MINIS or not body.get("openid") or not isinstance(count, int):
            return refuse("platform, openid and count")
        phones.allow(platform, str(body["openid"]),
                     str(body.get("template_id") or apps[platform].template_id), count)
        return jsonify({}), 201

    @bp.get("/pushes")
    def pushes() -> Response:
        platform, receiver = request.args.get("platform"), request.args.get("receiver")
        rows = ledger.rows(
            "SELECT * FROM pushed WHERE (? IS NULL OR platform = ?) "
            "AND (? IS NULL OR receiver = ?) ORDER BY seq",
            platform, platform, receiver, receiver)
        return jsonify({"pushes": [
            {"platform": row["platform"], "receiver": row["receiver"],
             "body": json.loads(row["body"]), "at": row["at"]} for row in rows]})

    return bp
