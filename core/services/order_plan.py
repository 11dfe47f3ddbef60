"""What one order's answer changes in our books: decided here, written by `order_checks`.

An answer is believed only about a row that nobody wrote since before the question, and that no
redemption is working on: the flow knows better than an answer that is already old.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from core.money import Money
from core.platforms.books import SoldCertificate
from core.services.certificate_truth import Stand, amounts, differs, lost, match, stand
from core.store.certificates import Goods, KnownCertificate, Ours
from core.store.orders import DueOrder
from core.vouchers.certificate import CertificateStatus
from core.vouchers.redemption import VoucherStatus
from core.vouchers.validity import Window

IN_FLIGHT = timedelta(seconds=15)
"""A redemption is at work on it: ask again then."""
OVERTAKEN = timedelta(seconds=2)
"""Somebody wrote the row while we were asking."""
YOUNG = timedelta(minutes=2)
"""The platforms' order books may lag behind our own verification for this long."""
CODE_SHOWN = timedelta(minutes=65)
"""Douyin shows the plain code an hour after use, when it can no longer be cancelled."""
UNUSED, REFUNDING = CertificateStatus.UNUSED, CertificateStatus.REFUNDING
OPEN_STATES = (UNUSED, REFUNDING)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true in our books at the moment of writing. `versions`: when each row was last
    written, as read before the platform was asked."""

    at: datetime
    zone: str
    platform_id: int
    goods: Mapping[str, Goods]
    versions: Mapping[int, datetime]
    in_flight: frozenset[int]
    ours: Mapping[int, Ours]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something about a known certificate that people must hear of or the books must say.

    what: refunded (with the loss), used_elsewhere, taken_back_elsewhere, moved.
    """

    what: str
    row: KnownCertificate
    was: VoucherStatus
    now: VoucherStatus
    loss: Money = Money(0)
    refunded: Money | None = None


@dataclass(slots=True)
class OrderPlan:
    """`check_at`: when the order must be asked again; None: not before it changes."""

    new: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[KnownCertificate, dict[str, Any]]] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    check_at: datetime | None = None
    is_open: bool = False
    times_card: bool = False

    def again(self, at: datetime) -> None:
        """Ask again at `at`, or earlier if something else wants that."""
        self.check_at = min(at, self.check_at or at)


def plan(order: DueOrder, sold: Sequence[SoldCertificate], rows: Sequence[KnownCertificate],
         now: Situation) -> OrderPlan:
    """What to write for one order; `rows` are those that may be its certificates."""
    made = OrderPlan(is_open=any(one.status in OPEN_STATES for one in sold))
    if order.status == REFUNDING.value and len(sold) == 1 and sold[0].status is UNUSED:
        # Meituan's coupons have no status for a refund under way: its order tells.
        sold = [replace(sold[0], status=REFUNDING)]
    matched = match(sold, rows, order.order_id)
    for one, row in matched.pairs:
        if row is not None:
            _known(made, order, one, row, now, len(sold), row.id in matched.new_codes)
        elif order.status:
            made.new.append(_new(order, one, now, len(sold)))
            made.times_card |= (one.uses_total or now.goods[order.sku_id].uses or 1) > 1
            if _hides_code(one):
                made.again(now.at + CODE_SHOWN)
    return made


def _hides_code(one: SoldCertificate) -> bool:
    return one.status is CertificateStatus.USED and one.code is None


def _known(made: OrderPlan, order: DueOrder, one: SoldCertificate, row: KnownCertificate,
           now: Situation, siblings: int, new_code: bool) -> None:
    if row.id in now.in_flight:
        made.again(now.at + IN_FLIGHT)
        return
    if now.versions.get(row.id) != row.updated_at:
        made.again(now.at + OVERTAKEN)
        if row.platform_order_no is None:  # met by a scan that did not tell its order
            made.changed.append((row, {"platform_order_no": order.order_id}))
        return
    ours = now.ours.get(row.id, Ours())
    goods = now.goods.get(row.sku_id or order.sku_id)
    stands = stand(one, max(row.uses_total, goods.uses or 1 if goods else 1), row.uses_used)
    made.times_card |= stands.uses_total > 1
    taken_back = stands.uses_used < ours.uses
    if taken_back and order.status == REFUNDING.value:
        return  # one of several is being refunded; "unused" may be the platform's word for it
    if taken_back and ours.last_at is not None and now.at - ours.last_at < YOUNG:
        made.again(ours.last_at + YOUNG)
        return
    columns = _columns(order, one, row, stands, now, siblings)
    if new_code and one.code:
        columns |= {"voucher_no": one.code, "code_tail": one.code[-4:]}
    changed = differs(row, columns)
    if not changed:
        return
    was = VoucherStatus(row.status)
    if _hides_code(one) and was is not VoucherStatus.REDEEMED:
        made.again(now.at + CODE_SHOWN)
    made.changed.append((row, changed))
    made.happened += _events(one, row, was, stands, ours, taken_back)


def _events(one: SoldCertificate, row: KnownCertificate, was: VoucherStatus, stands: Stand,
            ours: Ours, taken_back: bool) -> list[Happened]:
    """What to tell of a row that changes, from what it was and what it is now."""
    refunded = one.status is CertificateStatus.REFUNDED
    if refunded and (row.refunded_at is None or row.refunded_fen != one.refunded):
        loss = lost(one, stands, ours.consumed, row.paid_price_fen or ours.consumed)
        return [Happened("refunded", row, was, stands.status, loss, one.refunded)]
    if taken_back and not refunded:
        return [Happened("taken_back_elsewhere", row, was, stands.status)]
    if stands.uses_used > max(ours.uses, row.uses_used):
        return [Happened("used_elsewhere", row, was, stands.status)]
    return [Happened("moved", row, was, stands.status)] if was is not stands.status else []


def _columns(order: DueOrder, one: SoldCertificate, row: KnownCertificate, stands: Stand,
             now: Situation, siblings: int) -> dict[str, Any]:
    """What a known row should say. What the platform does not tell stays as it is."""
    columns: dict[str, Any] = {
        "status": int(stands.status), "uses_used": stands.uses_used,
        "uses_total": stands.uses_total, "platform_order_no": order.order_id}
    if one.code and one.code != one.certificate_id and row.voucher_no != one.code:
        columns |= {"voucher_no": one.code, "code_tail": one.code[-4:]}
    if one.expires is not None:
        columns |= {"expires_at": one.expires, "expire_date": _last_day(one.expires, now.zone)}
    if one.starts is not None:
        columns["starts_at"] = one.starts
    if row.paid_price_fen is None or stands.uses_total != len(row.use_amounts_fen):
        paid, parts = amounts(one, order.paid, siblings, stands.uses_total)
        columns |= {"paid_price_fen": paid, "use_amounts_fen": parts} if paid else {}
    if row.original_price_fen is None and one.original is not None:
        columns["original_price_fen"] = one.original
    if not row.user_phone and order.buyer_phone:
        columns["user_phone"] = order.buyer_phone
    if not row.sku_id and order.sku_id:
        columns["sku_id"] = order.sku_id
    return columns | _refund(one, row, now) | _use(one, order, row, stands, now)


def _refund(one: SoldCertificate, row: KnownCertificate, now: Situation) -> dict[str, Any]:
    if one.status is not CertificateStatus.REFUNDED:
        return {"refunded_at": None, "refunded_fen": None}
    return {"refunded_at": one.refunded_at or row.refunded_at or now.at,
            "refunded_fen": one.refunded if one.refunded is not None else row.refunded_fen}


def _use(one: SoldCertificate, order: DueOrder, row: KnownCertificate, stands: Stand,
         now: Situation) -> dict[str, Any]:
    """When it was used, for a use that is not ours: ours is in the row already."""
    if stands.uses_used == 0:
        return {"verified_at": None, "verified_by": None, "venue_id": None, "user_id": None}
    if row.verified_at is None:
        return {"verified_at": _used_at(one, order, now)}
    return {}


def _used_at(one: SoldCertificate, order: DueOrder, now: Situation) -> datetime:
    return one.updated_at or order.updated_at or now.at


@lru_cache(maxsize=1024)
def _last_day(expires: datetime | None, zone: str) -> date | None:
    """A deal's certificates end on few days."""
    return Window(ends=expires).last_day(zone)


def _new(order: DueOrder, one: SoldCertificate, now: Situation,
         siblings: int) -> tuple[Any, ...]:
    """The row of a certificate met for the first time, as `certificates.add_all` takes it."""
    goods = now.goods[order.sku_id]
    stands = stand(one, goods.uses or 1)
    paid, parts = amounts(one, order.paid, siblings, stands.uses_total)
    original = one.original or (order.original if siblings == 1 else None) or paid
    number = one.code or one.certificate_id
    refunded = one.status is CertificateStatus.REFUNDED
    return (
        number, one.certificate_id, number[-4:], now.platform_id, order.order_id, order.sku_id,
        goods.voucher_type, goods.product_id, goods.name[:100], original, paid, parts,
        order.buyer_phone or None, int(stands.status), stands.uses_total, stands.uses_used,
        one.starts, one.expires, _last_day(one.expires, now.zone),
        _used_at(one, order, now) if stands.uses_used else None,
        (one.refunded_at or now.at) if refunded else None, one.refunded if refunded else None,
        one.updated_at or order.updated_at, now.at, now.at, 1)
