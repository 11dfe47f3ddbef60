"""One's own things: where one works, sessions, language, light or dark."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import InvalidInput, NotAllowed
from core.services.sign_in import MIN_PASSWORD
from kiosk.desk.access import needs, set_cookie
from kiosk.desk.forms import Form
from kiosk.desk.frame import THEME_COOKIE, THEMES, done, page
from kiosk.desk.state import actor, services, session
from kiosk.desk.words import LANGUAGE_COOKIE, LANGUAGES, say

pages = Blueprint("account", __name__, url_prefix="/account")

A_YEAR = 365 * 24 * 3600
MOST_PASSWORD = 200


@pages.get("")
def mine() -> AnyResponse:
    """Everything about the person signed in."""
    found = session()
    return page("desk/account.html", places=services().workplace.places(actor()),
                sessions=services().sign_in.sessions_of(actor().id),
                current=found.id if found else 0)


@pages.post("/venue")
def work_at() -> AnyResponse:
    """Switch the venue worked in."""
    services().workplace.move(actor(), Form().number("venue_id") or 0)
    return redirect(_back(), 303)


@pages.post("/sessions/<int:session_id>/end")
def end_session(session_id: int) -> AnyResponse:
    """Sign out another device."""
    services().sign_in.revoke(session_id, actor())
    return redirect(url_for("desk.account.mine"), 303)


@pages.get("/password")
def password() -> AnyResponse:
    """Three empty fields."""
    return _password(Form())


@pages.post("/password")
def change_password() -> AnyResponse:
    """Another password; every other device is signed out."""
    form, found = Form(), session()
    old, new = (request.form.get(name, "")[:MOST_PASSWORD] for name in ("old", "new"))
    if new != request.form.get("again", "")[:MOST_PASSWORD]:
        form.wrong("again", say("两遍不一样，再输一次", "The two differ; enter it again"))
    if form.ok:
        try:
            services().sign_in.change_password(actor(), found.id if found else 0, old, new)
            return done(url_for("desk.account.mine"))
        except (InvalidInput, NotAllowed) as error:
            form.refuse(error)
    return _password(form, 422)


def _password(form: Form, status: int = 200) -> AnyResponse:
    return page("desk/password.html", status, errors=form.errors, least=MIN_PASSWORD)


@pages.post("/look")
@needs(None)
def look() -> AnyResponse:
    """Language and theme, remembered on this device."""
    response = redirect(_back(), 303)
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        set_cookie(response, LANGUAGE_COOKIE, chosen, max_age=A_YEAR)
    theme = request.form.get("theme")
    if theme in (*THEMES, "auto"):
        set_cookie(response, THEME_COOKIE, theme, max_age=A_YEAR)
    return response


@pages.get("/more")
def more() -> AnyResponse:
    """The whole menu, for a phone."""
    return page("desk/more.html")


def _back() -> str:
    wanted = request.form.get("back", "")
    if not wanted:
        return url_for("desk.account.mine")
    if not wanted.startswith("/desk"):
        raise NotAllowed()
    return wanted
