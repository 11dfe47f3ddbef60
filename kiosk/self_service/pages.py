"""What every page of this door shares: its language and its security headers."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, render_template, request

from core.services.inspection import VenueRef
from kiosk.assets import Assets
from kiosk.self_service.words import words_in

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'")
"""No inline script or style, nothing from elsewhere, in nobody's frame."""


LANGUAGE_COOKIE = "hx_lang"


def language_of_request() -> str:
    """`zh` or `en`: the address's `lang`, else what was chosen on an earlier page, else what the
    browser asks for, else Chinese."""
    for asked in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in ("zh", "en"):
            return asked
    return "en" if request.accept_languages.best_match(["zh", "en"], "zh") == "en" else "zh"


def venue_named(venues: Sequence[VenueRef]) -> VenueRef | None:
    """The venue that the address or the form names, else the first."""
    wanted = request.values.get("venue", "")
    return next((each for each in venues if str(each.id) == wanted), venues[0] if venues else None)


def number_in(text: str) -> int | None:
    """A row's number as an address or a form carries it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None


def render(template: str, assets: Assets, language: str, **context: object) -> str:
    """A template with its words and assets."""
    return render_template(template, t=words_in(language), language=language, assets=assets,
                           **context)


def secured(body: str | bytes, status: int = 200) -> Response:
    """A page under the strict policy, kept by nobody."""
    response = make_response(body, status)
    response.headers.update({
        "Content-Security-Policy": CONTENT_SECURITY, "Cache-Control": "no-store",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
    })
    chosen = request.args.get("lang")
    if chosen in ("zh", "en"):
        response.set_cookie(LANGUAGE_COOKIE, chosen, path="/m", httponly=True, samesite="Lax")
    return response
