"""Giving money of an order back: which units, what that is worth, why, and a second yes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError, PricingError
from core.services.actor import Role
from core.services.staff_words import Words
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import page
from kiosk.desk.phrases import sentence
from kiosk.desk.state import actor, services
from kiosk.desk.words import LANGUAGES, say, tell

pages = Blueprint("refunds", __name__,
                  url_prefix="/orders/<string(maxlength=32):order_no>/refund")

REASONS = (Words("照片没洗出来", "Prints were not made"), Words("少给了", "Something was missing"),
           Words("质量不好", "Poor quality"), Words("会员不要了", "Member changed mind"))
MOST_DIGITS = 6


@pages.get("")
@needs(Role.MANAGER)
def preview(order_no: str) -> AnyResponse:
    """What these units would give back; changes nothing."""
    return _preview(order_no, Form())


@pages.post("")
@needs(Role.MANAGER)
def refund(order_no: str) -> AnyResponse:
    """Give back exactly what was shown."""
    form = Form()
    units, reason = _units(), _reason(form)
    shown = request.form.get("shown")
    if not any(units.values()):
        form.wrong("units", say("还没选退几件", "Choose how many to refund"))
    elif shown != str(_worth(order_no, form, units)):
        form.wrong("units", say("件数改过了，看一下新的金额再退",
                                "The units have changed: look at the new amount first"))
    if not form.ticked("seen"):
        form.wrong("seen", say("看过要退的钱再打勾", "Look at the amount, then tick"))
    if not form.ok:
        return _preview(order_no, form, status=422)
    try:
        services().pricing.orders.refund(order_no, actor(), units=units, reason=reason,
                                         key=form_key())
    except HexiaotaiError as error:
        form.wrong("form", sentence(error))
        return _preview(order_no, form, status=409)
    return redirect(url_for("desk.prices.orders.one", order_no=order_no), 303)


def _worth(order_no: str, form: Form, units: dict[int, int]) -> int | None:
    """Fen that these units give back; None when there are not so many."""
    try:
        return services().pricing.orders.refund_preview(order_no, actor(), units).total.fen
    except PricingError as error:
        form.wrong("units", sentence(error))
        return None


def _units() -> dict[int, int]:
    """Units by line number, of the fields `unit-1`, `unit-2`…; an empty one is none."""
    found = {}
    for name, text in request.values.items():
        number = name.removeprefix("unit-")
        if number != name and all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS
                                  for part in (number, text)):
            found[int(number)] = int(text)
    return found


def _reason(form: Form) -> str:
    chosen = request.form.get("reason", "")
    known = {words.in_(language) for words in REASONS for language in LANGUAGES}
    written = form.text("why", 200)
    if chosen in known:
        return chosen
    if not written:
        form.wrong("reason", say("选一个原因，或自己写", "Choose a reason, or write one"))
    return written


def _preview(order_no: str, form: Form, status: int = 200) -> AnyResponse:
    orders = services().pricing.orders
    units = _units()
    try:
        seen = orders.refund_preview(order_no, actor(), units)
    except PricingError as error:
        form.wrong("units", sentence(error))
        seen = orders.refund_preview(order_no, actor(), {})
    reasons: list[tuple[str, Any]] = [(tell(words), words) for words in REASONS]
    back = [given for given in zip(seen.order.lines, seen.units, seen.per_line, strict=True)
            if given[1]]
    return page("desk/prices/refund.html", status, seen=seen, asked=units, back_lines=back,
                errors=form.errors, reasons=[text for text, _ in reasons],
                chosen=request.form.get("reason", ""), written=request.form.get("why", ""))
