"""Certificates as we know them, and their verification log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from core.store.compiled import Compiled, insert, update
from core.store.db import locked
from core.store.select import first, tuples, unsought
from core.store.tables import (
    Platform,
    Redemption,
    RedemptionUse,
    Staff,
    Venue,
    VerificationLog,
    Voucher,
)
from core.vouchers.redemption import State

# The platform in each alternative: SQLite then looks three keys up, instead of reading all of it.
_HELD = Compiled(lambda platform_id, certificate_id, code: locked(Voucher.select().where(
    ((Voucher.platform == platform_id) & (Voucher.certificate_id == certificate_id))
    | ((Voucher.platform == platform_id) & (Voucher.voucher_no == certificate_id))
    | ((Voucher.platform == platform_id) & (Voucher.voucher_no == code)))))


def held(platform_id: int, certificate_id: str, code: str | None) -> Voucher | None:
    """A known certificate, held against other writers until the transaction ends.

    Meituan may give the buyer a new code after a cancel (1141): it is found by that code too.
    """
    return _HELD.first(platform_id=platform_id, certificate_id=certificate_id,
                       code=code or certificate_id)


def by_code(platform_id: int, code: str) -> Voucher | None:
    """A certificate by its plain code or certificate id."""
    return first(Voucher.select().where(
        ((Voucher.platform == platform_id) & (Voucher.voucher_no == code))
        | ((Voucher.platform == platform_id) & (Voucher.certificate_id == code))))


def ids_of_code(code: str, platform_code: str | None = None) -> list[int]:
    """Ids of the certificates with this plain code or certificate id, of one platform or of all,
    the oldest first. Nearly always there is one."""
    platforms = Platform.select(Platform.id)
    if platform_code is not None:
        platforms = platforms.where(Platform.platform_code == platform_code)
    ids = [row[0] for row in tuples(platforms)]
    # One key after the other: asked in one, the databases would read every certificate.
    return sorted({row[0] for key in (Voucher.voucher_no, Voucher.certificate_id)
                   for row in tuples(Voucher.select(Voucher.id).where(
                       Voucher.platform.in_(ids) & (key == code)))})


@dataclass(frozen=True, slots=True)
class Use:
    """When, where and by whom (empty: not by staff) a certificate was redeemed with us."""

    at: datetime
    venue_name: str
    by: str


def last_use(platform_code: str, code: str) -> Use | None:
    """The newest standing redemption of a certificate that was completed here."""
    ids = ids_of_code(code, platform_code)
    rows = tuples(
        Redemption.select(Redemption.completed_at, Venue.name, Staff.name)
        .join(Venue).switch(Redemption)
        .join(Staff, JOIN.LEFT_OUTER, on=Staff.id == Redemption.confirmed_by)
        .where(Redemption.voucher.in_(ids)
               & (unsought(Redemption.state) == State.COMPLETED.value))
        .order_by(Redemption.id.desc()).limit(1)) if ids else []
    return Use(rows[0][0], rows[0][1], rows[0][2] or "") if rows else None


def add(at: datetime, **columns: Any) -> int:
    """A certificate met for the first time; returns its id."""
    return insert(Voucher, **columns, created_at=at, updated_at=at)


def change(voucher_id: int, at: datetime, **columns: Any) -> None:
    """Write some columns; the caller holds the row."""
    update(Voucher, {"id": voucher_id}, **columns, updated_at=at)


def standing_uses(voucher_id: int) -> int:
    """Uses that we consumed and did not give back."""
    return int(RedemptionUse.select(fn.COUNT(RedemptionUse.id)).join(Redemption)
               .where((Redemption.voucher == voucher_id) & RedemptionUse.cancelled_at.is_null())
               .scalar())


REDEEMED, UNDONE, FAILED, UNKNOWN, REFUNDED, BY_HAND = range(1, 7)
"""`voucher_verification_logs.operation_type` (checklist S47 and its gap)."""


def log(voucher_id: int, operation_type: int, *, operator_id: int, actor_kind: str, door: str,
        redemption_id: int | None, at: datetime, result_type: int | None = None,
        result_id: int | None = None, platform_log_id: str = "", remark: str = "") -> None:
    """One line of the seed's verification log."""
    insert(
        VerificationLog, voucher=voucher_id, operation_type=operation_type, operator_id=operator_id,
        actor_kind=actor_kind, door=door, redemption_id=redemption_id, result_type=result_type,
        result_id=result_id, platform_log_id=platform_log_id[:100], remark=remark[:255],
        created_at=at)
