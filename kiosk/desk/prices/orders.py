"""Orders of carts: whoever comes to the counter is found, pays, and gets what he chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError
from core.money import Money
from core.pricing.explanation import Named
from core.pricing.phrases import title
from core.services.actor import Actor, Role
from core.services.counter_cards import ORDER_STATES
from core.services.ticket import order_number
from kiosk.desk.forms import form_key
from kiosk.desk.frame import live, page
from kiosk.desk.phrases import sentence
from kiosk.desk.prices.fields import page_number
from kiosk.desk.prices.showing import spoken
from kiosk.desk.state import actor, services

pages = Blueprint("orders", __name__, url_prefix="/orders")

PAGE_SIZE = 20
AWAITING = "awaiting_payment"
CHIPS = {AWAITING: "verifying", "paid": "redeemed", "partly_refunded": "partial",
         "refunded": "refunded", "cancelled": "expired"}
STATES = {state: (CHIPS[state], words) for state, words in ORDER_STATES.items()}
REFUNDABLE = ("paid", "partly_refunded")
NUMBER = "/<string(maxlength=32):order_no>"


@pages.get("")
def listed() -> AnyResponse:
    """Who waits at the counter, then the others, the newest first."""
    return page("desk/prices/orders.html", base=_address, **_seen())


@pages.get("/list")
def changing() -> AnyResponse:
    """The list alone, for a page that stays open."""
    return live("desk/prices/orders_list.html", base=_address, **_seen())


def _seen() -> dict[str, Any]:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    found = services().pricing.orders.page(actor(), page=page_number(), page_size=PAGE_SIZE,
                                           state=state or None)
    return {"found": found, "states": STATES, "state": state, "awaiting": AWAITING,
            "spoken_number": order_number}


def _address(number: int) -> str:
    state = request.args.get("state")
    return url_for("desk.prices.orders.listed", page=number,
                   state=state if state in STATES else None)


@pages.get(NUMBER)
def one(order_no: str) -> AnyResponse:
    """An order: what was bought, and why it costs what it costs."""
    return _one(order_no, "")


@pages.post(f"{NUMBER}/pay")
def pay(order_no: str) -> AnyResponse:
    """The counter took the money."""
    return _done(order_no, lambda who: services().pricing.orders.pay(order_no, who,
                                                                     key=form_key()))


@pages.post(f"{NUMBER}/cancel")
def cancel(order_no: str) -> AnyResponse:
    """He does not want it: code and coupon go back to him."""
    return _done(order_no, lambda who: services().pricing.orders.cancel(order_no, who,
                                                                        key=form_key()))


def _done(order_no: str, work: Any) -> AnyResponse:
    who: Actor = actor()
    try:
        work(who)
    except HexiaotaiError as error:
        return _one(order_no, sentence(error), 409)
    return redirect(url_for("desk.prices.orders.one", order_no=order_no), 303)


def _one(order_no: str, said: str, status: int = 200) -> AnyResponse:
    view = services().pricing.orders.get(order_no, actor())
    return page("desk/prices/order.html", status, view=view, states=STATES, awaiting=AWAITING,
                said=said, steps=_steps(view.row.explanation), may_refund=_may_refund(view.row),
                spoken_number=order_number)


def _may_refund(row: Any) -> bool:
    """Money that was taken is given back by a manager."""
    role = actor().role
    return role is not None and role >= Role.MANAGER and row.state in REFUNDABLE


def _steps(kept: Mapping[str, Any]) -> list[tuple[str, Money]]:
    """(what was taken off, how much), of the explanation that the order keeps."""
    return [(title(_named(row["promotion"]), spoken()), Money(row["off_fen"]))
            for row in kept["rows"]]


def _named(kept: Mapping[str, Any]) -> Named:
    facts = {name.removesuffix("_fen"): Money(value) if name.endswith("_fen") else value
             for name, value in kept["facts"].items()}
    return Named(kept["type"], kept["id"], kept["name"], kept["offer"], facts)
