"""Notifications to send: written with the change they tell of, sent by a job (invariant I9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Expression

from core.store.compiled import insert_all
from core.store.select import tuples
from core.store.steady import Steady
from core.store.tables import ChatBinding, OutboxMessage, Staff, StaffVenue

_STAFF = Steady(
    lambda venue_id: ChatBinding.select(
        ChatBinding.channel, ChatBinding.external_id, Staff.id, Staff.name, Staff.venue)
    .join(Staff).switch(ChatBinding)
    .join(StaffVenue, on=StaffVenue.staff == ChatBinding.staff)
    .where((StaffVenue.venue == venue_id) & (Staff.status == 1))
    .order_by(Staff.id, ChatBinding.id))


@dataclass(frozen=True, slots=True)
class Recipient:
    """A staff member's chat identity."""

    staff_id: int
    name: str
    channel: str
    recipient: str

    def packed(self) -> dict[str, Any]:
        return {"staff_id": self.staff_id, "name": self.name, "channel": self.channel,
                "recipient": self.recipient}


def staff_of(venue_id: int) -> list[Recipient]:
    """Bound staff who work in this venue now; when nobody does, those who may."""
    rows = _STAFF.tuples(venue_id=venue_id)
    here = [row for row in rows if row[4] == venue_id] or rows
    return [Recipient(staff_id, name, channel, external_id)
            for channel, external_id, staff_id, name, _ in here]


def bosses_of(venue_id: int | None) -> list[Recipient]:
    """Bound managers of the venue and all bound admins: who hears of tasks and alerts."""
    return _bound((Staff.role == "admin") | _manages(venue_id))


def managers_of(venue_id: int | None) -> list[Recipient]:
    """Bound managers of the venue."""
    return _bound(_manages(venue_id))


def admins() -> list[Recipient]:
    """Bound admins: the owners."""
    return _bound(Staff.role == "admin")


def _manages(venue_id: int | None) -> Expression:
    managed = StaffVenue.select(StaffVenue.staff).where(StaffVenue.venue == venue_id)
    found: Expression = (Staff.role == "manager") & Staff.id.in_(managed)
    return found


def _bound(who: Expression) -> list[Recipient]:
    rows = tuples(
        ChatBinding.select(ChatBinding.channel, ChatBinding.external_id, Staff.id, Staff.name)
        .join(Staff).where(who & (Staff.status == 1)).order_by(Staff.id, ChatBinding.id))
    return [Recipient(staff_id, name, channel, external_id)
            for channel, external_id, staff_id, name in rows]


def add(kind: str, key: str, recipients: Sequence[Recipient], payload: Mapping[str, Any],
        subject_kind: str, subject_id: int, at: datetime) -> None:
    """One message for each recipient. `key` makes it unique: the same news is never put in
    twice for one person."""
    if not recipients:
        return
    rows = [{"channel": to.channel, "recipient": to.recipient, "kind": kind,
             "payload": {**payload, "staff_id": to.staff_id},
             "dedupe_key": f"{kind}:{key}:{to.channel}:{to.recipient}"[:128],
             "next_try_at": at, "subject_kind": subject_kind, "subject_id": subject_id,
             "created_at": at} for to in recipients]
    insert_all(OutboxMessage, rows, ignore=True)


def bindings_of(staff_id: int) -> list[Recipient]:
    """The chat identities of one staff member."""
    rows = tuples(
        ChatBinding.select(ChatBinding.channel, ChatBinding.external_id, Staff.id, Staff.name)
        .join(Staff).where((Staff.id == staff_id) & (Staff.status == 1)).order_by(ChatBinding.id))
    return [Recipient(found, name, channel, external_id)
            for channel, external_id, found, name in rows]
