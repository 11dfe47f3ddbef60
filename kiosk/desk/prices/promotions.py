"""One-prices, bundles and coupons: three kinds of promotion with the same five pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import PromotionUnclear
from core.pricing.codec import product_types
from core.services.actor import Role
from core.services.pricing.promotions import Promotions
from core.services.staff_words import Words
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.prices import fields
from kiosk.desk.prices.showing import TYPES, gives
from kiosk.desk.state import actor, services
from kiosk.desk.words import tell

PAGE_SIZE = 20
Reader = Callable[[Form], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of promotion. `read` takes its own fields off a form; `more` is what its form shows
    beside them, given the row being edited."""

    name: str
    kind: str
    words: Words
    about: Words
    add: Words
    service: Callable[[], Promotions]
    read: Reader
    more: Callable[[Any], dict[str, Any]] = lambda row: {}


def pages_of(noun: Noun) -> Blueprint:
    """List, add, edit, switch and delete, as pages under `/prices/<noun>`."""
    pages = Blueprint(noun.name, __name__, url_prefix=f"/{noun.name.replace('_', '-')}")
    here = f"desk.prices.{noun.name}"

    @pages.get("")
    def listed() -> AnyResponse:
        """Every one of the venues worked at, the newest first."""
        return page("desk/prices/promotions.html", noun=noun, here=here,
                    found=noun.service().page(actor(), page=fields.page_number(),
                                              page_size=PAGE_SIZE),
                    may_change=fields.may_change, gives=lambda row: gives(noun.kind, row),
                    base=lambda wanted: url_for(f"{here}.listed", page=wanted))

    @pages.get("/new")
    @needs(Role.MANAGER)
    def new() -> AnyResponse:
        """An empty form."""
        return _form(noun, None, Form())

    @pages.post("/new")
    @needs(Role.MANAGER)
    def add() -> AnyResponse:
        """One more."""
        form = Form()
        columns = _read(noun, form, None)
        if form.does(noun.service().create, columns, actor(), key=form_key()):
            return done(url_for(f"{here}.listed"))
        return _form(noun, None, form, 422)

    @pages.get("/<int:promotion_id>")
    @needs(Role.MANAGER)
    def edit(promotion_id: int) -> AnyResponse:
        """One of them."""
        return _form(noun, _row(noun, promotion_id), Form())

    @pages.post("/<int:promotion_id>")
    @needs(Role.MANAGER)
    def save(promotion_id: int) -> AnyResponse:
        """Orders that were made keep the price they had."""
        form, row = Form(), _row(noun, promotion_id)
        columns = {**_read(noun, form, row), "status": int(form.ticked("active"))}
        if form.does(noun.service().update, promotion_id, columns, actor()):
            return done(url_for(f"{here}.listed"))
        return _form(noun, row, form, 422)

    @pages.post("/<int:promotion_id>/delete")
    @needs(Role.MANAGER)
    def delete(promotion_id: int) -> AnyResponse:
        """Out of the list; orders that name it keep doing so."""
        noun.service().delete(_row(noun, promotion_id).id, actor())
        return done(url_for(f"{here}.listed"))

    return pages


def _row(noun: Noun, promotion_id: int) -> Any:
    row = noun.service().get(promotion_id, actor())
    fields.refuse_other(row)
    return row


def _read(noun: Noun, form: Form, row: Any) -> dict[str, Any]:
    return {"name": form.text("name", 100, least=1), "scenic_id": fields.venue(form),
            "product_types": fields.types(), **fields.window(form, row), **noun.read(form)}


def _form(noun: Noun, row: Any, form: Form, status: int = 200) -> AnyResponse:
    return page(f"desk/prices/{noun.name}_form.html", status, noun=noun, row=row,
                here=f"desk.prices.{noun.name}", errors=form.errors, sent=request.form,
                venues=fields.venues(), chosen=_chosen(row),
                types=[(kind.code, tell(said)) for kind, said in TYPES.items()], **noun.more(row))


def _chosen(row: Any) -> list[str]:
    if request.method == "POST":
        return request.form.getlist("product_types")
    try:
        return [] if row is None else [str(kind.code) for kind in product_types(row.product_types)]
    except PromotionUnclear:
        return []


def pricing() -> Any:
    """The pricing module's services."""
    return services().pricing
