"""Rows of venues, closed ones included."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from core.store.tables import Venue


def every(ids: Collection[int] | None = None) -> list[Venue]:
    """By id; only these when ids are given."""
    query = Venue.select()
    if ids is not None:
        query = query.where(Venue.id.in_(sorted(ids)))
    return list(query.order_by(Venue.id))


def one(venue_id: int) -> Venue | None:
    return Venue.get_or_none(Venue.id == venue_id)


def named(name: str) -> Venue | None:
    return Venue.get_or_none(Venue.name == name)


def add(at: datetime, **columns: Any) -> int:
    return int(Venue.create(created_at=at, **columns).id)


def change(venue_id: int, **columns: Any) -> None:
    Venue.update(**columns).where(Venue.id == venue_id).execute()
