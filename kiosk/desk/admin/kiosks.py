"""Self-service machines: pairing codes, names, switching off."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from core.services.admin.kiosks import KioskView
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.state import actor, services

pages = Blueprint("kiosks", __name__, url_prefix="/kiosks")


@pages.get("/new")
@needs(Role.MANAGER)
def new() -> AnyResponse:
    """An empty form."""
    return _form(None, Form())


@pages.post("/new")
@needs(Role.MANAGER)
def add() -> AnyResponse:
    """One more machine; its pairing code comes next."""
    form = Form()
    name, venue_id = form.text("name", 50, least=1), form.number("venue_id")
    if venue_id and form.does(services().admin.kiosks.add, venue_id, name, actor(), key=form_key()):
        return done(url_for("desk.staff.listed"))
    return _form(None, form, 422)


@pages.get("/<int:kiosk_id>")
@needs(Role.MANAGER)
def edit(kiosk_id: int) -> AnyResponse:
    """One machine."""
    return _form(services().admin.kiosks.one(kiosk_id, actor()), Form())


@pages.post("/<int:kiosk_id>")
@needs(Role.MANAGER)
def save(kiosk_id: int) -> AnyResponse:
    """Rename it, or switch it off: then its token ends at once."""
    form = Form()
    name = form.text("name", 50, least=1)
    if form.ok:
        services().admin.kiosks.change(kiosk_id, name, form.ticked("active"), actor())
        return done(url_for("desk.staff.listed"))
    return _form(services().admin.kiosks.one(kiosk_id, actor()), form, 422)


@pages.post("/<int:kiosk_id>/pair")
@needs(Role.MANAGER)
def pair(kiosk_id: int) -> AnyResponse:
    """A code to type into the machine, good for a quarter of an hour."""
    return page("desk/admin/kiosk_pair.html",
                pairing=services().admin.kiosks.pairing(kiosk_id, actor()),
                kiosk_page=f"{services().settings.public_url.rstrip('/')}/kiosk")


def _form(one: KioskView | None, form: Form, status: int = 200) -> AnyResponse:
    return page("desk/admin/kiosk.html", status, one=one, errors=form.errors, sent=request.form,
                venues=services().admin.venues.listed(actor()))
