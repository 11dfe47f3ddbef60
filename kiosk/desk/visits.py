"""Who came in with a member pass, and giving back what was counted by mistake."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError, InvalidInput
from kiosk.desk.forms import Form
from kiosk.desk.frame import done, page
from kiosk.desk.phrases import sentence
from kiosk.desk.state import actor, services

pages = Blueprint("visits", __name__, url_prefix="/visits")

PAGE_SIZE = 20


@pages.get("")
def listed() -> AnyResponse:
    """The newest first, at the venue where this person works."""
    number = request.args.get("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    try:
        found = services().visit_book.listed(actor(), page=at, page_size=PAGE_SIZE)
    except InvalidInput as error:
        return page("desk/visits.html", found=None, wrong=sentence(error))
    return page("desk/visits.html", found=found, wrong="",
                base=lambda wanted: url_for("desk.visits.listed", page=wanted))


@pages.get("/<int:visit_id>/undo")
def ask(visit_id: int) -> AnyResponse:
    """What comes back, and why."""
    return page("desk/visit_undo.html", errors={},
                seen=services().visit_book.one(visit_id, actor()))


@pages.post("/<int:visit_id>/undo")
def undo(visit_id: int) -> AnyResponse:
    """Give it back."""
    form = Form()
    reason = form.text("reason", 200, least=1)
    if form.ok:
        try:
            services().visit_book.undo(visit_id, reason, actor())
            return done(url_for("desk.visits.listed"))
        except HexiaotaiError as error:
            form.wrong("reason", sentence(error))
    return page("desk/visit_undo.html", 422, errors=form.errors,
                seen=services().visit_book.one(visit_id, actor()))
