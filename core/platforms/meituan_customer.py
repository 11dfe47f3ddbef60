"""Meituan's customer side, businessId 59: orders, their coupons, payment shares, shops.

(meituan.md 2.5.) The list is by payment time and has no coupons; a changed order does not come
again by itself. Its amounts are yuan, those of a coupon's shares are cents.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from core.money import Money, total
from core.platforms.answer import Malformed, end, fen, instant, items, needed, text, whole, yuan
from core.platforms.books import (
    ListedShop,
    Merchant,
    OddOrder,
    OrderPage,
    PlatformOrder,
    SoldCertificate,
    Window,
)
from core.platforms.http import Answer, Effect, T
from core.platforms.meituan_errors import NAME
from core.platforms.meituan_gateway import CUSTOMER, Gateway
from core.vouchers.certificate import CertificateStatus

ORDERS, DETAILS = "/ddzhkh/dingdan/queryorder", "/ddzhkh/dingdan/query/info"
SHARES = "/ddzhkh/dingdan/receipt/paymentshares"
SHOPS = "/ddzhkh/auth/token/pageQueryPoiList"
PAGE, SHOP_PAGE = 50, 100
ADDED_EARLIER = timedelta(minutes=15)
"""An order exists this long before it is paid; both times bound a query (section 5)."""

PAID_BY_BUYER = frozenset({10, 23, 25, 26, 29})
"""amountType (section 6)."""
VERIFIED_AMOUNT = -1
COUPON_STATUS = {1: CertificateStatus.UNUSED, 2: CertificateStatus.USED,
                 3: CertificateStatus.EXPIRED, 4: CertificateStatus.REFUNDED,
                 6: CertificateStatus.REFUNDED}
REFUNDED_AFTER_USE = {4: False, 6: True}
ORDER_STATUS = {0: CertificateStatus.UNUSED, 1: CertificateStatus.USED,
                2: CertificateStatus.EXPIRED}
REFUND_STATUS = {1: CertificateStatus.REFUNDING, 2: CertificateStatus.REFUNDED}
TIMES_CARD_ORDER = 1


class MeituanCustomer:
    """`OrderSource` and `ShopDirectory`."""

    name = NAME
    lists_changes = False
    longest_window = timedelta(days=90)

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def orders(self, merchant: Merchant, window: Window, cursor: str = "") -> OrderPage:
        page = int(cursor or 1)

        def read(data: dict[str, Any], answer: Answer) -> OrderPage:
            listed = items(data, "result")
            orders: list[PlatformOrder] = []
            odd: list[OddOrder] = []
            for item in listed:
                try:
                    orders.append(_order(item))
                except Malformed as wrong:
                    odd.append(OddOrder(str(item.get("orderId", "")), str(wrong), item))
            following = str(page + 1) if len(listed) == PAGE else ""
            return OrderPage(tuple(orders), tuple(odd), following)

        since, until = (int(at.timestamp() * 1000) for at in (window.since, window.until))
        early = int(ADDED_EARLIER.total_seconds() * 1000)
        return self._ask(ORDERS, merchant, {
            "addTimeFrom": since - early, "addTimeTo": until, "buySuccessTimeFrom": since,
            "buySuccessTimeTo": until, "pageNo": page, "pageSize": PAGE}, read)

    def entry(self, merchant: Merchant, order_id: str) -> OrderPage:
        """The platform lists by time only."""
        return OrderPage((), (), "")

    def details(self, merchant: Merchant, order: PlatformOrder) -> tuple[SoldCertificate, ...]:
        return self._ask(DETAILS, merchant, {"type": [2], "unifiedOrderId": order.order_id},
                         lambda data, answer: tuple(map(_coupon, items(data, "receiptList"))))

    def verified_amounts(self, merchant: Merchant, order_id: str, *,
                         times_card: bool) -> dict[str, Money]:
        """What was verified of each coupon: paid by the buyer plus the platform's discount."""
        def read(data: dict[str, Any], answer: Answer) -> dict[str, Money]:
            shares = [share for share in items(data, "result")
                      if whole(share, "amountType") == VERIFIED_AMOUNT]
            return {needed(share, "receiptCode"): yuan(share, "amount") or Money.zero()
                    for share in shares}

        return self._ask(SHARES, merchant, {
            "orderId": order_id, "type": TIMES_CARD_ORDER if times_card else 0}, read)

    def shops(self, merchant: Merchant) -> list[ListedShop]:
        found: list[ListedShop] = []
        while True:
            page, count = self._ask(SHOPS, merchant, {"offset": len(found), "limit": SHOP_PAGE},
                                    partial(_shops, account_id=merchant.account_id))
            found += page
            if not page or len(found) >= count:
                return found

    def _ask(self, path: str, merchant: Merchant, biz: dict[str, object],
             read: Callable[[dict[str, Any], Answer], T]) -> T:
        return self._gateway.ask(path, biz, merchant.token, Effect.READ, read, business=CUSTOMER)


def _order(item: dict[str, Any]) -> PlatformOrder:
    paid = yuan(item, "totalAmount")
    status = REFUND_STATUS.get(whole(item, "refundStatus", default=-1)) or ORDER_STATUS.get(
        whole(item, "status", default=-1))
    if paid is None or status is None:
        raise Malformed("totalAmount" if paid is None else "status")
    return PlatformOrder(
        platform=NAME, order_id=needed(item, "orderId"), sku_id=text(item, "productItemId"),
        title=text(item, "productName"), status=status, paid=paid, original=None, quantity=None,
        times_card=False, paid_at=instant(item, "buySuccessTime"), updated_at=None,
        expires=end(item, "expireTime"), shop_id=text(item, "opPoiId"))


def _coupon(item: dict[str, Any]) -> SoldCertificate:
    status = COUPON_STATUS.get(whole(item, "status", default=-1))
    if status is None:
        raise Malformed("status")
    shares = [(whole(share, "amountType"), fen(share, "value") or Money.zero())
              for share in items(item, "amountShareList")]
    paid = total(amount for kind, amount in shares if kind in PAID_BY_BUYER)
    code = needed(item, "receiptCode")
    return SoldCertificate(
        certificate_id=code, status=status, code=code, paid=paid if shares else None,
        original=total(amount for _, amount in shares) if shares else None,
        refunded_after_use=REFUNDED_AFTER_USE.get(whole(item, "status")),
        starts=instant(item, "receiptBeginTime"), expires=end(item, "receiptEndTime"))


def _shops(data: dict[str, Any], answer: Answer, *,
           account_id: str) -> tuple[list[ListedShop], int]:
    return [ListedShop(needed(item, "opPoiId"), text(item, "name"), text(item, "address"),
                       account_id) for item in items(data, "poiInfoList")], whole(data, "total")
