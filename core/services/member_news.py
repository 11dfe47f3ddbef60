"""What members are told by their mini-program: rows in the outbox, written with the change itself.

Only what a member asked for by phone is told to his phone, and only as often as he has allowed it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.store import consents, outbox
from core.store.outbox import Recipient
from core.store.tables import Booking, MemberIdentity, Redemption

MEMBER_NOTICE = "member_notice"
STALE_AFTER = timedelta(hours=12)
"""An ending told later than this only puzzles."""


def tell_ending(row: Redemption, at: datetime) -> None:
    """A member's redemption has come to an end: completed, refused, rejected or expired."""
    if row.actor_kind != "member":
        return
    reader = consents.reader_of(row.actor_id)
    if reader is not None:
        _add(reader, f"{row.ref}:{row.state}", at, at + STALE_AFTER, {
            "what": row.state, "ref": row.ref, "title": row.voucher.product_name,
            "venue": row.venue.name, "at": at.isoformat()}, "redemption", row.id)


def tell_nearing(seat: Booking, at: datetime) -> bool:
    """A class (loaded with its venue) is near; whether the member wants to be told. Once for
    each seat in each class."""
    session = seat.session
    reader = consents.reader_of(seat.member_id) if seat.member_id is not None else None
    if reader is None:
        return False
    _add(reader, f"class:{seat.id}:{session.id}", at, session.starts_at, {
        "what": "class_nears", "title": session.title, "venue": session.venue.name,
        "at": session.starts_at.isoformat()}, "booking", seat.id)
    return True


def _add(reader: MemberIdentity, key: str, at: datetime, until: datetime,
         payload: dict[str, Any], subject_kind: str, subject_id: int) -> None:
    outbox.add(MEMBER_NOTICE, key, [Recipient(0, "", reader.kind, reader.external_id)],
               payload | {"until": until.isoformat()}, subject_kind, subject_id, at)
