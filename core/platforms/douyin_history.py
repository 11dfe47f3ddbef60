"""Douyin's verification records of a store (verify_record/query, douyin.md 3.6)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from core.clock import day_ends, day_starts
from core.money import Money
from core.platforms.answer import Malformed, fen, instant, items, needed, part, text, whole
from core.platforms.base import Shop
from core.platforms.books import Verified
from core.platforms.douyin_certificates import BY_API
from core.platforms.douyin_errors import NAME
from core.platforms.douyin_gateway import Gateway, Said

RECORDS = "/goodlife/v1/fulfilment/certificate/verify_record/query/"
PAGE = 20
CANCELLED = 2
REFUNDED = 4
"""`certificate_status`, numbered as the certificate's own status."""


class DouyinHistory:
    """`VerificationHistory`. The platform keeps no operator text."""

    name = NAME

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def records(self, day: date, shop: Shop) -> Iterator[Verified]:
        starts, ends = day_starts(day), day_ends(day)
        cursor, seen = "0", set[str]()
        while cursor:
            page, cursor = self._gateway.get(RECORDS, {
                "account_id": shop.account_id, "cursor": cursor, "size": str(PAGE),
                "poi_ids": json.dumps([shop.shop_id]),
                "start_time": str(int(starts.timestamp())),
                "end_time": str(int(ends.timestamp()))}, _page, account_id=shop.account_id)
            for line in page:
                if starts <= line.at < ends and line.verify_id not in seen:
                    seen.add(line.verify_id)
                    yield line


def _page(data: dict[str, Any], said: Said) -> tuple[list[Verified], str]:
    records = items(data, "records", "records_v2")
    following = text(records[-1], "cursor") if len(records) == PAGE else ""
    return [_line(record) for record in records], following


def _line(record: dict[str, Any]) -> Verified:
    at = instant(record, "verify_time")
    if at is None:
        raise Malformed("verify_time")
    state = whole(record, "status", default=-1)
    if state not in (1, CANCELLED):
        raise Malformed("status")
    sku = part(record, "sku")
    return Verified(
        platform=NAME, verify_id=needed(record, "verify_id"),
        certificate_id=needed(record, "certificate_id"), code=text(record, "code") or None,
        sku_id=text(sku, "sku_id"), title=text(sku, "title"), at=at, amount=_amount(record),
        cancelled=state == CANCELLED, cancelled_at=instant(record, "cancel_time"),
        refunded=whole(record, "certificate_status") == REFUNDED, operator="",
        by_api=whole(record, "verify_type") == BY_API)


def _amount(record: dict[str, Any]) -> Money | None:
    """Of this use: a times card's own amount where there is one."""
    info = part(record, "verify_amount_info")
    for name in ("times_card_serial_amount", "time_card_amount"):
        amount = fen(part(part(info, name), "amount"), "pay_amount")
        if amount is not None:
            return amount
    return fen(part(record, "amount"), "pay_amount")
