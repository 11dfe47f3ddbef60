"""Venues: name, place, and who confirms a redemption at each door."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from core.services.admin.venues import DOORS, VenueChange, VenueView
from core.services.policy import AUTO, STAFF
from core.services.staff_words import DOORS as DOOR_WORDS
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.state import actor, services
from kiosk.desk.words import say, tell

pages = Blueprint("venues", __name__, url_prefix="/venues")


@pages.get("")
@needs(Role.MANAGER)
def listed() -> AnyResponse:
    """The venues this person looks after."""
    return page("desk/admin/venues.html", venues=services().admin.venues.listed(actor()))


@pages.get("/new")
@needs(Role.ADMIN)
def new() -> AnyResponse:
    """An empty form."""
    return _form(None, Form())


@pages.post("/new")
@needs(Role.ADMIN)
def add() -> AnyResponse:
    """Open a venue."""
    form = Form()
    wanted = _read(form)
    if form.does(services().admin.venues.add, wanted, actor(), key=form_key()):
        return done(url_for("desk.venues.listed"))
    return _form(wanted, form, status=422)


@pages.get("/<int:venue_id>")
@needs(Role.MANAGER)
def edit(venue_id: int) -> AnyResponse:
    """One venue."""
    return _form(services().admin.venues.one(venue_id, actor()), Form(), venue_id)


@pages.post("/<int:venue_id>")
@needs(Role.MANAGER)
def save(venue_id: int) -> AnyResponse:
    """Keep what was changed; only an administrator opens or closes one."""
    form = Form()
    known = services().admin.venues.one(venue_id, actor())
    wanted = _read(form, known)
    if form.does(services().admin.venues.change, venue_id, wanted, actor()):
        return done(url_for("desk.venues.listed"))
    return _form(wanted, form, venue_id, 422)


def _read(form: Form, known: VenueView | None = None) -> VenueChange:
    may_close = actor().role is Role.ADMIN
    return VenueChange(
        name=form.text("name", 50, least=1), brand=form.text("brand", 50),
        zone=form.text("zone", 40, least=1), address=form.text("address", 200),
        phone=form.text("phone", 30), auto_limit=form.yuan("auto_limit"),
        policy={door: form.one_of(f"policy_{door}", (AUTO, STAFF)) for door in DOORS},
        kiosk_cart=form.ticked("kiosk_cart"),
        opens=form.text("opens", 5, least=1), closes=form.text("closes", 5, least=1),
        active=form.ticked("active") if may_close or known is None else known.active)


def _form(one: VenueChange | None, form: Form, venue_id: int = 0, status: int = 200) -> AnyResponse:
    doors = [(door, tell(DOOR_WORDS[door])) for door in DOORS]
    ways = [(AUTO, say("直接核销", "At once")), (STAFF, say("等店员确认", "Staff confirm"))]
    return page("desk/admin/venue.html", status, one=one, venue_id=venue_id, errors=form.errors,
                doors=doors, ways=ways, may_close=actor().role is Role.ADMIN)
