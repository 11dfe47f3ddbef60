"""The owners of the shops, as the platforms know them: whose orders are listed."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.store.catalogue import ACTIVE, CUSTOMER_SIDE
from core.store.select import tuples
from core.store.tables import Platform, PlatformShop, Venue

MEITUAN = "meituan"


@dataclass(frozen=True, slots=True)
class MerchantRow:
    """`venue_id` is one of his venues: whose managers hear of trouble with his orders."""

    platform_id: int
    platform_code: str
    account_id: str
    venue_id: int
    token: str | None = field(default=None, repr=False)


def merchants(platform_code: str | None = None) -> list[MerchantRow]:
    """Every merchant of the connected platforms, or of one of them.

    Meituan's merchant is the authorised customer (business 59), elsewhere it is the account that
    the shops belong to.
    """
    wanted = ((Platform.platform_code != MEITUAN) & (PlatformShop.business != CUSTOMER_SIDE)
              | (Platform.platform_code == MEITUAN) & (PlatformShop.business == CUSTOMER_SIDE))
    query = (PlatformShop.select(Platform.id, Platform.platform_code, PlatformShop.account_id,
                                 PlatformShop.venue, PlatformShop.token)
             .join(Platform).where(wanted & (PlatformShop.status == ACTIVE)
                                   & (Platform.status == ACTIVE)
                                   & (PlatformShop.account_id != ""))
             .order_by(Platform.id, PlatformShop.venue))
    if platform_code is not None:
        query = query.where(Platform.platform_code == platform_code)
    found: dict[tuple[int, str], MerchantRow] = {}
    for row in tuples(query):
        found.setdefault((row[0], row[2]), MerchantRow(*row))
    return list(found.values())


def merchant(platform_id: int, account_id: str) -> MerchantRow | None:
    """One merchant; None when he is not connected (any more)."""
    return next((one for one in merchants()
                 if (one.platform_id, one.account_id) == (platform_id, account_id)), None)


def open_venues() -> list[Venue]:
    """Every venue that is open for business."""
    return list(Venue.select().where(Venue.status == ACTIVE).order_by(Venue.id))
