"""What a shop sells, and a buyer's codes by phone number (meituan.md 2.4).

Sandbox choices: querybymobile lists usable coupons, of both platforms of Meituan alike; other
documented paths whose fields are unknown answer OP_API_NOT_EXIST, as unknown paths do.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from core.sandbox.meituan.envelope import Refused, failure
from core.sandbox.meituan.gateway import SHOPS, Call, Gateway
from core.sandbox.meituan.shapes import yuan
from core.sandbox.sandbox import Sandbox


def deal_blueprint(sandbox: Sandbox, gateway: Gateway) -> Blueprint:
    bp = Blueprint("meituan_deals", __name__)
    world, ledger, certificates = sandbox.world, sandbox.ledger, sandbox.certificates
    methods = ["GET", "POST"]

    @bp.route("/ddzh/tuangou/deal/queryshopdeal", methods=methods)
    @gateway.api(SHOPS)
    def queryshopdeal(call: Call) -> dict[str, Any]:
        page, size = call.number("offset", 1, 1, 10**6), call.number("limit", 100, 1, 100)
        call.number("source", 1, 1, 2)
        assert call.shop is not None
        sold = [sku for sku in world.skus
                if sku.platform == "meituan" and call.shop.venue in sku.venues]
        return {"result": [
            {"dealId": int(sku.deal_id), "dealGroupId": int(sku.group_id), "title": sku.title,
             "price": yuan(sku.paid_fen), "marketPrice": yuan(sku.original_fen),
             "beginDate": "2024-01-01 00:00", "endDate": "2099-12-31 23:59",
             "receiptBeginDate": "2024-01-01 00:00", "receiptEndDate": "2099-12-31 23:59",
             "saleStatus": 2, "dealGroupStatus": 1, "saleChannelName": "美团",
             "dealType": 1, "extraMap": {}}
            for sku in sold[(page - 1) * size:page * size]]}

    @bp.route("/ddzh/tuangou/receipt/querybymobile", methods=methods)
    @gateway.api(SHOPS)
    def querybymobile(call: Call) -> dict[str, Any]:
        mobile = call.text("mobile")
        offset, limit = call.number("offset", 0, 0, 10**6), call.number("limit", 30, 1, 30)
        call.number("platform", 2, 1, 2)
        assert call.shop is not None
        deal_id = call.biz.get("dealId")
        sku = world.sku("meituan", str(deal_id)) if deal_id else None
        if deal_id and sku is None:
            raise Refused("1001", "参数dealId不合法")
        rows = ledger.rows("SELECT order_id FROM orders WHERE platform = 'meituan' "
                           "AND phone = ? ORDER BY paid_at", mobile)
        codes = [one.code for row in rows for one in certificates.of_order(row["order_id"])
                 if one.status(ledger.now()) in ("unused", "partly_used")
                 and call.shop.venue in one.venues and (sku is None or one.sku == sku.key)]
        return {"result": [{"serialNumber": code} for code in codes[offset:offset + limit]]}

    @bp.route("/ddzh/<path:rest>", methods=methods)
    @bp.route("/ddzhkh/<path:rest>", methods=methods)
    def unknown(rest: str) -> Response:
        return failure("OP_API_NOT_EXIST", f"接口{rest}不存在")

    return bp
