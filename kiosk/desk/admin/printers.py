"""Slip printers: where they stand, and a test slip."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError
from core.services.actor import Role
from core.services.admin.printers import RAW_PORT, PrinterChange, PrinterView
from core.services.slips.slip import Paper
from kiosk.desk.access import needs
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import done, page
from kiosk.desk.phrases import sentence
from kiosk.desk.slip_lines import test_slip
from kiosk.desk.state import actor, services

pages = Blueprint("printers", __name__, url_prefix="/printers")


@pages.get("")
@needs(Role.MANAGER)
def listed() -> AnyResponse:
    """The printers of this person's venues."""
    return page("desk/admin/printers.html", printers=services().admin.printers.listed(actor()))


@pages.get("/new")
@needs(Role.MANAGER)
def new() -> AnyResponse:
    """An empty form."""
    return _form(None, Form())


@pages.post("/new")
@needs(Role.MANAGER)
def add() -> AnyResponse:
    """One more printer."""
    form = Form()
    wanted, venue_id = _read(form), form.number("venue_id")
    if venue_id and form.does(services().admin.printers.add, venue_id, wanted, actor(),
                              key=form_key()):
        return done(url_for("desk.printers.listed"))
    return _form(None, form, 422)


@pages.get("/<int:printer_id>")
@needs(Role.MANAGER)
def edit(printer_id: int) -> AnyResponse:
    """One printer."""
    return _form(services().admin.printers.one(printer_id, actor()), Form())


@pages.post("/<int:printer_id>")
@needs(Role.MANAGER)
def save(printer_id: int) -> AnyResponse:
    """Another name, address or paper; or switched off."""
    form = Form()
    wanted = _read(form)
    if form.does(services().admin.printers.change, printer_id, wanted, actor()):
        return done(url_for("desk.printers.listed"))
    return _form(services().admin.printers.one(printer_id, actor()), form, 422)


@pages.post("/<int:printer_id>/try")
@needs(Role.MANAGER)
def try_it(printer_id: int) -> AnyResponse:
    """A test slip: Chinese, both sizes, a QR code, the cut."""
    one = services().admin.printers.one(printer_id, actor())
    wrong = ""
    try:
        services().admin.printers.send(printer_id, test_slip(one), actor())
    except HexiaotaiError as error:
        wrong = sentence(error)
    return page("desk/admin/printer_tried.html", one=one, wrong=wrong)


def _read(form: Form) -> PrinterChange:
    papers = [str(int(paper)) for paper in Paper]
    paper = form.one_of("paper", papers)
    return PrinterChange(
        name=form.text("name", 50, least=1), address=form.text("address", 45, least=1),
        port=form.whole("port", 1, 65535) or RAW_PORT, paper=Paper(int(paper or Paper.NARROW)),
        active="active" not in request.form or form.ticked("active"))


def _form(one: PrinterView | None, form: Form, status: int = 200) -> AnyResponse:
    return page("desk/admin/printer.html", status, one=one, errors=form.errors, sent=request.form,
                papers=[(str(int(paper)), f"{int(paper)} mm") for paper in Paper],
                raw_port=RAW_PORT, venues=services().admin.venues.listed(actor()))
