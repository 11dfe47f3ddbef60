"""Batches of codes: made, generated piece by piece, listed. Callers hold a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.store import bulk
from core.store.db import GuardLost, Store, locked
from core.store.select import first
from core.store.tables import PriceVoucherBatch, PriceVoucherCode

_COLUMNS = ("batch", "scenic_id", "code", "status", "claimed_at", "expires_at", "max_uses",
            "used_count", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class NewCodes:
    """How the codes of a batch are born: unclaimed, or, on paper, claimed by nobody."""

    status: int
    claimed_at: datetime | None
    expires_at: datetime | None


def add(at: datetime, **columns: Any) -> int:
    return int(PriceVoucherBatch.insert(**columns, created_at=at, updated_at=at).execute())


def by_id(batch_id: int) -> PriceVoucherBatch | None:
    return PriceVoucherBatch.get_or_none(PriceVoucherBatch.id == batch_id)


def held(batch_id: int) -> PriceVoucherBatch | None:
    """A batch, held against other writers until the transaction ends."""
    return first(locked(PriceVoucherBatch.select().where(PriceVoucherBatch.id == batch_id)))


def unfinished() -> list[int]:
    """Batches that still lack codes, the oldest first."""
    return [row.id for row in PriceVoucherBatch.select(PriceVoucherBatch.id).where(
        PriceVoucherBatch.generated_count < PriceVoucherBatch.total_count).order_by(
        PriceVoucherBatch.id)]


def add_codes(store: Store, batch: PriceVoucherBatch, codes: Iterable[str], born: NewCodes,
              at: datetime) -> int:
    """Write codes and count them, together: a killed generator leaves whole pieces, and the next
    one goes on after them.

    Raises GuardLost when another generator was faster, IntegrityError for a code that is taken.
    """
    rows = [(batch.id, batch.scenic_id, code, born.status, born.claimed_at, born.expires_at,
             batch.max_uses, 0, at, at) for code in codes]
    claimed = len(rows) if born.claimed_at is not None else 0
    counted = PriceVoucherBatch.update(
        generated_count=batch.generated_count + len(rows),
        claimed_count=PriceVoucherBatch.claimed_count + claimed).where(
        (PriceVoucherBatch.id == batch.id)
        & (PriceVoucherBatch.generated_count == batch.generated_count)).execute()
    if counted != 1:
        raise GuardLost(f"batch {batch.id} is being generated elsewhere")
    bulk.insert(store, PriceVoucherCode, _COLUMNS, rows)
    return len(rows)


def claimable(scenic_id: int, at: datetime, *, broker_id: int | None = None,
              batch_id: int | None = None) -> list[PriceVoucherBatch]:
    """Batches of a venue that may be claimed from, those that end first before the others."""
    open_now = ((PriceVoucherBatch.scenic_id == scenic_id) & (PriceVoucherBatch.status == 1)
                & (PriceVoucherBatch.starts.is_null() | (PriceVoucherBatch.starts <= at))
                & (PriceVoucherBatch.ends.is_null() | (PriceVoucherBatch.ends > at)))
    query = PriceVoucherBatch.select().where(open_now)
    if broker_id is not None:
        query = query.where(PriceVoucherBatch.broker_id == broker_id)
    if batch_id is not None:
        query = query.where(PriceVoucherBatch.id == batch_id)
    return sorted(query, key=lambda batch: (batch.ends or _NEVER, batch.id))


_NEVER = datetime.max.replace(tzinfo=UTC)
