"""Rows of group classes and their seats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import JOIN

from core.store.select import first
from core.store.tables import Booking, ClassSession, Member, Venue


def between(venue_id: int, starts: datetime, ends: datetime) -> list[ClassSession]:
    """The sessions of a venue that begin in [starts, ends)."""
    return list(ClassSession.select().where(
        (ClassSession.venue == venue_id) & (ClassSession.starts_at >= starts)
        & (ClassSession.starts_at < ends)).order_by(ClassSession.starts_at, ClassSession.id))


def one(session_id: int) -> ClassSession | None:
    return first(ClassSession.select(ClassSession, Venue).join(Venue)
                 .where(ClassSession.id == session_id))


def add(at: datetime, **columns: Any) -> int:
    return int(ClassSession.create(created_at=at, **columns).id)


def change(session_id: int, **columns: Any) -> bool:
    """Guarded: never fewer seats than are taken. False when that would be so."""
    query = ClassSession.update(**columns).where(ClassSession.id == session_id)
    if "capacity" in columns:
        query = query.where(ClassSession.taken <= columns["capacity"])
    return bool(query.execute())


def cancel(session_id: int) -> bool:
    """Guarded: only while nobody has a seat."""
    return bool(ClassSession.update(status="cancelled").where(
        (ClassSession.id == session_id) & (ClassSession.taken == 0)
        & (ClassSession.status == "open")).execute())


def seats(session_id: int) -> list[Booking]:
    """Held, booked and attended seats with their members."""
    return list(Booking.select(Booking, Member).join(Member, JOIN.LEFT_OUTER).where(
        (Booking.session == session_id) & (Booking.status != "released")).order_by(Booking.id))


def same_time(venue_id: int, starts: Sequence[datetime], title: str) -> set[datetime]:
    """Which of these times already have a class of this title."""
    rows = ClassSession.select(ClassSession.starts_at).where(
        (ClassSession.venue == venue_id) & (ClassSession.title == title)
        & ClassSession.starts_at.in_(list(starts)) & (ClassSession.status == "open"))
    return {row.starts_at for row in rows}
