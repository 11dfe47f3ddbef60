"""A platform's order as a row of ours."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from core.money import Money
from core.platforms.books import PlatformOrder, SoldCertificate
from core.store.merchants import MerchantRow
from core.store.orders import Claim, DueOrder, Known
from core.vouchers.certificate import CertificateStatus

YOUNG = timedelta(seconds=30)
"""The platform's times are whole seconds, and its clock may be behind ours a little."""


def is_young(order: PlatformOrder, at: datetime) -> bool:
    """Whether a second change could follow in the second of the last one."""
    return order.updated_at is not None and at - order.updated_at < YOUNG


def mark_of(order: PlatformOrder, at: datetime) -> str:
    """What the list says of an order, in one word; a young order's mark differs from the one it
    gets later, so that it is asked once more then."""
    updated = order.updated_at.isoformat() if order.updated_at else ""
    return f"{order.status.value} {updated}{'~' if is_young(order, at) else ''}".strip()


def is_news(order: PlatformOrder, known: Known | None, at: datetime) -> bool:
    """Whether something may have happened since the list told of it last."""
    return known is None or is_young(order, at) or known.mark != mark_of(order, at)


def row_of(merchant: MerchantRow, order: PlatformOrder, at: datetime,
           claim: Claim) -> tuple[Any, ...]:
    """Values for `orders.list_all`: the order is claimed with its listing."""
    return (merchant.platform_id, merchant.account_id, order.order_id, order.sku_id[:64],
            order.title[:100], order.status.value, order.paid, order.original, order.quantity,
            int(order.times_card), order.paid_at, order.expires, order.shop_id[:64],
            order.buyer_phone[:20], order.updated_at, mark_of(order, at), _refunds(order),
            claim.until, claim.key, 0,
            1, 0, "", at, at)


def due_of(order: PlatformOrder) -> DueOrder:
    """An order that was just listed, as asking for it needs it."""
    return DueOrder(order.order_id, order.sku_id[:64], order.title[:100],
                    order.status.value, order.paid, order.original, order.buyer_phone[:20],
                    order.updated_at, _refunds(order))


def listed_of(order: DueOrder) -> PlatformOrder:
    """The reverse, for an order whose listing is long over."""
    certificates = tuple(
        SoldCertificate(certificate_id, CertificateStatus.REFUNDED, refunded=Money(fen),
                        refunded_at=datetime.fromisoformat(at) if at else None)
        for certificate_id, (fen, at) in order.refunds.items())
    return PlatformOrder(
        platform="", order_id=order.order_id, sku_id=order.sku_id, title=order.title,
        status=CertificateStatus(order.status) if order.status else CertificateStatus.UNUSED,
        paid=order.paid or Money.zero(), original=order.original, quantity=None,
        times_card=False, paid_at=None, updated_at=order.updated_at, certificates=certificates)


def _refunds(order: PlatformOrder) -> dict[str, list[Any]]:
    return {one.certificate_id: [one.refunded.fen,
                                 one.refunded_at.isoformat() if one.refunded_at else None]
            for one in order.certificates if one.refunded is not None}


def quarantined(raw: dict[str, Any]) -> str:
    """The platform's own words, to be kept encrypted for whoever looks into it."""
    return json.dumps(raw, ensure_ascii=False, default=str)[:20_000]
