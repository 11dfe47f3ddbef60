"""What the product asks of a certificate platform: one small Protocol, one file per provider.

Every method either returns its result or raises one of `core.errors`:

* VoucherError: the certificate itself cannot be used, and the platform said why; its word is one
  of those listed at the class (voucher_not_found, already_redeemed, expired, wrong_venue …).
* PlatformRefused: another definitive "no"; nothing was changed.
* PlatformBusy: "later" (rate limit, outage said plainly, breaker open); nothing was changed.
* PlatformMisconfigured: credentials or authorisation; nothing was changed, staff must act.
* PlatformUnknown: no readable answer. Reads may simply be repeated; after consume or cancel the
  effect may have happened, and only `find` or an identical repetition can tell (invariant I3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from core.money import Money
from core.vouchers.certificate import Certificate, Prepared
from core.vouchers.scan import Candidate


@dataclass(frozen=True, slots=True)
class Shop:
    """One venue as one platform knows it. `token` is a secret and stays out of the repr."""

    venue_id: int
    shop_id: str
    account_id: str
    token: str

    def __repr__(self) -> str:
        return f"Shop(venue_id={self.venue_id}, shop_id={self.shop_id!r})"


@dataclass(frozen=True, slots=True)
class Piece:
    """A further certificate of the same order, consumed by the same call."""

    certificate_id: str
    handle: str
    uses: int


@dataclass(frozen=True, slots=True)
class Consumption:
    """Everything an identical repetition of one consume needs; stored before the first try."""

    key: str
    """Ours, 32 hex characters: Meituan's requestId."""
    verify_token: str
    """Douyin's idempotency id, from the prepare that gave `handle`."""
    certificate_id: str
    handle: str
    order_id: str
    sku_id: str
    uses: int
    operator: str
    """Recorded by the platform; carries the redemption's ref, so that a verification found there
    can be recognised as this one."""
    operator_name: str
    first_tried_at: datetime
    """Aware UTC."""
    known_verify_ids: frozenset[str] = frozenset()
    """Verifications of these certificates that other redemptions of ours already account for;
    `find` on a times card needs them."""
    further: tuple[Piece, ...] = ()
    """Other certificates of the order, which the platform takes together with this one and
    answers for one by one (douyin.md 3.3)."""
    siblings: int = 0
    """Other certificates of the order, one use each and all or none, which only the platform can
    name (Meituan's count, meituan.md 5)."""


@dataclass(frozen=True, slots=True)
class ConsumedUse:
    """One use, as the platform booked it. `verify_id` is unique within the platform;
    `certificate_id` is empty for the consumption's own certificate."""

    verify_id: str
    amount: Money | None = None
    certificate_id: str = ""


@dataclass(frozen=True, slots=True)
class RefusedPiece:
    """A certificate that the same answer said no to; `certificate_id` as in ConsumedUse."""

    certificate_id: str
    word: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consumed:
    """The platform has consumed `len(uses)` uses for this key: now or at an earlier try."""

    uses: tuple[ConsumedUse, ...]
    at: datetime
    code: str | None = None
    log_id: str = ""
    refused: tuple[RefusedPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Everything needed to take back uses of one earlier consumption, also repeatedly."""

    key: str
    consumption: Consumption
    verify_ids: tuple[str, ...]
    consumed_at: datetime
    code: str | None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The uses are given back. `new_code`: Meituan may issue another code to the buyer (1141)."""

    at: datetime
    new_code: str | None = None
    log_id: str = ""


class CertificatePlatform(Protocol):
    """A platform that sells certificates and lets a shop consume them."""

    name: str
    """The platform code: meituan, douyin, manual."""

    undo_window: timedelta
    """A hint for people; the platform's own answer decides."""

    undoes_each_use: bool
    """False: what one call consumed of a certificate comes back together or not at all."""

    def prepare(self, candidate: Candidate, shop: Shop) -> Prepared:
        """Read what was scanned. Changes nothing at the platform."""
        ...

    def consume(self, consumption: Consumption, shop: Shop) -> Consumed:
        """Consume; safe to repeat identically.

        "already_redeemed" is final: whether the use is this very consumption has been looked up,
        and asking `find` after it would weaken the answer (see `core/platforms/douyin.py`).
        """
        ...

    def find(self, consumption: Consumption, shop: Shop) -> Consumed | None:
        """What became of a consume whose answer was lost; None: surely not consumed by us.

        Raises VoucherError("already_redeemed") when somebody else consumed it meanwhile.
        """
        ...

    def cancel(self, cancellation: Cancellation, shop: Shop) -> Cancelled:
        """Give the uses back. Raises VoucherError("undo_window_passed") when it is too late."""
        ...

    def find_cancelled(self, cancellation: Cancellation, shop: Shop) -> Cancelled | None:
        """What became of a cancel whose answer was lost; None: surely still consumed."""
        ...

    def look_up(self, certificate_id: str, handle: str, shop: Shop) -> Certificate:
        """The present status of a known certificate; read only."""
        ...


__all__ = [
    "Cancellation",
    "Cancelled",
    "CertificatePlatform",
    "Consumed",
    "ConsumedUse",
    "Consumption",
    "Piece",
    "RefusedPiece",
    "Shop",
]
