"""Undoing: first what it will reverse, then a reason and a second yes, then the platform."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError
from core.services.staff_words import Words
from kiosk.desk import redeem_words
from kiosk.desk.forms import Form
from kiosk.desk.frame import page
from kiosk.desk.phrases import sentence
from kiosk.desk.state import actor, services
from kiosk.desk.words import LANGUAGES, say, tell

pages = Blueprint("undo", __name__, url_prefix="/redemptions/<string(maxlength=40):ref>/undo")

OTHER = "other"


@pages.get("")
def preview(ref: str) -> AnyResponse:
    """What an undo would change; changes nothing."""
    return _preview(ref, Form())


@pages.post("")
def undo(ref: str) -> AnyResponse:
    """Take it back: at the platform, then here."""
    form = Form()
    reason = _reason(form)
    if not form.ticked("seen"):
        form.wrong("seen", say("看过上面的变化再打勾", "Look at the changes above, then tick"))
    if request.form.get("choosing") and not _uses():
        form.wrong("uses", say("至少选一次", "Choose at least one"))
    if not form.ok:
        return _preview(ref, form, status=422)
    try:
        services().redeem.undo(ref, actor(), reason, _uses())
    except HexiaotaiError as error:
        form.wrong("undo", sentence(error))
        return _preview(ref, form, status=409)
    return redirect(url_for("desk.redeem.result", ref=ref), 303)


def _uses() -> list[int]:
    """The uses ticked on the page; none: all of them."""
    given = request.values.getlist("uses")[:200]
    return [int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 19]


def _reason(form: Form) -> str:
    chosen = request.form.get("reason", "")
    known = {words.in_(language) for words in redeem_words.REASONS for language in LANGUAGES}
    if chosen in known:
        return chosen
    written = form.text("why", 200)
    if not written:
        form.wrong("reason", say("选一个原因，或自己写", "Choose a reason, or write one"))
    return written


def _preview(ref: str, form: Form, status: int = 200) -> AnyResponse:
    view = services().redeem.view(ref, actor())
    chosen = _uses()
    seen = services().redeem.undo_preview(ref, actor(), chosen)
    left = int((seen.until - services().clock.now()).total_seconds() // 60) if seen.until else None

    def thing(change: object) -> str:
        return redeem_words.reversed_thing(change, view.platform_name)  # type: ignore[arg-type]  # the template hands back what it got

    reasons: list[tuple[str, Words]] = [(tell(words), words) for words in redeem_words.REASONS]
    return page("desk/undo.html", status, view=view, seen=seen, minutes=left, thing=thing,
                condition=redeem_words.condition, chip_of=redeem_words.condition_chip,
                ticked=set(chosen) or {line.number for line in seen.uses},
                reasons=[text for text, _ in reasons], errors=form.errors,
                chosen=request.form.get("reason", ""), written=request.form.get("why", ""))
