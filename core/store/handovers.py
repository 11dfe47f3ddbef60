"""Kiosk visits that go on with a phone, and codes that sign a browser in. Every step is a guarded
write: an id is taken once. Callers hold a transaction where they write."""

from __future__ import annotations

from datetime import datetime

from core.store.compiled import insert
from core.store.select import first
from core.store.tables import Handover, Kiosk, PhoneCode, Venue

OFFERED, TAKEN, ENDED = "offered", "taken", "ended"


def offer(kiosk_id: int, venue_id: int, code_hash: str, inspection: str | None, until: datetime,
          at: datetime) -> int:
    """A new single-use id; whatever this kiosk offered or handed over before ends."""
    end(kiosk_id)
    return insert(Handover, kiosk=kiosk_id, venue=venue_id, code_hash=code_hash,
                  inspection=inspection, expires_at=until, created_at=at)


def end(kiosk_id: int) -> None:
    """Offers of a kiosk that nobody took are void. A phone that has one goes on."""
    Handover.update(state=ENDED).where(
        (Handover.kiosk == kiosk_id) & (Handover.state == OFFERED)).execute()


def of_kiosk(handover_id: int, kiosk_id: int) -> Handover | None:
    return first(Handover.select().where((Handover.id == handover_id)
                                         & (Handover.kiosk == kiosk_id)))


def by_code(code_hash: str) -> Handover | None:
    return first(_with_place().where(Handover.code_hash == code_hash))


def by_phone(phone_hash: str, at: datetime) -> Handover | None:
    """What the browser with this token goes on with, unless its time is over."""
    return first(_with_place().where((Handover.phone_hash == phone_hash)
                                     & (Handover.state == TAKEN) & (Handover.expires_at > at)))


def _with_place():  # type: ignore[no-untyped-def]  # a select of peewee's
    return (Handover.select(Handover, Kiosk, Venue).join(Kiosk).switch(Handover).join(Venue))


def take(code_hash: str, phone_hash: str, until: datetime, at: datetime) -> bool:
    """The phone has it, and nobody else can; False when it was taken, ended or too old."""
    return bool(Handover.update(state=TAKEN, phone_hash=phone_hash, taken_at=at,
                                expires_at=until).where(
        (Handover.code_hash == code_hash) & (Handover.state == OFFERED)
        & (Handover.expires_at > at)).execute())


def led_to(handover_id: int, ref: str) -> None:
    """The redemption that the phone asked for."""
    Handover.update(ref=ref).where(Handover.id == handover_id).execute()


def add_phone_code(member_id: int, staff_id: int, code_hash: str, until: datetime,
                   at: datetime) -> None:
    """A fresh code; older unused ones of the same member end."""
    PhoneCode.update(expires_at=at).where(
        (PhoneCode.member == member_id) & PhoneCode.used_at.is_null()
        & (PhoneCode.expires_at > at)).execute()
    insert(PhoneCode, member=member_id, staff=staff_id, code_hash=code_hash, expires_at=until,
           created_at=at)


def take_phone_code(code_hash: str, at: datetime) -> PhoneCode | None:
    """Consume a code; None when it is wrong, used or too old."""
    code = first(PhoneCode.select().where(PhoneCode.code_hash == code_hash))
    if code is None:
        return None
    taken = PhoneCode.update(used_at=at).where(
        (PhoneCode.id == code.id) & PhoneCode.used_at.is_null()
        & (PhoneCode.expires_at > at)).execute()
    return code if taken == 1 else None
