"""How many subscription messages members have allowed (wechat.md 6: one tap, one message)."""

from __future__ import annotations

from datetime import datetime

from core.store.compiled import insert
from core.store.select import first
from core.store.tables import MemberIdentity, NoticeConsent

MOST_LEFT = 1000
"""Nobody taps that often; a loop in a front end might."""


def allow(identity_id: int, template_id: str, at: datetime) -> None:
    """One tap on "allow". Inside `transact`."""
    known = NoticeConsent.get_or_none((NoticeConsent.identity == identity_id)
                                      & (NoticeConsent.template_id == template_id))
    if known is None:
        insert(NoticeConsent, identity=identity_id, template_id=template_id, left=1,
               changed_at=at, created_at=at)
        return
    NoticeConsent.update(left=NoticeConsent.left + 1, changed_at=at).where(
        (NoticeConsent.id == known.id) & (NoticeConsent.left < MOST_LEFT)).execute()


def left(identity_id: int, template_id: str) -> int:
    """How many messages may still be sent."""
    row = NoticeConsent.get_or_none((NoticeConsent.identity == identity_id)
                                    & (NoticeConsent.template_id == template_id))
    return row.left if row is not None else 0


def of(identity_id: int) -> list[tuple[str, int]]:
    """Template and messages left, for everything an identity has allowed."""
    return [(row.template_id, row.left) for row in NoticeConsent.select().where(
        NoticeConsent.identity == identity_id).order_by(NoticeConsent.id)]


def reader_of(member_id: int) -> MemberIdentity | None:
    """The identity by which a member wants to be told: where he allowed it last."""
    return first(MemberIdentity.select().join(NoticeConsent).where(
        (MemberIdentity.member == member_id) & (NoticeConsent.left > 0))
        .order_by(NoticeConsent.changed_at.desc(), NoticeConsent.id.desc()))


def spend(identity_id: int, template_id: str) -> None:
    """One message went out."""
    NoticeConsent.update(left=NoticeConsent.left - 1).where(
        (NoticeConsent.identity == identity_id) & (NoticeConsent.template_id == template_id)
        & (NoticeConsent.left > 0)).execute()


def none_left(identity_id: int, template_id: str) -> None:
    """The platform says that there is no consent (43101): believe it."""
    NoticeConsent.update(left=0).where(
        (NoticeConsent.identity == identity_id)
        & (NoticeConsent.template_id == template_id)).execute()
