"""Products: what a voucher becomes."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from core.services.admin.products import CARD, CLASS, LESSONS, ProductChange
from core.services.staff_words import Words
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.state import actor, services
from kiosk.desk.words import tell

pages = Blueprint("products", __name__, url_prefix="/products")

KINDS = {CARD: Words("会员卡，按天", "Card, by days"),
         LESSONS: Words("课包，按次", "Package, by uses"),
         CLASS: Words("团课，占一个位", "Class, one seat")}


@pages.get("")
@needs(Role.MANAGER)
def listed() -> AnyResponse:
    """What is sold, withdrawn things last."""
    return page("desk/admin/products.html", products=services().admin.products.listed(actor()),
                kinds=KINDS)


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
    wanted = _read(form)
    if form.does(services().admin.products.add, wanted, actor(), key=form_key()):
        return done(url_for("desk.products.listed"))
    return _form(wanted, form, status=422)


@pages.get("/<int:product_id>")
@needs(Role.MANAGER)
def edit(product_id: int) -> AnyResponse:
    """One product."""
    return _form(services().admin.products.one(product_id, actor()), Form(), product_id)


@pages.post("/<int:product_id>")
@needs(Role.MANAGER)
def save(product_id: int) -> AnyResponse:
    """What members were promised before stays as it was."""
    form = Form()
    wanted = _read(form)
    if form.does(services().admin.products.change, product_id, wanted, actor()):
        return done(url_for("desk.products.listed"))
    return _form(wanted, form, product_id, 422)


def _read(form: Form) -> ProductChange:
    return ProductChange(
        name=form.text("name", 100, least=1), kind=form.one_of("kind", KINDS),
        days=form.whole("days", 1, 3660, needed=False),
        uses=form.whole("uses", 1, 1000, needed=False), family=form.text("family", 50),
        price=form.yuan("price"), active="active" not in request.form or form.ticked("active"))


def _form(one: ProductChange | None, form: Form, product_id: int = 0,
          status: int = 200) -> AnyResponse:
    families = sorted({family for kind in KINDS
                       for family in services().admin.products.families(kind)})
    return page("desk/admin/product.html", status, one=one, product_id=product_id,
                errors=form.errors, families=families,
                kinds=[(kind, tell(words)) for kind, words in KINDS.items()])
