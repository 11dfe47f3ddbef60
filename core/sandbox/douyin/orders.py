"""Order query and store query of the life service (douyin.md sections 4, 5).

Sandbox choices that are not platform facts: rows come oldest first by update time when that is
the filter, else by creation time; a query names an order, a person or a time range; time bounds
are inclusive whole seconds; QPS figures are not enforced (use the fault rate_limited).
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from core.ids import mask_phone
from core.sandbox.douyin.access import Access
from core.sandbox.douyin.envelope import Refused, success
from core.sandbox.records import Order
from core.sandbox.sandbox import Sandbox

DEEPEST = 10_000
_ORDER_STATUS = {"available": 201, "finished": 1, "closed": 101}
_ITEM_STATUS = {"unused": 100, "expired": 100, "partly_used": 400, "used": 401,
                "refunding": 300, "refunded": 301}


def order_blueprint(sandbox: Sandbox, access: Access) -> Blueprint:
    bp = Blueprint("douyin_orders", __name__)
    world, ledger, certificates = sandbox.world, sandbox.ledger, sandbox.certificates

    @bp.get("/goodlife/v1/trade/order/query/")
    @bp.get("/goodlife/v1/trade/order/query")
    @access.protected
    def order_query() -> Response:
        args = request.args
        access.account(args.get("account_id"), required=True)
        page, size = _whole("page_num", 1), _whole("page_size", 1)
        if page is None or size is None or size > 100:
            raise Refused(4000001, "page_num或page_size不合法")
        cursor = _cursor(args.getlist("cursor"))
        if cursor is None and page * size > DEEPEST:
            raise Refused(4000002, "please use Cursor")
        where, values, sort = _filter()
        total = ledger.row(f"SELECT COUNT(*) AS n FROM orders WHERE {where}", *values)
        if cursor is None:
            rows = ledger.rows(f"SELECT order_id FROM orders WHERE {where} "
                               f"ORDER BY {sort}, order_id LIMIT ? OFFSET ?",
                               *values, size, (page - 1) * size)
        else:
            rows = ledger.rows(f"SELECT order_id FROM orders WHERE {where} "
                               f"AND ({sort}, order_id) > (?, ?) "
                               f"ORDER BY {sort}, order_id LIMIT ?", *values, *cursor, size)
        found = [order for row in rows if (order := certificates.order(row["order_id"]))]
        after = [repr(getattr(found[-1], sort)), found[-1].order_id] if found else []
        return success({
            "orders": [_shown(order) for order in found],
            "page": {"page_num": page, "page_size": size, "total": total["n"] if total else 0},
            "search_after": {"Size": size, "CursorValue": after}})

    def _filter() -> tuple[str, list[Any], str]:
        """The WHERE clause, its values, and what to sort by."""
        where, values, sort = ["platform = 'douyin'"], list[Any](), "paid_at"
        args = request.args
        for name, column in (("order_id", "order_id"), ("open_id", "open_id")):
            if args.get(name):
                where.append(f"{column} = ?")
                values.append(args[name])
        if args.get("ext_order_id"):
            where.append("0")
        narrow = len(where) > 1
        for kind, column in (("create", "paid_at"), ("update", "updated_at")):
            start, end = (_whole(f"{kind}_order_{edge}_time", 0) for edge in ("start", "end"))
            if (start is None) != (end is None):
                raise Refused(2119001, f"{kind}_order_start_time和end_time必须同时传")
            if start is not None and end is not None:
                where.append(f"{column} >= ? AND {column} < ?")
                values += [start, end + 1]
                sort = column
                narrow = True
        if not narrow:
            raise Refused(2119001, "order_id、open_id和时间范围不能同时为空")
        wanted = _whole("order_status", 0)
        if wanted is not None:
            where.append("state = ?")
            values.append(next((state for state, number in _ORDER_STATUS.items()
                                if number == wanted), ""))
        return " AND ".join(where), values, sort

    def _shown(order: Order) -> dict[str, Any]:
        ones = certificates.of_order(order.order_id)
        now = ledger.now()
        sku = world.sku("douyin", order.sku)
        sku_id = sku.deal_id if sku else order.sku
        paid, original = order.paid_fen * order.quantity, order.original_fen * order.quantity
        return {
            "order_id": order.order_id, "order_status": _ORDER_STATUS[order.state],
            "order_type": 51 if order.uses > 1 else 21, "sku_id": sku_id,
            "sku_name": order.title, "third_sku_id": "", "count": order.quantity,
            "original_amount": original, "pay_amount": paid, "discount_amount": original - paid,
            "payment_discount": 0, "receipt_amount": paid,
            "create_order_time": int(order.paid_at), "pay_time": int(order.paid_at),
            "update_order_time": int(order.updated_at), "open_id": order.open_id,
            "poi_id": "", "intention_poi_id": "", "room_id": "0",
            "contacts": [{"name": "", "phone": mask_phone(order.phone),
                          "phone_encrypt": access.cipher.seal(order.phone, "phone")}],
            "certificate": [
                {"certificate_id": one.certificate_id, "order_item_id": one.certificate_id,
                 "item_status": _ITEM_STATUS[one.status(now)], "combination_id": "",
                 "item_update_time": int(one.updated_at), "refund_amount": one.refund_fen,
                 "refund_time": int(one.refunded_at or 0)} for one in ones],
            "products": [{"product_id": sku.group_id if sku else "", "product_name": order.title,
                          "sku_id": sku_id, "num": order.quantity}],
            "merchant_info": {"account_id": world.douyin.account_id,
                              "account_name": world.douyin.account_name},
            "sub_order_amount_infos": [{"sub_order_type": 100, "pay_amount": paid,
                                        "original_amount": original}]}

    @bp.get("/goodlife/v1/shop/poi/query/")
    @bp.get("/goodlife/v1/shop/poi/query")
    @access.authenticated
    def poi_query() -> Response:
        args = request.args
        page, size = _whole("page", 1), _whole("size", 1)
        if page is None or size is None or size > 100:
            raise Refused(2119001, "page或size不合法")
        if args.get("account_id"):
            mine = args["account_id"] == world.douyin.account_id
            pois = world.douyin.pois
        elif args.get("poi_id"):
            pois = tuple(poi for poi in world.douyin.pois if poi.poi_id == args["poi_id"])
            mine = bool(pois)
        else:
            raise Refused(2119001, "account_id和poi_id不能同时为空")
        if not mine:
            raise Refused(3000004, "该商家未授权")
        return success({"total": len(pois), "pois": [
            {"poi": {"poi_id": poi.poi_id, "poi_name": poi.name, "address": poi.address,
                     "latitude": 30.2, "longitude": 120.2},
             "root_account": {"account_id": world.douyin.account_id,
                              "account_name": world.douyin.account_name}}
            for poi in pois[(page - 1) * size:page * size]]})

    return bp


def _whole(name: str, low: int) -> int | None:
    """A whole number of the query, None when absent; raises Refused for anything else."""
    text = request.args.get(name)
    if text is None or text == "":
        return None
    if not text.isascii() or not text.isdigit() or int(text) < low:
        raise Refused(2119001, f"{name}不合法")
    return int(text)


def _cursor(values: list[str]) -> tuple[float, str] | None:
    """"0" to begin, then what CursorValue held: repeated or as one JSON array."""
    if len(values) == 1 and values[0].startswith("["):
        try:
            values = [str(value) for value in json.loads(values[0])]
        except ValueError:
            raise Refused(2119001, "cursor不合法") from None
    if not values:
        return None
    if values == ["0"]:
        return (0.0, "")
    try:
        at, order_id = values
        return (float(at), order_id)
    except ValueError:
        raise Refused(2119001, "cursor不合法") from None
