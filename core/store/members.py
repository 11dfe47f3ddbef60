"""Members by what proves who they are: platform identities, their keys, their sessions."""

from __future__ import annotations

from datetime import datetime

from core.store.compiled import insert
from core.store.db import locked
from core.store.select import first
from core.store.tables import Member, MemberIdentity, MiniKey, MiniSession, Session


def identity(kind: str, app_id: str, external_id: str) -> MemberIdentity | None:
    """An identity, whoever it belongs to."""
    return MemberIdentity.get_or_none(
        (MemberIdentity.kind == kind) & (MemberIdentity.app_id == app_id)
        & (MemberIdentity.external_id == external_id))


def add(at: datetime) -> int:
    """A member of whom nothing is known yet."""
    return insert(Member, created_at=at)


def add_identity(member_id: int, kind: str, app_id: str, external_id: str, union_id: str,
                 at: datetime) -> int:
    """Tie an identity to a member; a second owner fails on the unique index."""
    return insert(MemberIdentity, member=member_id, kind=kind, app_id=app_id,
                  external_id=external_id, union_id=union_id or None, created_at=at)


def identities(member_id: int) -> list[MemberIdentity]:
    """All faces of a member, the first first."""
    return list(MemberIdentity.select().where(MemberIdentity.member == member_id)
                .order_by(MemberIdentity.id))


def keep_key(identity_id: int, session_key: str, at: datetime) -> None:
    """The key of a new login replaces the last one's."""
    changed = MiniKey.update(session_key=session_key, logged_in_at=at).where(
        MiniKey.identity == identity_id).execute()
    if changed == 0:
        insert(MiniKey, identity=identity_id, session_key=session_key, logged_in_at=at,
               created_at=at)


def session_key(identity_id: int) -> str | None:
    """The key of an identity's last login."""
    row = MiniKey.get_or_none(MiniKey.identity == identity_id)
    return None if row is None else str(row.session_key)


def tie_session(session_id: int, identity_id: int, at: datetime) -> None:
    """Remember which identity opened a session."""
    insert(MiniSession, session=session_id, identity=identity_id, created_at=at)


def identity_of_session(session_id: int | None) -> MemberIdentity | None:
    """The identity that opened a session; None for one opened without a mini-program."""
    if session_id is None:
        return None
    return first(MemberIdentity.select().join(MiniSession).where(
        MiniSession.session == session_id))


def held(member_id: int) -> Member:
    """A member, held against other writers until the transaction ends. Raises LookupError."""
    member = first(locked(Member.select().where(Member.id == member_id)))
    if member is None:
        raise LookupError(f"member {member_id}")
    return member


def change(member_id: int, **columns: object) -> None:
    """Set columns of a member."""
    Member.update(**columns).where(Member.id == member_id).execute()


def seen(session_id: int, at: datetime) -> None:
    """When a session was last used."""
    Session.update(last_seen_at=at).where(Session.id == session_id).execute()
