"""Products of a photo shop: the base price, and what one costs when so many are bought."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import PromotionUnclear
from core.money import Money, NotAnAmount
from core.pricing.promotion import MAX_COUNT
from core.pricing.tiers import PriceList, Tier
from core.services.actor import Role
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.phrases import sentence
from kiosk.desk.prices import fields
from kiosk.desk.prices.showing import TYPES
from kiosk.desk.state import actor, services
from kiosk.desk.words import say, tell

pages = Blueprint("products", __name__, url_prefix="/products")

ANY = "default"
"""The product id of "any other of this type"."""
SPARE_ROWS, MOST_TIERS = 3, 50


@pages.get("")
def listed() -> AnyResponse:
    """What is sold where, with its tiers."""
    tiers = {key: list(rows) for key, rows in groupby(
        services().pricing.products.tiers(actor()), key=_key)}
    return page("desk/prices/products.html", may_change=fields.may_change, any_product=ANY,
                rows=[(row, tiers.get(_key(row), [])) for row in
                      services().pricing.products.listed(actor(), disabled=True)])


def _key(row: Any) -> tuple[str, str, int]:
    return row.product_type, row.product_id, row.scenic_id


@pages.get("/new")
@needs(Role.MANAGER)
def new() -> AnyResponse:
    """An empty form."""
    return _form(None, Form())


@pages.post("/new")
@needs(Role.MANAGER)
def add() -> AnyResponse:
    """One more product."""
    form = Form()
    code = form.one_of("product_type", fields.BY_CODE)
    columns, tiers = _read(form)
    columns |= {"product_type": code, "scenic_id": fields.venue(form),
                "product_id": form.text("product_id", 64) or ANY}
    if form.does(services().pricing.products.create, columns, actor(), tiers=tiers,
                 key=form_key()):
        return done(url_for("desk.prices.products.listed"))
    return _form(None, form, 422)


@pages.get("/<int:product_id>")
@needs(Role.MANAGER)
def edit(product_id: int) -> AnyResponse:
    """One product."""
    return _form(_row(product_id), Form())


@pages.post("/<int:product_id>")
@needs(Role.MANAGER)
def save(product_id: int) -> AnyResponse:
    """Orders that were made keep the price they had."""
    form, row = Form(), _row(product_id)
    columns, tiers = _read(form)
    columns["status"] = int(form.ticked("active"))
    if form.does(services().pricing.products.update, product_id, columns, actor(), tiers=tiers):
        return done(url_for("desk.prices.products.listed"))
    return _form(row, form, 422)


def _row(product_id: int) -> Any:
    row = services().pricing.products.get(product_id, actor())
    fields.refuse_other(row)
    return row


def _read(form: Form) -> tuple[dict[str, Any], list[Tier]]:
    columns = {"product_name": form.text("product_name", 100), "unit": form.text("unit", 10),
               "base_price_fen": form.yuan("base_price", needed=True)}
    tiers: list[Tier] = []
    try:
        for number in range(MOST_TIERS):
            tier = _tier(form, number)
            if tier is not None:
                tiers.append(tier)
        PriceList(Money.zero(), tuple(tiers))
    except PromotionUnclear as error:
        form.wrong("tiers", sentence(error))
    return columns, tiers


def _tier(form: Form, number: int) -> Tier | None:
    """A row of the form that was filled in. Raises PromotionUnclear."""
    first, last, price = (request.form.get(f"{name}_{number}", "").strip()
                          for name in ("from", "to", "price"))
    if not (first or last or price):
        return None
    if not (_is_count(first) and price and (not last or _is_count(last))):
        form.wrong("tiers", say("每一档要有“从几件”和单价", "A tier needs its start and a price"))
        return None
    try:
        return Tier(int(first), int(last) if last else None, Money.yuan(price.lstrip("¥")))
    except NotAnAmount:
        form.wrong("tiers", say("单价填金额，最多两位小数", "A price has at most two decimals"))
        return None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MAX_COUNT


def _form(row: Any, form: Form, status: int = 200) -> AnyResponse:
    return page("desk/prices/product.html", status, row=row, errors=form.errors,
                sent=request.form, tiers=_tier_rows(row), venues=fields.venues(), any_product=ANY,
                types=[(kind.code, tell(said)) for kind, said in TYPES.items()])


def _tier_rows(row: Any) -> list[tuple[str, str, str]]:
    """(from, to, price) as they stand in the form: what was sent, else what is kept."""
    if request.method == "POST":
        found = [(request.form.get(f"from_{number}", ""), request.form.get(f"to_{number}", ""),
                  request.form.get(f"price_{number}", "")) for number in range(MOST_TIERS)]
        found = [one for one in found if any(one)]
    else:
        kept = [] if row is None else services().pricing.products.tiers(
            actor(), product_type=row.product_type, product_id=row.product_id)
        found = [(str(tier.min_quantity), str(tier.max_quantity or ""),
                  str(tier.unit_price_fen.to_yuan())) for tier in kept
                 if tier.scenic_id == row.scenic_id]
    return (found + [("", "", "")] * SPARE_ROWS)[:MOST_TIERS]
