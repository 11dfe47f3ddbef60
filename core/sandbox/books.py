"""The ledger as the control shows it, read in two queries however big it is."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from core.money import Money
from core.sandbox.records import Certificate, Use, as_certificate, as_use
from core.sandbox.sandbox import Sandbox


def entries(sandbox: Sandbox, certificate_id: str | None, last: int) -> list[dict[str, Any]]:
    """All certificates in the order of their sale, one of them, or the `last` ones (-1: all)."""
    ledger = sandbox.ledger
    with ledger.change():
        rows = ledger.rows("SELECT * FROM certificates WHERE ? IS NULL OR certificate_id = ? "
                           "ORDER BY rowid DESC LIMIT ?", certificate_id, certificate_id, last)
        used = ledger.rows(
            "SELECT * FROM uses WHERE ? IS NULL OR certificate_id = ? ORDER BY seq",
            certificate_id, certificate_id)
    uses: dict[str, list[Use]] = defaultdict(list)
    for row in used:
        uses[row["certificate_id"]].append(as_use(row))
    certificates = [as_certificate(row) for row in reversed(rows)]
    return [_entry(sandbox, one, uses[one.certificate_id]) for one in certificates]


def qr_text(sandbox: Sandbox, one: Certificate) -> str:
    """What the buyer's app shows as a QR: Douyin a short link, Meituan the code."""
    if one.platform == "meituan":
        return one.code
    return f"{sandbox.world.base_url}/dyshort/{one.qr_id}/"


def _entry(sandbox: Sandbox, one: Certificate, uses: list[Use]) -> dict[str, Any]:
    sku = sandbox.world.sku(one.platform, one.sku)
    return {
        "platform": one.platform, "order_id": one.order_id,
        "certificate_id": one.certificate_id, "code": one.code, "qr": qr_text(sandbox, one),
        "sku": one.sku, "title": sku.title if sku else one.sku,
        "status": one.status(sandbox.ledger.now()), "uses": one.uses, "used": one.used,
        "paid": _yuan(one.paid_fen), "refund": _yuan(one.refund_fen),
        "venues": list(one.venues),
        "consumed": [{"key": use.key, "verify_id": use.verify_id, "venue": use.venue,
                      "at": use.at, "code": use.code, "serial": use.serial,
                      "amount": _yuan(use.amount_fen), "live": use.cancelled_at is None}
                     for use in uses],
        "cancelled": [{"verify_id": use.verify_id, "at": use.cancelled_at}
                      for use in uses if use.cancelled_at is not None]}


def _yuan(fen: int) -> float:
    return float(Money(fen).to_yuan())
