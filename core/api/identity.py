"""Who is calling: a bearer token, or the desk's session cookie (with its CSRF token)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, request

from core.api.state import services
from core.errors import NotAllowed, NotSignedIn
from core.services.actor import Actor, Role
from core.services.sign_in import SESSION_COOKIE

P = ParamSpec("P")
R = TypeVar("R")

CSRF_HEADER = "X-CSRF-Token"
MAX_TOKEN = 200

ANONYMOUS = Actor(kind="anonymous", id=0, door="api")


def caller() -> Actor:
    """The verified caller of this request, or ANONYMOUS. Looked up once per request."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        actor = g.actor = _recognise()
    return actor


def _recognise() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and 0 < len(token) <= MAX_TOKEN:
        actor = services().sign_in.recognise(token.strip())
        if actor is None:
            raise NotSignedIn()
        return actor
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if 0 < len(cookie) <= MAX_TOKEN:
        session = services().sign_in.recognise_session(cookie)
        if session is not None:
            if request.method not in ("GET", "HEAD", "OPTIONS"):
                sent = request.headers.get(CSRF_HEADER, "")
                if not hmac.compare_digest(sent.encode(), session.csrf.encode()):
                    raise NotAllowed("csrf")
            return session.actor
    return ANONYMOUS


def signed_in(*kinds: str, role: Role | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only these kinds of caller in (any signed-in one when none is named), and, with
    `role`, only staff of at least that role. Raises NotSignedIn or NotAllowed."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = caller()
            if actor.kind == "anonymous":
                raise NotSignedIn()
            if kinds and actor.kind not in kinds:
                raise NotAllowed()
            if role is not None:
                actor.require(role)
            return view(*args, **kwargs)

        documented: Any = guarded
        documented._apidoc = {**getattr(view, "_apidoc", {})}
        documented._apidoc.setdefault("manual_doc", {})["security"] = [{"bearer": []}]
        return guarded

    return decorate
