"""Checkout, and what becomes of orders (design section 5)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.pricing import examples, shown
from core.api.pricing.schemas.orders import (
    OrderCancelInput,
    OrderQuery,
    RefundInput,
    SettledOrderSchema,
)
from core.api.pricing.schemas.price import CheckoutInput, request_of
from core.api.state import services
from core.errors import Conflict
from core.services.pricing.checkout import PriceChanged
from core.services.pricing.price import PriceRequest

door = Door("orders", __name__, url_prefix="/api/pricing", description="Checkout and orders")

ORDER = "/orders/<string(maxlength=32):order_no>"


def settled(asked: PriceRequest, **agreed: Any) -> int:
    """The id of the order made of a cart. A changed price leaves as 409 `price_changed` with the
    new quote and what changed in its facts."""
    try:
        return services().pricing.checkout.settle(asked, caller(), key=sent_key(caller()),
                                                  **agreed)
    except PriceChanged as error:
        raise Conflict("price_changed", **shown.changed(error)) from error


@door.route("/checkout")
class Checkout(MethodView):
    @door.arguments(CheckoutInput, example=examples.CHECKOUT)
    @door.response(200, SettledOrderSchema, example=examples.ORDER)
    @signed_in()
    def post(self, body: dict[str, Any]) -> Any:
        """Settle a quote exactly as shown, or hear what changed"""
        made = settled(request_of(body), shown=body.get("quote"), amount=body.get("final_amount"))
        return services().pricing.orders.by_id(made, caller())


@door.route("/orders")
class Orders(MethodView):
    @door.arguments(OrderQuery, location="query")
    @door.response(200, page_of(SettledOrderSchema), example=examples.ORDERS)
    @signed_in("staff", "member")
    def get(self, query: dict[str, Any]) -> Any:
        """Orders, newest first: a venue's for staff, one's own for members"""
        return services().pricing.orders.page(caller(), **query)


@door.route(ORDER)
class One(MethodView):
    @door.response(200, SettledOrderSchema, example=examples.ORDER)
    @signed_in()
    def get(self, order_no: str) -> Any:
        """One order"""
        return services().pricing.orders.get(order_no, caller())


@door.route(f"{ORDER}/pay")
class Pay(MethodView):
    @door.response(200, SettledOrderSchema)
    @signed_in("staff")
    def post(self, order_no: str) -> Any:
        """The counter took the money"""
        return services().pricing.orders.pay(order_no, caller(), key=sent_key(caller()))


@door.route(f"{ORDER}/cancel")
class Cancel(MethodView):
    @door.arguments(OrderCancelInput, example=examples.CANCEL)
    @door.response(200, SettledOrderSchema, example=examples.CANCELLED)
    @signed_in()
    def post(self, body: dict[str, Any], order_no: str) -> Any:
        """Cancel an order that was not paid; code and coupon go back"""
        return services().pricing.orders.cancel(order_no, caller(), reason=body["reason"],
                                                key=sent_key(caller()))


@door.route(f"{ORDER}/refund")
class Refund(MethodView):
    @door.arguments(RefundInput)
    @door.response(200, SettledOrderSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], order_no: str) -> Any:
        """Give units back; after the last one code and coupon go back too"""
        return services().pricing.orders.refund(order_no, caller(), key=sent_key(caller()), **body)
