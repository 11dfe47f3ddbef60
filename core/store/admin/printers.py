"""Rows of slip printers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from core.store.select import first
from core.store.tables import Printer, Venue


def every(venue_ids: Collection[int] | None = None) -> list[Printer]:
    """With their venues; those switched on first."""
    query = Printer.select(Printer, Venue).join(Venue)
    if venue_ids is not None:
        query = query.where(Printer.venue.in_(sorted(venue_ids)))
    return list(query.order_by(Printer.status, Printer.venue, Printer.id))


def one(printer_id: int) -> Printer | None:
    return first(Printer.select(Printer, Venue).join(Venue).where(Printer.id == printer_id))


def add(at: datetime, **columns: Any) -> int:
    return int(Printer.create(created_at=at, **columns).id)


def change(printer_id: int, **columns: Any) -> None:
    Printer.update(**columns).where(Printer.id == printer_id).execute()
