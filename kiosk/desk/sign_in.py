"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError, NotSignedIn
from core.services.sign_in import SESSION_COOKIE, STAFF_SESSION
from kiosk.desk.access import needs, set_cookie
from kiosk.desk.frame import page
from kiosk.desk.phrases import sentence
from kiosk.desk.state import services, session

pages = Blueprint("sign_in", __name__)


@pages.get("/login")
@needs(None)
def login() -> AnyResponse:
    """The way in; whoever is in already goes on."""
    if session() is not None:
        return redirect(_next(), 303)
    return page("desk/login.html", next=_next(), username="", wrong="")


@pages.post("/login")
@needs(None)
def enter() -> AnyResponse:
    """Check name and password; five wrong ones lock the account for a while."""
    username = request.form.get("username", "").strip()[:50]
    attempts, address = services().attempts, request.remote_addr or "unknown"
    try:
        attempts.check("login", address)
        signed = services().sign_in.login(
            username, request.form.get("password", "")[:200], door="desk",
            agent=request.headers.get("User-Agent", "")[:200])
    except HexiaotaiError as error:
        if isinstance(error, NotSignedIn):
            attempts.failed("login", address)
        return page("desk/login.html", 401, next=_next(), username=username,
                    wrong=sentence(error))
    response = redirect(_next(), 303)
    set_cookie(response, SESSION_COOKIE, signed.token, max_age=int(STAFF_SESSION.total_seconds()))
    return response


@pages.post("/logout")
@needs(None)
def leave() -> AnyResponse:
    """End this session, here and on the server."""
    services().sign_in.logout(request.cookies.get(SESSION_COOKIE, "")[:200])
    response = redirect(url_for("desk.sign_in.login"), 303)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


def _next() -> str:
    """Where to go on; only to a page of ours."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith("/desk") and wanted[5:6] in ("", "/", "?") and "\\" not in wanted
    return wanted if ours else url_for("desk.home")
