"""The providers, in the order in which promotions are applied (decision Q1).

A new kind of promotion is one file with a `Promotion` and its `Provider`, and a line here.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.pricing.bundle import BundleProvider
from core.pricing.coupon import CouponProvider
from core.pricing.one_price import OnePriceProvider
from core.pricing.provider import AnyProvider
from core.pricing.voucher import VoucherProvider


def in_order(providers: Iterable[AnyProvider]) -> tuple[AnyProvider, ...]:
    """In order of application: priority, larger first; equal ones by the name of their type."""
    return tuple(sorted(providers, key=lambda provider: (-provider.priority, provider.type)))


PROVIDERS = in_order((
    OnePriceProvider(),
    BundleProvider(),
    VoucherProvider(),
    CouponProvider(),
))
