"""The outbox as the deliverer works through it: claim under a lease, then sent, later or dead."""

from __future__ import annotations

from datetime import datetime, timedelta

from peewee import Expression

from core.store.tables import OutboxMessage

PENDING, SENT, DEAD, OVERTAKEN = "pending", "sent", "dead", "overtaken"
"""overtaken: there was nothing left to say when its turn came."""

LONGEST_SENDING = timedelta(hours=1)
"""No message is sent later than that after its lease ended."""


def claim(at: datetime, lease: datetime, limit: int, *, but: str = "") -> list[OutboxMessage]:
    """Take due messages of every kind `but` one for this process until `lease`, oldest first.
    Inside `transact`."""
    due = (OutboxMessage.select()
           .where((OutboxMessage.state == PENDING) & (OutboxMessage.next_try_at <= at)
                  & (OutboxMessage.kind != but))
           .order_by(OutboxMessage.next_try_at, OutboxMessage.id).limit(limit))
    return [row for row in due if _claimed(row, at, lease)]


def _claimed(row: OutboxMessage, at: datetime, lease: datetime) -> bool:
    """While claimed, a message is not due before its lease ends: one guard for both."""
    changed = (OutboxMessage.update(next_try_at=lease, lease_until=lease,
                                    attempts=OutboxMessage.attempts + 1)
               .where((OutboxMessage.id == row.id) & (OutboxMessage.state == PENDING)
                      & (OutboxMessage.next_try_at <= at)).execute())
    row.attempts += 1
    return bool(changed == 1)


def sent(message_id: int, at: datetime, external_id: str | None) -> None:
    """The channel has it. `external_id`: what can change the message later."""
    OutboxMessage.update(state=SENT, sent_at=at, lease_until=None, error="",
                         external_id=external_id).where(OutboxMessage.id == message_id).execute()


def later(message_id: int, next_try_at: datetime, error: str) -> None:
    """It did not go out; try again."""
    OutboxMessage.update(next_try_at=next_try_at, lease_until=None, error=error[:200]).where(
        OutboxMessage.id == message_id).execute()


def postpone(message_id: int, until: datetime) -> None:
    """Its time has not come; looking was no try."""
    OutboxMessage.update(next_try_at=until, lease_until=None,
                         attempts=OutboxMessage.attempts - 1).where(
        OutboxMessage.id == message_id).execute()


def close(message_id: int, state: str, at: datetime, error: str) -> None:
    """It will not go out any more: dead, or overtaken by events."""
    OutboxMessage.update(state=state, sent_at=at, lease_until=None, error=error[:200]).where(
        OutboxMessage.id == message_id).execute()


def readers(kind: str, at: datetime) -> list[tuple[str, str]]:
    """Channel and recipient of everybody for whom messages of a kind are due."""
    rows = OutboxMessage.select(OutboxMessage.channel, OutboxMessage.recipient).distinct().where(
        (OutboxMessage.state == PENDING) & (OutboxMessage.next_try_at <= at)
        & (OutboxMessage.kind == kind))
    return [(row.channel, row.recipient) for row in rows]


def claim_for(kind: str, channel: str, recipient: str, at: datetime, lease: datetime,
              limit: int) -> list[OutboxMessage]:
    """Take one reader's due messages of a kind, oldest first; none while another process is at
    them, so that the channel's limit is kept."""
    same = ((OutboxMessage.state == PENDING) & (OutboxMessage.kind == kind)
            & (OutboxMessage.channel == channel) & (OutboxMessage.recipient == recipient))
    if OutboxMessage.select().where(same & (OutboxMessage.lease_until > at)).exists():
        return []
    rows = list(OutboxMessage.select().where(same & (OutboxMessage.next_try_at <= at))
                .order_by(OutboxMessage.id).limit(limit))
    for some in _chunks([row.id for row in rows]):
        OutboxMessage.update(next_try_at=lease, lease_until=lease,
                             attempts=OutboxMessage.attempts + 1).where(
            same & OutboxMessage.id.in_(some)).execute()
    for row in rows:
        row.attempts += 1
    return rows


def messages_since(kind: str, channel: str, recipient: str, since: datetime) -> int:
    """How many messages (of one or more alerts) a reader got since then."""
    # A message that was sent keeps the end of its last lease: by that the recent ones are found.
    return int(OutboxMessage.select(OutboxMessage.external_id).distinct().where(
        (OutboxMessage.state == SENT) & (OutboxMessage.next_try_at > since - LONGEST_SENDING)
        & (OutboxMessage.kind == kind)
        & (OutboxMessage.channel == channel) & (OutboxMessage.recipient == recipient)
        & (OutboxMessage.sent_at > since)).count())


def sent_all(ids: list[int], at: datetime, message: str) -> None:
    """These went out as one message."""
    for some in _chunks(ids):
        OutboxMessage.update(state=SENT, sent_at=at, lease_until=None, error="",
                             external_id=message).where(OutboxMessage.id.in_(some)).execute()


def later_all(ids: list[int], next_try_at: datetime, error: str) -> None:
    """These did not go out; try again."""
    for some in _chunks(ids):
        OutboxMessage.update(next_try_at=next_try_at, lease_until=None, error=error[:200]).where(
            OutboxMessage.id.in_(some)).execute()


def postpone_all(ids: list[int], until: datetime) -> None:
    """Their time has not come; looking was no try."""
    for some in _chunks(ids):
        OutboxMessage.update(next_try_at=until, lease_until=None,
                             attempts=OutboxMessage.attempts - 1).where(
            OutboxMessage.id.in_(some)).execute()


def _chunks(ids: list[int], size: int = 400) -> list[list[int]]:
    return [ids[start:start + size] for start in range(0, len(ids), size)]


def _of_same(row: OutboxMessage) -> Expression:
    """What the same person is told about the same subject."""
    return ((OutboxMessage.subject_kind == row.subject_kind)
            & (OutboxMessage.subject_id == row.subject_id)
            & (OutboxMessage.channel == row.channel)
            & (OutboxMessage.recipient == row.recipient))


def cards_of(row: OutboxMessage, kind: str) -> list[OutboxMessage]:
    """The cards this person got on the same subject, oldest first."""
    return list(OutboxMessage.select().where(_of_same(row) & (OutboxMessage.kind == kind))
                .order_by(OutboxMessage.id))


def last_of(row: OutboxMessage, kind: str) -> OutboxMessage | None:
    """The newest message of a kind to this person on the same subject."""
    found = cards_of(row, kind)
    return found[-1] if found else None


def about(kind: str, subject_kind: str, subject_id: int) -> list[OutboxMessage]:
    """The messages of a kind on a subject, whoever gets them, oldest first."""
    return list(OutboxMessage.select().where(
        (OutboxMessage.subject_kind == subject_kind) & (OutboxMessage.subject_id == subject_id)
        & (OutboxMessage.kind == kind)).order_by(OutboxMessage.id))


def has_newer(row: OutboxMessage) -> bool:
    """Whether the same kind of news follows for this person on the same subject."""
    return bool(OutboxMessage.select().where(
        _of_same(row) & (OutboxMessage.kind == row.kind) & (OutboxMessage.id > row.id)).exists())


def message(channel: str, recipient: str, message_id: int) -> OutboxMessage | None:
    """A message by its id, if it went to this recipient."""
    return OutboxMessage.get_or_none(
        (OutboxMessage.id == message_id) & (OutboxMessage.channel == channel)
        & (OutboxMessage.recipient == recipient))


def codes_of(message_id: int) -> list[str]:
    """The one-time codes that can still change a card."""
    row = OutboxMessage.get_or_none(OutboxMessage.id == message_id)
    return (row.external_id or "").split() if row else []


def set_codes(message_id: int, codes: str) -> None:
    """Keep a card's one-time codes, separated by blanks."""
    OutboxMessage.update(external_id=codes).where(OutboxMessage.id == message_id).execute()


def waiting(at: datetime) -> tuple[int, datetime | None]:
    """How many messages are not out yet, and since when the oldest waits."""
    query = OutboxMessage.select().where(OutboxMessage.state == PENDING)
    oldest = query.order_by(OutboxMessage.id).first()
    return query.count(), oldest.created_at if oldest else None
