"""What a cart costs (P99), for whoever is signed in.

This is the busiest route of the door, so a body that was read and a price that was shown before
are not read and shown again: both are pure functions. What may change, who is calling and what the
services say, is asked at every call.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from flask import Response, current_app, request
from flask.views import MethodView

from core.api.envelope import Door, request_id, success
from core.api.identity import caller, signed_in
from core.api.limits import count_guess, refuse_guessers
from core.api.phrases import language
from core.api.pricing import examples, shown
from core.api.pricing.orders import settled
from core.api.pricing.schemas.body import read, takes
from core.api.pricing.schemas.price import CalculateInput, PriceResultSchema, request_of
from core.api.state import services
from core.services.pricing.price import Priced, PriceRequest

door = Door("pricing", __name__, url_prefix="/api/pricing", description="Prices and checkout")

MOST_REMEMBERED = 4_000
"""Bytes of a body; longer ones are read each time."""


@door.route("/calculate")
class Calculate(MethodView):
    @door.doc(**takes(CalculateInput, examples.CART))
    @door.response(200, PriceResultSchema, example=examples.PRICE)
    @signed_in()
    def post(self) -> Response:
        """The cheapest allowed price of a cart, and why; changes nothing unless asked to"""
        sent = request.get_data()
        asked, preview = _read(sent) if len(sent) > MOST_REMEMBERED else _remembered(sent)
        for code in asked.voucher_codes:
            refuse_guessers(code)
        priced = services().pricing.price.calculate(asked, caller())
        for refused in priced.refused:
            count_guess(refused.word, refused.entered)
        if preview:
            return answer(priced)
        order = services().pricing.orders.by_id(settled(asked, shown=priced.shown), caller())
        return plainly(shown.price(priced, preview=False, order_no=order.row.order_no))


def _read(sent: bytes) -> tuple[PriceRequest, bool]:
    body = read(_BODY, sent)
    return request_of(body), body["preview_only"]


_BODY = CalculateInput()
_remembered = lru_cache(maxsize=2000)(_read)
_told: WeakKeyDictionary[Priced, dict[str, bytes]] = WeakKeyDictionary()


def plainly(data: dict[str, Any]) -> Response:
    """Data in the envelope."""
    return cast(Response, current_app.json.response(success(data)))


def answer(priced: Priced) -> Response:
    """A price in the envelope, in the caller's language."""
    spoken = language()
    texts = _told.setdefault(priced, {})
    if spoken not in texts:
        texts[spoken] = current_app.json.dumps(shown.price(priced)).encode()
    return current_app.response_class(  # a request's id has nothing in it to escape
        b'{"code":200,"message":"success","data":%b,"request_id":"%b"}\n'
        % (texts[spoken], request_id().encode()),
        mimetype="application/json")
