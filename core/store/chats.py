"""Chat identities of staff, one-time binding codes, and callbacks already taken."""

from __future__ import annotations

from datetime import datetime

from core.store.tables import BindingCode, ChatBinding, InboundMessage, Staff, StaffVenue, Venue


def binding_of(channel: str, app_id: str, external_id: str) -> ChatBinding | None:
    """The binding of a chat identity, whatever became of its staff member."""
    return ChatBinding.get_or_none(
        (ChatBinding.channel == channel) & (ChatBinding.app_id == app_id)
        & (ChatBinding.external_id == external_id))


def binding(binding_id: int) -> ChatBinding | None:
    """A binding by its id."""
    return ChatBinding.get_or_none(ChatBinding.id == binding_id)


def bindings_of_staff(staff_id: int) -> list[ChatBinding]:
    """Every chat identity of a staff member, oldest first."""
    return list(ChatBinding.select().where(ChatBinding.staff == staff_id)
                .order_by(ChatBinding.id))


def bind(staff_id: int, channel: str, app_id: str, external_id: str, at: datetime) -> ChatBinding:
    """Tie a chat identity to a staff member; an older tie of the same identity is replaced."""
    unbind(channel, app_id, external_id)
    return ChatBinding.create(staff=staff_id, channel=channel, app_id=app_id,
                              external_id=external_id, created_at=at)


def unbind(channel: str, app_id: str, external_id: str) -> bool:
    """Forget a chat identity; False when it was not bound."""
    return bool(ChatBinding.delete().where(
        (ChatBinding.channel == channel) & (ChatBinding.app_id == app_id)
        & (ChatBinding.external_id == external_id)).execute())


def set_pending(binding_id: int, pending: str | None, until: datetime | None) -> None:
    """Keep or forget the step a person is asked to answer."""
    ChatBinding.update(pending=pending, pending_until=until).where(
        ChatBinding.id == binding_id).execute()


def set_language(binding_id: int, language: str) -> None:
    """The language answers and cards come in: zh or en."""
    ChatBinding.update(language=language).where(ChatBinding.id == binding_id).execute()


def set_alerts(binding_id: int, alerts: dict[str, object]) -> None:
    """Whether and when alerts reach this chat."""
    ChatBinding.update(alerts=alerts).where(ChatBinding.id == binding_id).execute()


def add_code(staff_id: int, code_hash: str, until: datetime, at: datetime) -> None:
    """A fresh binding code; older unused ones of the same person end."""
    BindingCode.update(expires_at=at).where(
        (BindingCode.staff == staff_id) & BindingCode.used_at.is_null()
        & (BindingCode.expires_at > at)).execute()
    BindingCode.create(staff=staff_id, code_hash=code_hash, expires_at=until, created_at=at)


def take_code(code_hash: str, at: datetime) -> int | None:
    """Consume a binding code: its staff id, or None when wrong, used or too old."""
    code = BindingCode.get_or_none(
        (BindingCode.code_hash == code_hash) & BindingCode.used_at.is_null()
        & (BindingCode.expires_at > at))
    if code is None:
        return None
    taken = (BindingCode.update(used_at=at)
             .where((BindingCode.id == code.id) & BindingCode.used_at.is_null()).execute())
    return int(code.staff_id) if taken == 1 else None


def venues_allowed(staff_id: int | None) -> list[Venue]:
    """The open venues a person may work in, by id; all of them for None (an admin)."""
    query = Venue.select().where(Venue.status == 1)
    if staff_id is not None:
        query = query.where(Venue.id.in_(
            StaffVenue.select(StaffVenue.venue).where(StaffVenue.staff == staff_id)))
    return list(query.order_by(Venue.id))


def work_at(staff_id: int, venue_id: int) -> None:
    """Make a venue the one this person works in now."""
    Staff.update(venue=venue_id).where(Staff.id == staff_id).execute()


def take_message(source: str, key: str, at: datetime, lease: datetime) -> bool:
    """Whether this delivery is the first of its message (wechat.md 3.3).

    Also true when an earlier delivery gave no answer within its lease: its process has died.
    Of two at once one breaks the unique key; `transact` repeats it, and it finds the row.
    """
    taken = (InboundMessage.update(lease_until=lease)
             .where((InboundMessage.source == source) & (InboundMessage.message_key == key)
                    & InboundMessage.answer.is_null() & (InboundMessage.lease_until <= at))
             .execute())
    if taken == 1:
        return True
    if answer_row(source, key) is not None:
        return False
    InboundMessage.create(source=source, message_key=key, lease_until=lease, created_at=at)
    return True


def answer_row(source: str, key: str) -> InboundMessage | None:
    """The row of a message, if any delivery of it has come."""
    return InboundMessage.get_or_none(
        (InboundMessage.source == source) & (InboundMessage.message_key == key))


def answer_of(source: str, key: str) -> str | None:
    """What the first delivery was answered; None while it is at work."""
    row = answer_row(source, key)
    return None if row is None else row.answer


def keep_answer(source: str, key: str, answer: str) -> None:
    """Remember the answer for resends."""
    InboundMessage.update(answer=answer).where(
        (InboundMessage.source == source) & (InboundMessage.message_key == key)).execute()
