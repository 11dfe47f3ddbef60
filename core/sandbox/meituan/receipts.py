"""Coupon endpoints of businessId 58: `/ddzh/tuangou/receipt/…` (meituan.md 2.4).

Sandbox choices that are not platform facts: prepare is not enforced before consume (no prepare
token exists); `requestId` is remembered per shop for good, with another body it answers 1002;
one code holds all uses of a times card, while ordinary coupons of one order have a code each and
`count` takes the given one and its unused siblings; a refunded coupon answers 1011; a coupon that
was not verified answers 1002 to getconsumed and reverseconsume; reverseconsume takes back the
newest consume call on that code; a reversed verification stays in the log with refundStatus 0.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Blueprint

from core.clock import day_ends, day_starts
from core.sandbox.meituan.envelope import CANCEL_REFUSED, Refused
from core.sandbox.meituan.gateway import SHOPS, Call, Gateway
from core.sandbox.meituan.shapes import (
    GROUP_BUY,
    TIMES_CARD_IN_LOG,
    deal,
    group_id,
    moment,
    purchase,
)
from core.sandbox.records import Certificate, Use
from core.sandbox.sandbox import Sandbox
from core.sandbox.world import MeituanShop

PREFIX = "/ddzh/tuangou/receipt"
CANCEL_WINDOW = 600


def receipt_blueprint(sandbox: Sandbox, gateway: Gateway) -> Blueprint:
    bp = Blueprint("meituan_receipts", __name__)
    world, ledger, certificates = sandbox.world, sandbox.ledger, sandbox.certificates
    methods = ["GET", "POST"]

    @bp.route(f"{PREFIX}/prepare", methods=methods)
    @gateway.api(SHOPS)
    def prepare(call: Call) -> dict[str, Any]:
        one = _usable(call.text("receiptCode"), _shop(call))
        order = certificates.order(one.order_id)
        assert order is not None
        return {"count": one.left if one.uses > 1 else len(_siblings(one)),
                "receiptCode": one.code, **deal(world, one), "dealGroupId": group_id(world, one),
                **purchase(one, order), "receiptEndDate": (int(one.ends_at) - 1) * 1000,
                "thirdPartyProductId": "", "receiptInfoMap": None}

    @bp.route(f"{PREFIX}/consume", methods=methods)
    @gateway.api(SHOPS)
    def consume(call: Call) -> dict[str, Any]:
        shop = _shop(call)
        code, request_id = call.text("receiptCode"), call.text("requestId")
        count = call.biz.get("count")
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 100:
            raise Refused("1018", "验券数量不合法")
        operator, name = _operator(call)
        asked = json.dumps(call.biz, sort_keys=True)
        scope = f"meituan.consume.{shop.op_biz_code}"
        with ledger.change():
            before = ledger.remembered(scope, request_id)
            if before is not None:
                if before[0] != asked:
                    raise Refused("1002", "requestId已用于另一笔验券")
                return dict(before[1])
            one = _usable(code, shop)
            pieces = [(one, count)] if one.uses > 1 else [
                (piece, 1) for piece in _siblings(one)[:count]]
            if sum(min(piece.left, times) for piece, times in pieces) < count:
                raise Refused("1017", "可用券数量不足")
            data = {"result": [
                _consumed(piece, use) for piece, times in pieces
                for use in certificates.consume(piece, key=request_id, venue=shop.venue,
                                                operator=operator, operator_name=name,
                                                times=times)]}
            for piece, _ in pieces:
                _push_verification(piece, shop.venue, "consume")
            ledger.remember(scope, request_id, asked, data)
        return data

    @bp.route(f"{PREFIX}/reverseconsume", methods=methods)
    @gateway.api(SHOPS)
    def reverseconsume(call: Call) -> dict[str, Any]:
        shop, code, deal_id = _shop(call), call.text("receiptCode"), call.text("dealId")
        _operator(call)
        with ledger.change():
            one = _known(code, shop)
            if one.refund:
                raise Refused("1011", "券已退款")
            live = certificates.uses_of(one.certificate_id, live=True)
            if not live:
                raise Refused("1002", "券未验证")
            known = deal(world, one)
            if str(known["dealId"]) != deal_id:
                raise Refused("1002", "dealId与券不匹配")
            newest = [use for use in live if use.key == live[-1].key]
            if newest[0].venue != shop.venue:
                raise Refused("1012", "不是在本门店验证的券")
            if ledger.now() - newest[0].at > CANCEL_WINDOW:
                raise Refused(*CANCEL_REFUSED)
            order = certificates.order(one.order_id)
            assert order is not None
            for use in newest:
                certificates.cancel(use)
            _push_verification(one, shop.venue, "reverse")
        return {"result": [{"orderId": one.order_id, "receiptCode": code,
                            "dealId": known["dealId"], "dealgroupId": group_id(world, one),
                            "dealTitle": known["dealTitle"], "dealPrice": known["dealPrice"],
                            "dealMarketPrice": known["dealMarketPrice"],
                            "mobile": purchase(one, order)["mobile"]}]}

    @bp.route(f"{PREFIX}/getconsumed", methods=methods)
    @gateway.api(SHOPS)
    def getconsumed(call: Call) -> dict[str, Any]:
        one = _known(call.text("receiptCode"), _shop(call))
        live = certificates.uses_of(one.certificate_id, live=True)
        if not live:
            raise Refused("1002", "券未验证")
        return {"receiptCode": one.code, **deal(world, one), "dealGroupId": group_id(world, one),
                "orderShopPromoAmount": 0, "orderShopPromoDetails": [],
                "verifyAccount": live[-1].operator, "verifyChannel": "15",
                "verifyTime": moment(live[-1].at), "additionItemInfos": [],
                "bizType": TIMES_CARD_IN_LOG if one.uses > 1 else GROUP_BUY}

    @bp.route(f"{PREFIX}/querylistbydate", methods=methods)
    @gateway.api(SHOPS)
    def querylistbydate(call: Call) -> dict[str, Any]:
        shop = _shop(call)
        try:
            day = date.fromisoformat(call.text("date"))
        except ValueError:
            raise Refused("1001", "参数date不合法") from None
        offset = call.number("offset", 0, 0, 10**9)
        limit = call.number("limit", 20, 1, 300)
        times = {GROUP_BUY: " AND c.uses = 1", TIMES_CARD_IN_LOG: " AND c.uses > 1",
                 None: ""}.get(call.biz.get("bizType"), " AND 0")
        if call.number("type", 0, 0, 1) == 1:
            times = " AND 0"
        source = ("FROM uses u JOIN certificates c USING (certificate_id) WHERE "
                  f"u.platform = 'meituan' AND u.venue = ? AND u.at >= ? AND u.at < ?{times}")
        bounds = (shop.venue, day_starts(day).timestamp(), day_ends(day).timestamp())
        total = ledger.row(f"SELECT COUNT(*) AS n {source}", *bounds)
        rows = ledger.rows(f"SELECT u.verify_id {source} ORDER BY u.seq LIMIT ? OFFSET ?",
                           *bounds, limit, offset)
        uses = [certificates.use(row["verify_id"]) for row in rows]
        return {"totalCount": total["n"] if total else 0,
                "records": [_logged(use) for use in uses if use is not None]}

    def _shop(call: Call) -> MeituanShop:
        assert call.shop is not None, "a businessId 58 token belongs to a shop"
        return call.shop

    def _operator(call: Call) -> tuple[str, str]:
        account, name = call.biz.get("appShopAccount"), call.biz.get("appShopAccountName")
        if not isinstance(account, str) or not account:
            raise Refused("1021", "操作人账号不合法")
        if not isinstance(name, str) or not name:
            raise Refused("1022", "操作人姓名不合法")
        return account, name

    def _known(code: str, shop: MeituanShop) -> Certificate:
        """A coupon that exists under this code and belongs to this shop."""
        one = certificates.by_code("meituan", code)
        if one is None:
            if certificates.is_retired(code):
                raise Refused("1141", "该券码已撤销验证，顾客需使用新券码")
            raise Refused("1006", "券码不存在")
        if shop.venue not in one.venues:
            raise Refused("1012", "该券不能在本门店使用")
        return one

    def _usable(code: str, shop: MeituanShop) -> Certificate:
        one = _known(code, shop)
        now = ledger.now()
        word = one.status(now)
        refusals = {"refunding": ("1010", "券退款中"), "refunded": ("1011", "券已退款"),
                    "used": ("1008", "券已验证"), "expired": ("1009", "券已过期")}
        if word in refusals:
            raise Refused(*refusals[word])
        if now < one.starts_at:
            raise Refused("1015", "券未到使用时间")
        return one

    def _siblings(one: Certificate) -> list[Certificate]:
        """The usable coupons of the order, the given one first."""
        now = ledger.now()
        return [one, *(other for other in certificates.of_order(one.order_id)
                       if other.certificate_id != one.certificate_id
                       and other.status(now) == "unused")]

    def _consumed(one: Certificate, use: Use) -> dict[str, Any]:
        order = certificates.order(one.order_id)
        assert order is not None
        return {"receiptCode": use.code, **deal(world, one), "dealgroupId": group_id(world, one),
                **purchase(one, order), "receiptEndDate": str((int(one.ends_at) - 1) * 1000),
                "productSnapshot": "", "flowId": use.verify_id}

    def _logged(use: Use) -> dict[str, Any]:
        one = certificates.get(use.certificate_id)
        assert one is not None
        state = 6 if one.refund == "refunded" else 1
        return {"receiptCode": use.code, **deal(world, one), "dealGroupId": group_id(world, one),
                "verifyAccount": use.operator, "verifyChannel": "15",
                "verifyTime": moment(use.at), "flowId": use.verify_id,
                "bizType": TIMES_CARD_IN_LOG if one.uses > 1 else GROUP_BUY,
                "refundStatus": state if use.cancelled_at is None else 0}

    def _push_verification(one: Certificate, venue: int, kind: str) -> None:
        uses = certificates.uses_of(one.certificate_id)
        sandbox.courier.meituan_shop("5810055", venue, {
            "orderId": one.order_id, "receiptCode": one.code,
            "dealId": str(deal(world, one)["dealId"]), "flowId": uses[-1].verify_id,
            "type": kind, "time": int(ledger.now() * 1000)})

    return bp
