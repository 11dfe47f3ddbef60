"""Entitlements that were frozen, on their way back. Callers hold a transaction."""

from __future__ import annotations

from datetime import datetime

from core.store import entitlements
from core.store.db import locked
from core.store.select import first
from core.store.tables import Booking, ClassSession, Entitlement


def held(entitlement_id: int) -> Entitlement | None:
    """An entitlement, held against other writers."""
    return first(locked(Entitlement.select().where(Entitlement.id == entitlement_id)))


def take_seats_again(seat: Booking, seats: int, at: datetime) -> bool:
    """Book released seats once more; False when the class is full or has begun."""
    taken = ClassSession.update(taken=ClassSession.taken + seats).where(
        (ClassSession.id == seat.session_id)
        & (ClassSession.taken + seats <= ClassSession.capacity)
        & (ClassSession.status == "open") & (ClassSession.starts_at > at)).execute()
    if taken != 1:
        return False
    standing = seat.seats if seat.status == entitlements.BOOKED else 0
    Booking.update(status=entitlements.BOOKED, seats=standing + seats).where(
        Booking.id == seat.id).execute()
    return True
