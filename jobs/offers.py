"""The clock's side of the pricing module: codes made, what is over marked, counters checked, old
codes put away."""

from __future__ import annotations

from core.wiring import Services


def generate_codes(services: Services) -> str:
    """Make the codes that batches still lack."""
    return services.pricing.batches.generate()


def expire_orders(services: Services) -> str:
    """Cancel orders that were not paid in time; their codes and coupons go back."""
    return f"{services.pricing.orders.expire()} not paid in time"


def expire_offers(services: Services) -> str:
    """Mark codes and claimed coupons that are over."""
    codes, coupons = services.pricing.codes.expire(), services.pricing.coupons.expire()
    return f"{codes} codes, {coupons} coupons over"


def check_counters(services: Services) -> str:
    """Recompute every counter of the pricing module; a difference becomes a task."""
    return services.pricing.upkeep.check()


def purge_codes(services: Services) -> str:
    """Delete expired codes that nobody ever claimed."""
    return services.pricing.upkeep.purge()


def archive_codes(services: Services) -> str:
    """Put codes away whose story ended long ago."""
    return services.pricing.upkeep.archive()
