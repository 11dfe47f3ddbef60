"""Fields that all forms of prices share: where, when, for what, how much."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from core.clock import DEFAULT_ZONE
from core.errors import NotAllowed
from core.money import WHOLE, Money
from core.pricing.codec import product_types_text
from core.services.actor import Role
from core.services.workplace import Place
from core.vouchers.validity import of_days
from kiosk.desk.forms import Form
from kiosk.desk.prices.showing import TYPES, first_day, last_day
from kiosk.desk.state import actor, services
from kiosk.desk.words import say

EVERYWHERE = 0
BY_CODE = {str(kind.code): kind for kind in TYPES}


def here() -> Place:
    """The venue worked in. Raises NotAllowed `venue_needed`."""
    place = services().workplace.current(actor())
    if place is None:
        raise NotAllowed("venue_needed")
    return place


def venues() -> list[tuple[int, str]]:
    """Where this person may set prices, the venue worked in first; every venue for an admin."""
    places = sorted(services().workplace.places(actor()), key=lambda place: not place.current)
    everywhere = [(EVERYWHERE, say("所有门店", "Every venue"))] \
        if actor().role is Role.ADMIN else []
    return [*((place.id, place.name) for place in places), *everywhere]


def venue(form: Form) -> int:
    """The chosen one; the service decides whether that is allowed."""
    return form.number("scenic_id") or EVERYWHERE


def may_change(row: Any) -> bool:
    """Whether to offer it: what holds everywhere is an administrator's."""
    who = actor()
    if who.role is None or who.role < Role.MANAGER:
        return False
    return who.role is Role.ADMIN or bool(row.scenic_id and who.may_work_at(row.scenic_id))


def refuse_other(row: Any) -> None:
    """Raises NotAllowed for a form that could not be saved anyhow."""
    if not may_change(row):
        raise NotAllowed("role_too_low")


def window(form: Form, known: Any = None) -> dict[str, datetime | None]:
    """`starts` and `ends` from two days, the last one included. A day that was left as it was
    shown keeps its hour, which only the API can set."""
    first, last = form.day("starts", needed=False), form.day("ends", needed=False)
    if first and last and last < first:
        form.wrong("ends", say("到期要在开始以后", "It has to end after it starts"))
    new = of_days(first, last, DEFAULT_ZONE)
    kept_start = known is not None and request.form.get("starts", "") == first_day(known)
    kept_end = known is not None and request.form.get("ends", "") == last_day(known)
    return {"starts": known.starts if kept_start else new.starts,
            "ends": known.ends if kept_end else new.ends}


def kept(form: Form, name: str = "kept") -> int | None:
    """Basis points of a percentage of the price: 85, which is 8.5 折, is 8500 (decision Q5)."""
    try:
        points = Decimal(request.form.get(name, "").strip().rstrip("%")) * 100
        whole = int(points)
    except (InvalidOperation, ValueError, OverflowError):
        whole, points = -1, Decimal(0)
    if whole != points or not 0 <= whole <= WHOLE:
        form.wrong(name, say("填 0 到 100，8.5 折填 85", "From 0 to 100: 85 is 15% off"))
        return None
    return whole


def gift(form: Form, percent: bool) -> dict[str, Money | int | None]:
    """`amount_fen` or `kept`, whichever the kind of discount wants."""
    if percent:
        return {"amount_fen": None, "kept": kept(form)}
    return {"amount_fen": form.yuan("amount", needed=True), "kept": None}


def page_number() -> int:
    """The page of a list that the address asks for; 1 when it asks for none."""
    number = request.args.get("page", "1")
    return max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 7 else 1


def types() -> str:
    """The ticked product types, as their column keeps them; none: everything."""
    return product_types_text(BY_CODE[code] for code in request.form.getlist("product_types")
                              if code in BY_CODE)
