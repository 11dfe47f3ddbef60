"""Redemptions: loaded with their voucher, moved by guarded writes that change exactly one row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from peewee import JOIN, ModelSelect

from core.money import Money
from core.store.compiled import Compiled, insert, insert_all, update
from core.store.db import GuardLost, locked
from core.store.select import tuples
from core.store.tables import (
    Entitlement,
    Member,
    Platform,
    Redemption,
    RedemptionUse,
    Staff,
    Venue,
    Voucher,
)
from core.vouchers.redemption import MOVES, OPEN, State


def _with_voucher() -> ModelSelect[Redemption]:
    return (Redemption.select(Redemption, Voucher, Platform, Venue)
            .join(Voucher).switch(Redemption).join(Platform).switch(Redemption).join(Venue))


_BY_ID = Compiled(lambda id_: _with_voucher().where(Redemption.id == id_))
_BY_REF = Compiled(lambda ref: _with_voucher().where(Redemption.ref == ref))
_ALONG = Compiled(lambda lead_id: _with_voucher().where(Redemption.lead_id == lead_id)
                  .order_by(Redemption.id))
_OPEN_OF = Compiled(lambda voucher_id: Redemption.select().where(
    Redemption.open_key == voucher_id))
_HOLD = Compiled(lambda id_: locked(
    Redemption.select(Redemption.id, Voucher.id).join(Voucher).where(Redemption.id == id_)))
_HOLD_ALONG = Compiled(lambda lead_id: locked(
    Redemption.select(Redemption.id, Voucher.id).join(Voucher)
    .where(Redemption.lead_id == lead_id).order_by(Redemption.id)))


def add(at: datetime, **columns: Any) -> int:
    """A new redemption; returns its id. The unique `open_key` refuses a second open one."""
    return insert(Redemption, **columns, created_at=at, moved_at=at)


def open_of(voucher_id: int) -> Redemption | None:
    """The open redemption of a certificate: the one that people know."""
    row = _OPEN_OF.first(voucher_id=voucher_id)
    return by_id(row.lead_id) if row is not None and row.lead_id is not None else row


def by_id(redemption_id: int) -> Redemption | None:
    """With its voucher, platform and venue."""
    return _BY_ID.first(id_=redemption_id)


def by_ref(ref: str) -> Redemption | None:
    """With its voucher, platform and venue. The ref of a certificate that goes along (in a
    voucher's history) means the redemption that people know."""
    row = _BY_REF.first(ref=ref)
    return by_id(row.lead_id) if row is not None and row.lead_id is not None else row


def of_vouchers(voucher_ids: Collection[int], limit: int) -> list[Redemption]:
    """The redemptions of some certificates, the newest few, newest first."""
    return list(Redemption.select().where(Redemption.voucher.in_(list(voucher_ids)))
                .order_by(Redemption.id.desc()).limit(limit)) if voucher_ids else []


def along(row: Redemption, *, hold: bool = False) -> list[Redemption]:
    """The rows of the certificates that go along with this one, as `by_id`, oldest first; with
    `hold` they and their vouchers are held against other writers."""
    if not row.along:
        return []
    if hold and Redemption._meta.database.for_update:
        _HOLD_ALONG.all(lead_id=row.id)
    return _ALONG.all(lead_id=row.id)


def held(redemption_id: int) -> Redemption:
    """With its voucher, platform and venue; it and its voucher are held against other writers
    until the transaction ends."""
    if Redemption._meta.database.for_update:
        _HOLD.first(id_=redemption_id)
    row = by_id(redemption_id)
    if row is None:
        raise LookupError(f"redemption {redemption_id}")
    return row


def move(row: Redemption, to: State, at: datetime, **columns: Any) -> None:
    """Walk one edge of the state table.

    Raises GuardLost when the row is no longer in the state it was loaded in, ValueError when the
    table has no such edge.
    """
    if to not in MOVES[State(row.state)]:
        raise ValueError(f"no move from {row.state} to {to}")
    if to not in OPEN:
        columns["open_key"] = None
    _guarded(row, state=to.value, moved_at=at, **columns)


def stay(row: Redemption, **columns: Any) -> None:
    """Change columns of a row that keeps its state. Raises GuardLost like `move`."""
    _guarded(row, **columns)


def _guarded(row: Redemption, **columns: Any) -> None:
    if update(Redemption, {"id": row.id, "state": row.state}, **columns) != 1:
        raise GuardLost(f"redemption {row.id} left {row.state}")
    for name, value in columns.items():
        setattr(row, name, value)


def keep_prepared(row: Redemption, handle: str, verify_token: str) -> bool:
    """Replace what consume names, while this worker's lease on the row stands; False when it has
    ended."""
    kept = _with_lease(row, handle=handle, verify_token=verify_token)
    row.handle, row.verify_token = handle, verify_token
    return kept


def _with_lease(row: Redemption, **columns: Any) -> bool:
    return update(Redemption, {"id": row.id, "state": row.state, "next_try_at": row.next_try_at},
                  **columns) == 1


def claim(row: Redemption, until: datetime, attempts: int) -> bool:
    """Take a due row for one try; False when another worker has taken it. `next_try_at` is the
    lease: nobody looks before."""
    return _with_lease(row, next_try_at=until, attempts=attempts)


def due(states: Collection[State], at: datetime, limit: int) -> list[Redemption]:
    """Rows in these states whose next try or end of lease has come, oldest first."""
    return list(Redemption.select().where(
        Redemption.state.in_([state.value for state in states])
        & (Redemption.next_try_at <= at)).order_by(Redemption.next_try_at).limit(limit))


def overdue(states: Collection[State], at: datetime, limit: int) -> list[Redemption]:
    """Waiting rows whose time is over."""
    return list(Redemption.select().where(
        Redemption.state.in_([state.value for state in states])
        & (Redemption.expires_at <= at)).order_by(Redemption.id).limit(limit))


def add_uses(redemption_id: int, uses: Iterable[dict[str, Any]], at: datetime) -> None:
    """The uses that the platform consumed, numbered from 1."""
    insert_all(RedemptionUse, [
        {"redemption": redemption_id, "number": number, "created_at": at, **use}
        for number, use in enumerate(uses, 1)])


def uses_of(redemption_id: int) -> list[RedemptionUse]:
    return list(RedemptionUse.select().where(RedemptionUse.redemption == redemption_id)
                .order_by(RedemptionUse.number))


def standing_amounts(voucher_id: int) -> list[Money]:
    """What each standing use of a certificate is worth."""
    return [row[0] for row in tuples(RedemptionUse.select(RedemptionUse.amount_fen)
                                     .join(Redemption).where(
        (Redemption.voucher == voucher_id) & RedemptionUse.cancelled_at.is_null()))]


def other_verify_ids(voucher_id: int, redemption_id: int) -> frozenset[str]:
    """Standing verifications of a certificate that belong to its other redemptions."""
    rows = tuples(RedemptionUse.select(RedemptionUse.verify_id).join(Redemption).where(
        (Redemption.voucher == voucher_id) & (Redemption.id != redemption_id)
        & RedemptionUse.cancelled_at.is_null()))
    return frozenset(str(row[0]) for row in rows)


def cancel_uses(redemption_id: int, at: datetime,
                verify_ids: Collection[str] | None = None) -> None:
    """The platform gave them back: these, or all that stand."""
    condition = (RedemptionUse.redemption == redemption_id) & RedemptionUse.cancelled_at.is_null()
    if verify_ids is not None:
        condition &= RedemptionUse.verify_id.in_(list(verify_ids))
    RedemptionUse.update(cancelled_at=at).where(condition).execute()


def for_view() -> ModelSelect[Redemption]:
    """With everything a view shows, and nothing that only the platform needs; `staff` is who
    confirmed."""
    return (Redemption.select(*_SHOWN)
            .join(Voucher).switch(Redemption)
            .join(Platform).switch(Redemption)
            .join(Venue).switch(Redemption)
            .join(Member, JOIN.LEFT_OUTER).switch(Redemption)
            .join(Entitlement, JOIN.LEFT_OUTER, on=Entitlement.redemption == Redemption.id,
                  attr="entitlement").switch(Redemption)
            .join(Staff, JOIN.LEFT_OUTER, on=Staff.id == Redemption.confirmed_by, attr="staff"))


_R, _V, _E = Redemption, Voucher, Entitlement
_SHOWN = (
    _R.id, _R.ref, _R.voucher, _R.platform, _R.venue, _R.state, _R.door, _R.confirmed_by, _R.phone,
    _R.name, _R.member, _R.uses, _R.choice, _R.told, _R.expires_at, _R.attempts, _R.next_try_at,
    _R.error, _R.error_facts, _R.reason, _R.completed_at, _R.consumed_at, _R.moved_at,
    _R.undo_reason, _R.created_at, _R.along, _R.lead_id, _V.id, _V.voucher_no, _V.code_tail,
    _V.product_name, _V.voucher_type, _V.status, _V.uses_total, _V.uses_used,
    _V.paid_price_fen, Platform.id, Platform.platform_code, Platform.platform_name, Venue.id,
    Venue.name, Venue.address, Member.id, Member.name, Member.phone, _E.id, _E.result_type,
    _E.target_id, _E.before, _E.after, _E.status, Staff.id, Staff.name)
_VIEW_BY_ID = Compiled(lambda id_: for_view().where(Redemption.id == id_))
_VIEW_BY_REF = Compiled(lambda ref: for_view().where(Redemption.ref == ref))
_VIEW_ALONG = Compiled(lambda lead_id: for_view().where(Redemption.lead_id == lead_id)
                       .order_by(Redemption.id))
_VERSION: Compiled[Redemption] = Compiled(lambda ref: Redemption.select(
    _R.state, _R.moved_at, _R.attempts, _R.error, _R.told, _R.next_try_at, _R.uses, _R.along,
    _R.id, _R.lead_id).where(Redemption.ref == ref))
_VERSIONS_ALONG: Compiled[Redemption] = Compiled(lambda lead_id: Redemption.select(
    _R.state, _R.moved_at, _R.uses).where(Redemption.lead_id == lead_id).order_by(Redemption.id))


def view_by_id(redemption_id: int) -> Redemption | None:
    """One row of `for_view`."""
    return _VIEW_BY_ID.first(id_=redemption_id)


def view_by_ref(ref: str) -> Redemption | None:
    """One row of `for_view`."""
    row = _VIEW_BY_REF.first(ref=ref)
    return view_by_id(row.lead_id) if row is not None and row.lead_id is not None else row


def view_along(row: Redemption) -> list[Redemption]:
    """Rows of `for_view` that go along with one."""
    return _VIEW_ALONG.all(lead_id=row.id) if row.along else []


def version(ref: str) -> str | None:
    """Differs whenever something a view shows has changed; None: no such redemption."""
    rows = _VERSION.tuples(ref=ref)
    if not rows:
        return None
    state, moved_at, attempts, error, told, next_try_at, uses, others, id_, lead_id = rows[0]
    if lead_id is not None:
        lead = by_id(lead_id)
        return version(lead.ref) if lead is not None else None
    due = f"{next_try_at.timestamp():.3f}" if next_try_at else ""
    shown = f"{state}-{moved_at.timestamp():.6f}-{attempts}-{error}-{len(told)}-{due}-{uses}"
    if not others:
        return shown
    return "-".join([shown, *(f"{state}-{moved_at.timestamp():.6f}-{uses}" for
                              state, moved_at, uses in _VERSIONS_ALONG.tuples(lead_id=id_))])
