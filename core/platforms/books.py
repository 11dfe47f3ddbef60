"""What a platform keeps about our sales: orders, verifications, shops. Read only.

Each method returns its result or raises a PlatformError of `core.errors`; all of it may be asked
again at any time. Windows are half-open instants; days are Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.money import Money
from core.platforms.base import Shop
from core.vouchers.certificate import CertificateStatus


@dataclass(frozen=True, slots=True)
class Merchant:
    """The owner of the shops, as one platform knows him. `token` is Meituan's of businessId 59."""

    account_id: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """Orders of `since <= t < until`; aware UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SoldCertificate:
    """One certificate of an order. None: the platform does not tell (here)."""

    certificate_id: str
    status: CertificateStatus
    """A times card is UNUSED until its last use."""
    code: str | None = None
    paid: Money | None = None
    original: Money | None = None
    uses_total: int | None = None
    uses_left: int | None = None
    uses_used: int | None = None
    """Consumed and not taken back, also of a certificate that was refunded afterwards."""
    use_amounts: tuple[Money, ...] = ()
    """One per use, summing to `paid`, where the number of uses is told."""
    starts: datetime | None = None
    expires: datetime | None = None
    refunded: Money | None = None
    refunded_at: datetime | None = None
    refunded_after_use: bool | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlatformOrder:
    """One paid order. Amounts are of the whole order.

    `status` sums up its certificates; where `certificates` is empty, `OrderSource.details` has
    them.
    """

    platform: str
    order_id: str
    sku_id: str
    title: str
    status: CertificateStatus
    paid: Money
    original: Money | None
    quantity: int | None
    times_card: bool
    paid_at: datetime | None
    updated_at: datetime | None
    expires: datetime | None = None
    shop_id: str = ""
    buyer_id: str = ""
    buyer_phone: str = ""
    """Masked by the platform; empty where it gives only a ciphertext."""
    certificates: tuple[SoldCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class OddOrder:
    """An order that could not be read; the rest of its page could. `wrong` names the field."""

    order_id: str
    wrong: str
    raw: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`next` is the cursor of the following page, empty at the end."""

    orders: tuple[PlatformOrder, ...]
    odd: tuple[OddOrder, ...]
    next: str
    total: int | None = None


class OrderSource(Protocol):
    """A platform that lists orders."""

    name: str
    lists_changes: bool
    """True: a window is of update times, so that it shows every change. False: of payment times;
    what happens to an order later shows only when it is asked for again."""
    longest_window: timedelta

    def orders(self, merchant: Merchant, window: Window, cursor: str = "") -> OrderPage:
        """One page of a window, oldest first."""
        ...

    def entry(self, merchant: Merchant, order_id: str) -> OrderPage:
        """One order as the list shows it; an empty page where the platform has no such question,
        or no such order."""
        ...

    def details(self, merchant: Merchant, order: PlatformOrder) -> tuple[SoldCertificate, ...]:
        """The certificates of one order with all that the platform tells of them."""
        ...


@dataclass(frozen=True, slots=True)
class Verified:
    """A line of the platform's verification history: one use."""

    platform: str
    verify_id: str
    certificate_id: str
    """Meituan has none: its code."""
    code: str | None
    sku_id: str
    title: str
    at: datetime
    amount: Money | None
    """Of this use; None where the platform does not tell it."""
    cancelled: bool
    cancelled_at: datetime | None
    refunded: bool
    """After use."""
    operator: str
    """What we sent as `Consumption.operator`; empty at a platform that does not keep it."""
    by_api: bool


class VerificationHistory(Protocol):
    """A platform that lists the verifications of a shop."""

    name: str

    def records(self, day: date, shop: Shop) -> Iterator[Verified]:
        """All verifications made on a day, read page by page; each verify_id once."""
        ...


@dataclass(frozen=True, slots=True)
class ListedShop:
    """A shop of the merchant at the platform."""

    shop_id: str
    name: str
    address: str
    account_id: str = ""


class ShopDirectory(Protocol):
    """A platform that lists a merchant's shops."""

    name: str

    def shops(self, merchant: Merchant) -> list[ListedShop]: ...
