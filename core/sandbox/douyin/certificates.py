"""prepare, verify, get and query of `/goodlife/v1/fulfilment/certificate/` (douyin.md section 3).

Sandbox choices that are not platform facts: an unused verify_token lives one hour and a used one
is remembered for good; the same token with another body answers 3000001; expired certificates
stay in prepare for 24 hours and fail at verify with result 1250, refunded ones too; too few uses
left refuse the whole request with 1241; prepare checks the store when `poi_id` is sent; a dead QR
answers 45005117 while the certificate is still usable and an empty list afterwards.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from core.sandbox.douyin.access import Access
from core.sandbox.douyin.envelope import Refused, success
from core.sandbox.douyin.shapes import amount, certificate_object, sku, time_card
from core.sandbox.records import Certificate
from core.sandbox.sandbox import Sandbox

PREFIX = "/goodlife/v1/fulfilment/certificate"
TOKEN_LIFETIME = 3600
CLEAN_UP = 24 * 3600
FAILED_RESULTS = {"used": (1208, "券已核销"), "expired": (1250, "券已过期"),
                  "refunded": (1250, "券已退款"), "refunding": (1250, "券退款中")}
"""`verify_results[].result` of a certificate that cannot be used any more."""
LONG_LINK = "https://www.iesdouyin.com/share/commerce/coupon/{}/"


def certificate_blueprint(sandbox: Sandbox, access: Access) -> Blueprint:
    bp = Blueprint("douyin_certificates", __name__)
    world, ledger, certificates = sandbox.world, sandbox.ledger, sandbox.certificates
    cipher = access.cipher

    @bp.get("/dyshort/<qr_id>/")
    @bp.get("/dyshort/<qr_id>")
    def short_link(qr_id: str) -> Redirect:
        """What a scanned QR leads to; only `object_id` is contractual."""
        target = redirect(LONG_LINK.format(qr_id), 302)
        sealed = cipher.seal(qr_id, "qr")
        target.location = (f"{LONG_LINK.format(qr_id)}?schema_type=13"
                           f"&object_id={access.quote(sealed)}&utm_campaign=coupon_qr")
        target.autocorrect_location_header = False
        return target

    @bp.get(f"{PREFIX}/prepare/")
    @bp.get(f"{PREFIX}/prepare")
    @access.protected
    def prepare() -> Response:
        venue = access.venue(request.args.get("poi_id"), required=False)
        try:
            found = _presented()
        except Refused as refused:
            refused.data = {"verify_token": ""}
            raise
        now = ledger.now()
        usable = [one for one in certificates.of_order(found.order_id)
                  if one.status(now) in ("unused", "partly_used")
                  or one.status(now) == "expired" and now < one.ends_at + CLEAN_UP]
        if venue is not None and usable and all(venue not in one.venues for one in usable):
            raise Refused(3000002, "该门店不适用此券", data={"verify_token": ""})
        if venue is not None:
            usable = [one for one in usable if venue in one.venues]
        sealed = {cipher.seal(one.certificate_id, "code"): one for one in usable}
        verify_token = secrets.token_urlsafe(24)
        ledger.insert("prepares", verify_token=verify_token, order_id=found.order_id, at=now,
                      codes=json.dumps({code: one.certificate_id
                                        for code, one in sealed.items()}))
        shown = [_prepared(one, code) for code, one in sealed.items()]
        return success({"verify_token": verify_token, "order_id": found.order_id,
                        "certificates": shown, "certificates_v2": shown})

    def _presented() -> Certificate:
        """The certificate behind the code or QR of a prepare."""
        code, scanned = request.args.get("code"), request.args.get("encrypted_data")
        if code:
            found = certificates.by_code("douyin", code)
            if found is None:
                raise Refused(1212, "券码无效")
            return found
        if not scanned:
            raise Refused(1502, "券码和加密券码不能同时为空")
        qr_id = cipher.open(scanned, "qr")
        row = ledger.row("SELECT * FROM qr_codes WHERE qr_id = ?", qr_id or "")
        found = certificates.get(row["certificate_id"]) if row else None
        if row is None or found is None:
            raise Refused(3000001, "二维码参数不合法")
        if row["dead"] and found.status(ledger.now()) in ("unused", "partly_used"):
            raise Refused(45005117, "二维码已失效，需重新打开订单页")
        return found

    def _prepared(one: Certificate, encrypted_code: str) -> dict[str, Any]:
        return {"encrypted_code": encrypted_code, "certificate_id": one.certificate_id,
                "start_time": int(one.starts_at), "expire_time": int(one.ends_at) - 1,
                "sku": sku(world, one), "amount": amount(one.paid_fen, one.original_fen),
                **time_card(one), "status": 0, "used_status_type": 0,
                "not_available_time_info": {"fulfil_enable": True}}

    @bp.post(f"{PREFIX}/verify/")
    @bp.post(f"{PREFIX}/verify")
    @access.protected
    def verify() -> Response:
        body = access.body()
        token = body.get("verify_token")
        if not isinstance(token, str) or not token:
            raise Refused(2119001, "verify_token不能为空")
        codes = body.get("encrypted_codes")
        if not isinstance(codes, list) or not codes or not all(
                isinstance(code, str) for code in codes):
            raise Refused(1502, "券码和加密券码不能同时为空")
        venue = access.venue(body.get("poi_id"), required=True)
        assert venue is not None
        asked = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with ledger.change():
            before = ledger.remembered("douyin.verify", token)
            if before is not None:
                if before[0] != asked:
                    raise Refused(3000001, "verify_token已被使用")
                results = before[1]
            else:
                results = _verify(token, codes, venue)
                ledger.remember("douyin.verify", token, asked, results)
        return success({"verify_results": results})

    def _verify(token: str, codes: list[str], venue: int) -> list[dict[str, Any]]:
        row = ledger.row("SELECT * FROM prepares WHERE verify_token = ?", token)
        if row is None or ledger.now() - row["at"] > TOKEN_LIFETIME:
            raise Refused(3000001, "verify_token无效或已过期")
        prepared = json.loads(row["codes"])
        for code in codes:
            if cipher.open(code, "code") is None:
                raise Refused(1221, "加密券码解析失败")
            if code not in prepared:
                raise Refused(3000001, "加密券码与verify_token不匹配")
        wanted = Counter(prepared[code] for code in codes)
        chosen = {key: certificates.get(key) for key in wanted}
        now = ledger.now()
        for key, one in chosen.items():
            assert one is not None
            if venue not in one.venues:
                raise Refused(3000002, "该门店不适用此券")
            usable = one.status(now) in ("unused", "partly_used")
            if usable and wanted[key] > one.left:
                raise Refused(1241, "次卡剩余次数不足")
        return [result for code in dict.fromkeys(codes)
                for result in _consume(chosen[prepared[code]], code, codes.count(code),
                                       token, venue)]

    def _consume(one: Certificate | None, code: str, times: int, token: str,
                 venue: int) -> list[dict[str, Any]]:
        assert one is not None
        status = one.status(ledger.now())
        if status not in ("unused", "partly_used"):
            result, msg = FAILED_RESULTS[status]
            return [{"result": result, "msg": msg, "code": code}] * times
        taken = certificates.consume(one, key=token, venue=venue, operator="开放平台API",
                                     times=times)
        sandbox.courier.douyin_certificate("verify", one)
        known = sku(world, one)
        return [{"result": 0, "msg": "验券成功", "code": code, "verify_id": use.verify_id,
                 "certificate_id": one.certificate_id, "origin_code": one.code,
                 "account_id": world.douyin.account_id, "order_id": one.order_id,
                 "product_id": known["sku_id"],
                 "verify_amount_info": _use_amount(one, use.serial, use.amount_fen)}
                for use in taken]

    @bp.get(f"{PREFIX}/get/")
    @bp.get(f"{PREFIX}/get")
    @access.protected
    def get() -> Response:
        one = access.sealed_certificate(request.args.get("encrypted_code"))
        shown = _shown(one, milliseconds=True)
        return success({"certificate": shown, "certificate_v_2": shown})

    @bp.get(f"{PREFIX}/query/")
    @bp.get(f"{PREFIX}/query")
    @access.protected
    def query() -> Response:
        encrypted, order_id = request.args.get("encrypted_code"), request.args.get("order_id")
        if encrypted:
            found = [access.sealed_certificate(encrypted)]
        elif order_id:
            found = certificates.of_order(order_id)
            if not found or found[0].platform != "douyin":
                raise Refused(3100101, "订单不存在")
        else:
            raise Refused(4000001, "encrypted_code和order_id不能同时为空")
        shown = [_shown(one, milliseconds=False) for one in found]
        return success({"certificates": shown, "certificates_v_2": shown})

    def _shown(one: Certificate, *, milliseconds: bool) -> dict[str, Any]:
        live = certificates.uses_of(one.certificate_id, live=True)
        return certificate_object(world, one, live, ledger.now(), milliseconds=milliseconds,
                                  encrypted_code=cipher.seal(one.certificate_id, "code"))

    return bp


def _use_amount(one: Certificate, serial: int, paid: int) -> dict[str, Any]:
    if one.uses == 1:
        return {}
    shown = amount(paid, max(paid, one.original_fen // one.uses))
    return {"time_card_amount": {"amount": shown},
            "times_card_serial_amount": {"serial_numb": serial, "amount": shown}}
