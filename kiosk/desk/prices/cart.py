"""Try a cart: what it costs, step by step, and why; nothing is sold and no code is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError
from core.ids import clean_phone
from core.money import Money
from core.pricing.explanation import Explanation, Row, explain
from core.pricing.phrases import Said, Sentences, in_words
from core.pricing.promotion import MAX_COUNT
from core.services.pricing.price import Priced, PriceRequest, Wanted
from kiosk.desk.access import PART_HEADER
from kiosk.desk.forms import Form
from kiosk.desk.frame import page
from kiosk.desk.phrases import why
from kiosk.desk.prices import fields
from kiosk.desk.prices.showing import spoken
from kiosk.desk.state import actor, services
from kiosk.desk.words import say

MOST_TEXT = 400


@dataclass(frozen=True, slots=True)
class FallStep:
    """One step of the waterfall: what is said, and from where to where the price falls."""

    said: Said
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Fall:
    """A price from original to final in the reader's words. `refused`: entered codes that cannot
    be used, each with its reason. `whole`: the width of the picture, never 0."""

    said: Sentences
    original: Money
    final: Money
    steps: tuple[FallStep, ...]
    refused: tuple[tuple[str, str], ...] = ()
    zero: Money = Money.zero()

    @property
    def whole(self) -> int:
        return max(self.original.fen, 1)


def page_() -> AnyResponse:
    """An empty cart of the venue worked in."""
    return _page(Form(), None)


def price() -> AnyResponse:
    """The cheapest price of what was chosen, and why it is not cheaper."""
    form = Form()
    asked = _read(form)
    if form.ok:
        try:
            priced = services().pricing.price.calculate(asked, actor())
            return _page(form, _fall(priced), priced)
        except HexiaotaiError as error:
            form.refuse(error)
    return _page(form, None, status=422)


def _read(form: Form) -> PriceRequest:
    wanted = []
    for number, row in enumerate(_sold()):
        count = form.whole(f"count_{number}", 0, MAX_COUNT, needed=False)
        if count and request.form.get(f"product_{number}") == _key(row):
            wanted.append(Wanted(fields.BY_CODE[row.product_type], row.product_id, count))
    codes = form.text("codes", MOST_TEXT).replace(",", "\n").replace("，", "\n").splitlines()
    member, face_id = _who(form)
    return PriceRequest(tuple(wanted), fields.here().id, face_id,
                        tuple(code for code in codes if code.strip()), user_id=member)


def _who(form: Form) -> tuple[int | None, str | None]:
    """Whose coupons and codes count too: a member by his phone, or whoever has a face id."""
    text = form.text("member", 128)
    phone = clean_phone(text)
    if phone is None:
        return None, text or None
    member = services().pricing.price.member_with(phone, actor())
    if member is None:
        form.wrong("member", say("没有用这个手机号的会员", "No member has this phone"))
    return member, None


def _sold() -> list[Any]:
    """What the venue sells; its own row of a product goes before that of every venue."""
    rows = services().pricing.products.listed(actor(), scenic_id=fields.here().id)
    best = {_key(row): row for row in rows if row.product_type in fields.BY_CODE}
    return list(best.values())


def _key(row: Any) -> str:
    return f"{row.product_type}:{row.product_id}"


def _fall(priced: Priced) -> Fall:
    told = explain(priced.quote)
    return fall(told, in_words(told, spoken(), priced.place.zone),
                tuple((one.code, _refusal(one.word, one.facts)) for one in priced.refused))


def fall(told: Explanation, said: Sentences, refused: tuple[tuple[str, str], ...] = ()) -> Fall:
    """An explanation as the page draws it."""
    return Fall(said, told.original, told.final,
                tuple(_step(row, one) for row, one in zip(told.rows, said.rows, strict=True)),
                refused)


def _step(row: Row, said: Said) -> FallStep:
    return FallStep(said, row.before, row.after)


def _refusal(word: str, facts: Any) -> str:
    if word == "voucher_not_found":
        return say("没有这个券码，对一下再输", "There is no such code: check it")
    return why(word, facts)


def _page(form: Form, fall: Fall | None, priced: Priced | None = None,
          status: int = 200) -> AnyResponse:
    if request.headers.get(PART_HEADER):
        return page("desk/prices/price.html", status, errors=form.errors, fall=fall,
                    priced=priced)
    return page("desk/prices/cart.html", status, errors=form.errors, sent=request.form, fall=fall,
                priced=priced, key=_key,
                sold=[(row, request.form.get(f"count_{number}", ""))
                      for number, row in enumerate(_sold())])
