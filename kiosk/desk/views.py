"""The desk: the pages a shop works in all day. Assembles the nouns, each in its own file."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, redirect, url_for
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from core import errors
from kiosk import theme
from kiosk.assets import Assets
from kiosk.desk import (
    access,
    account,
    alerts,
    frame,
    health,
    manual,
    reconcile,
    redeem,
    sign_in,
    stats,
    sync,
    tasks,
    undo,
    visits,
    vouchers,
    waiting,
)
from kiosk.desk.admin import (
    audit,
    channels,
    classes,
    kiosks,
    platforms,
    printers,
    products,
    settings,
    skus,
    staff,
    venues,
)
from kiosk.desk.prices import views as prices
from kiosk.desk.showing import FILTERS
from kiosk.desk.state import attach

if TYPE_CHECKING:
    from core.wiring import Services

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
STYLES = ("tokens", "base", "button", "state", "ticket", "pieces", "choice", "dialog", "tabs",
          "desk", "desk_pieces", "desk_forms", "desk_dialog", "desk_charts", "desk_prices",
          "desk_narrow", "desk_print")
SLIP_STYLES = ("tokens", "base", "button", "print", "desk_slip")
NOUNS = (sign_in.pages, account.pages, vouchers.pages, redeem.pages, manual.pages, undo.pages,
         waiting.pages, visits.pages,
         stats.pages, sync.pages, tasks.pages, alerts.pages, reconcile.pages, health.pages,
         settings.pages, platforms.pages, venues.pages, products.pages, skus.pages,
         classes.pages, staff.pages, kiosks.pages, printers.pages, channels.pages, audit.pages,
         prices.pages)

STATUS: tuple[tuple[type[errors.HexiaotaiError], int], ...] = (
    (errors.InvalidInput, 422), (errors.NotSignedIn, 401), (errors.NotAllowed, 403),
    (errors.NotFound, 404), (errors.TooManyRequests, 429), (errors.PricingError, 422),
    (errors.PlatformError, 502), (errors.Conflict, 409), (errors.VoucherError, 409),
)


def register(app: Flask, services: Services) -> None:
    """Add `/desk` and its static files."""
    files = Assets("desk", [HERE / "static"], {
        "desk.css": theme.sheets(*STYLES),
        "slip.css": theme.sheets(*SLIP_STYLES)})
    attach(app, services)
    app.extensions["hexiaotai.desk.assets"] = files
    theme.register(app)
    access.watch(app)
    app.register_blueprint(files.blueprint())
    app.register_blueprint(_desk())


def _desk() -> Blueprint:
    desk = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
    desk.before_request(access.check)
    desk.after_request(access.keep_visit)
    desk.register_error_handler(errors.HexiaotaiError, _refused)
    desk.register_error_handler(HTTPException, _no_page)
    for name, shown in {**FILTERS, "pairs": frame.pairs}.items():
        desk.add_app_template_filter(shown, name)
    for noun in NOUNS:
        desk.register_blueprint(noun)

    @desk.get("")
    def home() -> AnyResponse:
        """Vouchers are where a day begins."""
        return redirect(url_for("desk.vouchers.listed"), 303)

    @desk.get("/<path:anything>")
    def nowhere(anything: str) -> AnyResponse:
        """An address that is none."""
        raise errors.NotFound()

    return desk


def _refused(error: errors.HexiaotaiError) -> AnyResponse:
    if isinstance(error, errors.PlatformError):
        log.warning("platform %s: %s log_id=%s", error.platform, error.word, error.log_id)
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    return frame.refused(error, status)


def _no_page(error: HTTPException) -> AnyResponse:
    if isinstance(error, InternalServerError):
        log.error("unhandled error", exc_info=error.original_exception)
        return frame.broken(500, "internal_error")
    if error.code is not None and error.code < 400:
        return error.get_response()
    return frame.broken(error.code or 500, "not_found" if error.code == 404 else "invalid_input")
