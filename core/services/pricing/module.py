"""The pricing module as doors and jobs see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.clock import DEFAULT_ZONE, Clock
from core.pricing.promotion import BUNDLE, COUPON, ONE_PRICE
from core.services.pricing.batches import Batches
from core.services.pricing.checkout import Checkout
from core.services.pricing.codes import Codes
from core.services.pricing.coupon_stats import CouponStatistics
from core.services.pricing.coupons import Coupons
from core.services.pricing.orders import Orders
from core.services.pricing.price import Price
from core.services.pricing.prints import Prints
from core.services.pricing.products import Products
from core.services.pricing.promotions import Promotions
from core.services.pricing.upkeep import PricingUpkeep
from core.services.pricing.usage import Usage
from core.services.pricing.validation import Validations
from core.store.db import Store
from core.store.tables import PriceBundle, PriceCoupon, PriceOnePrice


@dataclass(frozen=True, slots=True)
class Pricing:
    """Its use cases, by noun."""

    price: Price
    checkout: Checkout
    orders: Orders
    products: Products
    bundles: Promotions
    one_prices: Promotions
    coupon_configs: Promotions
    coupons: Coupons
    coupon_stats: CouponStatistics
    batches: Batches
    codes: Codes
    validations: Validations
    usage: Usage
    prints: Prints
    upkeep: PricingUpkeep


def pricing(store: Store, clock: Clock, nudge: Callable[[str], None],
            zone: str = DEFAULT_ZONE) -> Pricing:
    """The module over one store. `nudge` names a job for which there is work; statistics count
    the days of `zone`."""
    price = Price(store, clock)
    return Pricing(
        price=price, checkout=Checkout(store, clock, price, nudge),
        orders=Orders(store, clock, nudge),
        products=Products(store, clock),
        bundles=Promotions(store, clock, PriceBundle, BUNDLE, "bundle"),
        one_prices=Promotions(store, clock, PriceOnePrice, ONE_PRICE, "one_price"),
        coupon_configs=Promotions(store, clock, PriceCoupon, COUPON, "coupon"),
        coupons=Coupons(store, clock), coupon_stats=CouponStatistics(store, clock, zone),
        batches=Batches(store, clock, nudge), codes=Codes(store, clock),
        validations=Validations(store, clock),
        usage=Usage(store, clock, zone), prints=Prints(store, clock),
        upkeep=PricingUpkeep(store, clock))
