"""Reading a form: every field is checked, and a mistake is said beside its field."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ParamSpec

from flask import request

from core.clock import zone
from core.errors import Conflict, HexiaotaiError, InvalidInput, PricingError
from core.ids import clean_phone
from core.money import Money, NotAnAmount
from kiosk.desk.access import CSRF_FIELD
from kiosk.desk.phrases import sentence
from kiosk.desk.state import actor
from kiosk.desk.words import say

KEY_FIELD = "key"
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class FormKey:
    """The idempotency key of one shown form: pressing twice is pressing once."""

    scope: str
    key: str
    fingerprint: str


def form_key() -> FormKey | None:
    """The key that came with this form; None when it carried none."""
    key = request.form.get(KEY_FIELD, "")[:64]
    if not key:
        return None
    who = actor()
    sent = sorted((name, value) for name, value in request.form.items(multi=True)
                  if name not in (CSRF_FIELD, KEY_FIELD))
    said = repr((request.path, sent)).encode()
    return FormKey(f"{who.kind}:{who.id}", key, hashlib.sha256(said).hexdigest())


class Form:
    """The values of a submitted form. After reading every field look at `ok`."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    @property
    def ok(self) -> bool:
        return not self.errors

    def wrong(self, name: str, text: str) -> None:
        """Say what is wrong with a field; the first word stands."""
        self.errors.setdefault(name, text)

    def refuse(self, error: HexiaotaiError) -> None:
        """What the service would not take, beside the field it is about."""
        self.wrong(str(error.facts.get("field") or "form"), sentence(error))

    def does(self, act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
        """Do what was asked once every field is right. False when it was not done: then the form
        is to be shown again, with what is wrong."""
        if self.ok:
            try:
                act(*args, **kwargs)
            except (InvalidInput, Conflict, PricingError) as error:
                self.refuse(error)
        return self.ok

    def text(self, name: str, most: int, *, least: int = 0) -> str:
        value = request.form.get(name, "").strip().replace("\x00", "")
        if len(value) < least:
            self.wrong(name, say("要填", "Needed") if least == 1 and not value
                       else say("至少 {n} 个字", "At least {n} characters", n=least))
        elif len(value) > most:
            self.wrong(name, say("最多 {n} 个字", "At most {n} characters", n=most))
        return value

    def whole(self, name: str, least: int, most: int, *, needed: bool = True) -> int | None:
        """A whole number from `least` to `most`; None when it may be left empty and is."""
        value = request.form.get(name, "").strip()
        if not value and not needed:
            return None
        number = int(value) if value.isascii() and value.lstrip("-").isdigit() \
            and len(value) < 12 else None
        if number is None or not least <= number <= most:
            self.wrong(name, say("填 {a} 到 {b} 的整数", "A whole number from {a} to {b}",
                                 a=least, b=most))
            return None
        return number

    def yuan(self, name: str, *, needed: bool = False) -> Money | None:
        value = request.form.get(name, "").strip().lstrip("¥").replace(",", "")
        if not value and not needed:
            return None
        try:
            return Money.yuan(value)
        except NotAnAmount:
            self.wrong(name, say("填金额，最多两位小数", "An amount with at most two decimals"))
            return None

    def day(self, name: str, *, needed: bool = True) -> date | None:
        value = request.form.get(name, "").strip()
        if not value and not needed:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(name, say("选一个日期", "Choose a day"))
            return None

    def moment(self, day: str, clock: str, zone_name: str) -> datetime | None:
        """A day and a time of day at the venue, from two fields."""
        at = self.day(day)
        try:
            time = datetime.strptime(request.form.get(clock, "").strip(), "%H:%M").time()
        except ValueError:
            self.wrong(clock, say("选一个时间", "Choose a time"))
            return None
        return datetime.combine(at, time, zone(zone_name)) if at is not None else None

    def phone(self, name: str, *, needed: bool = False) -> str | None:
        value = request.form.get(name, "").strip()
        if not value and not needed:
            return None
        phone = clean_phone(value) if len(value) < 40 else None
        if phone is None:
            self.wrong(name, say("手机号要 11 位", "A mobile number has 11 digits"))
        return phone

    def one_of(self, name: str, allowed: Iterable[str], *, otherwise: str | None = None) -> str:
        value = request.form.get(name, "")
        if value in allowed:
            return value
        if otherwise is not None:
            return otherwise
        self.wrong(name, say("选一个", "Choose one"))
        return ""

    def numbers(self, name: str) -> list[int]:
        """The ticked boxes of this name."""
        return [int(value) for value in request.form.getlist(name)
                if value.isascii() and value.isdigit() and len(value) < 19]

    def number(self, name: str, *, needed: bool = True) -> int | None:
        """An id from a list of choices."""
        value = request.form.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 19:
            return int(value)
        if needed:
            self.wrong(name, say("选一个", "Choose one"))
        return None

    def ticked(self, name: str) -> bool:
        return request.form.get(name) in ("1", "on", "true")
