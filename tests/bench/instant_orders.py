"""A platform's order books in memory: what the sync costs when the platform costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.money import Money
from core.platforms.base import Shop
from core.platforms.books import (
    ListedShop,
    Merchant,
    OrderPage,
    PlatformOrder,
    SoldCertificate,
    Verified,
    Window,
)
from core.vouchers.certificate import CertificateStatus

PAGE = 100


@dataclass
class InstantOrders:
    """`OrderSource`, `ShopDirectory` and `VerificationHistory` of one merchant."""

    began: datetime
    count: int
    certificates: int = 1
    name: str = "douyin"
    lists_changes: bool = True
    longest_window: timedelta = timedelta(days=365)
    status: CertificateStatus = CertificateStatus.UNUSED
    round: int = 0
    _made: dict[str, PlatformOrder] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._make_all()

    def _make_all(self) -> None:
        """Ahead of the measured time: it is the platform's work."""
        self._made = {f"80{number:017d}": self._order(number) for number in range(self.count)}

    def change_all(self, status: CertificateStatus) -> None:
        """Every order changes."""
        self.status = status
        self.round += 1
        self._make_all()

    def order(self, number: int) -> PlatformOrder:
        return self._made[f"80{number:017d}"]

    def _order(self, number: int) -> PlatformOrder:
        at = self.began + timedelta(seconds=number / 100)
        return PlatformOrder(
            platform=self.name, order_id=f"80{number:017d}", sku_id="1791280000000101",
            title="健身月卡 30 天", status=self.status,
            paid=Money(199_00 * self.certificates), original=Money(299_00 * self.certificates),
            quantity=self.certificates, times_card=False, paid_at=at,
            updated_at=at + timedelta(hours=self.round), shop_id="",
            buyer_phone="138****8000", certificates=self._sold(number, at))

    def _sold(self, number: int, at: datetime) -> tuple[SoldCertificate, ...]:
        used = self.status is CertificateStatus.USED
        return tuple(SoldCertificate(
            certificate_id=f"7212{number * self.certificates + each:015d}", status=self.status,
            paid=Money(199_00), original=Money(299_00), uses_total=1, uses_left=1 - used,
            uses_used=int(used), use_amounts=(Money(199_00),), starts=at,
            expires=self.began.replace(hour=16, minute=0, second=0) + timedelta(days=90),
            updated_at=at) for each in range(self.certificates))

    def orders(self, merchant: Merchant, window: Window, cursor: str = "") -> OrderPage:
        start = int(cursor or 0)
        found = [self.order(number) for number in range(start, min(start + PAGE, self.count))]
        following = start + PAGE
        return OrderPage(tuple(found), (), str(following) if following < self.count else "",
                         self.count)

    def entry(self, merchant: Merchant, order_id: str) -> OrderPage:
        return OrderPage((self.order(int(order_id[2:])),), (), "")

    def details(self, merchant: Merchant, order: PlatformOrder) -> tuple[SoldCertificate, ...]:
        return self.order(int(order.order_id[2:])).certificates

    def shops(self, merchant: Merchant) -> list[ListedShop]:
        return []

    def records(self, day: date, shop: Shop) -> Iterator[Verified]:
        return iter(())
