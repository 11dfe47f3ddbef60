"""Searching the audit book; it is only ever read here."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from peewee import ModelSelect

from core.store.select import tuples, unsought
from core.store.tables import Audit, Kiosk, Redemption, Staff


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """`action` is a whole action or its first word; `venues`: the caller's, None for all."""

    action: str = ""
    actor_kind: str = ""
    actor_id: int | None = None
    door: str = ""
    subject_kind: str = ""
    subject_id: int | None = None
    venue_id: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    venues: Collection[int] | None = None


def matching(wanted: AuditFilter) -> ModelSelect[Audit]:
    """The rows of a filter, unordered."""
    query = Audit.select()
    conditions = list(_conditions(wanted))
    return query.where(reduce(operator.and_, conditions)) if conditions else query


def _conditions(wanted: AuditFilter) -> Iterable[Any]:
    if wanted.action:
        first_word = f"{wanted.action}."
        yield (Audit.action == wanted.action) | Audit.action.startswith(first_word)
    # A kind of subject alone is no key: half of the book may be of one kind.
    kind = Audit.subject_kind if wanted.subject_id is not None else unsought(Audit.subject_kind)
    for column, value in ((Audit.actor_kind, wanted.actor_kind), (Audit.door, wanted.door),
                          (kind, wanted.subject_kind)):
        if value:
            yield column == value
    numbers: tuple[tuple[Any, int | None], ...] = (
        (Audit.actor_id, wanted.actor_id),
        (Audit.subject_id, wanted.subject_id), (Audit.venue_id, wanted.venue_id))
    for column, number in numbers:
        if number is not None:
            yield column == number
    if wanted.starts is not None:
        yield Audit.created_at >= wanted.starts
    if wanted.ends is not None:
        yield Audit.created_at < wanted.ends
    if wanted.venues is not None:
        yield Audit.venue_id.in_(sorted(wanted.venues))


def newest(query: ModelSelect[Audit], page: int, page_size: int) -> list[Audit]:
    """One page, the newest first."""
    return list(query.order_by(Audit.created_at.desc(), Audit.id.desc())
                .paginate(page, page_size))


def names(kind: str, ids: Collection[int]) -> dict[int, str]:
    """id → name of staff or kiosks."""
    table: Any = {"staff": Staff, "kiosk": Kiosk}.get(kind)
    if table is None or not ids:
        return {}
    return {int(row[0]): str(row[1]) for row in tuples(
        table.select(table.id, table.name).where(table.id.in_(sorted(ids))))}


def refs(redemption_ids: Collection[int]) -> dict[int, str]:
    """Redemption id → its reference."""
    if not redemption_ids:
        return {}
    return {int(row[0]): str(row[1]) for row in tuples(
        Redemption.select(Redemption.id, Redemption.ref)
        .where(Redemption.id.in_(sorted(redemption_ids))))}
