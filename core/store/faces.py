"""Faces of members, and the one-time codes that hand one over."""

from __future__ import annotations

from datetime import datetime

from core.store.compiled import insert
from core.store.pricing.holdings import FACE, member_of_face
from core.store.tables import FaceOffer, MemberIdentity


def offer(face_id: str, venue_id: int, code_hash: str, until: datetime, at: datetime) -> None:
    """A code for a face."""
    insert(FaceOffer, face_id=face_id, venue=venue_id, code_hash=code_hash, expires_at=until,
           created_at=at)


def take_offer(code_hash: str, at: datetime) -> str | None:
    """Use a code up; its face, or None when it is wrong, used or too old. One guarded write."""
    row = FaceOffer.get_or_none(FaceOffer.code_hash == code_hash)
    taken = FaceOffer.update(used_at=at).where(
        (FaceOffer.code_hash == code_hash) & FaceOffer.used_at.is_null()
        & (FaceOffer.expires_at > at)).execute()
    return str(row.face_id) if row is not None and taken == 1 else None


def used_by(code_hash: str, member_id: int) -> str | None:
    """The face behind a code that this member has used up before, and still has."""
    row = FaceOffer.get_or_none((FaceOffer.code_hash == code_hash)
                                & FaceOffer.used_at.is_null(False))
    return str(row.face_id) if row is not None and owner(row.face_id) == member_id else None


def owner(face_id: str) -> int | None:
    """The member who has this face."""
    return member_of_face(face_id)


def add(member_id: int, face_id: str, at: datetime) -> None:
    """A second owner fails on the unique index."""
    insert(MemberIdentity, member=member_id, kind=FACE, app_id="", external_id=face_id,
           created_at=at)


def of(member_id: int) -> list[MemberIdentity]:
    """Faces that cameras know; not those that stand for claims without one."""
    return [row for row in MemberIdentity.select().where(
        (MemberIdentity.member == member_id) & (MemberIdentity.kind == FACE))
        .order_by(MemberIdentity.id) if not row.external_id.startswith("@")]


def remove(identity_id: int, member_id: int) -> bool:
    """False when it is not this member's."""
    if identity_id not in {row.id for row in of(member_id)}:
        return False
    return bool(MemberIdentity.delete().where(MemberIdentity.id == identity_id).execute())
