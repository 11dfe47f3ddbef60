"""Our vouchers beside the sandbox's ledger, row by row: the proof that a sync missed nothing.

For demos and tests; against the real platforms reconciliation does this from their books.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.money import Money
from core.store import certificates
from core.store.db import Store
from core.vouchers.redemption import VoucherStatus

STATUS = {"unused": VoucherStatus.UNUSED, "used": VoucherStatus.REDEEMED,
          "partly_used": VoucherStatus.PARTLY_REDEEMED, "expired": VoucherStatus.EXPIRED,
          "refunded": VoucherStatus.REFUNDED, "refunding": VoucherStatus.REFUNDED}


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: missing, unknown (here but not there), twice, or the column that differs."""

    platform: str
    certificate: str
    what: str
    ours: object = None
    theirs: object = None

    def __str__(self) -> str:
        return (f"{self.platform} {self.certificate} {self.what}: "
                f"ours {self.ours!r}, theirs {self.theirs!r}")


@dataclass(frozen=True, slots=True)
class Comparison:
    rows: int
    differences: tuple[Difference, ...]


class LedgerComparison:
    """Reads only."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def compare(self, entries: Iterable[Mapping[str, Any]]) -> Comparison:
        """`entries`: `certificates` of GET /_sandbox/ledger."""
        with self._store.connection():
            rows = certificates.everything()
        by_key: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            for key in {row.certificate_id, row.voucher_no}:
                by_key.setdefault((row.platform_code, key), []).append(row)
        found, met, count = list[Difference](), set[int](), 0
        for entry in entries:
            count += 1
            platform = str(entry["platform"])
            ours = {row.id: row for key in {entry["certificate_id"], entry["code"]}
                    for row in by_key.get((platform, key), [])}
            met |= ours.keys()
            if len(ours) != 1:
                found.append(Difference(platform, entry["certificate_id"],
                                        "twice" if ours else "missing"))
                continue
            (row,) = ours.values()
            found += _differing(row, entry)
        found += [Difference(row.platform_code, row.certificate_id, "unknown")
                  for row in rows if row.id not in met]
        return Comparison(count, tuple(found))


def _differing(row: Any, entry: Mapping[str, Any]) -> list[Difference]:
    theirs: dict[str, object] = {
        "order": entry["order_id"], "status": STATUS[entry["status"]].name,
        "uses": entry["uses"], "used": entry["used"], "paid": Money.yuan(entry["paid"]),
        "code": entry["code"]}
    ours: dict[str, object] = {
        "order": row.platform_order_no, "status": VoucherStatus(row.status).name,
        "uses": row.uses_total, "used": row.uses_used, "paid": row.paid_price_fen,
        "code": row.voucher_no}
    if row.voucher_no == row.certificate_id and entry["code"] != entry["certificate_id"]:
        del theirs["code"]  # the platform shows a plain code only once it is used
    if entry["status"] == "refunded" and row.refunded_fen is not None:
        ours["refund"], theirs["refund"] = row.refunded_fen, Money.yuan(entry["refund"])
    return [Difference(row.platform_code, row.certificate_id, name, ours[name], theirs[name])
            for name in theirs if ours[name] != theirs[name]]
