"""A member's own pages in a phone's browser: cards, classes, the pass, history; and signing in
with a code from the desk. Server-made forms: they work without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from core.clock import zone
from core.errors import Conflict, HexiaotaiError
from core.ids import new_key
from core.services.actor import Actor
from core.services.members.held import TO_REBOOK, SeatView
from core.services.staff_words import will_give
from core.vouchers.member_pass import PassKind
from kiosk.assets import Assets
from kiosk.self_service import browsers, qr
from kiosk.self_service.browsers import MEMBER_COOKIE, MOST_TOKEN, form_key
from kiosk.self_service.pages import (
    language_of_request,
    number_in,
    render,
    secured,
    venue_named,
)
from kiosk.self_service.phone import BANDS, SCREENS, UNTOUCHED
from kiosk.self_service.words import error_words

if TYPE_CHECKING:
    from core.wiring import Services

Page = Callable[..., Response]
MOST_VISITS = 50
MOST_HELD = 100
MOST_PAGES = 1000


def pages(assets: Assets, services: Services) -> Blueprint:
    """`/m/in`, and what is behind it."""
    door = Blueprint("member", __name__, template_folder="templates")
    secure = services.settings.public_url.startswith("https://")

    def page(name: str, status: int = 200, *, error: HexiaotaiError | None = None,
             **context: Any) -> Response:
        language = language_of_request()
        wrong = error_words(language, error.word, dict(error.facts)) if error else None
        return secured(render(f"self_service/{name}.html", assets, language, wrong=wrong,
                              zone=zone(), **context), 422 if error else status)

    def for_members(show: Page) -> Page:
        """Only with a signed-in member; anybody else is asked for a code."""
        @wraps(show)
        def guarded(**path: Any) -> Response:
            actor = browsers.member(services)
            if actor is None:
                return redirect("/m/in", 303)
            return show(actor, **path)

        return guarded

    @door.get("/m/in")
    def sign_in() -> Response:
        """Ask for the code; one in the address is filled in, and pressed by a person."""
        return page("member_in", code=request.args.get("code", "")[:20])

    @door.post("/m/in")
    def enter() -> Response:
        code = request.form.get("code", "")[:40]
        try:
            opened = services.phone_sign_in.enter(
                code, request.remote_addr or "unknown", request.headers.get("User-Agent", ""))
        except HexiaotaiError as error:
            return page("member_in", code=code, error=error)
        response = redirect("/m/cards", 303)
        browsers.remember(response, MEMBER_COOKIE, opened.token, secure=secure)
        return response

    @door.post("/m/out")
    def sign_out() -> Response:
        with services.store.connection():
            services.sign_in.logout(request.cookies.get(MEMBER_COOKIE, "")[:MOST_TOKEN])
        response = redirect("/m/in", 303)
        browsers.forget(response, MEMBER_COOKIE)
        return response

    @door.get("/m/cards")
    @for_members
    def cards(actor: Actor) -> Response:
        """What I hold, and until when."""
        held = services.members.held
        return page("member_cards", tab="cards",
                    cards=held.cards(actor, page_size=MOST_HELD)["items"],
                    courses=held.courses(actor, page_size=MOST_HELD)["items"],
                    me=services.members.me.profile(actor))

    @door.get("/m/classes")
    @for_members
    def classes(actor: Actor, error: HexiaotaiError | None = None) -> Response:
        """Classes to book at a venue, and my seats to come."""
        at, venues = services.clock.now(), services.visits.venues()
        venue = venue_named(venues)
        coming = services.members.classes.coming(venue.id, actor) if venue else []
        mine = [seat for seat in reversed(
            services.members.held.bookings(actor, page_size=MOST_HELD)["items"])
                if _still_mine(seat, at)]
        return page("member_classes", tab="classes", error=error, venues=venues, venue=venue,
                    coming=coming, mine=mine, at=at, key=new_key())

    @door.post("/m/classes")
    @for_members
    def change(actor: Actor) -> Response:
        """Book a class, or give a seat back; a refusal is told above the classes as they are."""
        venue, seat = venue_named(services.visits.venues()), request.form.get("give_back")
        try:
            if seat is not None:
                services.members.classes.cancel(number_in(seat) or 0, actor)
            else:
                services.members.classes.book(number_in(request.form.get("book", "")) or 0, actor,
                                              key=form_key(actor))
        except HexiaotaiError as error:
            return classes(error=error)
        return redirect(f"/m/classes?venue={venue.id}" if venue else "/m/classes", 303)

    @door.get("/m/pass")
    @for_members
    def show_pass(actor: Actor) -> Response:
        """A fresh pass; the page asks for the next one by itself."""
        asked, target = request.args.get("kind", ""), number_in(request.args.get("id", ""))
        kind = next((each for each in PassKind if each.word == asked), None)
        try:
            shown = services.visits.show(actor, kind, target)
        except Conflict as error:
            return page("member_pass", tab="pass", error=error)
        side, dark = qr.path(shown.text)
        return page("member_pass", tab="pass", shown=shown, qr_side=side, qr_dark=dark)

    @door.get("/m/history")
    @for_members
    def history(actor: Actor) -> Response:
        """What I redeemed, newest first; under the first page of it, when I came."""
        language = language_of_request()
        asked = min(number_in(request.args.get("page", "")) or 1, MOST_PAGES)
        told = services.members.history.redemptions(actor, page=asked)
        return page(
            "member_history", tab="cards", told=told, screens=SCREENS,
            state=lambda view: BANDS.get(SCREENS[view.state], UNTOUCHED)[0],
            gives=lambda view: will_give(view.choice).in_(language),
            visits=services.visits.visits(actor, page_size=MOST_VISITS)["items"]
            if asked == 1 else None)

    return door


def _still_mine(seat: SeatView, at: datetime) -> bool:
    """Booked and not over, or good for another class."""
    return seat.status == TO_REBOOK or (seat.status == "booked" and seat.ends_at > at)
