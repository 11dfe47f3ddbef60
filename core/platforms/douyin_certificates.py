"""Douyin's certificates read into our values (douyin.md 3.2, 3.3, 3.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.money import Money, allocate, total
from core.platforms.answer import (
    Malformed,
    end,
    fen,
    first,
    flag,
    instant,
    items,
    needed,
    part,
    text,
    whole,
)
from core.platforms.base import ConsumedUse
from core.platforms.douyin_errors import NAME
from core.vouchers.certificate import Certificate, CertificateStatus

TIMES_CARD = 3
"""`sku.groupon_type`."""
BY_API = 4
"""`verify_type` of a verification through the open platform."""


@dataclass(frozen=True, slots=True)
class Verification:
    """One use that stands, as get and query show it."""

    verify_id: str
    at: datetime | None
    poi_id: str
    verify_type: int
    serial: int
    can_cancel: bool


def certificates(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of prepare or query, whichever copy of the list is there."""
    return items(data, "certificates", "certificates_v2", "certificates_v_2")


def prepared(item: dict[str, Any], order_id: str) -> Certificate:
    """An item of prepare. Its `status` is unreliable (3.2): what prepare shows is unused."""
    return _certificate(item, order_id, CertificateStatus.UNUSED)


def looked_up(item: dict[str, Any], order_id: str, now: datetime) -> Certificate:
    """An item of get or query, where `status` counts."""
    return _certificate(item, order_id, status(item, now))


def status(item: dict[str, Any], now: datetime) -> CertificateStatus:
    """Where it stands. A times card stays "unused" until its last use, and expired ones too."""
    number = whole(item, "status")
    if number == 2:
        return CertificateStatus.USED
    if number == 4:
        return CertificateStatus.REFUNDED
    if number in (3, 6):
        return CertificateStatus.REFUNDING
    if number not in (0, 1, 5):
        raise Malformed("status")
    card = part(item, "time_card")
    count = whole(card, "times_count")
    if count and whole(card, "times_used") >= count or (
            not count and number == 5 and verifications(item)):
        return CertificateStatus.USED
    expires = end(item, "expire_time")
    return (CertificateStatus.EXPIRED if expires is not None and now >= expires
            else CertificateStatus.UNUSED)


def _certificate(item: dict[str, Any], order_id: str, where: CertificateStatus) -> Certificate:
    sku, amount, card = part(item, "sku"), part(item, "amount"), part(item, "time_card")
    paid = fen(amount, "pay_amount")
    if paid is None:
        raise Malformed("pay_amount")
    count = max(whole(card, "times_count", default=1), 1)
    usable = where is CertificateStatus.UNUSED
    return Certificate(
        platform=NAME, certificate_id=needed(item, "certificate_id"), order_id=order_id,
        sku_id=needed(sku, "sku_id"), title=needed(sku, "title"), status=where,
        original=fen(amount, "original_amount") or fen(sku, "market_price") or paid, paid=paid,
        uses_total=count,
        uses_left=max(count - whole(card, "times_used"), 0) if usable else 0,
        use_amounts=tuple(_use_amounts(card, paid, count)),
        handle=needed(item, "encrypted_code"), code=text(item, "code") or None,
        starts=instant(item, "start_time"), expires=end(item, "expire_time"),
        buyer_name=_buyer(item, "name"), buyer_phone=_buyer(item, "phone"),
        times_card=bool(card) or whole(sku, "groupon_type") == TIMES_CARD)


def _use_amounts(card: dict[str, Any], paid: Money, count: int) -> list[Money]:
    """The platform's own amount of each use where they sum to what was paid, else equal ones."""
    serials = sorted(items(card, "serial_amount_list"), key=lambda one: whole(one, "serial_numb"))
    amounts = [fen(part(serial, "amount"), "pay_amount") for serial in serials]
    known = [amount for amount in amounts if amount is not None]
    if len(known) == count and total(known) == paid:
        return known
    return allocate(paid, [1] * count)


def _buyer(item: dict[str, Any], name: str) -> str:
    people = items(part(item, "reserve_info"), "order_reserve_user_info_list")
    return text(people[0], name) if people else ""


def verifications(item: dict[str, Any]) -> list[Verification]:
    """The uses that stand, oldest first: `verify_records`, and `verify` where that is missing."""
    records = items(item, "verify_records")
    last = part(item, "verify")
    if text(last, "verify_id") and all(
            text(record, "verify_id") != text(last, "verify_id") for record in records):
        records = [*records, last]
    return [Verification(
        verify_id=needed(record, "verify_id"), at=instant(record, "verify_time"),
        poi_id=text(record, "poi_id"), verify_type=whole(record, "verify_type"),
        serial=whole(record, "times_card_serial_num"), can_cancel=flag(record, "can_cancel"))
        for record in records]


def uses_used(item: dict[str, Any]) -> int:
    """Uses that stand, whatever became of the certificate afterwards."""
    used = whole(part(item, "time_card"), "times_used")
    return used or int(whole(item, "status") == 2 or bool(verifications(item)))


@dataclass(frozen=True, slots=True)
class Result:
    """One line of verify: `number` 0 is a success."""

    number: int
    message: str
    use: ConsumedUse | None
    code: str
    presented: str = ""
    """What was sent for it; the platform may encrypt it anew."""


def results(data: dict[str, Any]) -> list[Result]:
    """`verify_results`, one per use asked for."""
    lines = items(data, "verify_results")
    if not lines or any(first(line, "result") is None for line in lines):
        raise Malformed("verify_results")
    return [Result(
        number=whole(line, "result"), message=text(line, "msg"),
        use=(ConsumedUse(needed(line, "verify_id"), _paid_for(line), text(line, "certificate_id"))
             if whole(line, "result") == 0 else None),
        code=text(line, "origin_code"), presented=text(line, "code")) for line in lines]


def _paid_for(line: dict[str, Any]) -> Money | None:
    info = part(line, "verify_amount_info")
    for name in ("times_card_serial_amount", "time_card_amount"):
        amount = fen(part(part(info, name), "amount"), "pay_amount")
        if amount is not None:
            return amount
    return None


def amounts_of(item: dict[str, Any], uses: Sequence[Verification]) -> list[ConsumedUse]:
    """These uses with their amounts, by their number on the times card."""
    card = part(item, "time_card")
    by_serial = {whole(one, "serial_numb"): fen(part(one, "amount"), "pay_amount")
                 for one in items(card, "serial_amount_list")}
    return [ConsumedUse(use.verify_id, by_serial.get(use.serial)) for use in uses]
