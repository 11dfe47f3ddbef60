"""Meituan's coupons (receiptCode) read into our values (meituan.md 2.4).

The wire has no certificate id: the code is the id. After an undo the buyer may hold a new code,
which then is a new certificate to us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.money import Money, allocate
from core.platforms.answer import Malformed, end, flag, instant, items, needed, text, whole, yuan
from core.platforms.base import Consumed, ConsumedUse, Consumption
from core.platforms.meituan_errors import NAME
from core.vouchers.certificate import Certificate, CertificateStatus

TIMES_CARD_TYPES = (201, 205)
"""bizType of a times card: 205 in prepare and consume, 201 in the verification log."""


@dataclass(frozen=True, slots=True)
class Verification:
    """A verification that stands, as getconsumed and the log show it."""

    receipt_code: str
    account: str
    at: datetime | None
    biz_type: int
    flow_id: str = ""

    @property
    def of_times_card(self) -> bool:
        return self.biz_type in TIMES_CARD_TYPES

    @property
    def log_type(self) -> int:
        """The log's own number for the same kind of coupon."""
        return 201 if self.of_times_card else self.biz_type


def is_times_card(data: dict[str, Any]) -> bool:
    return flag(data, "tgTimesCardFlag") or whole(data, "bizType") in TIMES_CARD_TYPES


def certificate(data: dict[str, Any], status: CertificateStatus) -> Certificate:
    """What prepare shows. An ordinary code is one use; `count` offers its siblings with it, which
    have codes of their own that nobody has shown us."""
    code = needed(data, "receiptCode")
    times = is_times_card(data)
    uses = max(whole(data, "purchaseToConsumeRatio", default=1), 1) if times else 1
    available = min(whole(data, "count", default=1), uses) if times else 1
    paid = yuan(data, "dealPrice")
    if paid is None:
        raise Malformed("dealPrice")
    return Certificate(
        platform=NAME, certificate_id=code, order_id=text(data, "orderId"),
        sku_id=sku_id(data), title=needed(data, "dealTitle"), status=status,
        original=yuan(data, "dealMarketPrice") or paid, paid=paid,
        uses_total=uses, uses_left=available if status is CertificateStatus.UNUSED else 0,
        use_amounts=tuple(allocate(paid, [1] * uses)), handle=code, code=code,
        expires=end(data, "receiptEndDate"), buyer_phone=text(data, "mobile"), times_card=times,
        siblings=0 if times else max(whole(data, "count", default=1), 1) - 1)


def sku_id(data: dict[str, Any]) -> str:
    """The package id; goods that are no group-buy have a product item id instead."""
    for name in ("dealId", "productItemId"):
        if text(data, name) not in ("", "0"):
            return text(data, name)
    raise Malformed("dealId")


def unreadable_now(code: str, status: CertificateStatus) -> Certificate:
    """A known coupon of which the platform tells no more than where it stands."""
    nothing = Money.zero()
    return Certificate(
        platform=NAME, certificate_id=code, order_id="", sku_id="", title="", status=status,
        original=nothing, paid=nothing, uses_total=1, uses_left=0, use_amounts=(nothing,),
        handle=code, code=code)


def consumed(data: dict[str, Any], consumption: Consumption, at: datetime,
             log_id: str) -> Consumed:
    """`data.result`: one item per use, or one per coupon with several uses. Items under other
    codes are the siblings."""
    result = items(data, "result")
    if not result:
        raise Malformed("result")
    uses = [ConsumedUse(text(item, "flowId") or f"{consumption.key}-{number}", _amount(item),
                        sibling(text(item, "receiptCode"), consumption))
            for number, item in enumerate(result, 1)]
    missing = 0 if consumption.siblings else consumption.uses - len(uses)
    uses += [ConsumedUse(f"{uses[-1].verify_id}-{number}", uses[-1].amount)
             for number in range(2, missing + 2)]
    code = consumption.handle if consumption.siblings else (
        text(result[0], "receiptCode") or consumption.handle)
    return Consumed(tuple(uses), at, code, log_id)


def sibling(code: str, consumption: Consumption) -> str:
    """The code of a use that is not the consumption's own; its id, as for every coupon here."""
    return code if consumption.siblings and code != consumption.handle else ""


def _amount(item: dict[str, Any]) -> Money | None:
    """None for a times card: its unit price is rounded, so that three uses of a card of ¥100 would
    be worth ¥100.02. The shares of `certificate` sum to what was paid."""
    return None if is_times_card(item) else yuan(item, "dealPrice")


def verification(data: dict[str, Any]) -> Verification:
    """An item of getconsumed or of the log."""
    return Verification(
        receipt_code=needed(data, "receiptCode"), account=text(data, "verifyAccount"),
        at=instant(data, "verifyTime"), biz_type=whole(data, "bizType"),
        flow_id=text(data, "flowId"))


def stands(record: dict[str, Any]) -> bool:
    """Whether a line of the log is a use that was not taken back: 1 used, 6 refunded after."""
    return whole(record, "refundStatus", default=1) in (1, 6)
