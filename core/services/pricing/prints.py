"""Printing a voucher code: once as the original, then as marked reprints (P43, P54, P94)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import fn

from core.clock import Clock, zone
from core.errors import InvalidInput, NotFound, VoucherError
from core.pricing.explanation import named
from core.pricing.phrases import CHINESE, ENGLISH, offer
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey
from core.services.pricing.codes import refuse_unusable
from core.services.pricing.holder import holder, venue_for
from core.services.pricing.keyed import once
from core.services.slips.escpos import escpos
from core.services.slips.picture import chinese_font, pdf, png
from core.services.slips.slip import Pair, Paper, Qr, Rule, Slip, Text
from core.store import audit
from core.store.db import Store
from core.store.pricing import codes, offers
from core.store.pricing.codes import Claimer, Code
from core.store.tables import VoucherPrint
from core.vouchers import owncode
from core.vouchers.validity import Window


class Form(StrEnum):
    """What to make of a slip."""

    PNG = "png"
    PDF = "pdf"
    ESCPOS = "escpos"


MEDIA = {Form.PNG: "image/png", Form.PDF: "application/pdf",
         Form.ESCPOS: "application/octet-stream"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A slip: its record, and the bytes for printer or screen. `number` above 1 is a reprint."""

    id: int
    number: int
    code: Code
    form: Form
    content: bytes
    printed_at: datetime

    @property
    def media_type(self) -> str:
        return MEDIA[self.form]


@dataclass(frozen=True, slots=True)
class Which:
    """Which code: itself, by its id, or the one that a face has claimed at the venue."""

    scenic_id: int | None = None
    face_id: str | None = None
    code: str | None = None
    code_id: int | None = None


class Prints:
    """Kiosks print what a face has claimed, staff any code of their venue."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def print_one(self, which: Which, actor: Actor, *, form: Form = Form.PNG,
                  paper: Paper = Paper.NARROW, language: int = CHINESE,
                  key: SentKey | None = None) -> Printed:
        """Print a code and write it down.

        Raises VoucherError `voucher_not_found`; InvalidInput `claimer_needed`; Conflict with why
        the code can no longer be used.
        """
        at = self._clock.now()
        where = venue_for(actor, which.scenic_id)

        def work() -> int:
            code = self._find(which, where, actor)
            if code.row.status != codes.UNCLAIMED or actor.kind != "staff":
                refuse_unusable(code, at)
            return self._record(code, actor, form, at)

        made = once(self._store, "voucher.print", key, at, work)
        with self._store.connection():
            record = VoucherPrint.get_by_id(made)
            code = codes.by_id(record.voucher_code_id)
            if code is None:
                raise NotFound()
            place = offers.place(code.row.scenic_id)
            terms = offers.terms(code.batch)
        if form is not Form.ESCPOS and chinese_font() is None:
            language = ENGLISH
        slip = _slip(code, place, offer(named(terms), language), record, language)
        return Printed(made, record.number, code, form, _made(slip, form, paper),
                       record.created_at)

    def times(self, code_id: int, actor: Actor) -> int:
        """How often a code was printed."""
        actor.require(Role.CLERK)
        with self._store.connection():
            return VoucherPrint.select().where(VoucherPrint.voucher_code_id == code_id).count()

    @staticmethod
    def _find(which: Which, scenic_id: int, actor: Actor) -> Code:
        found = None
        if which.code_id is not None:
            found = codes.by_id(which.code_id)
        elif which.code:
            found = codes.by_code(owncode.normalise(which.code))
        elif which.face_id is not None or actor.kind == "member":
            who = holder(actor, which.face_id)
            faces = [who.face_id] if actor.kind != "member" else list(who.faces)
            for face in filter(None, faces):
                found = found or codes.claimed_with(Claimer(scenic_id, face, None).key)
        else:
            raise InvalidInput("claimer_needed")
        if found is None or found.row.scenic_id != scenic_id:
            raise VoucherError("voucher_not_found")
        if actor.kind == "staff":
            actor.require(Role.CLERK, scenic_id)
        elif actor.kind == "member" and found.row.face_id not in holder(actor, None).faces:
            raise VoucherError("voucher_not_found")
        return found

    @staticmethod
    def _record(code: Code, actor: Actor, form: Form, at: datetime) -> int:
        earlier: Any = VoucherPrint.select(fn.MAX(VoucherPrint.number)).where(
            VoucherPrint.voucher_code_id == code.id).scalar()
        # Two printers at once: the unique number lets one be the original.
        made = int(VoucherPrint.insert(
            voucher_code_id=code.id, number=(earlier or 0) + 1, code=code.row.code,
            batch_id=code.batch.id, scenic_id=code.row.scenic_id, face_id=code.row.face_id,
            form=form.value, printed_by_kind=actor.kind, printed_by=actor.id,
            created_at=at).execute())
        audit.add(actor, "voucher.print", "voucher_code", code.id, at,
                  venue_id=code.row.scenic_id, number=(earlier or 0) + 1, form=form.value)
        return made


def _made(slip: Slip, form: Form, paper: Paper) -> bytes:
    if form is Form.ESCPOS:
        return escpos(slip, paper)
    return png(slip, paper) if form is Form.PNG else pdf(slip, paper)


def _slip(code: Code, place: offers.Place, gives: str, record: VoucherPrint,
          language: int) -> Slip:
    """The mock-ups' slip for a code: where, what, the code, until when, its QR."""
    last = Window(ends=code.ends).last_day(place.zone)
    again = f" {('补打', 'Reprint')[language]} {record.number}" if record.number > 1 else ""
    uses = (("可用次数", f"{code.row.max_uses} 次"), ("Uses", str(code.row.max_uses)))[language]
    at = f"{record.created_at.astimezone(zone(place.zone)):%Y-%m-%d %H:%M}"
    return Slip((
        Text(place.name), Text(f"* {gives} *{again}"),
        *((Text(code.batch.name),) if code.batch.name else ()),
        Text(owncode.in_fours(code.row.code), big=True),
        Text(("有 效 期 到", "Valid until")[language] if last else
             ("长期有效", "No end date")[language]),
        *((Text(str(last), big=True),) if last else ()),
        Rule(), *((Pair(*uses),) if code.row.max_uses > 1 else ()),
        Pair(("打印", "Printed")[language], at), Rule(),
        Qr(code.row.code), Rule(cut=True)))


