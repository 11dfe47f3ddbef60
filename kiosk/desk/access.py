"""Who may open which page. Nothing is open by itself: a page needs a session, and staff of at
least the role it names; a form needs the token of its session."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import NotAllowed, NotSignedIn
from core.ids import new_token
from core.services.actor import Role
from core.services.sign_in import SESSION_COOKIE
from kiosk.desk.state import services, session

View = TypeVar("View", bound=Callable[..., Any])

VISIT_COOKIE = "hx_visit"
"""Before signing in there is no session: its form sends back what this cookie holds."""
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
MAX_TOKEN = 200
SAFE = ("GET", "HEAD", "OPTIONS")
PART_HEADER = "X-Desk-Part"


def needs(role: Role | None) -> Callable[[View], View]:
    """Declare the role of a page; None: open to anybody. Without it a page is for every clerk."""

    def decorate(view: View) -> View:
        view.desk_role = role  # type: ignore[attr-defined]  # a view carries its own rule
        return view

    return decorate


def role_of(endpoint: str) -> Role | None:
    """What the page behind an endpoint needs."""
    view = current_app.view_functions[endpoint]
    return getattr(view, "desk_role", Role.CLERK)


def may_open(endpoint: str) -> bool:
    """Whether the person signed in may open a page: what is not allowed is not shown either."""
    role, found = role_of(endpoint), session()
    if role is None:
        return True
    return found is not None and found.actor.role is not None and found.actor.role >= role


def check() -> AnyResponse | None:
    """Runs before every page of the desk. Raises NotSignedIn, NotAllowed."""
    stack = g.desk_stack = ExitStack()
    stack.enter_context(services().store.connection())
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if 0 < len(cookie) <= MAX_TOKEN:
        g.desk_session = services().sign_in.recognise_session(cookie)
    role = role_of(request.endpoint or "")
    if role is not None and session() is None:
        if request.method in SAFE and not request.headers.get(PART_HEADER):
            query = urlencode({"next": request.full_path.rstrip("?")})
            return redirect(f"{url_for('desk.sign_in.login')}?{query}", 303)
        raise NotSignedIn()
    if request.method not in SAFE:
        _check_token()
    found = session()
    if role is not None and found is not None:
        found.actor.require(role)
    return None


def _check_token() -> None:
    sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    wanted = _wanted_token()
    if not wanted or not hmac.compare_digest(sent.encode(), wanted.encode()):
        raise NotAllowed("csrf")


def _wanted_token() -> str:
    found = session()
    return found.csrf if found is not None else request.cookies.get(VISIT_COOKIE, "")


def csrf() -> str:
    """What this page's forms send back."""
    found = session()
    if found is not None:
        return found.csrf
    if "desk_visit" not in g:
        g.desk_visit = request.cookies.get(VISIT_COOKIE) or new_token()
    return str(g.desk_visit)


def keep_visit(response: Response) -> Response:
    """Runs after every page: a fresh visitor gets the cookie that his form must match."""
    visit = g.get("desk_visit")
    if visit is not None and request.cookies.get(VISIT_COOKIE) != visit:
        set_cookie(response, VISIT_COOKIE, visit, samesite="Strict")
    return response


def set_cookie(response: AnyResponse, name: str, value: str, *, samesite: str = "Lax",
               max_age: int | None = None) -> None:
    """A cookie no script can read, for the desk's pages and the API they call."""
    response.set_cookie(name, value, httponly=True, samesite=samesite, max_age=max_age, path="/",
                        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]))


def release(error: BaseException | None) -> None:
    """Runs when the answer has gone: the database connection goes back."""
    stack: ExitStack | None = g.pop("desk_stack", None)
    if stack is not None:
        stack.close()


def watch(app: Flask) -> None:
    """The connection is given back however the request ended, streams included."""
    app.teardown_request(release)
