"""Rows of self-service machines."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from core.store.select import first
from core.store.tables import Kiosk, Venue


def every(venue_ids: Collection[int] | None = None) -> list[Kiosk]:
    """With their venues; those switched on first."""
    query = Kiosk.select(Kiosk, Venue).join(Venue)
    if venue_ids is not None:
        query = query.where(Kiosk.venue.in_(sorted(venue_ids)))
    return list(query.order_by(Kiosk.status, Kiosk.venue, Kiosk.id))


def one(kiosk_id: int) -> Kiosk | None:
    return first(Kiosk.select(Kiosk, Venue).join(Venue).where(Kiosk.id == kiosk_id))


def add(at: datetime, **columns: Any) -> int:
    return int(Kiosk.create(created_at=at, **columns).id)


def change(kiosk_id: int, **columns: Any) -> None:
    Kiosk.update(**columns).where(Kiosk.id == kiosk_id).execute()
