"""Rows of platforms and of the venues' shops at them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.store.select import first
from core.store.tables import Platform, PlatformShop, Venue


def every() -> list[Platform]:
    return list(Platform.select().order_by(Platform.id))


def one(platform_id: int) -> Platform | None:
    return Platform.get_or_none(Platform.id == platform_id)


def change(platform_id: int, at: datetime, **columns: Any) -> None:
    Platform.update(updated_at=at, **columns).where(Platform.id == platform_id).execute()


def shops() -> list[PlatformShop]:
    """Every shop with its venue, by platform and venue."""
    return list(PlatformShop.select(PlatformShop, Venue).join(Venue)
                .order_by(PlatformShop.platform, PlatformShop.venue, PlatformShop.business))


def shop(venue_id: int, platform_id: int, business: str) -> PlatformShop | None:
    return first(PlatformShop.select().where(
        (PlatformShop.venue == venue_id) & (PlatformShop.platform == platform_id)
        & (PlatformShop.business == business)))


def put_shop(at: datetime, venue_id: int, platform_id: int, business: str,
             **columns: Any) -> int:
    """Make or change the shop of a venue; returns its id."""
    known = shop(venue_id, platform_id, business)
    if known is None:
        return int(PlatformShop.create(venue=venue_id, platform=platform_id, business=business,
                                       created_at=at, **columns).id)
    PlatformShop.update(**columns).where(PlatformShop.id == known.id).execute()
    return int(known.id)
