"""A member's personal data: finding what is open, and forgetting him. Runs inside `transact`.

The books stay: vouchers, redemptions, entitlements, orders and the audit go on naming a number
that leads to nobody any more.
"""

from __future__ import annotations

from core.store.entitlements import ACTIVE, CANCELLED
from core.store.people import DELETED
from core.store.select import tuples
from core.store.tables import (
    CourseOrder,
    Member,
    MemberCard,
    MemberIdentity,
    MiniKey,
    NoticeConsent,
    OutboxMessage,
    PhoneCode,
    Redemption,
    Session,
    Voucher,
)
from core.vouchers.redemption import OPEN, UNDO_UNSETTLED


def everybody(member_id: int) -> list[int]:
    """A member and all who were merged into him."""
    rows = tuples(Member.select(Member.id).where(
        (Member.id == member_id) | (Member.merged_into == member_id)).order_by(Member.id))
    return [int(row[0]) for row in rows]


def open_redemptions(ids: list[int]) -> int:
    """How many of their redemptions are under way."""
    states = [state.value for state in OPEN | UNDO_UNSETTLED]
    return int(Redemption.select().where(
        _theirs(ids) & Redemption.state.in_(states)).count())


def _theirs(ids: list[int]) -> object:
    return Redemption.member.in_(ids) | (
        (Redemption.actor_kind == "member") & Redemption.actor_id.in_(ids))


def give_up(member_id: int) -> None:
    """Cards and courses end with their holder."""
    for table in (MemberCard, CourseOrder):
        table.update(status=CANCELLED).where(
            (table.member == member_id) & (table.status == ACTIVE)).execute()


def forget(ids: list[int]) -> None:
    """Everything that tells who they were: numbers, names, platform identities, faces, sessions,
    consents, messages on their way."""
    known = [(int(row.id), row.kind, row.external_id) for row in MemberIdentity.select().where(
        MemberIdentity.member.in_(ids))]
    Session.delete().where((Session.kind == "member")
                           & Session.subject_id.in_([str(one) for one in ids])).execute()
    PhoneCode.delete().where(PhoneCode.member.in_(ids)).execute()
    identities = [id_ for id_, _, _ in known]
    for table in (MiniKey, NoticeConsent):
        table.delete().where(table.identity.in_(identities)).execute()
    for _, kind, external_id in known:
        OutboxMessage.delete().where((OutboxMessage.channel == kind)
                                     & (OutboxMessage.recipient == external_id)).execute()
    MemberIdentity.delete().where(MemberIdentity.id.in_(identities)).execute()
    Redemption.update(phone=None, name="").where(_theirs(ids)).execute()
    Voucher.update(user_phone=None, user_name=None).where(Voucher.user_id.in_(ids)).execute()
    Member.update(phone=None, phone_tail="", name="", phone_verified_at=None,
                  status=DELETED).where(Member.id.in_(ids)).execute()
