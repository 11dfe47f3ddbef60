"""cancel and the verification record (douyin.md 3.4, 3.6).

Sandbox choices: records come oldest first, so that a cursor neither skips nor repeats; cancelling
several uses is all-or-nothing; a cancel_token with another body answers 3000001; what is refunded
can no longer be cancelled (3000001).
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from core.clock import business_day, day_starts
from core.sandbox.douyin.access import Access
from core.sandbox.douyin.certificates import PREFIX
from core.sandbox.douyin.envelope import CANCEL_TOO_LATE, Refused, success
from core.sandbox.douyin.shapes import amount, can_cancel, sku, status_number
from core.sandbox.records import Use, as_use
from core.sandbox.sandbox import Sandbox

CANCEL_TOKEN_LIFETIME = 3600


def cancel_blueprint(sandbox: Sandbox, access: Access) -> Blueprint:
    bp = Blueprint("douyin_cancel", __name__)
    world, ledger, certificates = sandbox.world, sandbox.ledger, sandbox.certificates

    @bp.post(f"{PREFIX}/cancel/")
    @bp.post(f"{PREFIX}/cancel")
    @access.protected
    def cancel() -> Response:
        body = access.body()
        if not body.get("verify_id") or not body.get("certificate_id"):
            raise Refused(2119001, "verify_id和certificate_id不能为空")
        token = body.get("cancel_token")
        asked = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with ledger.change():
            before = ledger.remembered("douyin.cancel", token) if token else None
            if before is not None and ledger.now() - before[1]["at"] < CANCEL_TOKEN_LIFETIME:
                if before[0] != asked:
                    raise Refused(3000001, "cancel_token已被使用")
                return success(before[1]["data"])
            uses = _chosen(body)
            for use in uses:
                _check(use)
            for use in uses:
                certificates.cancel(use)
            for certificate_id in dict.fromkeys(use.certificate_id for use in uses):
                one = certificates.get(certificate_id)
                assert one is not None
                sandbox.courier.douyin_certificate("verify_cancel", one)
            data = {"cancel_results": [
                {"order_id": _order_of(use), "verify_id": use.verify_id, "result_code": 0,
                 "result_msg": "success"} for use in uses]}
            if token:
                ledger.run("DELETE FROM answers WHERE scope = 'douyin.cancel' AND key = ?", token)
                ledger.remember("douyin.cancel", token, asked, {"at": ledger.now(), "data": data})
        return success(data)

    def _chosen(body: dict[str, Any]) -> list[Use]:
        """The uses a request means: one by id, the last k of a times card, or batches."""
        batches = list(body.get("batch_cancel_info_list") or [])
        if body.get("batch_cancel_info"):
            batches.append(body["batch_cancel_info"])
        if batches:
            chosen = [_use(verify_id) for batch in batches
                      for verify_id in batch.get("verify_id_list") or []]
            if not chosen:
                raise Refused(2119001, "verify_id_list不能为空")
            return chosen
        if body["verify_id"] != "0":
            use = _use(body["verify_id"])
            if use.certificate_id != body["certificate_id"]:
                raise Refused(3000001, "verify_id与certificate_id不匹配")
            return [use]
        count = body.get("times_card_cancel_count")
        live = certificates.uses_of(str(body["certificate_id"]), live=True)
        if not isinstance(count, int) or count < 1:
            raise Refused(2119001, "times_card_cancel_count不合法")
        if count > len(live):
            raise Refused(1265, "券已撤销核销")
        return live[-count:]

    def _use(verify_id: object) -> Use:
        use = certificates.use(str(verify_id))
        if use is None:
            raise Refused(1263, "核销记录不存在")
        return use

    def _check(use: Use) -> None:
        one = certificates.get(use.certificate_id)
        assert one is not None
        if use.cancelled_at is not None:
            raise Refused(1265, "券已撤销核销")
        if one.refund:
            raise Refused(3000001, "券已退款，无法撤销核销")
        if not can_cancel(use, ledger.now()):
            raise Refused(3000001, CANCEL_TOO_LATE, sub_code=2034000910)

    def _order_of(use: Use) -> str:
        one = certificates.get(use.certificate_id)
        return one.order_id if one else ""

    @bp.get(f"{PREFIX}/verify_record/query/")
    @bp.get(f"{PREFIX}/verify_record/query")
    @access.protected
    def verify_record() -> Response:
        args = request.args
        access.account(args.get("account_id"), required=True)
        cursor, size = _number(args.get("cursor")), _number(args.get("size"))
        if cursor is None or size is None or not 1 <= size <= 20:
            raise Refused(2119001, "cursor或size不合法")
        now = ledger.now()
        today = day_starts(business_day(datetime.fromtimestamp(now, UTC))).timestamp()
        start = _number(args.get("start_time"), int(today))
        end = _number(args.get("end_time"), int(now) + 1)
        venues = [access.venue(poi, required=True) for poi in _listed(args.getlist("poi_ids"))]
        within = (f" AND venue IN ({', '.join('?' * len(venues))})" if venues else "")
        where = f"platform = 'douyin' AND at >= ? AND at < ?{within}"
        total = ledger.row(f"SELECT COUNT(*) AS n FROM uses WHERE {where}", start, end, *venues)
        rows = ledger.rows(f"SELECT * FROM uses WHERE {where} AND seq > ? ORDER BY seq LIMIT ?",
                           start, end, *venues, cursor, size)
        records = [_record(as_use(row), now) for row in rows]
        return success({"total": total["n"] if total else 0, "records": records,
                        "records_v2": records})

    def _record(use: Use, now: float) -> dict[str, Any]:
        one = certificates.get(use.certificate_id)
        assert one is not None
        paid = amount(use.amount_fen, max(use.amount_fen, one.original_fen // one.uses))
        record: dict[str, Any] = {
            "cursor": str(use.seq), "verify_id": use.verify_id,
            "certificate_id": use.certificate_id, "verify_time": int(use.at),
            "can_cancel": can_cancel(use, now), "verify_type": 4,
            "status": 1 if use.cancelled_at is None else 2,
            "certificate_status": status_number(one, now),
            "cancel_time": int(use.cancelled_at or 0), "amount": paid, "sku": sku(world, one),
            "verify_amount_info": {}}
        if one.uses > 1:
            record["verify_amount_info"] = {
                "time_card_amount": {"amount": paid},
                "times_card_serial_amount": {"serial_numb": use.serial, "amount": paid}}
        if use.cancelled_at is None and not record["can_cancel"]:
            record["code"] = one.code
        return record

    return bp


def _number(text: str | None, default: int | None = None) -> int | None:
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() else None


def _listed(values: list[str]) -> list[str]:
    """Repeated, comma-joined, `[a,b]` or a JSON array (douyin.md 3.6)."""
    joined = ",".join(value.strip().removeprefix("[").removesuffix("]") for value in values)
    return [part.strip().strip('"') for part in joined.split(",") if part.strip()]
