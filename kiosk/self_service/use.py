"""Using a voucher with a phone's browser: what was scanned at the kiosk, or pasted or photographed
here; choose, say whose it is, and follow. Works without a script."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from core.errors import Conflict, HexiaotaiError, InvalidInput, NotFound, VoucherError
from core.ids import clean_phone, new_key
from core.services.actor import Actor
from core.services.decode_image import MOST_BYTES, decode
from core.services.inspection import Choice, FoundCertificate, Inspection, VenueRef
from core.services.redeem import RedeemRequest
from core.services.staff_words import will_give
from kiosk.assets import Assets
from kiosk.self_service import browsers, qr
from kiosk.self_service.browsers import VISIT_COOKIE
from kiosk.self_service.pages import language_of_request, render, secured, venue_named
from kiosk.self_service.words import error_words

if TYPE_CHECKING:
    from core.wiring import Services

MOST_CODE = 4096
GUESSES = frozenset({"voucher_not_found", "own_code_typo"})


def pages(assets: Assets, services: Services) -> Blueprint:
    """`/m/k/<code>`: take over from a kiosk; `/m/use`: the voucher itself."""
    door = Blueprint("use", __name__, template_folder="templates")
    secure = services.settings.public_url.startswith("https://")
    show = Pages(assets, services)

    @door.get("/kiosk/go/<string(minlength=8, maxlength=40):code>")
    def picture(code: str) -> Response:
        """What the kiosk shows: the mini-program's code, or a QR code of our own page."""
        drawn = services.handovers.picture(code)
        if drawn is not None:
            response = secured(drawn)
            response.mimetype = "image/jpeg"
            return response
        response = secured(qr.svg(f"{services.settings.public_url.rstrip('/')}/m/k/{code}"))
        response.mimetype = "image/svg+xml"
        return response

    @door.get("/m/k/<string(minlength=8, maxlength=40):code>")
    def offered(code: str) -> Response:
        """Looking takes nothing: previews of links must not use the code up."""
        try:
            return show.page("handover", visitor=services.handovers.known(code), code=code)
        except (Conflict, NotFound) as error:
            if browsers.visitor(services) is not None:
                return redirect("/m/use", 303)
            return show.sorry(error)

    @door.post("/m/k/<string(minlength=8, maxlength=40):code>")
    def take(code: str) -> Response:
        """The first browser to press goes on."""
        try:
            token = services.handovers.take(code)
        except (Conflict, NotFound) as error:
            return show.sorry(error)
        response = redirect("/m/use", 303)
        browsers.remember(response, VISIT_COOKIE, token, secure=secure)
        return response

    @door.get("/m/use")
    def use() -> Response:
        """Where this browser left off: the ticket, what was scanned, or a code to give."""
        known = browsers.visitor(services)
        if known is None:
            return show.page("use") if show.who() else redirect("/m/in", 303)
        if known.ref is not None:
            response = redirect(f"/m/r/{known.ref}", 303)
            browsers.forget(response, VISIT_COOKIE)
            return response
        if known.inspection is None:
            return show.page("use")
        try:
            return show.found(services.redeem.refine(known.inspection, known.actor, phone=None))
        except HexiaotaiError as error:
            return show.page("use", error=error)

    @door.post("/m/use")
    def look() -> Response:
        """A code, pasted or in a photo; or another certificate of the same order."""
        actor = show.who()
        if actor is None:
            return show.sorry(NotFound("handover_over"))
        try:
            return show.found(show.looked_up(actor))
        except HexiaotaiError as error:
            return show.page("use", error=error)

    @door.post("/m/use/photo")
    def read() -> Response:
        """The codes in a picture of the phone's camera; looking for them goes on meanwhile."""
        if show.who() is None:
            return secured(json.dumps({"texts": []}), 403)
        try:
            texts = decode(request.get_data(cache=False))
        except InvalidInput:
            texts = []
        response = secured(json.dumps({"texts": texts}))
        response.mimetype = "application/json"
        return response

    @door.post("/m/use/ask")
    def ask() -> Response:
        """Ask for it, unless the member's number opens other choices: then show those first."""
        known, actor = browsers.visitor(services), show.who()
        if actor is None:
            return show.sorry(NotFound("handover_over"))
        if known is not None and known.ref is not None:  # pressed twice
            return redirect(f"/m/r/{known.ref}", 303)
        try:
            ref = show.asked(actor)
        except HexiaotaiError as error:
            return show.page("use", error=error)
        if not isinstance(ref, str):
            return ref
        if known is not None:
            services.handovers.asked(known, ref)
        return redirect(f"/m/r/{ref}", 303)

    return door


class Pages:
    """The pages of one app, and the steps between them."""

    def __init__(self, assets: Assets, services: Services) -> None:
        self._assets = assets
        self._services = services

    def who(self) -> Actor | None:
        """The kiosk's visitor, else the member who is signed in, at the venue he named."""
        known = browsers.visitor(self._services)
        if known is not None:
            return known.actor
        member = browsers.member(self._services)
        venue = self._venue()
        return replace(member, venue_id=venue.id) if member and venue else None

    def _venue(self) -> VenueRef | None:
        return venue_named(self._services.visits.venues())

    def page(self, name: str, *, error: HexiaotaiError | None = None,
             **context: object) -> Response:
        """A page of this door; `error` is told above its form."""
        language = language_of_request()
        wrong = error_words(language, error.word, dict(error.facts)) if error else None
        if "visitor" not in context and browsers.visitor(self._services) is None:
            context |= {"venue": self._venue(), "tab": "use",
                        "venues": self._services.visits.venues()}
        return secured(render(f"self_service/{name}.html", self._assets, language, wrong=wrong,
                              key=new_key(), **context), 422 if error else 200)

    def sorry(self, error: HexiaotaiError) -> Response:
        """Nothing to go on with."""
        title, lead = error_words(language_of_request(), error.word, dict(error.facts))
        language = language_of_request()
        return secured(render("self_service/phone_sorry.html", self._assets, language,
                              title=title, lead=lead), 410)

    def looked_up(self, actor: Actor) -> Inspection:
        """What was pasted or photographed. Guessing is slowed down as at every door."""
        inspection = request.form.get("inspection", "")[:20_000]
        code = request.form.get("code", "").strip()[:MOST_CODE]
        photo = request.files.get("image")
        if photo and photo.filename and not code:
            texts = decode(photo.read(MOST_BYTES + 1))
            if len(texts) != 1:
                raise VoucherError("several_codes" if texts else "unreadable", count=len(texts))
            code = texts[0][:MOST_CODE]
        if not code and inspection:
            return self._services.redeem.refine(inspection, actor, phone=None)
        attempts, who = self._services.attempts, f"{request.remote_addr}"
        with self._services.store.connection():
            attempts.check("phone", who)
        try:
            return self._services.redeem.inspect(code, actor)
        except VoucherError as error:
            if error.word in GUESSES:
                attempts.failed("phone", who)
            raise

    def found(self, found: Inspection, *, phone: str = "", fresh: bool = False,
              wrong: str = "") -> Response:
        """What it is worth, and what to choose."""
        one = _chosen(found.certificates)
        language = language_of_request()
        free = [choice for choice in one.choices if choice.enabled]
        best = next((each for each in free if each.recommended), free[0] if free else None)
        picked = request.form.get("choice", "")
        if not fresh and picked in {each.choice for each in free}:
            best = next(each for each in free if each.choice == picked)
        return self.page("use_found", found=found, one=one, best=best, phone=phone, fresh=fresh,
                         wrong_phone=wrong,
                         gives=lambda choice: will_give(choice).in_(language))

    def asked(self, actor: Actor) -> str | Response:
        """The reference of what was asked for, or the page that has to come before."""
        form = request.form
        inspection, said = form.get("inspection", "")[:20_000], form.get("phone", "").strip()
        phone = clean_phone(said[:40]) if said else None
        if said and phone is None:
            again = self._services.redeem.refine(inspection, actor, phone=None)
            return self.found(again, phone=said[:40], wrong="phone_malformed")
        found = self._services.redeem.refine(inspection, actor, phone=phone)
        one = _chosen(found.certificates)
        if phone is None and one.member is None and one.needs_phone:
            return self.found(found, wrong="phone_needed")
        seen, free = form.get("seen", "").split(","), [c for c in one.choices if c.enabled]
        picked = next((c for c in free if c.choice == form.get("choice", "")), None)
        better = any(c.recommended and c.choice not in seen for c in free)
        if picked is None or better:
            return self.found(found, phone=phone or "", fresh=True)
        uses = form.get("uses", "1")
        view = self._services.redeem.request(RedeemRequest(
            inspection=found.token, certificate=one.certificate, choice=picked.choice,
            phone=phone, uses=int(uses) if uses.isascii() and uses.isdigit() and len(uses) < 3
            else 1), actor, key=browsers.form_key(actor))
        return view.ref


def _chosen(certificates: tuple[FoundCertificate, ...]) -> FoundCertificate:
    """The certificate picked, else the first that can be used, else the first."""
    wanted = request.form.get("certificate", "")
    usable = [one for one in certificates if any(map(_free, one.choices))]
    return next((one for one in certificates if str(one.certificate) == wanted),
                (usable or list(certificates))[0])


def _free(choice: Choice) -> bool:
    return choice.enabled
