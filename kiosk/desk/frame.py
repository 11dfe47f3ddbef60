"""Every page of the desk: its frame, or only its part when a script asked for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError, NotSignedIn
from core.ids import new_key
from kiosk.desk import access, navigation
from kiosk.desk.phrases import sentence, why
from kiosk.desk.state import assets, services, session
from kiosk.desk.words import language, say, tell
from kiosk.self_service.pages import CONTENT_SECURITY

THEME_COOKIE = "hx_theme"
THEMES = ("light", "dark")


def pairs(items: Iterable[Any], value: str = "id", words: str = "name") -> list[tuple[Any, Any]]:
    """The options of a choice: what is sent, and what is read."""
    return [(getattr(each, value), getattr(each, words)) for each in items]


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page. In a dialog or a live part the frame is left out."""
    context.setdefault("shell", "desk/part.html" if request.headers.get(access.PART_HEADER)
                       else "desk/frame.html")
    return secured(render_template(template, **_common(), **context), status)


def live(template: str, mimetype: str = "text/html", **context: Any) -> Response:
    """A part that a script asks for again and again; 304 while it would look the same."""
    body = render_template(template, **_common(), **context)
    tag = hashlib.sha256(body.encode()).hexdigest()[:24]
    response = secured("" if request.if_none_match.contains(tag) else body,
                       304 if request.if_none_match.contains(tag) else 200)
    response.set_etag(tag)
    response.mimetype = mimetype
    return response


def done(url: str) -> AnyResponse:
    """A form is finished: back to where it was opened. A dialog closes by itself."""
    if request.headers.get(access.PART_HEADER):
        return secured("", 204)
    return redirect(url, 303)


def secured(body: str | bytes, status: int = 200) -> Response:
    """Under the strict policy, kept by nobody."""
    response = make_response(body, status)
    response.headers.update({
        "Content-Security-Policy": CONTENT_SECURITY, "Cache-Control": "no-store",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    })
    return response


def refused(error: HexiaotaiError, status: int) -> Response:
    """The page that says why not, and what next."""
    return page("desk/refused.html", status, text=sentence(error),
                signed_out=isinstance(error, NotSignedIn), word=error.word)


def broken(status: int, word: str) -> Response:
    """The page for an address that does not exist, or for our own mistake."""
    return page("desk/refused.html", status, text=why(word), signed_out=False, word=word)


def _common() -> dict[str, Any]:
    found = session()
    theme = request.cookies.get(THEME_COOKIE)
    common: dict[str, Any] = {
        "say": say, "tell": tell, "language": language(), "assets": assets(),
        "csrf": access.csrf(), "form_key": new_key, "actor": found.actor if found else None,
        "theme": theme if theme in THEMES else None, "may_open": access.may_open,
        "nav": [], "on_a_tab": False, "is_current": navigation.is_current, "place": None,
        "why": why,
        "request_id": g.get("request_id", ""),
    }
    if found is not None:
        common["nav"] = nav = navigation.allowed()
        common["on_a_tab"] = any(navigation.is_current(entry) for entry in nav if entry.tab)
        common["place"] = services().workplace.current(found.actor)
    return common
