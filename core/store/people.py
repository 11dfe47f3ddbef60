"""Members, found or made by phone (checklist S79–S81)."""

from __future__ import annotations

from datetime import datetime

from core.store.compiled import Compiled, insert, update
from core.store.select import tuples
from core.store.tables import Member, Staff

ACTIVE, DELETED = 1, 0
"""Of `Member.status`: a deleted member is a number that the books go on naming, nothing more."""

_BY_PHONE = Compiled(lambda phone: Member.select().where(Member.phone == phone))
_BY_ID = Compiled(lambda id_: Member.select().where(Member.id == id_))


def by_phone(phone: str) -> Member | None:
    """The member with this phone; a merged one leads to whom it was merged into."""
    return _standing(_BY_PHONE.first(phone=phone))


def by_id(member_id: int) -> Member | None:
    return _standing(_BY_ID.first(id_=member_id))


def _standing(member: Member | None) -> Member | None:
    while member is not None and member.merged_into_id is not None:
        member = Member.get_by_id(member.merged_into_id)
    return member


def active_member(member_id: int) -> Member | None:
    """A member who may sign in: he himself, or whom he was merged into; None once deleted."""
    member = by_id(member_id)
    return member if member is not None and member.status == ACTIVE else None


def find_or_make(phone: str | None, name: str, at: datetime, *, platform_id: int,
                 venue_id: int) -> int:
    """The id of the member with this phone, made when new; without a phone always a new one. A
    new one came by this platform to this venue.

    Two writers may both find nobody: the unique phone fails one of them, whose transaction then
    runs again and finds the other's.
    """
    came = {"first_platform": platform_id, "first_venue": venue_id}
    if phone is None:
        return insert(Member, name=name, created_at=at, **came)
    known = by_phone(phone)
    if known is None:
        return insert(Member, phone=phone, phone_tail=phone[-4:], name=name, created_at=at, **came)
    if name and not known.name:
        update(Member, {"id": known.id}, name=name)
    return int(known.id)


def name_of(member_id: int) -> str:
    """A member's name as he gave it; may be empty."""
    return str(tuples(Member.select(Member.name).where(Member.id == member_id))[0][0])


def staff_name(staff_id: int) -> str:
    """A staff member's name, for audit and cards; empty when unknown."""
    rows = tuples(Staff.select(Staff.name).where(Staff.id == staff_id))
    return str(rows[0][0]) if rows else ""
