"""Venues, platforms, shops, and what the platforms' SKUs are to us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from core.store.steady import Steady
from core.store.tables import Platform, PlatformShop, Product, SkuMapping, Venue

CUSTOMER_SIDE = "59"
"""Meituan's business for orders; never used to consume (meituan.md 0)."""
ACTIVE = 1


@dataclass(frozen=True, slots=True)
class Connected:
    """A venue that may consume at a platform."""

    venue_id: int
    venue_name: str
    platform_id: int
    platform_code: str
    platform_name: str


@dataclass(frozen=True, slots=True, repr=False)
class ShopRow(Connected):
    """The same with its identity there; `token` stays out of the repr."""

    shop_id: str
    account_id: str
    token: str | None

    def __repr__(self) -> str:
        return f"ShopRow(venue_id={self.venue_id}, platform={self.platform_code!r})"


_PLACE = (PlatformShop.venue, Venue.name, Platform.id, Platform.platform_code,
          Platform.platform_name)
_IDENTITY = (PlatformShop.shop_id, PlatformShop.account_id, PlatformShop.token)

_MAPPING = (SkuMapping.id, SkuMapping.product, SkuMapping.venue_ids)


def _shops(*more: Any) -> Any:
    return (PlatformShop.select(*_PLACE, *more)
        .join(Platform).switch(PlatformShop).join(Venue)
        .where(PlatformShop.business != CUSTOMER_SIDE, PlatformShop.status == ACTIVE,
               Platform.status == ACTIVE, Venue.status == ACTIVE)
        .order_by(PlatformShop.venue))


_VENUE = Steady(lambda venue_id: Venue.select().where(
    (Venue.id == venue_id) & (Venue.status == ACTIVE)))
_SHOPS: Steady[PlatformShop] = Steady(
    lambda code: _shops(*_IDENTITY).where(Platform.platform_code == code))
_SHOP: Steady[PlatformShop] = Steady(
    lambda code, venue_id: _shops(*_IDENTITY).where(
        (Platform.platform_code == code) & (PlatformShop.venue == venue_id)))
_OFFERED: Steady[PlatformShop] = Steady(
    lambda code, venue_id, sku_id: _shops(PlatformShop.id, Venue.id, *_MAPPING, Product)
    .switch(PlatformShop)
    .join(SkuMapping, JOIN.LEFT_OUTER, attr="mapping", on=(
        (SkuMapping.platform == PlatformShop.platform) & (SkuMapping.sku_id == sku_id)))
    .join(Product, JOIN.LEFT_OUTER, attr="product", on=(
        (Product.id == SkuMapping.product) & (Product.status == ACTIVE)))
    .where((Platform.platform_code == code) & (PlatformShop.venue == venue_id)))
_MAPPED = Steady(lambda platform_id, sku_id: SkuMapping.select(*_MAPPING, Product)
                   .join(Product).where(
    (SkuMapping.platform == platform_id) & (SkuMapping.sku_id == sku_id)
    & (Product.status == ACTIVE)))


def venue(venue_id: int) -> Venue | None:
    """A venue that is open for business."""
    return _VENUE.first(venue_id=venue_id)


def venues(ids: list[int]) -> list[Venue]:
    return list(Venue.select().where(Venue.id.in_(ids)).order_by(Venue.id))


def open_venues() -> list[Venue]:
    """Every venue that is open for business, by id."""
    return list(Venue.select().where(Venue.status == ACTIVE).order_by(Venue.id))


def platform(code: str) -> Platform | None:
    return Platform.get_or_none(Platform.platform_code == code)


def shops(platform_code: str) -> list[ShopRow]:
    """Every venue that may consume at this platform."""
    return [ShopRow(*row) for row in _SHOPS.tuples(code=platform_code)]


def shop(platform_code: str, venue_id: int) -> ShopRow | None:
    """One venue at one platform; None when it is not connected or switched off."""
    found = _SHOP.tuples(code=platform_code, venue_id=venue_id)
    return ShopRow(*found[0]) if found else None


def offered(platform_code: str, venue_id: int, sku_id: str,
            ) -> tuple[Connected, tuple[SkuMapping, Product] | None] | None:
    """A venue as in `shop`, without its credentials, and the SKU as in `product_of`."""
    found: Any = _OFFERED.first(code=platform_code, venue_id=venue_id, sku_id=sku_id)
    if found is None:
        return None
    shop = Connected(found.venue_id, found.venue.name, found.platform.id,
                     found.platform.platform_code, found.platform.platform_name)
    mapping: SkuMapping | None = found.mapping
    if mapping is None or mapping.product is None:
        return shop, None
    return shop, (mapping, mapping.product)


def shop_row(platform_id: int, venue_id: int) -> int:
    """The id of a venue's connection; 0 when there is none."""
    row = PlatformShop.get_or_none(
        (PlatformShop.platform == platform_id) & (PlatformShop.venue == venue_id)
        & (PlatformShop.business != CUSTOMER_SIDE))
    return int(row.id) if row else 0


def product_of(platform_id: int, sku_id: str) -> tuple[SkuMapping, Product] | None:
    """The mapping of a SKU and its product; None when nobody mapped it (yet)."""
    mapping = _MAPPED.first(platform_id=platform_id, sku_id=sku_id)
    if mapping is None or mapping.product is None:
        return None
    return mapping, mapping.product


def met_unmapped(platform_id: int, sku_id: str, title: str, at: datetime) -> SkuMapping:
    """Remember a SKU that members bring and nobody mapped."""
    (SkuMapping.insert(platform=platform_id, sku_id=sku_id, title=title[:100], created_at=at)
     .on_conflict_ignore().execute())
    SkuMapping.update(last_met_at=at).where(
        (SkuMapping.platform == platform_id) & (SkuMapping.sku_id == sku_id)).execute()
    return SkuMapping.get((SkuMapping.platform == platform_id) & (SkuMapping.sku_id == sku_id))
