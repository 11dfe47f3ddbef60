"""What a platform says about a certificate (券), in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from core.money import Money


class CertificateStatus(Enum):
    """Where a certificate stands at its platform."""

    UNUSED = "unused"
    USED = "used"
    EXPIRED = "expired"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate: bought once, good for `uses_total` uses.

    `certificate_id` never changes; the plain `code` may be unknown (Douyin shows it only after
    use). `handle` is what consume names. `use_amounts` has one amount per use and sums to `paid`.
    """

    platform: str
    certificate_id: str
    order_id: str
    sku_id: str
    title: str
    status: CertificateStatus
    original: Money
    paid: Money
    uses_total: int
    uses_left: int
    use_amounts: tuple[Money, ...]
    handle: str
    code: str | None = None
    starts: datetime | None = None
    expires: datetime | None = None
    buyer_phone: str = ""
    """Masked by the platform, such as `138****0421`."""
    buyer_name: str = ""
    times_card: bool = False
    siblings: int = 0
    """Further certificates of the order, unknown by code, that can be used together with this one
    (meituan.md 5, count)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The answer to a read-only prepare: the usable certificates of one order.

    `verify_token` belongs to this prepare alone (douyin.md 3.2); empty for platforms without one.
    """

    certificates: tuple[Certificate, ...]
    verify_token: str = ""
    log_id: str = ""
