"""WeChat mini-program: login, phone, subscription messages, codes (wechat.md section 6).

Sandbox choices: people are those for whom a login code was minted; there is no open-platform
account, so no unionid; a mini-program code is drawn as a plain QR of "wxa:<page>?scene=<scene>".
"""

from __future__ import annotations

import io
import json
import re
from typing import Any

import qrcode
from flask import Blueprint, Response, request

from core.sandbox.phones import LOGIN, PHONE, Phones
from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.access import Refused, answering, json_body, needs_token
from core.sandbox.wechat.envelope import success
from core.sandbox.wechat.fields import fault_of_fields

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
_CODE_FAULTS = {"unknown": (40029, "invalid code"), "expired": (40029, "invalid code"),
                "spent": (40163, "code been used")}


def mini_blueprint(sandbox: Sandbox, phones: Phones) -> Blueprint:
    bp = Blueprint("wechat_mini", __name__)
    world, ledger, rates = sandbox.world.wechat_mini, sandbox.ledger, sandbox.rates
    authorised = needs_token(sandbox, "wechat_mini")

    @bp.get("/sns/jscode2session")
    @answering
    def jscode2session() -> Response:
        args = request.args
        if args.get("appid") != world.appid:
            raise Refused(40013, "invalid appid")
        if args.get("secret") != world.secret:
            raise Refused(40125, "invalid appsecret")
        if args.get("grant_type") != "authorization_code":
            raise Refused(40002, "invalid grant_type")
        found = phones.spend("wechat_mini", LOGIN, args.get("js_code"))
        if found.fault:
            raise Refused(*_CODE_FAULTS[found.fault])
        if not rates.allow(f"login {found.openid}", 100, 60):
            raise Refused(45011, "api minute-quota reach limit")
        key = phones.new_session("wechat_mini", found.openid)
        return Response(json.dumps({"session_key": key, "openid": found.openid}),
                        content_type="text/plain")

    @bp.post("/wxa/business/getuserphonenumber")
    @authorised
    def getuserphonenumber() -> Response:
        body = json_body()
        found = phones.spend("wechat_mini", PHONE, body.get("code"))
        if found.fault:
            raise Refused(40029, "invalid code")
        if body.get("openid") and body["openid"] != found.openid:
            raise Refused(40013, "invalid openid")
        return success(phone_info={
            "phoneNumber": found.phone, "purePhoneNumber": found.phone, "countryCode": "86",
            "watermark": {"timestamp": int(ledger.now()), "appid": world.appid}})

    @bp.post("/cgi-bin/message/subscribe/send")
    @authorised
    def subscribe_send() -> Response:
        body = json_body()
        openid, template_id = str(body.get("touser") or ""), body.get("template_id")
        if phones.session_key("wechat_mini", openid) is None:
            raise Refused(40003, "invalid openid")
        if template_id != world.template_id:
            raise Refused(40037, "invalid template_id")
        page = str(body.get("page") or "").split("?")[0]
        if page and page not in world.pages:
            raise Refused(41030, "invalid page")
        if fault := fault_of_fields(body.get("data")):
            raise Refused(47003, f"argument invalid! {fault}")
        if body.get("miniprogram_state", "formal") not in ("developer", "trial", "formal"):
            raise Refused(47003, "argument invalid! miniprogram_state")
        with ledger.change():
            if not phones.use_consent("wechat_mini", openid, world.template_id):
                raise Refused(43101, "user refuse to accept the msg")
            msgid = ledger.insert("pushed", platform="wechat_mini", receiver=openid,
                                  body=json.dumps(body, ensure_ascii=False), at=ledger.now())
        return success(msgid=msgid)

    @bp.post("/wxa/getwxacodeunlimit")
    @authorised
    def getwxacodeunlimit() -> Response:
        body = json_body()
        if not rates.allow("wxacode", 5000, 60):
            raise Refused(45009, "reach max api quota limit")
        scene = body.get("scene")
        if not isinstance(scene, str) or not _SCENE.fullmatch(scene):
            raise Refused(40169, "invalid length for scene, or the data is not json string")
        _check_page(body)
        width = body.get("width", 430)
        if isinstance(width, bool) or not isinstance(width, int) or not 280 <= width <= 1280:
            raise Refused(40097, "invalid args")
        if body.get("env_version", "release") not in ("release", "trial", "develop"):
            raise Refused(40097, "invalid args")
        page = body.get("page") or world.pages[0]
        image = qrcode.make(f"wxa:{page}?scene={scene}").get_image().resize((width, width))
        drawn = io.BytesIO()
        image.convert("RGB").save(drawn, "JPEG")
        return Response(drawn.getvalue(), content_type="image/jpeg")

    def _check_page(body: dict[str, Any]) -> None:
        page = body.get("page")
        if page is None:
            return
        malformed = not isinstance(page, str) or page.startswith("/") or "?" in page
        if malformed or body.get("check_path", True) and page not in world.pages:
            raise Refused(41030, "invalid page")

    return bp
