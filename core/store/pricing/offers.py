"""What a venue asks and grants, loaded as one; and the version by which a copy knows its age."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from core.errors import NotFound, PricingError
from core.money import Money
from core.pricing.codec import from_row
from core.pricing.kinds import ProductType
from core.pricing.promotion import (
    BUNDLE,
    COUPON,
    ONE_PRICE,
    VOUCHER,
    Coupon,
    Promotion,
    VoucherCode,
)
from core.pricing.tiers import PriceList, Tier
from core.store.compiled import Compiled
from core.store.tables import (
    PriceBundle,
    PriceCoupon,
    PriceOnePrice,
    PriceProduct,
    PriceTier,
    PriceVersion,
    PriceVoucherBatch,
    Row,
    Venue,
)
from core.store.tables.pricing import ANY_PRODUCT, EVERYWHERE

log = logging.getLogger(__name__)

ON = 1


@dataclass(frozen=True, slots=True)
class SoldProduct:
    """A product as a venue sells it; `product_id` "default" is any product of its type."""

    product_type: ProductType
    product_id: str
    name: str
    unit: str
    prices: PriceList


@dataclass(frozen=True, slots=True)
class Place:
    """A venue, and the versions of what holds everywhere and of its own."""

    id: int
    name: str
    zone: str
    open: bool
    version: tuple[int, int]


@dataclass(frozen=True, slots=True)
class VenueOffers:
    """Everything a venue asks and grants but for what members hold. `promotions`: bundles and
    one-prices; `coupons` by id: those that may be used; `batches` by id: what a code of each
    gives, were the batch's id its own."""

    version: tuple[int, int]
    products: Mapping[tuple[ProductType, str], SoldProduct]
    promotions: tuple[Promotion, ...]
    coupons: Mapping[int, Coupon]
    batches: Mapping[int, VoucherCode]
    unreadable: tuple[str, ...] = ()

    def product(self, product_type: ProductType, product_id: str) -> SoldProduct:
        """The product, or the type's default. Raises PricingError `product_config_not_found`."""
        found = self.products.get((product_type, product_id)) \
            or self.products.get((product_type, ANY_PRODUCT))
        if found is None:
            raise PricingError("product_config_not_found", productType=product_type.code,
                               productId=product_id)
        return found


_PLACE: Compiled[Venue] = Compiled(lambda scenic_id: Venue.select(
    Venue.name, Venue.zone, Venue.status, PriceVersion.scenic_id, PriceVersion.version)
    .join(PriceVersion, JOIN.LEFT_OUTER,
          on=PriceVersion.scenic_id.in_([EVERYWHERE, Venue.id])).where(Venue.id == scenic_id))


def place(scenic_id: int) -> Place:
    """One statement, at every price. Raises NotFound `venue_not_found`."""
    found = _PLACE.tuples(scenic_id=scenic_id)
    if not found:
        raise NotFound("venue_not_found")
    versions = {row[3]: row[4] for row in found}
    name, zone, status = found[0][:3]
    return Place(scenic_id, name, zone, status == ON,
                 (versions.get(EVERYWHERE, 0), versions.get(scenic_id, 0)))


def changed(scenic_id: int, at: datetime) -> None:
    """Whoever has loaded this venue (0: any venue) must load it again. Call it in the change's
    transaction; two first changes at once are settled by the unique index."""
    known = PriceVersion.update(version=PriceVersion.version + 1).where(
        PriceVersion.scenic_id == scenic_id).execute()
    if not known:
        PriceVersion.insert(scenic_id=scenic_id, created_at=at).execute()


def load(scenic_id: int, version: tuple[int, int], at: datetime) -> VenueOffers:
    """Read everything that is not over. A row that cannot be read is left out and named in
    `unreadable`: one bad row must not close the shop."""
    here = (EVERYWHERE, scenic_id)
    unreadable: list[str] = []
    standing: list[Promotion] = []
    for kind, table in ((BUNDLE, PriceBundle), (ONE_PRICE, PriceOnePrice), (COUPON, PriceCoupon)):
        standing += _promotions(kind, table.select().where(
            table.scenic_id.in_(here) & (table.status == ON) & table.deleted_at.is_null()),
            unreadable)
    batches = _promotions(VOUCHER, PriceVoucherBatch.select().where(
        PriceVoucherBatch.scenic_id.in_(here)
        & (PriceVoucherBatch.ends.is_null() | (PriceVoucherBatch.ends > at))), unreadable)
    products = _products(here, unreadable)
    for name in unreadable:
        log.error("left out of all prices: %s", name)
    return VenueOffers(
        version, products,
        promotions=tuple(one for one in standing if not isinstance(one, Coupon)),
        coupons={one.id: one for one in standing if isinstance(one, Coupon)},
        batches={one.id: one for one in batches if isinstance(one, VoucherCode)},
        unreadable=tuple(unreadable))


def _promotions(kind: str, rows: Iterable[Row], unreadable: list[str]) -> list[Promotion]:
    found = []
    for row in rows:
        try:
            found.append(from_row(kind, columns(row)))
        except PricingError as error:
            unreadable.append(f"{kind} {row.id}: {error.word} {error.facts}")
    return found


def terms(batch: PriceVoucherBatch) -> VoucherCode:
    """What a code of a batch gives. Raises PromotionUnclear for a row that nobody can read."""
    found = from_row(VOUCHER, columns(batch))
    assert isinstance(found, VoucherCode), "a batch is of type VOUCHER"
    return found


def columns(row: Row) -> dict[str, Any]:
    """A row as `core.pricing.codec` reads it: whole fen instead of Money."""
    return {name: value.fen if isinstance(value, Money) else value
            for name, value in row.__data__.items()}


def _products(here: tuple[int, int], unreadable: list[str],
              ) -> dict[tuple[ProductType, str], SoldProduct]:
    tiers: dict[tuple[str, str, int], list[Tier]] = {}
    for tier in PriceTier.select().where(PriceTier.scenic_id.in_(here)):
        tiers.setdefault((tier.product_type, tier.product_id, tier.scenic_id), []).append(
            Tier(tier.min_quantity, tier.max_quantity, tier.unit_price_fen))
    found = {}
    # The venue's own rows come last and win.
    for row in PriceProduct.select().where(
            PriceProduct.scenic_id.in_(here) & (PriceProduct.status == ON)).order_by(
            PriceProduct.scenic_id):
        key = (row.product_type, row.product_id, row.scenic_id)
        try:
            kind = ProductType.from_code(row.product_type)
            prices = PriceList(row.base_price_fen, tuple(tiers.get(key, ())))
        except PricingError as error:
            unreadable.append(f"product {row.id}: {error.word} {error.facts}")
            continue
        found[kind, row.product_id] = SoldProduct(kind, row.product_id, row.product_name,
                                                  row.unit, prices)
    return found
