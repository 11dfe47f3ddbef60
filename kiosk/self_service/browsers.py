"""Whom a phone's browser stands for: a kiosk's visitor, or a member, by cookies that no script
reads and no other site's form sends along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request
from werkzeug.wrappers import Response

from core.errors import NotSignedIn
from core.ids import new_key
from core.services.actor import Actor
from core.services.handover import PHONE_VALID, Visitor
from core.services.sign_in import MEMBER_SESSION

if TYPE_CHECKING:
    from core.wiring import Services

VISIT_COOKIE = "hx_visit"
MEMBER_COOKIE = "hx_member"
KEY_FIELD = "key"
MOST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class FormKey:
    """The key made with a form, so that pressing twice asks once."""

    scope: str
    key: str
    fingerprint: str = ""


def form_key(actor: Actor) -> FormKey:
    """The key that came with this form; a fresh one for a form without."""
    key = request.form.get(KEY_FIELD, "")[:64] or new_key()
    return FormKey(f"phone:{actor.kind}:{actor.id}", key)


def visitor(services: Services) -> Visitor | None:
    """The kiosk's visitor that this browser goes on for."""
    try:
        return services.handovers.visitor(request.cookies.get(VISIT_COOKIE, "")[:MOST_TOKEN])
    except NotSignedIn:
        return None


def member(services: Services) -> Actor | None:
    """The member who is signed in here."""
    token = request.cookies.get(MEMBER_COOKIE, "")[:MOST_TOKEN]
    with services.store.connection():
        actor = services.sign_in.recognise(token) if token else None
    return actor if actor is not None and actor.kind == "member" else None


def remember(response: Response, cookie: str, token: str, *, secure: bool) -> None:
    """Keep a token in this browser, for as long as it is good at most."""
    lasts = PHONE_VALID if cookie == VISIT_COOKIE else MEMBER_SESSION
    response.set_cookie(cookie, token, max_age=lasts, path="/m", secure=secure, httponly=True,
                        samesite="Lax")


def forget(response: Response, cookie: str) -> None:
    """Forget a token."""
    response.delete_cookie(cookie, path="/m")
