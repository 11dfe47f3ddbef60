"""Rows of staff, their venues, sessions and chat identities."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from core.store.tables import ChatBinding, Staff, StaffVenue


def every(venue_ids: Collection[int] | None = None) -> list[Staff]:
    """Those who work first; only of these venues when given."""
    query = Staff.select()
    if venue_ids is not None:
        query = query.where(Staff.id.in_(StaffVenue.select(StaffVenue.staff).where(
            StaffVenue.venue.in_(sorted(venue_ids)))))
    return list(query.order_by(Staff.status, Staff.id))


def one(staff_id: int) -> Staff | None:
    return Staff.get_or_none(Staff.id == staff_id)


def venues_of(staff_ids: Iterable[int]) -> dict[int, list[int]]:
    """staff id → venue ids, in order."""
    found: dict[int, list[int]] = {}
    for row in StaffVenue.select().where(StaffVenue.staff.in_(list(staff_ids))).order_by(
            StaffVenue.venue):
        found.setdefault(row.staff_id, []).append(row.venue_id)
    return found


def chats_of(staff_ids: Iterable[int]) -> dict[int, list[ChatBinding]]:
    """staff id → chat identities, oldest first."""
    found: dict[int, list[ChatBinding]] = {}
    for row in ChatBinding.select().where(ChatBinding.staff.in_(list(staff_ids))).order_by(
            ChatBinding.id):
        found.setdefault(row.staff_id, []).append(row)
    return found


def add(at: datetime, **columns: Any) -> int:
    return int(Staff.create(created_at=at, **columns).id)


def change(staff_id: int, **columns: Any) -> None:
    Staff.update(**columns).where(Staff.id == staff_id).execute()


def put_venues(staff_id: int, venue_ids: Collection[int], at: datetime) -> None:
    """These venues and no others."""
    StaffVenue.delete().where((StaffVenue.staff == staff_id)
                              & StaffVenue.venue.not_in(list(venue_ids) or [0])).execute()
    had = set(venues_of([staff_id]).get(staff_id, []))
    for venue_id in sorted(set(venue_ids) - had):
        StaffVenue.create(staff=staff_id, venue=venue_id, created_at=at)


def active_admins() -> int:
    return int(Staff.select().where((Staff.role == "admin") & (Staff.status == 1)).count())


def remove_chat(staff_id: int, binding_id: int) -> ChatBinding | None:
    """Forget one chat identity of a person; returns what it was."""
    bound = ChatBinding.get_or_none(
        (ChatBinding.id == binding_id) & (ChatBinding.staff == staff_id))
    if bound is not None:
        ChatBinding.delete().where(ChatBinding.id == binding_id).execute()
    return bound
