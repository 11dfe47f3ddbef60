"""Members who wait for a yes: live, decided with one press or one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError
from core.services.redeem import RedemptionView
from core.services.staff_words import will_give
from core.vouchers.redemption import State
from kiosk.desk import redeem_words
from kiosk.desk.access import PART_HEADER, may_open
from kiosk.desk.frame import live, page
from kiosk.desk.phrases import sentence
from kiosk.desk.prices.orders import AWAITING
from kiosk.desk.reconcile import lately
from kiosk.desk.state import actor, services
from kiosk.desk.words import say, tell

pages = Blueprint("waiting", __name__)

RECENT = timedelta(minutes=10)
SHOWN = 20
ASKING = frozenset({State.VERIFYING, State.UNCERTAIN, State.MANUAL, State.UNDOING,
                    State.UNDO_UNCERTAIN})


@pages.get("/waiting", endpoint="page")
def waiting() -> AnyResponse:
    """Who waits here, what the platforms have not answered, what was just decided."""
    return page("desk/waiting.html", said="", **_seen())


@pages.get("/waiting/list")
def listed() -> AnyResponse:
    """The changing part."""
    return live("desk/waiting_list.html", said="", **_seen())


def _seen() -> dict[str, Any]:
    who, now = actor(), services().clock.now()
    asks = services().redeem.waiting(who)
    lately = services().redeem.listed(who, venue_id=who.venue_id, page_size=SHOWN)["items"]
    return {
        "asks": asks, "gives": will_give,
        "asking": [view for view in lately if view.state in ASKING],
        "done": [view for view in lately if _just_settled(view, now)][:5],
    }


def _just_settled(view: RedemptionView, now: datetime) -> bool:
    return view.settled and now - view.moved_at < RECENT


@pages.post("/redemptions/<string(maxlength=40):ref>/confirm")
def confirm(ref: str) -> AnyResponse:
    """Yes: the certificate is consumed now."""
    return _decided(ref, lambda: services().redeem.confirm(ref, actor()))


@pages.get("/redemptions/<string(maxlength=40):ref>/reject")
def why_not(ref: str) -> AnyResponse:
    """Ask why it is turned down: the member reads it."""
    return page("desk/reject.html", view=services().redeem.view(ref, actor()),
                reasons=[tell(words) for words in redeem_words.REJECTIONS], errors={})


@pages.post("/redemptions/<string(maxlength=40):ref>/reject")
def reject(ref: str) -> AnyResponse:
    """No: nothing is consumed, and the member hears why."""
    written = request.form.get("why", "").strip()[:200]
    reason = written or request.form.get("reason", "").strip()[:200]
    if not reason:
        return page("desk/reject.html", 422, view=services().redeem.view(ref, actor()),
                    reasons=[tell(words) for words in redeem_words.REJECTIONS],
                    errors={"reason": say("选一个原因，会员会看到", "Choose one: the member "
                                          "reads it")})
    return _decided(ref, lambda: services().redeem.reject(ref, actor(), reason))


def _decided(ref: str, decide: Callable[[], object]) -> AnyResponse:
    """To the redemption when it was asked from there, else back to the list, with what went
    wrong on top of it."""
    if request.form.get("back") == "result":
        decide()
        return redirect(url_for("desk.redeem.result", ref=ref), 303)
    said, status = "", 200
    try:
        decide()
    except HexiaotaiError as error:
        said, status = sentence(error), 409
    if request.headers.get(PART_HEADER):
        return page("desk/waiting_list.html", status, said=said, **_seen())
    if said:
        return page("desk/waiting.html", status, said=said, **_seen())
    return redirect(url_for("desk.waiting.page"), 303)


@pages.get("/now")
def now() -> AnyResponse:
    """The numbers beside the menu."""
    return live("desk/now.json", "application/json", **_numbers())


def _numbers() -> dict[str, int]:
    who = actor()
    waiting = services().redeem.listed(who, state=State.AWAITING_STAFF, venue_id=who.venue_id,
                                       page_size=1)["total"]
    tasks = services().operations.tasks.listed(who, state="open", page_size=1)["total"]
    findings = sum(one.open for one in lately()) if may_open("desk.reconcile.page") else 0
    orders = services().pricing.orders.page(who, page=1, page_size=1, scenic_id=who.venue_id,
                                            state=AWAITING).total
    return {"waiting": waiting, "tasks": tasks, "findings": findings, "orders": orders}
