"""Alerts: one row while something lasts. Callers hold a transaction where they write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from peewee import ModelSelect

from core.store.select import unsought
from core.store.tables import Alert, Venue


def raise_(kind: str, key: str, *, severity: str, venue_id: int | None, facts: dict[str, Any],
           at: datetime, task_id: int | None = None) -> tuple[int, bool]:
    """The open alert of this kind and key, and whether it is new; a known one counts once more."""
    open_key = f"{kind}:{key}"[:128]
    known = Alert.get_or_none(Alert.open_key == open_key)
    if known is not None:
        Alert.update(times=Alert.times + 1, last_at=at).where(Alert.id == known.id).execute()
        return int(known.id), False
    made = Alert.create(venue=venue_id, kind=kind, severity=severity, open_key=open_key,
                        facts=facts, task_id=task_id, last_at=at, created_at=at)
    return int(made.id), True


def end(kind: str, key: str, at: datetime) -> bool:
    """It is over; False when it was not on."""
    return end_keys([f"{kind}:{key}"[:128]], at) == 1


def end_keys(open_keys: Collection[str], at: datetime) -> int:
    """These are over; how many of them were on."""
    return int(Alert.update(open_key=None, over_at=at).where(
        Alert.open_key.in_(list(open_keys))).execute()) if open_keys else 0


def open_keys(kind: str) -> set[str]:
    """The keys (without the kind) of the alerts of a kind that are on."""
    rows = Alert.select(Alert.open_key).where(
        (Alert.kind == kind) & (Alert.open_key > ""))
    return {str(row.open_key).partition(":")[2] for row in rows}


def listed(venue_ids: Collection[int] | None, *, open_only: bool = False,
           severity: str | None = None, kind: str | None = None,
           venue_id: int | None = None) -> ModelSelect[Alert]:
    """Alerts of these venues and of the whole chain (None: of every venue), the newest first."""
    # On are few: looked up by their key (more than empty: SQLite has no index for IS NOT NULL)
    # and then sorted. The others are read from the newest on.
    query = Alert.select().order_by((unsought(Alert.id) if open_only else Alert.id).desc())
    venue = unsought(Alert.venue)
    if venue_ids is not None:
        query = query.where(venue.in_(list(venue_ids)) | venue.is_null())
    for column, value in ((Alert.severity, severity), (Alert.kind, kind), (venue, venue_id)):
        if value is not None:
            query = query.where(column == value)
    return query.where(Alert.open_key > "") if open_only else query


def robot_keys(venue_id: int | None) -> list[str]:
    """The robots of a venue's group; of every group when the whole chain is meant."""
    query = Venue.select(Venue.robot_key).where(
        Venue.robot_key.is_null(False) & (Venue.status == 1))
    if venue_id is not None:
        query = query.where(Venue.id == venue_id)
    return list(dict.fromkeys(row.robot_key for row in query.order_by(Venue.id) if row.robot_key))
