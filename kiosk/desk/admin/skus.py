"""What the platforms sell, and which of our products that is."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.state import actor, services

pages = Blueprint("skus", __name__, url_prefix="/skus")


@pages.get("")
@needs(Role.MANAGER)
def listed() -> AnyResponse:
    """Those that members brought and nobody mapped come first."""
    return _listed()


@pages.post("/<int:mapping_id>")
@needs(Role.MANAGER)
def map_to(mapping_id: int) -> AnyResponse:
    """From now on vouchers of this SKU become this product."""
    form = Form()
    product_id = form.number("product_id", needed=False)
    if form.does(services().admin.skus.map_to, mapping_id, product_id, actor()):
        return done(url_for("desk.skus.listed"))
    return _listed(form.errors, 422)


@pages.get("/new")
@needs(Role.MANAGER)
def new() -> AnyResponse:
    """Before any member brings it."""
    return _new(Form())


@pages.post("/new")
@needs(Role.MANAGER)
def add() -> AnyResponse:
    """Map a SKU that is known from the platform's own page."""
    form = Form()
    platform_id, product_id = form.number("platform_id"), form.number("product_id")
    sku_id, title = form.text("sku_id", 64, least=1), form.text("title", 100)
    if platform_id and product_id and form.does(
            services().admin.skus.add, platform_id, sku_id, title, product_id, actor(),
            key=form_key()):
        return done(url_for("desk.skus.listed"))
    return _new(form, 422)


def _new(form: Form, status: int = 200) -> AnyResponse:
    return page("desk/admin/sku.html", status, errors=form.errors, sent=request.form,
                platforms=services().admin.platforms.known(), products=_products())


def _listed(errors: dict[str, str] | None = None, status: int = 200) -> AnyResponse:
    skus = services().admin.skus.listed(actor())
    return page("desk/admin/skus.html", status, errors=errors or {}, products=_products(),
                unmapped=[sku for sku in skus if sku.product_id is None],
                mapped=[sku for sku in skus if sku.product_id is not None])


def _products() -> list[object]:
    return [each for each in services().admin.products.listed(actor()) if each.active]
