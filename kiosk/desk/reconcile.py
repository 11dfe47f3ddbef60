"""Our books against the platforms', a day at a time; every difference has a fix."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError, NotFound, PlatformBusy
from core.services.actor import Role
from core.services.export import FORMATS
from core.services.finding_fixes import NEEDS_REASON, Wish
from core.services.reconcile import SHEET_MISSING
from core.services.reconciliation_views import (
    FIX_NAMES,
    GRANT,
    KINDS,
    FindingView,
    ReconciliationView,
)
from kiosk.desk.access import needs
from kiosk.desk.exports import sent
from kiosk.desk.forms import Form
from kiosk.desk.frame import done, page
from kiosk.desk.showing import today
from kiosk.desk.state import actor, services
from kiosk.desk.words import language

pages = Blueprint("reconcile", __name__, url_prefix="/reconcile")

MOST_BOOKS = 100
DAYS = 14
CHIPS = {"platform_only": "unknown", "local_only": "unknown", "amount_differs": "verifying",
         "cancelled_there": "refunded", "cancelled_here": "refunded", "pending": "verifying"}


@pages.get("", endpoint="page")
@needs(Role.MANAGER)
def books() -> AnyResponse:
    """One day: both sides' numbers, and what differs."""
    day = _day()
    views = [services().operations.reconcile.one(one.id, actor()) for one in _listed(day)]
    findings = [(view, finding) for view in views for finding in view.findings]
    return page("desk/reconcile.html", day=day, views=views, kinds=KINDS, fix_names=FIX_NAMES,
                chips=CHIPS, before=day - timedelta(days=1), after=day + timedelta(days=1),
                today=today(), open=[pair for pair in findings if pair[1].fixes],
                settled=[pair for pair in findings if pair[1].state == "fixed"],
                platforms=services().admin.platforms.known(),
                places=services().workplace.places(actor()),
                open_days=_open_days())


def _day() -> date:
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return today() - timedelta(days=1)


def _listed(day: date) -> list[ReconciliationView]:
    found = services().operations.reconcile.listed(actor(), day=day, page_size=MOST_BOOKS)
    return list(found["items"])


def _open_days() -> list[date]:
    """Other days on which something waits to be decided."""
    return sorted({one.day for one in lately() if one.open}, reverse=True)


def lately() -> list[ReconciliationView]:
    """The books of the last fortnight."""
    found = services().operations.reconcile.listed(
        actor(), since=today() - timedelta(days=DAYS), page_size=MOST_BOOKS)
    return list(found["items"])


@pages.post("/run")
@needs(Role.MANAGER)
def run() -> AnyResponse:
    """Compare a day once more, every platform of the venue worked in."""
    day, venue_id = _day(), Form().number("venue_id") or actor().venue_id or 0
    for platform in services().admin.platforms.known():
        try:
            services().operations.reconcile.run(venue_id, platform.code, day, actor())
        except NotFound:
            continue  # this venue does not sell there
        except PlatformBusy as error:
            if error.facts.get("reason") != SHEET_MISSING:
                raise  # else the page says what to do
    return done(url_for("desk.reconcile.page", day=day))


@pages.get("/export.<string(maxlength=5):file_format>")
@needs(Role.MANAGER)
def export(file_format: str) -> AnyResponse:
    """A day's books and findings as a file."""
    if file_format not in FORMATS:
        raise NotFound()
    day = _day()
    return sent(services().operations.reconciliation_files.file(
        actor(), file_format, language=language(), day=day))


@pages.get("/<int:book_id>/findings/<int:finding_id>")
@needs(Role.MANAGER)
def finding(book_id: int, finding_id: int) -> AnyResponse:
    """The evidence of one difference, and what may be done."""
    return _finding(book_id, finding_id, Form())


@pages.post("/<int:book_id>/findings/<int:finding_id>")
@needs(Role.MANAGER)
def fix(book_id: int, finding_id: int) -> AnyResponse:
    """Do it; the same fix again changes nothing."""
    form = Form()
    wish = form.one_of("fix", FIX_NAMES)
    reason, phone = form.text("reason", 200), form.phone("phone", needed=wish == GRANT)
    if form.ok:
        try:
            services().operations.fixes.fix(
                finding_id, Wish(wish, reason, phone, form.text("name", 50)), actor())
            return done(url_for("desk.reconcile.page", day=_book(book_id).day))
        except HexiaotaiError as error:
            form.refuse(error)
    return _finding(book_id, finding_id, form, 422)


def _book(book_id: int) -> ReconciliationView:
    return services().operations.reconcile.one(book_id, actor())


def _finding(book_id: int, finding_id: int, form: Form, status: int = 200) -> AnyResponse:
    book = _book(book_id)
    one: FindingView | None = next(
        (each for each in book.findings if each.id == finding_id), None)
    if one is None:
        raise NotFound("finding_not_found")
    return page("desk/finding.html", status, book=book, one=one, kinds=KINDS,
                fix_names=FIX_NAMES, needs_reason=NEEDS_REASON, grant=GRANT, errors=form.errors,
                sent=request.form)
