"""The class calendar of the venue worked in: a week at a time."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.clock import zone
from core.errors import NotAllowed
from core.services.actor import Role
from core.services.admin.class_sessions import SessionChange, SessionView
from core.services.workplace import Place
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.showing import today
from kiosk.desk.state import actor, services

pages = Blueprint("classes", __name__, url_prefix="/classes")


@pages.get("")
def week() -> AnyResponse:
    """Seven days from the Monday of `day`."""
    place, first = _place(), _monday()
    days = [first + timedelta(days=offset) for offset in range(7)]
    local = zone(place.zone)
    sessions = services().admin.classes.between(place.id, days[0], days[-1], actor())
    return page("desk/admin/classes.html", first=first, last=days[-1], today=today(),
                before=first - timedelta(days=7), after=first + timedelta(days=7),
                days=[(day, [session for session in sessions
                             if session.starts_at.astimezone(local).date() == day])
                      for day in days])


@pages.get("/<int:session_id>")
def one(session_id: int) -> AnyResponse:
    """A class and who comes."""
    return page("desk/admin/class.html", one=services().admin.classes.one(session_id, actor()),
                seats=services().admin.classes.seats(session_id, actor()))


@pages.get("/new")
@needs(Role.MANAGER)
def new() -> AnyResponse:
    """An empty form, for a day of the calendar."""
    return _form(None, Form())


@pages.post("/new")
@needs(Role.MANAGER)
def add() -> AnyResponse:
    """One class, or the same one for some weeks."""
    form, place = Form(), _place()
    wanted, weeks = _read(form, place), form.whole("weeks", 1, 26)
    if wanted and weeks and form.does(services().admin.classes.add, place.id, wanted, actor(),
                                      weeks=weeks, key=form_key()):
        return done(url_for("desk.classes.week", day=request.form["day"]))
    return _form(None, form, status=422)


@pages.get("/<int:session_id>/edit")
@needs(Role.MANAGER)
def edit(session_id: int) -> AnyResponse:
    """Change one class."""
    return _form(services().admin.classes.one(session_id, actor()), Form())


@pages.post("/<int:session_id>/edit")
@needs(Role.MANAGER)
def save(session_id: int) -> AnyResponse:
    """Never fewer seats than are taken."""
    form, known = Form(), services().admin.classes.one(session_id, actor())
    wanted = _read(form, _place())
    if wanted and form.does(services().admin.classes.change, session_id, wanted, actor()):
        return done(url_for("desk.classes.week", day=request.form["day"]))
    return _form(known, form, 422)


@pages.post("/<int:session_id>/cancel")
@needs(Role.MANAGER)
def cancel(session_id: int) -> AnyResponse:
    """Take a class out while nobody has a seat."""
    services().admin.classes.cancel(session_id, actor())
    return done(url_for("desk.classes.week"))


def _read(form: Form, place: Place) -> SessionChange | None:
    starts = form.moment("day", "starts", place.zone)
    ends = form.moment("day", "ends", place.zone)
    capacity = form.whole("capacity", 1, 1000)
    title = form.text("title", 100, least=1)
    if starts is None or ends is None or capacity is None:
        return None
    if ends <= starts:
        ends += timedelta(days=1)
    return SessionChange(title=title, family=form.text("family", 50),
                         coach=form.text("coach", 50), starts_at=starts, ends_at=ends,
                         capacity=capacity)


def _form(one: SessionView | None, form: Form, status: int = 200) -> AnyResponse:
    return page("desk/admin/class_form.html", status, one=one, errors=form.errors,
                sent=request.form, day=request.values.get("day", today().isoformat()),
                local=zone(_place().zone), families=services().admin.products.families("class"))


def _place() -> Place:
    place = services().workplace.current(actor())
    if place is None:
        raise NotAllowed("venue_needed")
    return place


def _monday() -> date:
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = today()
    return day - timedelta(days=day.weekday())
