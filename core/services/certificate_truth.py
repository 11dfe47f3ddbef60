"""What a platform says of a sold certificate, set against what we know: no clock, no input.

The answer is what the voucher's row should say. Nothing here depends on how or when the answer
came, so that a listing, a notice and a second notice all end the same (design section 3, step 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from core.money import Money, allocate
from core.platforms.books import SoldCertificate
from core.store.certificates import KnownCertificate
from core.vouchers.certificate import CertificateStatus
from core.vouchers.redemption import VoucherStatus


class Stand(NamedTuple):
    """Where a certificate stands: our status, and how many of its uses are gone."""

    status: VoucherStatus
    uses_total: int
    uses_used: int


def stand(sold: SoldCertificate, uses_total: int = 1, uses_known: int = 0) -> Stand:
    """`uses_total` and `uses_known` count where the platform does not tell (Meituan tells neither
    for a times card)."""
    total = sold.uses_total or max(uses_total, 1)
    used = min(_used(sold, total, uses_known), total)
    if sold.status in (CertificateStatus.REFUNDED, CertificateStatus.REFUNDING):
        return Stand(VoucherStatus.REFUNDED, total, used)
    if used >= total:
        return Stand(VoucherStatus.REDEEMED, total, total)
    if sold.status is CertificateStatus.EXPIRED:
        return Stand(VoucherStatus.EXPIRED, total, used)
    return Stand(VoucherStatus.PARTLY_REDEEMED if used else VoucherStatus.UNUSED, total, used)


def _used(sold: SoldCertificate, total: int, known: int) -> int:
    if sold.status is CertificateStatus.USED:
        return total
    if sold.uses_used is not None:
        return sold.uses_used
    if sold.uses_left is not None:
        return total - sold.uses_left
    if sold.refunded_after_use is not None:
        return (max(known, 1) if total > 1 else 1) if sold.refunded_after_use else 0
    return known if total > 1 or sold.status is CertificateStatus.REFUNDING else 0


def lost(sold: SoldCertificate, now: Stand, consumed: Money, paid: Money) -> Money:
    """What of `consumed` the buyer got back although we gave it: the shop's loss.

    A refund of the uses that were left costs nothing. Where the platform does not tell the
    amount, it gave everything back only if nothing was left.
    """
    if sold.refunded is None:
        return consumed if now.uses_used >= now.uses_total else Money.zero()
    over = consumed + sold.refunded - paid
    return min(max(over, Money.zero()), consumed)


def differs(row: KnownCertificate, wanted: dict[str, Any]) -> dict[str, Any]:
    """The columns that the row does not have already."""
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def amounts(sold: SoldCertificate, of_order: Money | None, siblings: int,
            uses: int) -> tuple[Money | None, list[int]]:
    """What one certificate cost, and each of its uses in fen, summing to it. An order's payment
    belongs to its certificates in equal parts where the platform does not divide it."""
    paid = sold.paid
    if paid is None and of_order is not None and siblings:
        paid = allocate(of_order, [1] * siblings)[0]
    if paid is None:
        return None, []
    if len(sold.use_amounts) == uses:
        return paid, [amount.fen for amount in sold.use_amounts]
    return paid, [part.fen for part in allocate(paid, [1] * uses)]


class Matched(NamedTuple):
    """Certificates with their rows; `new_codes`: rows whose code the platform replaced."""

    pairs: tuple[tuple[SoldCertificate, KnownCertificate | None], ...]
    new_codes: frozenset[int] = frozenset()


def match(sold: Sequence[SoldCertificate], rows: Sequence[KnownCertificate],
          order_id: str) -> Matched:
    """Which row is which certificate.

    By the certificate's id or code. Where the code is the id (Meituan), an undone coupon comes
    back under a new code, and only the order tells: the rows of the order that the platform knows
    no more, in the order of their sale, take the codes that we do not know yet.
    """
    if not rows:
        return Matched(tuple((one, None) for one in sold))
    by_code = {row.voucher_no: row for row in rows}
    by_id = {row.certificate_id: row for row in by_code.values()}
    current = {one.code for one in sold if one.code}
    found: dict[int, KnownCertificate] = {}
    for index, one in enumerate(sold):
        row = by_code.get(one.code or one.certificate_id) or by_id.get(one.certificate_id)
        if row is not None and (row.voucher_no not in current or row.voucher_no == one.code
                                or one.code != one.certificate_id):
            found[index] = row
    taken = {row.id for row in found.values()}
    gone = sorted((row for row in by_code.values()
                   if row.id not in taken and row.platform_order_no == order_id),
                  key=lambda row: row.id)
    fresh = [index for index, one in enumerate(sold)
             if index not in found and one.code == one.certificate_id]
    replaced = dict(zip(fresh, gone, strict=False))
    found |= replaced
    return Matched(tuple((one, found.get(index)) for index, one in enumerate(sold)),
                   frozenset(row.id for row in replaced.values()))
