"""The customer's side, businessId 59: shops and orders (meituan.md 2.5).

Sandbox choices that are not platform facts: orders come oldest payment first; `addTime` is 30 s
before the payment; without any time bound the last 3 months are listed; group-buy and times cards
are both orderType 1; a times card's coupon is "used" when no use is left; amounts are yuan but in
amountShareList (cents); -1 in paymentshares is what was verified of the coupon.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint

from core.sandbox.douyin.cipher import CouponCipher
from core.sandbox.meituan.envelope import Refused
from core.sandbox.meituan.gateway import CUSTOMERS, Call, Gateway
from core.sandbox.meituan.shapes import yuan
from core.sandbox.records import Certificate, Order
from core.sandbox.sandbox import Sandbox

THREE_MONTHS = 92 * 86400
ADDED_BEFORE = 30


def customer_blueprint(sandbox: Sandbox, gateway: Gateway) -> Blueprint:
    bp = Blueprint("meituan_customers", __name__, url_prefix="/ddzhkh")
    world, ledger, certificates = sandbox.world, sandbox.ledger, sandbox.certificates
    shops = world.meituan.shops
    cipher = CouponCipher(world.douyin.cipher_key)
    methods = ["GET", "POST"]

    @bp.route("/auth/token/pageQueryPoiList", methods=methods)
    @gateway.api(CUSTOMERS)
    def page_query_poi_list(call: Call) -> dict[str, Any]:
        offset, limit = call.number("offset", 0, 0, 10**9), call.number("limit", 20, 1, 100)
        return {"total": len(shops), "poiInfoList": [
            {"opPoiId": shop.op_poi_id, "name": shop.name, "address": shop.address,
             "cityName": shop.city} for shop in shops[offset:offset + limit]]}

    @bp.route("/auth/token/queryPoiMapping", methods=methods)
    @gateway.api(CUSTOMERS)
    def query_poi_mapping(call: Call) -> dict[str, Any]:
        ids = call.biz.get("poiIds")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
            raise Refused("1001", "参数poiIds不合法")
        known = {shop.poi_id: shop.op_poi_id for shop in shops}
        return {"result": [{"poiId": poi, "opPoiId": known.get(poi, ""),
                            "errMsg": "" if poi in known else "门店未授权"} for poi in ids]}

    @bp.route("/dingdan/queryorder", methods=methods)
    @gateway.api(CUSTOMERS)
    def queryorder(call: Call) -> dict[str, Any]:
        page, size = call.number("pageNo", 1, 1, 10**6), call.number("pageSize", 20, 1, 50)
        if call.number("orderType", 1, 0, 100) != 1:
            return {"result": []}
        start, end = _span(call)
        rows = ledger.rows(
            "SELECT order_id FROM orders WHERE platform = 'meituan' AND paid_at >= ? "
            "AND paid_at < ? ORDER BY paid_at, order_id LIMIT ? OFFSET ?",
            start, end, size, (page - 1) * size)
        return {"result": [_listed(row["order_id"]) for row in rows]}

    @bp.route("/dingdan/query/info", methods=methods)
    @gateway.api(CUSTOMERS)
    def query_info(call: Call) -> dict[str, Any]:
        order = _order(call.biz.get("unifiedOrderId") or call.biz.get("orderId"))
        wanted = call.biz.get("type")
        if not isinstance(wanted, list) or not wanted or not set(wanted) <= {1, 2}:
            raise Refused("1001", "参数type不合法")
        ones = certificates.of_order(order.order_id)
        found: dict[str, Any] = {}
        if 1 in wanted:
            refunded = all(one.refund == "refunded" for one in ones)
            found["order"] = {
                "unifiedOrderId": order.order_id, "orderId": order.order_id,
                "status": 4 if refunded else 5 if all(_is_over(one) for one in ones) else 2,
                "productSnapshotContentStruct": json.dumps({"title": order.title},
                                                           ensure_ascii=False)}
        if 2 in wanted:
            found["receiptList"] = [_receipt(one) for one in ones]
        return found

    @bp.route("/dingdan/receipt/paymentshares", methods=methods)
    @gateway.api(CUSTOMERS)
    def paymentshares(call: Call) -> dict[str, Any]:
        order = _order(call.biz.get("orderId"))
        if call.number("type", 0, 0, 1) != int(order.uses > 1):
            raise Refused("1001", "参数type与订单不符")
        shares = []
        for one in certificates.of_order(order.order_id):
            shares.append(_share(one, yuan(one.paid_fen), 10))
            shares.append(_share(one, yuan(one.original_fen - one.paid_fen), 17))
            live = certificates.uses_of(one.certificate_id, live=True)
            if live:
                shares.append(_share(one, yuan(sum(use.amount_fen for use in live)), -1))
        return {"result": shares}

    def _span(call: Call) -> tuple[float, float]:
        """Payment times asked for, in seconds; the two kinds of bounds must both hold."""
        now = ledger.now()
        start, end = now - THREE_MONTHS, now + 1
        for name, shift in (("addTime", ADDED_BEFORE), ("buySuccessTime", 0)):
            given_from, given_to = call.biz.get(f"{name}From"), call.biz.get(f"{name}To")
            if given_from is None and given_to is None:
                continue
            if not isinstance(given_from, int) or not isinstance(given_to, int):
                raise Refused("1001", f"参数{name}不合法")
            if not 0 <= given_to - given_from <= THREE_MONTHS * 1000:
                raise Refused("1001", "时间跨度不能超过3个月")
            start, end = max(start, given_from / 1000 + shift), min(end, given_to / 1000 + shift)
        return start, end

    def _order(order_id: object) -> Order:
        order = certificates.order(str(order_id)) if order_id else None
        if order is None or order.platform != "meituan":
            raise Refused("1001", "订单不存在")
        return order

    def _listed(order_id: str) -> dict[str, Any]:
        order = _order(order_id)
        ones = certificates.of_order(order_id)
        now = ledger.now()
        shop = next((shop for shop in shops if shop.venue in ones[0].venues), shops[0])
        sku = world.sku("meituan", order.sku)
        expired = all(_is_over(one) or one.status(now) == "expired" for one in ones)
        over = all(_is_over(one) for one in ones)
        refunds = {one.refund for one in ones}
        total = order.paid_fen * order.quantity
        return {"orderId": order_id, "orderType": 1, "buySuccessTime": int(order.paid_at * 1000),
                "expireTime": (int(ones[0].ends_at) - 1) * 1000, "productName": order.title,
                "productItemId": int(sku.deal_id) if sku else 0,
                "status": 1 if over else 2 if expired else 0,
                "refundStatus": 1 if "refunding" in refunds else 2 if "refunded" in refunds
                else -1,
                "mobile": cipher.seal(order.phone, "mobile"), "shopName": shop.name,
                "opPoiId": shop.op_poi_id, "channel": 1, "totalAmount": yuan(total),
                "shopAmount": yuan(total), "spugId": int(sku.group_id) if sku else 0}

    def _is_over(one: Certificate) -> bool:
        return one.refund == "refunded" or one.left == 0

    def _receipt(one: Certificate) -> dict[str, Any]:
        word = one.status(ledger.now())
        live = certificates.uses_of(one.certificate_id, live=True)
        status = {"unused": 1, "partly_used": 1, "used": 2, "expired": 3, "refunding": 1,
                  "refunded": 6 if live else 4}[word]
        return {"receiptCode": one.code, "status": status,
                "receiptBeginTime": int(one.starts_at * 1000),
                "receiptEndTime": (int(one.ends_at) - 1) * 1000,
                "amountShareList": [
                    {"amountType": 10, "title": "美团支付", "value": one.paid_fen},
                    {"amountType": 17, "title": "商家优惠",
                     "value": one.original_fen - one.paid_fen}]}

    def _share(one: Certificate, amount: float, amount_type: int) -> dict[str, Any]:
        return {"receiptCode": one.code, "amount": amount, "amountType": amount_type}

    return bp
