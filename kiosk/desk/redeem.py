"""Redeeming at the desk: a code comes in, what it is worth is shown, one press redeems it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import Conflict, HexiaotaiError, NotFound, PlatformError, VoucherError
from core.services.decode_image import MOST_BYTES, decode
from core.services.inspection import Choice, FoundCertificate, Inspection
from core.services.redeem import Pick, RedeemRequest
from core.services.redemption_view import RedemptionView
from core.services.staff_words import gave, will_give
from core.services.ticket import read_ticket
from core.services.workplace import Place
from core.vouchers.redemption import State
from kiosk.desk import redeem_words
from kiosk.desk.forms import Form, form_key
from kiosk.desk.frame import live, page
from kiosk.desk.phrases import sentence
from kiosk.desk.slip_lines import redemption_slip
from kiosk.desk.state import actor, services
from kiosk.self_service import qr

pages = Blueprint("redeem", __name__)

MAX_SCAN = 4096


@pages.get("/redeem")
def enter() -> AnyResponse:
    """Ask for a code; of a voucher in the list, straight to what it is worth."""
    known = request.args.get("voucher", "")
    if known.isascii() and known.isdigit() and len(known) < 19:
        try:
            return shown(services().redeem.inspect_voucher(int(known), actor()))
        except HexiaotaiError as error:
            return _asked(error)
    return _asked(None)


@pages.post("/redeem")
def inspect() -> AnyResponse:
    """What was scanned, typed or photographed; or the same voucher for another phone."""
    form = Form()
    inspection = request.form.get("inspection", "")[:20_000]
    code = request.form.get("code", "").strip()[:MAX_SCAN + 1]
    try:
        if inspection and not code:
            phone = form.phone("phone")
            if phone is None:
                phone_given = request.form.get("phone", "").strip()
                return _again(inspection, form, phone_given)
            return shown(services().redeem.refine(inspection, actor(), phone=phone), phone=phone)
        photo = request.files.get("image")
        if photo and photo.filename and not code:
            code = _in_photo(photo.read(MOST_BYTES + 1))
        if services().visits.is_pass(code):
            return page("desk/visit.html", seen=services().visits.record(code, actor()))
        if read_ticket(code) is not None:
            return redirect(url_for("desk.redeem.result", ref=_of_ticket(code)), 303)
        return shown(_looked_up(code))
    except HexiaotaiError as error:
        return _asked(error, code)


def _looked_up(code: str) -> Inspection:
    """Guessing is slowed down here as at every door (the code is asked of the platforms)."""
    attempts, who = services().attempts, f"staff {actor().id}"
    attempts.check("desk", who)
    try:
        return services().redeem.inspect(code, actor())
    except VoucherError as error:
        if error.word in ("voucher_not_found", "own_code_typo"):
            attempts.failed("desk", who)
        raise


def _in_photo(photo: bytes) -> str:
    texts = decode(photo)
    if not texts:
        raise VoucherError("no_code_in_image")
    if len(texts) > 1:
        raise VoucherError("several_codes")
    return texts[0][:MAX_SCAN]


def _of_ticket(text: str) -> str:
    try:
        return services().redeem.find(text, actor()).ref
    except NotFound:
        raise NotFound("redemption_not_found") from None


def _asked(error: HexiaotaiError | None, code: str = "") -> AnyResponse:
    return page("desk/redeem.html", 200 if error is None else 422, code=code,
                wrong=sentence(error) if error else "",
                unmapped=error is not None and error.word == "unmapped_sku")


def _again(inspection: str, form: Form, phone: str) -> AnyResponse:
    """The phone was no phone: the voucher stays on the page, with what is wrong."""
    found = services().redeem.refine(inspection, actor(), phone=None)
    return shown(found, phone=phone, errors=form.errors, status=422)


def shown(found: Inspection, *, phone: str = "", errors: dict[str, str] | None = None,
          status: int = 200) -> AnyResponse:
    """What an inspection found, with all that can be made of it."""
    one = _chosen(found.certificates)
    choices = [choice for choice in one.choices if choice.enabled]
    best = next((choice for choice in choices if choice.recommended),
                choices[0] if choices else None)
    window = services().redeem.undo_window(one.platform)
    ticked = {pick.certificate for pick in _picked()} | {one.certificate}
    return page("desk/redeem_found.html", status, found=found, one=one, best=best, phone=phone,
                ticked=ticked,
                errors=errors or {}, undo_minutes=int(window.total_seconds() // 60),
                title=redeem_words.choice_title, gives=redeem_words.choice_gives,
                button=redeem_words.button)


def _chosen(certificates: tuple[FoundCertificate, ...]) -> FoundCertificate:
    """The certificate picked, else the first that can be used, else the first."""
    wanted = request.form.get("certificates", "") or request.form.get("certificate", "")
    for one in certificates:
        if str(one.certificate) == wanted:
            return one
    return next((one for one in certificates if _usable(one)), certificates[0])


def _usable(one: FoundCertificate) -> bool:
    def free(choice: Choice) -> bool:
        return choice.enabled

    return any(map(free, one.choices))


@pages.post("/redeem/confirm")
def confirm() -> AnyResponse:
    """Redeem what was shown. Pressing twice leads to the same redemption."""
    form = Form()
    phone = form.phone("phone")
    ticked = request.form.get("certificates", "")
    certificate = form.whole("certificates" if ticked else "certificate", 0, 99,
                             needed=False) or 0
    uses = form.whole("uses", 1, 100, needed=False) or 1
    inspection = request.form.get("inspection", "")[:20_000]
    if not form.ok:
        return _again(inspection, form, request.form.get("phone", ""))
    try:
        if phone is not None and phone != request.form.get("shown_for", ""):
            # The choices on the page were another person's: first show this member's.
            return shown(services().redeem.refine(inspection, actor(), phone=phone), phone=phone)
        view = services().redeem.request(RedeemRequest(
            inspection=inspection, certificate=certificate, phone=phone, uses=uses,
            certificates=_picked(),
            choice=request.form.get("choice", "")[:64] or None,
            name=form.text("name", 50)), actor(), key=form_key())
    except HexiaotaiError as error:
        return _asked(error)
    return redirect(url_for("desk.redeem.result", ref=view.ref), 303)


def _picked() -> tuple[Pick, ...]:
    """Several certificates ticked on the page; none when it is only one."""
    ticked = [int(text) for text in request.form.getlist("certificates")[:20]
              if text.isascii() and text.isdigit() and len(text) < 3]
    return tuple(map(Pick, ticked)) if len(ticked) > 1 else ()


@pages.get("/redemptions/<string(maxlength=40):ref>")
def result(ref: str) -> AnyResponse:
    """One redemption, followed until it is settled."""
    return page("desk/redemption.html", **_told(ref))


@pages.get("/redemptions/<string(maxlength=40):ref>/state")
def state(ref: str) -> AnyResponse:
    """Its changing part, for the script that follows it."""
    return live("desk/redemption_body.html", **_told(ref))


def _told(ref: str) -> dict[str, Any]:
    view = services().redeem.view(ref, actor())
    printers = services().admin.printers.of_venue(view.venue.id, actor()) \
        if view.state is State.COMPLETED else []
    return {"view": view, "printers": printers, "gives": will_give(view.choice), "State": State,
            "gave": gave(view.result) if view.result else None,
            "mine": view.state is State.AWAITING_STAFF}


@pages.post("/redemptions/<string(maxlength=40):ref>/again")
def again(ref: str) -> AnyResponse:
    """A manager asks the platform once more about an unknown outcome."""
    services().settle.again(ref, actor())
    return redirect(url_for("desk.redeem.result", ref=ref), 303)


@pages.get("/redemptions/<string(maxlength=40):ref>/slip")
def slip(ref: str) -> AnyResponse:
    """The paper slip; a reprint says so, an undone redemption is void."""
    return _slip(ref, services().receipts.printed(ref, actor()) + 1, now=False)


@pages.post("/redemptions/<string(maxlength=40):ref>/slip")
def print_slip(ref: str) -> AnyResponse:
    """Count one printing, and print."""
    return _slip(ref, services().receipts.print_one(ref, actor()), now=True)


@pages.post("/redemptions/<string(maxlength=40):ref>/slip/send")
def send_slip(ref: str) -> AnyResponse:
    """The same slip on a network printer. One that does not answer holds nothing up."""
    view = _printable(ref)
    printers, wrong = services().admin.printers, ""
    printer = printers.one(Form().number("printer_id") or 0, actor())
    number = services().receipts.printed(ref, actor()) + 1
    try:
        printers.send(printer.id, redemption_slip(view, number, _place(view)), actor())
        services().receipts.print_one(ref, actor())
    except (Conflict, PlatformError) as error:
        wrong = sentence(error)
    return page("desk/slip_sent.html", view=view, printer=printer, wrong=wrong)


def _printable(ref: str) -> RedemptionView:
    view = services().redeem.view(ref, actor())
    if view.result is None and view.state is not State.UNDONE:
        raise VoucherError("not_redeemed")
    return view


def _place(view: RedemptionView) -> Place | None:
    return next((each for each in services().workplace.places(actor())
                 if each.id == view.venue.id), None)


def _slip(ref: str, times: int, *, now: bool) -> AnyResponse:
    view = _printable(ref)
    return page("desk/slip.html", view=view, times=times, print_now=now, place_of=_place(view),
                void=view.state is State.UNDONE, shell="desk/slip_frame.html",
                title=gave(view.result) if view.result else will_give(view.choice))


@pages.post("/redemptions/<string(maxlength=40):ref>/phone-code")
def phone_code(ref: str) -> AnyResponse:
    """A code that signs the member's browser in; shown this once."""
    code = services().phone_sign_in.offer(ref, actor())
    root = services().settings.public_url.rstrip("/")
    return page("desk/phone_code.html", code=code, address=f"{root}/m/in",
                qr=qr.svg(f"{root}/m/in?code={code}"))
