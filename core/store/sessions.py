"""Bearer tokens (hashed), staff accounts and kiosks, as sign-in needs them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import JOIN

from core.store.compiled import Compiled
from core.store.tables import Kiosk, Session, Staff, StaffVenue

_LIVE = Compiled(lambda token_hash, at: Session.select(
    Session.id, Session.kind, Session.subject_id, Session.door, Session.csrf,
    Session.expires_at).where(
    (Session.token_hash == token_hash) & Session.revoked_at.is_null() & (Session.expires_at > at)))
_STAFF = Compiled(lambda staff_id: Staff.select().where(
    (Staff.id == staff_id) & (Staff.status == 1)))
_STAFF_WITH_VENUES = Compiled(lambda staff_id: Staff.select(
    Staff.id, Staff.name, Staff.role, Staff.venue, StaffVenue.id, StaffVenue.venue)
    .join(StaffVenue, JOIN.LEFT_OUTER, on=StaffVenue.staff == Staff.id, attr="works_at")
    .where((Staff.id == staff_id) & (Staff.status == 1)))
_KIOSK = Compiled(lambda kiosk_id: Kiosk.select().where(
    (Kiosk.id == kiosk_id) & (Kiosk.status == 1)))


def live_session(token_hash: str, at: datetime) -> Session | None:
    """The session of a token, unless revoked or past its end."""
    return _LIVE.first(token_hash=token_hash, at=at)


def add_session(*, kind: str, subject_id: int, token_hash: str, door: str, csrf: str, agent: str,
                expires_at: datetime, at: datetime) -> Session:
    """A new session of one staff member, kiosk or member."""
    return Session.create(
        kind=kind, subject_id=str(subject_id), token_hash=token_hash, door=door, csrf=csrf,
        agent=agent[:200], expires_at=expires_at, last_seen_at=at, created_at=at)


def revoke(session_id: int, at: datetime) -> bool:
    """End one session; False when it had ended before."""
    return bool(Session.update(revoked_at=at)
                .where((Session.id == session_id) & Session.revoked_at.is_null()).execute())


def revoke_all(kind: str, subject_id: int, at: datetime) -> int:
    """End every session of somebody; returns how many were live."""
    return int(Session.update(revoked_at=at)
               .where((Session.kind == kind) & (Session.subject_id == str(subject_id))
                      & Session.revoked_at.is_null()).execute())


def revoke_others(kind: str, subject_id: int, kept_id: int, at: datetime) -> int:
    """End every session of somebody but one; returns how many were live."""
    return int(Session.update(revoked_at=at)
               .where((Session.kind == kind) & (Session.subject_id == str(subject_id))
                      & (Session.id != kept_id) & Session.revoked_at.is_null()).execute())


def set_password(staff_id: int, password_hash: str) -> None:
    """A new password; the count of wrong ones begins anew."""
    Staff.update(password_hash=password_hash, failed_logins=0, locked_until=None).where(
        Staff.id == staff_id).execute()


def sessions_of(kind: str, subject_id: int, at: datetime) -> list[Session]:
    """The live sessions of somebody, newest first."""
    return list(Session.select().where(
        (Session.kind == kind) & (Session.subject_id == str(subject_id))
        & Session.revoked_at.is_null() & (Session.expires_at > at)).order_by(Session.id.desc()))


def active_staff(staff_id: int) -> Staff | None:
    """A staff member who may work now."""
    return _STAFF.first(staff_id=staff_id)


def staff_named(username: str) -> Staff | None:
    """By user name, disabled ones included."""
    return Staff.get_or_none(Staff.username == username)


def staff_at_work(staff_id: int) -> tuple[Staff, frozenset[int]] | None:
    """A staff member who may work now, as far as it matters to who may do what, and the venues
    that a clerk or manager may work in."""
    rows: list[Any] = _STAFF_WITH_VENUES.all(staff_id=staff_id)
    if not rows:
        return None
    return rows[0], frozenset(row.works_at.venue_id for row in rows if row.works_at is not None)


def count_failed_login(staff_id: int, at: datetime, lock_until: datetime, most: int) -> None:
    """One more wrong password; the `most`-th locks the account until `lock_until`."""
    Staff.update(failed_logins=Staff.failed_logins + 1).where(Staff.id == staff_id).execute()
    (Staff.update(locked_until=lock_until, failed_logins=0)
     .where((Staff.id == staff_id) & (Staff.failed_logins >= most)).execute())


def forget_failed_logins(staff_id: int) -> None:
    """A right password clears the count."""
    Staff.update(failed_logins=0, locked_until=None).where(
        (Staff.id == staff_id) & (Staff.failed_logins > 0)).execute()


def active_kiosk(kiosk_id: int) -> Kiosk | None:
    """A kiosk that is switched on in the administration."""
    return _KIOSK.first(kiosk_id=kiosk_id)


def take_pairing(code_hash: str, at: datetime) -> Kiosk | None:
    """Consume a pairing code; None when it is wrong, used or too old. One guarded write."""
    kiosk = Kiosk.get_or_none(
        (Kiosk.pairing_hash == code_hash) & (Kiosk.pairing_expires_at > at) & (Kiosk.status == 1))
    if kiosk is None:
        return None
    taken = (Kiosk.update(pairing_hash=None, pairing_expires_at=None, paired_at=at,
                          last_seen_at=at)
             .where((Kiosk.id == kiosk.id) & (Kiosk.pairing_hash == code_hash)).execute())
    return kiosk if taken == 1 else None


def offer_pairing(kiosk_id: int, code_hash: str, until: datetime) -> None:
    """A fresh pairing code replaces an unused one."""
    Kiosk.update(pairing_hash=code_hash, pairing_expires_at=until).where(
        Kiosk.id == kiosk_id).execute()


def kiosk_seen(kiosk_id: int, at: datetime) -> None:
    """A heartbeat."""
    Kiosk.update(last_seen_at=at).where(Kiosk.id == kiosk_id).execute()
