"""The controls of design.md section 7: what a buyer, a clock or a bad day would do.

They speak plain JSON, are not logged as protocol requests and need no credentials. All times they
give are Unix seconds: those of the ledger by the platforms' clock, those of the request log by the
machine's.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from core.ids import clean_phone
from core.money import Money, NotAnAmount
from core.sandbox.books import entries, qr_text
from core.sandbox.courier import WEBHOOKS
from core.sandbox.faults import MODES, Fault
from core.sandbox.records import Certificate
from core.sandbox.sandbox import Sandbox
from core.sandbox.verification import verify_webhook

PLATFORMS = ("meituan", "douyin")
FAULTY = (*PLATFORMS, "wecom", "official", "wechat_mini", "douyin_mini", "*")


class BadControl(Exception):
    """A control was used wrongly; the text says how (HTTP 400)."""


def control_blueprint(sandbox: Sandbox) -> Blueprint:
    bp = Blueprint("controls", __name__, url_prefix="/_sandbox")
    world, ledger, certificates = sandbox.world, sandbox.ledger, sandbox.certificates

    @bp.errorhandler(BadControl)
    def bad_control(error: BadControl) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 400

    @bp.post("/orders")
    def orders() -> tuple[Response, int]:
        body = _body()
        platform = _one_of(body, "platform", PLATFORMS)
        uses = _count(body, "uses", 1, 1000)
        key = str(body.get("sku") or ("times_card" if uses and uses > 1 else "month_card"))
        sku = world.sku(platform, key)
        if sku is None:
            raise BadControl(f"unknown sku {key!r}")
        with ledger.change():
            order, made = certificates.issue(
                sku, quantity=_count(body, "quantity", 1, 1000) or 1,
                uses=uses, phone=_phone(body), paid_fen=_fen(body, "paid"),
                original_fen=_fen(body, "original"), expires=_day(body),
                venues=_venues(body))
            if platform == "douyin":
                sandbox.courier.douyin_order(order)
        return jsonify({"order_id": order.order_id, "platform": platform, "sku": sku.key,
                        "certificates": [{"certificate_id": one.certificate_id, "code": one.code,
                                          "qr": qr_text(sandbox, one)} for one in made]}), 201

    @bp.post("/orders/bulk")
    def bulk_orders() -> tuple[Response, int]:
        """Many orders of one certificate at once, without webhooks."""
        body = _body()
        platform = _one_of(body, "platform", PLATFORMS)
        sku = world.sku(platform, str(body.get("sku") or "month_card"))
        if sku is None:
            raise BadControl("unknown sku")
        with ledger.change():
            made = [certificates.issue(sku)[0].order_id
                    for _ in range(_count(body, "count", 1, 100_000) or 1)]
        return jsonify({"order_ids": made}), 201

    @bp.post("/refunds")
    def refunds() -> tuple[Response, int]:
        body = _body()
        state = _one_of({"state": "refunded", **body}, "state", ("refunded", "refunding"))
        with ledger.change():
            one = certificates.get(str(body.get("certificate_id")))
            if one is None:
                raise BadControl("unknown certificate_id")
            if one.refund == "refunded":
                raise BadControl("already refunded")
            back = certificates.refund(one, state)
            if state == "refunded":
                _announce_refund(one, back)
        return jsonify({"certificate_id": one.certificate_id, "status": state,
                        "refund": float(Money(back).to_yuan())}), 201

    def _announce_refund(one: Certificate, back: int) -> None:
        if one.platform == "douyin":
            sandbox.courier.douyin_certificate("refund_success", one)
            return
        sku = world.sku("meituan", one.sku)
        live = certificates.uses_of(one.certificate_id, live=True)
        venue = live[-1].venue if live else one.venues[0] if one.venues else 1
        sandbox.courier.meituan_shop("5810173", venue, {
            "orderId": one.order_id, "receiptCode": one.code,
            "dealId": sku.deal_id if sku else "", "refundStatus": 6 if live else 4,
            "refundAmount": back, "time": int(ledger.now() * 1000)})

    @bp.put("/webhooks")
    def webhooks() -> Response:
        body = _body()
        platform = _one_of(body, "platform", WEBHOOKS)
        url = body.get("url")
        if not isinstance(url, str) or (url and not url.startswith(("http://", "https://"))):
            raise BadControl("url: an http(s) address, or \"\" for none")
        if platform == "official" and "mode" in body:
            ledger.set_meta("mode:official", _one_of(body, "mode", ("safe", "plain")))
        sandbox.courier.set_url(platform, url)
        return jsonify({"platform": platform, "url": url,
                        "verified": verify_webhook(world, ledger, platform, url)})

    @bp.post("/webhooks/resend")
    def resend() -> Response:
        body = _body()
        queued = sandbox.courier.resend(_count(body, "last", 1, 10_000) or 1,
                                        _count(body, "times", 1, 100) or 1,
                                        bool(body.get("shuffle")))
        return jsonify({"queued": queued})

    @bp.get("/webhooks")
    def sent() -> Response:
        rows = ledger.rows("SELECT * FROM callbacks ORDER BY seq DESC LIMIT 200")
        return jsonify({"urls": {name: sandbox.courier.url(name) for name in WEBHOOKS},
                        "pending": sum(row["due_at"] is not None for row in rows),
                        "last": [{"platform": row["platform"], "url": row["url"],
                                  "body": row["body"].decode(), "attempts": row["attempts"],
                                  "answer": row["answer"]} for row in rows]})

    @bp.post("/faults")
    def add_fault() -> tuple[Response, int]:
        body = _body()
        mode = _one_of(body, "mode", MODES)
        fault = Fault(
            platform=_one_of(body, "platform", FAULTY), endpoint=str(body.get("endpoint") or "*"),
            mode=mode, count=_count(body, "count", 1, 10**9),
            probability=_real(body, "probability", 1.0, 1.0),
            delay=_real(body, "delay", 3.0 if mode == "slow" else 10.0, 3600.0))
        sandbox.faults.add(fault)
        return jsonify({"fault": vars(fault)}), 201

    @bp.get("/faults")
    def list_faults() -> Response:
        return jsonify({"faults": [vars(fault) for fault in sandbox.faults.standing()]})

    @bp.delete("/faults")
    def clear_faults() -> Response:
        return jsonify({"removed": sandbox.faults.clear()})

    @bp.get("/ledger")
    def show_ledger() -> Response:
        return jsonify({"certificates": entries(sandbox, request.args.get("certificate_id"),
                                                request.args.get("last", -1, type=int))})

    @bp.get("/requests")
    def requests_log() -> Response:
        rows = ledger.rows("SELECT * FROM requests WHERE at > ? ORDER BY seq", _since())
        return jsonify({"requests": [
            {name: row[name] for name in ("at", "platform", "method", "path", "status", "fault")}
            for row in rows]})

    @bp.post("/clock")
    def clock() -> Response:
        offset = _body().get("offset_seconds")
        if isinstance(offset, bool) or not isinstance(offset, int | float):
            raise BadControl("offset_seconds: a number")
        ledger.shift_clock(float(offset))
        return jsonify({"offset_seconds": offset, "now": ledger.now()})

    def _venues(body: dict[str, Any]) -> tuple[int, ...] | None:
        known = {shop.venue for shop in world.meituan.shops}
        venues = body.get("venues")
        if venues is None:
            return None
        if not isinstance(venues, list) or not set(venues) <= known:
            raise BadControl(f"venues: a list out of {sorted(known)}")
        return tuple(venues)

    return bp


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadControl("a JSON object is needed")
    return body


def _one_of(body: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = body.get(name)
    if value not in allowed:
        raise BadControl(f"{name}: one of {', '.join(allowed)}")
    return str(value)


def _count(body: dict[str, Any], name: str, low: int, high: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadControl(f"{name}: a whole number from {low} to {high}")
    return value


def _real(body: dict[str, Any], name: str, default: float, high: float) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= high:
        raise BadControl(f"{name}: a number from 0 to {high:g}")
    return float(value)


def _fen(body: dict[str, Any], name: str) -> int | None:
    if body.get(name) is None:
        return None
    try:
        return Money.yuan(body[name]).fen
    except NotAnAmount as error:
        raise BadControl(f"{name}: yuan with at most two decimals") from error


def _phone(body: dict[str, Any]) -> str:
    phone = clean_phone(str(body.get("phone") or "13800138000"))
    if phone is None:
        raise BadControl("phone: a mainland mobile number")
    return phone


def _day(body: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(body["expires"]) if body.get("expires") else None
    except (TypeError, ValueError) as error:
        raise BadControl("expires: yyyy-mm-dd, the last usable day") from error


def _since() -> float:
    """Unix seconds, or an ISO 8601 instant."""
    text = request.args.get("since") or "0"
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise BadControl("since: Unix seconds or an ISO 8601 instant") from error
