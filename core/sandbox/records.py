"""Orders, certificates and uses as values, and how they are read from the ledger's rows."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from core.money import Money, allocate


@dataclass(frozen=True)
class Certificate:
    """One coupon. `ends_at` is exclusive; `refund` is "", "refunding" or "refunded"."""

    certificate_id: str
    platform: str
    order_id: str
    code: str
    qr_id: str
    sku: str
    uses: int
    used: int
    paid_fen: int
    original_fen: int
    starts_at: float
    ends_at: float
    venues: tuple[int, ...]
    refund: str
    refund_fen: int
    refunded_at: float | None
    updated_at: float

    @property
    def left(self) -> int:
        return self.uses - self.used

    def status(self, at: float) -> str:
        """unused, used, partly_used, refunded, expired or refunding."""
        if self.refund:
            return self.refund
        if self.used >= self.uses:
            return "used"
        if at >= self.ends_at:
            return "expired"
        return "partly_used" if self.used else "unused"


@dataclass(frozen=True)
class Use:
    """One consumption. `key` is the caller's requestId or verify_token."""

    seq: int
    verify_id: str
    certificate_id: str
    code: str
    key: str
    venue: int
    serial: int
    amount_fen: int
    operator: str
    operator_name: str
    at: float
    cancelled_at: float | None


@dataclass(frozen=True)
class Order:
    """One payment; amounts are those of one certificate.

    `state` is available, finished (nothing left to use) or closed (all refunded).
    """

    order_id: str
    platform: str
    sku: str
    title: str
    phone: str
    open_id: str
    quantity: int
    uses: int
    paid_fen: int
    original_fen: int
    state: str
    paid_at: float
    updated_at: float


def per_use(certificate: Certificate) -> list[int]:
    """What each use cost in fen; the parts sum to what was paid."""
    parts = allocate(Money(certificate.paid_fen), [1] * certificate.uses)
    return [part.fen for part in parts]


def as_certificate(row: sqlite3.Row) -> Certificate:
    """A row of the table `certificates` as a value."""
    values = dict(row)
    del values["position"]
    values["venues"] = tuple(json.loads(values["venues"]))
    return Certificate(**values)


def as_use(row: sqlite3.Row) -> Use:
    """A row of the table `uses` as a value."""
    values = dict(row)
    del values["platform"]
    return Use(**values)


def as_order(row: sqlite3.Row) -> Order:
    """A row of the table `orders` as a value."""
    return Order(**dict(row))
