"""Douyin's orders of a merchant, by their last update (trade/order/query, douyin.md 4).

Always with the deep cursor: pages end at 10 000 orders.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from core.clock import Clock
from core.money import Money
from core.platforms.answer import Malformed, fen, instant, items, needed, part, text, whole
from core.platforms.books import (
    Merchant,
    OddOrder,
    OrderPage,
    PlatformOrder,
    SoldCertificate,
    Window,
)
from core.platforms.douyin_certificates import certificates, looked_up, uses_used
from core.platforms.douyin_errors import NAME
from core.platforms.douyin_gateway import Gateway, Said
from core.vouchers.certificate import CertificateStatus

ORDERS = "/goodlife/v1/trade/order/query/"
CERTIFICATES = "/goodlife/v1/fulfilment/certificate/query/"
PAGE = 100
START = "0"
TIMES_CARD_ORDER = 51
S = CertificateStatus
ITEM_STATUS = {0: S.UNUSED, 1: S.USED, 10: S.UNUSED, 20: S.UNUSED, 100: S.UNUSED,
               101: S.REFUNDED, 200: S.UNUSED, 201: S.UNUSED, 300: S.REFUNDING, 301: S.REFUNDED,
               400: S.UNUSED, 401: S.USED}
"""400 is "fulfilling": a times card with uses left."""
_MOST_OPEN_FIRST = (S.UNUSED, S.REFUNDING, S.USED, S.EXPIRED, S.REFUNDED)


class DouyinOrders:
    """`OrderSource`."""

    name = NAME
    lists_changes = True
    longest_window = timedelta(days=30)
    """The platform's own limit is not documented; windows here are short anyway."""

    def __init__(self, gateway: Gateway, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock

    def orders(self, merchant: Merchant, window: Window, cursor: str = "") -> OrderPage:
        """Unpaid orders are left out: they come again when they are paid."""
        return self._gateway.get(ORDERS, {
            "account_id": merchant.account_id, "page_num": "1", "page_size": str(PAGE),
            "update_order_start_time": str(int(window.since.timestamp())),
            "update_order_end_time": str(int(window.until.timestamp())),
            "cursor": cursor or START}, _page, account_id=merchant.account_id)

    def entry(self, merchant: Merchant, order_id: str) -> OrderPage:
        return self._gateway.get(ORDERS, {
            "account_id": merchant.account_id, "page_num": "1", "page_size": "1",
            "order_id": order_id}, _page, account_id=merchant.account_id)

    def details(self, merchant: Merchant, order: PlatformOrder) -> tuple[SoldCertificate, ...]:
        """Validity, uses and amounts, which the order list has not."""
        known = {one.certificate_id: one for one in order.certificates}

        def read(data: dict[str, Any], said: Said) -> tuple[SoldCertificate, ...]:
            now = said.now or self._clock.now()
            shown = [(looked_up(item, order.order_id, now), uses_used(item))
                     for item in certificates(data)]
            return tuple(SoldCertificate(
                certificate_id=one.certificate_id, status=one.status, code=one.code,
                paid=one.paid, original=one.original, uses_total=one.uses_total,
                uses_left=one.uses_left, uses_used=used, use_amounts=one.use_amounts,
                starts=one.starts, expires=one.expires,
                **_refund(known.get(one.certificate_id))) for one, used in shown)

        return self._gateway.get(CERTIFICATES, {"order_id": order.order_id}, read,
                                 account_id=merchant.account_id)


def _refund(listed: SoldCertificate | None) -> dict[str, Any]:
    """What only the order list tells."""
    if listed is None:
        return {}
    return {"refunded": listed.refunded, "refunded_at": listed.refunded_at,
            "updated_at": listed.updated_at}


def _page(data: dict[str, Any], said: Said) -> OrderPage:
    listed = items(data, "orders")
    orders: list[PlatformOrder] = []
    odd: list[OddOrder] = []
    for item in listed:
        try:
            if instant(item, "pay_time") is not None:
                orders.append(_order(item))
        except Malformed as wrong:
            odd.append(OddOrder(str(item.get("order_id", "")), str(wrong), item))
    after = part(data, "search_after").get("CursorValue")
    following = json.dumps(after) if isinstance(after, list) and after and listed else ""
    return OrderPage(tuple(orders), tuple(odd), following if len(listed) == PAGE else "",
                     whole(part(data, "page"), "total"))


def _order(item: dict[str, Any]) -> PlatformOrder:
    paid = fen(item, "pay_amount")
    if paid is None:
        raise Malformed("pay_amount")
    sold = tuple(_certificate(one) for one in items(item, "certificate"))
    if not sold:
        raise Malformed("certificate")
    people = items(item, "contacts")
    return PlatformOrder(
        platform=NAME, order_id=needed(item, "order_id"), sku_id=needed(item, "sku_id"),
        title=text(item, "sku_name"), status=_summed_up(sold), paid=paid,
        original=fen(item, "original_amount"), quantity=whole(item, "count") or len(sold),
        times_card=whole(item, "order_type") == TIMES_CARD_ORDER,
        paid_at=instant(item, "pay_time"), updated_at=instant(item, "update_order_time"),
        shop_id=text(item, "poi_id"), buyer_id=text(item, "open_id"),
        buyer_phone=text(people[0], "phone") if people else "", certificates=sold)


def _certificate(item: dict[str, Any]) -> SoldCertificate:
    status = ITEM_STATUS.get(whole(item, "item_status", default=-1))
    if status is None:
        raise Malformed("item_status")
    refunded = fen(item, "refund_amount")
    return SoldCertificate(
        certificate_id=needed(item, "certificate_id"), status=status,
        refunded=refunded if refunded and refunded != Money.zero() else None,
        refunded_at=instant(item, "refund_time"), updated_at=instant(item, "item_update_time"))


def _summed_up(sold: Sequence[SoldCertificate]) -> CertificateStatus:
    """An order is as open as its most open certificate."""
    return min((one.status for one in sold), key=_MOST_OPEN_FIRST.index)
