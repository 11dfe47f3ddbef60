"""Codes of our own, wherever they are kept: live ones, and archived ones whose story ended.

The moves are decision Q6: 0→1 claim, 1→2 a single use, 1→1 uses left, 1→3 used up, 0/1→4 expired,
2/3→1 only by giving a use back. Each is a guarded write; callers hold a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from core.money import Money
from core.store.db import SQLITE, GuardLost, Store
from core.store.select import first, tuples
from core.store.tables import (
    PriceVoucherBatch,
    PriceVoucherCode,
    PriceVoucherCodeArchive,
    PriceVoucherUsage,
)

UNCLAIMED, USABLE, USED, USED_UP, EXPIRED = range(5)


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its batch. `archived`: nothing about it changes any more."""

    row: Any
    batch: PriceVoucherBatch
    archived: bool = False

    @property
    def id(self) -> int:
        return int(self.row.id)

    @property
    def ends(self) -> datetime | None:
        """When it ends: as settled at its claim, or with its batch."""
        ends: datetime | None = self.row.expires_at or self.batch.ends
        return ends


@dataclass(frozen=True, slots=True)
class Claimer:
    """Who claims a code, where. `key` is what makes him claim once."""

    scenic_id: int
    face_id: str
    user_id: int | None

    @property
    def key(self) -> str:
        return f"{self.scenic_id}:{self.face_id}"


def by_code(code: str) -> Code | None:
    """A code by its normalised spelling."""
    return _one(PriceVoucherCode.code == code, PriceVoucherCodeArchive.code == code)


def by_id(code_id: int) -> Code | None:
    return _one(PriceVoucherCode.id == code_id, PriceVoucherCodeArchive.id == code_id)


def newest_of(batch_id: int) -> int:
    """The highest id among the live codes of a batch; 0: it has none."""
    ends = (PriceVoucherCode.select(fn.MAX(PriceVoucherCode.id)).where(
        (PriceVoucherCode.batch == batch_id) & (PriceVoucherCode.status == status)).scalar()
        for status in range(EXPIRED + 1))
    return max((int(end) for end in ends if end is not None), default=0)


def claimed_with(key: str) -> Code | None:
    """The code that a face has claimed at a venue, if any."""
    return _one(PriceVoucherCode.claim_key == key, PriceVoucherCodeArchive.claim_key == key)


def _one(live: Any, archived: Any) -> Code | None:
    row = first(PriceVoucherCode.select(PriceVoucherCode, PriceVoucherBatch)
                .join(PriceVoucherBatch).where(live))
    if row is not None:
        return Code(row, row.batch)
    old = first(PriceVoucherCodeArchive.select(PriceVoucherCodeArchive, PriceVoucherBatch)
                .join(PriceVoucherBatch).where(archived))
    return None if old is None else Code(old, old.batch, archived=True)


def free_one(store: Store, batch_id: int) -> int | None:
    """An unclaimed code of a batch, held against other claimers; None when all are taken.

    Raises GuardLost while the last ones are in other claimers' hands, who may yet let go.
    """
    free = (PriceVoucherCode.batch == batch_id) & (PriceVoucherCode.status == UNCLAIMED)
    query = PriceVoucherCode.select(PriceVoucherCode.id).where(free).order_by(
        PriceVoucherCode.id).limit(1)
    if store.engine != SQLITE:
        query = query.for_update("FOR UPDATE SKIP LOCKED")  # type: ignore[arg-type]  # stubs
    found = tuples(query)
    if found:
        return int(found[0][0])
    if PriceVoucherCode.select().where(free).limit(1).exists():
        raise GuardLost(f"the last codes of batch {batch_id} are being claimed")
    return None


def claim(code_id: int, who: Claimer, expires_at: datetime | None, at: datetime) -> bool:
    """0→1; False when the code is no longer free. The unique `claim_key` lets one face have one
    code of a venue; an archived claim counts too, and is looked at after the write, so that
    archiving meanwhile hides nothing."""
    taken = bool(PriceVoucherCode.update(
        status=USABLE, face_id=who.face_id, user_id=who.user_id, claimed_at=at,
        expires_at=expires_at, claim_key=who.key, updated_at=at).where(
        (PriceVoucherCode.id == code_id) & (PriceVoucherCode.status == UNCLAIMED)).execute())
    if taken and PriceVoucherCodeArchive.select().where(
            PriceVoucherCodeArchive.claim_key == who.key).exists():
        raise GuardLost(f"{who.key} has claimed before")
    return taken


def use(row: Any, at: datetime) -> bool:
    """1→1, 1→2 or 1→3, from the state that was read; False when somebody was faster."""
    used = row.used_count + 1
    status = USABLE if used < row.max_uses else USED if row.max_uses == 1 else USED_UP
    return bool(PriceVoucherCode.update(
        status=status, used_count=used, used_at=at, updated_at=at).where(
        (PriceVoucherCode.id == row.id) & (PriceVoucherCode.status == USABLE)
        & (PriceVoucherCode.used_count == row.used_count)).execute())


def record_use(code: Code, at: datetime, *, discount: Money, order_id: int | None = None,
               order_no: str = "", face_id: str | None = None, user_id: int | None = None,
               reason: str = "") -> int:
    """The use's line, and the batch's counter with it."""
    row = code.row
    earlier = PriceVoucherUsage.select(fn.MAX(PriceVoucherUsage.number)).where(
        PriceVoucherUsage.voucher_code_id == row.id).scalar() or 0
    made = int(PriceVoucherUsage.insert(
        batch=code.batch.id, voucher_code_id=row.id, number=earlier + 1, code=row.code,
        scenic_id=row.scenic_id, face_id=row.face_id or face_id, user_id=row.user_id or user_id,
        order_id=order_id, order_no=order_no, discount_fen=discount, used_at=at,
        reason=reason[:200], created_at=at).execute())
    count(code.batch.id, used=1)
    return made


def give_back(usage: PriceVoucherUsage, at: datetime, reason: str) -> bool:
    """Undo one use, once; False when it was undone before. A code that was used up becomes usable
    again (2/3→1), an expired one stays expired, an archived one is only counted anew.

    Raises GuardLost when the code changed since it was read.
    """
    undone = PriceVoucherUsage.update(reversed_at=at, reason=reason[:200]).where(
        (PriceVoucherUsage.id == usage.id) & PriceVoucherUsage.reversed_at.is_null()).execute()
    if undone != 1:
        return False
    row = first(PriceVoucherCode.select().where(PriceVoucherCode.id == usage.voucher_code_id))
    if row is not None:
        status = USABLE if row.status in (USED, USED_UP) else row.status
        changed = PriceVoucherCode.update(
            status=status, used_count=row.used_count - 1, updated_at=at).where(
            (PriceVoucherCode.id == row.id) & (PriceVoucherCode.status == row.status)
            & (PriceVoucherCode.used_count == row.used_count)).execute()
        if changed != 1:
            raise GuardLost(f"code {row.id} changed")
    else:
        PriceVoucherCodeArchive.update(used_count=PriceVoucherCodeArchive.used_count - 1).where(
            PriceVoucherCodeArchive.id == usage.voucher_code_id).execute()
    count(usage.batch_id, used=-1)
    return True


def standing_use(code_id: int) -> PriceVoucherUsage | None:
    """The last use of a code that was not given back."""
    return first(PriceVoucherUsage.select().where(
        (PriceVoucherUsage.voucher_code_id == code_id) & PriceVoucherUsage.reversed_at.is_null())
        .order_by(PriceVoucherUsage.number.desc()))


def count(batch_id: int, *, claimed: int = 0, used: int = 0) -> None:
    """Move a batch's counters with the rows they count."""
    PriceVoucherBatch.update(
        claimed_count=PriceVoucherBatch.claimed_count + claimed,
        used_count=PriceVoucherBatch.used_count + used).where(
        PriceVoucherBatch.id == batch_id).execute()


def expire(code: Code, at: datetime) -> bool:
    """0/1→4. Where the batch says so the face may claim again (decision Q7)."""
    release = {"claim_key": None} if code.batch.release_on_expiry else {}
    return bool(PriceVoucherCode.update(status=EXPIRED, updated_at=at, **release).where(
        (PriceVoucherCode.id == code.id) & (PriceVoucherCode.status == code.row.status)
        & PriceVoucherCode.status.in_([UNCLAIMED, USABLE])).execute())


def expire_some(at: datetime, limit: int) -> int:
    """Mark up to `limit` codes of each sort that have ended: claimed ones by their own end, the
    others with their batch. Returns how many."""
    claimed = (PriceVoucherCode.status == USABLE) & (PriceVoucherCode.expires_at <= at)
    ended = PriceVoucherBatch.select(PriceVoucherBatch.id).where(PriceVoucherBatch.ends <= at)
    releasing = PriceVoucherBatch.select(PriceVoucherBatch.id).where(
        PriceVoucherBatch.release_on_expiry == True)  # noqa: E712 - a column, in SQL
    unclaimed = (PriceVoucherCode.status == UNCLAIMED) & PriceVoucherCode.batch.in_(ended)
    release = PriceVoucherCode.batch.in_(releasing)
    return (_expire(claimed & release, at, limit, claim_key=None)
            + _expire(claimed & ~release, at, limit) + _expire(unclaimed, at, limit))


def _expire(condition: Any, at: datetime, limit: int, **more: Any) -> int:
    ids = [row[0] for row in tuples(
        PriceVoucherCode.select(PriceVoucherCode.id).where(condition).limit(limit))]
    return 0 if not ids else int(PriceVoucherCode.update(
        status=EXPIRED, updated_at=at, **more).where(
        PriceVoucherCode.id.in_(ids) & PriceVoucherCode.status.in_([UNCLAIMED, USABLE])).execute())
