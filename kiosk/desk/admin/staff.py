"""Staff: accounts, roles, venues, chat identities."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import Conflict, InvalidInput
from core.services.actor import Role
from core.services.admin.staff import StaffChange, StaffView
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.showing import role_word
from kiosk.desk.state import actor, services
from kiosk.self_service import qr

pages = Blueprint("staff", __name__, url_prefix="/staff")

CODE_MINUTES = 10


@pages.get("")
@needs(Role.MANAGER)
def listed() -> AnyResponse:
    """The people of this person's venues, and their machines."""
    admin = services().admin
    people = admin.staff.listed(actor())
    return page("desk/admin/staff.html", people=people, kiosks=admin.kiosks.listed(actor()),
                names={place.id: place.name for place in admin.venues.listed(actor())},
                changeable={one.id for one in people if admin.staff.may_change(one, actor())})


@pages.get("/new")
@needs(Role.MANAGER)
def new() -> AnyResponse:
    """An empty form."""
    return _form(None, Form())


@pages.post("/new")
@needs(Role.MANAGER)
def add() -> AnyResponse:
    """A new account; its password is shown once."""
    form = Form()
    username, wanted = form.text("username", 50, least=1), _read(form)
    if form.ok:
        try:
            hired = services().admin.staff.add(username, wanted, actor(), key=form_key())
            return page("desk/admin/staff_password.html", one=hired.staff,
                        password=hired.password)
        except (InvalidInput, Conflict) as error:
            form.refuse(error)
    return _form(None, form, 422)


@pages.get("/<int:staff_id>")
@needs(Role.MANAGER)
def edit(staff_id: int) -> AnyResponse:
    """One person."""
    return _form(services().admin.staff.one(staff_id, actor()), Form())


@pages.post("/<int:staff_id>")
@needs(Role.MANAGER)
def save(staff_id: int) -> AnyResponse:
    """Role, venues, leaving."""
    form = Form()
    wanted = _read(form)
    if form.does(services().admin.staff.change, staff_id, wanted, actor()):
        return done(url_for("desk.staff.listed"))
    return _form(services().admin.staff.one(staff_id, actor()), form, 422)


@pages.post("/<int:staff_id>/password")
@needs(Role.MANAGER)
def password(staff_id: int) -> AnyResponse:
    """A fresh password, shown once."""
    fresh = services().admin.staff.new_password(staff_id, actor())
    return page("desk/admin/staff_password.html", password=fresh,
                one=services().admin.staff.one(staff_id, actor()))


@pages.post("/<int:staff_id>/sign-out")
@needs(Role.MANAGER)
def sign_out(staff_id: int) -> AnyResponse:
    """End every session of somebody."""
    services().admin.staff.sign_out(staff_id, actor())
    return done(url_for("desk.staff.listed"))


@pages.post("/<int:staff_id>/bind")
@needs(Role.MANAGER)
def bind(staff_id: int) -> AnyResponse:
    """A one-time code that ties this person's chat to the account; as text and as QR."""
    one = services().admin.staff.one(staff_id, actor())
    return _code(services().binding.new_code(staff_id, actor()), one.name)


@pages.post("/me/bind")
def bind_me() -> AnyResponse:
    """The same for oneself, whatever the role."""
    return _code(services().binding.new_code(actor().id, actor()), actor().name)


def _code(code: str, name: str) -> AnyResponse:
    side, dark = qr.path(f"绑定 {code}", small=True)
    return page("desk/admin/staff_bind.html", code=code, name=name, minutes=CODE_MINUTES,
                side=side, dark=dark)


@pages.post("/<int:staff_id>/chats/<int:binding_id>/remove")
@needs(Role.MANAGER)
def unbind(staff_id: int, binding_id: int) -> AnyResponse:
    """Forget a chat identity."""
    services().admin.staff.unbind(staff_id, binding_id, actor())
    return done(url_for("desk.staff.listed"))


def _read(form: Form) -> StaffChange:
    words = [role.word for role in Role]
    role = form.one_of("role", words)
    return StaffChange(
        name=form.text("name", 50, least=1), role=Role[(role or "clerk").upper()],
        venue_ids=tuple(form.numbers("venue_ids")),
        active="active" not in request.form or form.ticked("active"))


def _form(one: StaffView | None, form: Form, status: int = 200) -> AnyResponse:
    allowed = list(Role) if actor().role is Role.ADMIN else [Role.CLERK]
    return page("desk/admin/staff_form.html", status, one=one, errors=form.errors,
                sent=request.form, venues=services().admin.venues.listed(actor()),
                may_change=one is None or services().admin.staff.may_change(one, actor()),
                roles=[(role.word, role_word(role.word)) for role in allowed],
                chosen=request.form.getlist("venue_ids"))
