"""The page behind a kiosk's QR code: one redemption on a phone, live, masked.

Whoever has the unguessable reference may look and, while it waits, take it back: that is what the
QR code hands over. Works without a script, too; the script only saves the reloading.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from core.clock import zone
from core.errors import Conflict, NotAllowed, NotFound
from core.services import policy
from core.services.actor import Actor
from core.services.redemption_view import Granted, RedemptionView
from core.services.staff_words import will_give
from core.vouchers.redemption import ResultType, State
from kiosk.assets import Assets
from kiosk.self_service.pages import language_of_request, render, secured
from kiosk.self_service.words import Words, error_words, words_in

if TYPE_CHECKING:
    from core.wiring import Services

HOLDER = Actor(kind=policy.HOLDER, id=0, door="phone", name="phone")
"""Whoever holds a reference."""

SCREENS = {
    State.REQUESTED: "waiting", State.AWAITING_STAFF: "waiting", State.VERIFYING: "waiting",
    State.UNCERTAIN: "unknown", State.MANUAL: "unknown", State.COMPLETED: "success",
    State.UNDOING: "undoing", State.UNDO_UNCERTAIN: "undoing", State.UNDONE: "undone",
    State.REJECTED: "rejected", State.EXPIRED: "expired", State.WITHDRAWN: "withdrawn",
    State.REFUSED: "refused",
}
BANDS = {
    "waiting": ("verifying", "waiting.band"), "unknown": ("unknown", "unknown.band"),
    "success": ("redeemed", "success.band"), "undoing": ("verifying", "ended.undoing.title"),
}
REFUSED_BANDS = {
    "already_redeemed": ("redeemed", "band.redeemed"), "expired": ("expired", "band.expired"),
    "refunded": ("refunded", "band.refunded"), "refunding": ("refunded", "band.refunded"),
}
UNTOUCHED = ("unused", "band.untouched")
"""State and words of the band; what is not listed left the voucher alone."""


@dataclass(frozen=True, slots=True)
class Fact:
    """The one huge fact of a result: the new last day, the hour of the class, the lessons."""

    huge: str
    above: str = ""
    small: str = ""
    below: str = ""


def pages(assets: Assets, services: Services) -> Blueprint:
    """`/m/r/<ref>` and taking it back."""
    door = Blueprint("phone", __name__, template_folder="templates")

    @door.get("/m/r/<string(maxlength=40):ref>")
    def follow(ref: str) -> Response:
        """The redemption as it stands; 304 while nothing changed."""
        language = language_of_request()
        try:
            version = services.redeem.version(ref, HOLDER)
        except NotFound:
            return secured(render("self_service/phone_missing.html", assets, language), 404)
        tag = hashlib.sha256(f"{version} {language} {assets.version}".encode()).hexdigest()[:24]
        if request.if_none_match.contains(tag):
            unchanged = secured("", 304)
            unchanged.set_etag(tag)
            return unchanged
        page = secured(shown(services.redeem.view(ref, HOLDER), assets, language))
        page.set_etag(tag)
        return page

    @door.post("/m/r/<string(maxlength=40):ref>/withdraw")
    def withdraw(ref: str) -> Response:
        """Take a waiting redemption back; too late changes nothing and the page says so."""
        try:
            services.redeem.withdraw(ref, HOLDER)
        except (Conflict, NotAllowed, NotFound):
            pass
        return redirect(f"/m/r/{ref}", 303)

    return door


def shown(view: RedemptionView, assets: Assets, language: str) -> str:
    """The page of one redemption."""
    screen = SCREENS[view.state]
    t = words_in(language)
    error = view.error.error if screen == "refused" and view.error else ""
    state, band = REFUSED_BANDS.get(error, BANDS.get(screen, UNTOUCHED))
    if view.state is State.VERIFYING:
        band = "waiting.band_verifying"
    platform = t(f"platform.{view.platform}") if f"platform.{view.platform}" in t.keys \
        else view.platform_name
    title, lead = "", ""
    if view.error is not None and error:
        title, lead = error_words(language, error, {
            **view.error.facts, "platform": platform, "venue": view.venue.name,
            "venues": ""})
    elif f"ended.{screen}.lead" in t.keys:
        plain = "_plain" if screen == "rejected" and not view.reason else ""
        facts = {"reason": view.reason, "platform": platform}
        title, lead = t(f"ended.{screen}.title{plain}", **facts), t(f"ended.{screen}.lead")
    return render(
        "self_service/phone.html", assets, language, view=view, screen=screen, title=title,
        lead=lead, platform=platform, state=state, band=t(band), zone=zone(),
        gives=will_give(view.choice).in_(language),
        fact=fact_of(view.result, t) if view.result else None)


def fact_of(result: Granted, t: Words) -> Fact | None:
    """What stands in the largest type."""
    if result.starts_at is not None:
        at = result.starts_at.astimezone(zone())
        when = t("success.class", date=f"{at:%m-%d}", weekday=_weekday(at, t))
        return Fact(f"{at:%H:%M}", above=when, below=result.session_title)
    if result.result_type is ResultType.COURSE_BOUGHT and result.uses:
        return Fact(str(result.uses), small=t("success.lessons"))
    if result.after is None:
        return None
    gained = t("success.from_new")
    if result.before is not None:
        gained = t("success.from", date=f"{result.before:%m-%d}",
                   n=(result.after - result.before).days)
    return Fact(f"{result.after:%m-%d}", above=t("success.until", year=result.after.year),
                below=t("success.day", weekday=_weekday(result.after, t)) + gained)


def _weekday(day: date, t: Words) -> str:
    return t(f"weekday.{day.isoweekday() % 7}")
