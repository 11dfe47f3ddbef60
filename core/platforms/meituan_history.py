"""Meituan's verification log of a shop, businessId 58 (querylistbydate, meituan.md 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from core.errors import PlatformMisconfigured
from core.money import Money
from core.platforms.answer import Malformed, instant, items, needed, text, whole, yuan
from core.platforms.base import Shop
from core.platforms.books import Verified
from core.platforms.http import Answer, Effect
from core.platforms.meituan_errors import NAME
from core.platforms.meituan_gateway import Gateway
from core.platforms.meituan_receipts import sku_id

LOG = "/ddzh/tuangou/receipt/querylistbydate"
PAGE = 300
KINDS = ((0, 0), (0, 201), (0, 203), (1, 0))
"""`type` and `bizType`: group-buy, times cards, 拼团, other goods. Both must be given."""
TIMES_CARD = 201
THIRD_PARTY = "15"
"""`verifyChannel` of a system like ours."""


class MeituanHistory:
    """`VerificationHistory`.

    `renew` fetches a fresh token when the platform calls a shop's expired; None: cannot.
    """

    name = NAME

    def __init__(self, gateway: Gateway,
                 renew: Callable[[Shop], Shop | None] = lambda shop: None) -> None:
        self._gateway = gateway
        self._renew = renew

    def records(self, day: date, shop: Shop) -> Iterator[Verified]:
        seen: set[str] = set()
        for line in self._lines(day, shop):
            if line.verify_id not in seen:
                seen.add(line.verify_id)
                yield line

    def _lines(self, day: date, shop: Shop) -> Iterator[Verified]:
        """Every page of every kind; from the beginning once more with a renewed token."""
        try:
            for kind, biz_type in KINDS:
                yield from self._of_kind(day, shop, kind, biz_type)
        except PlatformMisconfigured as refused:
            fresh = (self._renew(shop) if refused.facts.get("reason") == "token_expired" else None)
            if fresh is None:
                raise
            for kind, biz_type in KINDS:
                yield from self._of_kind(day, fresh, kind, biz_type)

    def _of_kind(self, day: date, shop: Shop, kind: int, biz_type: int) -> Iterator[Verified]:
        offset, count = 0, 1
        while offset < count:
            page, count = self._gateway.ask(
                LOG, {"date": day.isoformat(), "offset": offset, "limit": PAGE, "type": kind,
                      "bizType": biz_type}, shop.token, Effect.READ, _page)
            yield from page
            if not page:
                return
            offset += len(page)


def _page(data: dict[str, Any], answer: Answer) -> tuple[list[Verified], int]:
    return [_line(record) for record in items(data, "records")], whole(data, "totalCount")


def _line(record: dict[str, Any]) -> Verified:
    at = instant(record, "verifyTime")
    if at is None:
        raise Malformed("verifyTime")
    state = whole(record, "refundStatus", default=1)
    code = needed(record, "receiptCode")
    return Verified(
        platform=NAME, verify_id=needed(record, "flowId"), certificate_id=code, code=code,
        sku_id=sku_id(record), title=text(record, "dealTitle"), at=at, amount=_amount(record),
        cancelled=state not in (1, 6), cancelled_at=None, refunded=state == 6,
        operator=text(record, "verifyAccount"),
        by_api=text(record, "verifyChannel") == THIRD_PARTY)


def _amount(record: dict[str, Any]) -> Money | None:
    """The price of an ordinary coupon; of a times card the log tells only the whole card's."""
    return None if whole(record, "bizType") == TIMES_CARD else yuan(record, "dealPrice")
