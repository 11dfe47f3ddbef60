"""The kiosk's page and the QR codes it shows.

The page holds no data of anybody: what a member sees comes over the REST API with the device's
token. It is rendered with its first screen, so that it is there before any script runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, render_template, request

from kiosk import theme
from kiosk.assets import Assets
from kiosk.self_service import member_pages, phone, qr, use
from kiosk.self_service.pages import secured
from kiosk.self_service.words import words_in

if TYPE_CHECKING:
    from core.wiring import Services

HERE = Path(__file__).parent

STYLES = ("tokens", "base", "button", "state", "ticket", "pieces", "choice", "keypad", "dialog")
KIOSK_STYLES = (*STYLES, "uses", "kiosk", "kiosk_screens", "kiosk_cart", "kiosk_wide",
                "kiosk_narrow", "kiosk_cart_fits", "print")
MOBILE_STYLES = (*STYLES, "tabs", "mobile")


NO_MODULES = ("phone_page.js", "pass_page.js", "use_page.js", "worker.js")
"""Scripts of another page, and of no page."""


def register(app: Flask, services: Services) -> None:
    """Add `/kiosk`, its QR codes, the page a phone opens (`/m/r/<ref>`) and their assets."""
    assets = Assets("self_service", [HERE / "static"], {
        "kiosk.css": theme.sheets(*KIOSK_STYLES),
        "mobile.css": theme.sheets(*MOBILE_STYLES),
    })
    theme.register(app)
    app.register_blueprint(assets.blueprint())
    app.register_blueprint(_pages(assets, services))
    app.register_blueprint(phone.pages(assets, services))
    app.register_blueprint(use.pages(assets, services))
    app.register_blueprint(member_pages.pages(assets, services))


def _pages(assets: Assets, services: Services) -> Blueprint:
    modules = [name for name in assets.names(".js") if name not in NO_MODULES]
    pages = Blueprint("self_service", __name__, template_folder="templates")

    @pages.get("/kiosk")
    def kiosk() -> Response:
        """The self-service page. A machine's start address may say `lang=en`, `slip=58` (the
        width of its printer's roll in mm) and `sound=off`."""
        language = "en" if request.args.get("lang") == "en" else "zh"
        side, dark = qr.path("H 0372", small=True)
        return secured(render_template(
            "self_service/kiosk.html", t=words_in(language), language=language, assets=assets,
            modules=modules, qr_side=side, qr_dark=dark,
            slip="58" if request.args.get("slip") == "58" else "80",
            sound="off" if request.args.get("sound") == "off" else "on"))

    @pages.get("/kiosk/worker.js")
    def worker() -> Response:
        """What shows the page when the machine starts without a network."""
        response = secured(assets.text("worker.js"))
        response.mimetype = "text/javascript"
        response.headers["Service-Worker-Allowed"] = "/kiosk"
        return response

    @pages.get("/kiosk/qr/<string(minlength=8, maxlength=40):ref>.svg")
    def follow_code(ref: str) -> Response:
        """The QR code that takes one redemption to a phone."""
        if not ref.isascii() or not ref.isalnum():
            abort(404)
        response = secured(qr.svg(f"{services.settings.public_url.rstrip('/')}/m/r/{ref}"))
        response.mimetype = "image/svg+xml"
        return response

    return pages
