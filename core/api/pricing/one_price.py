"""One-prices (P231–P239)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.pricing.schemas.fields import WithStatus
from core.api.pricing.schemas.promotions import (
    OnePriceCheckSchema,
    OnePriceCreate,
    OnePriceInput,
    OnePriceSchema,
    PromotionQuery,
)
from core.api.pricing.wire import status_of, wire_names
from core.api.state import services

door = Door("one-price", __name__, url_prefix="/api/pricing/admin/one-price",
            description="One price for all that a venue's offer covers")


@door.route("/", strict_slashes=False)
class OnePrices(MethodView):
    @door.arguments(PromotionQuery, location="query")
    @door.response(200, page_of(OnePriceSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """One-prices, paged and filtered"""
        return services().pricing.one_prices.page(caller(), **query)

    @door.arguments(OnePriceCreate)
    @door.response(200, OnePriceSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Add a one-price"""
        with wire_names():
            return services().pricing.one_prices.create(body, caller(), key=sent_key(caller()))


@door.route("/all")
class All(MethodView):
    @door.response(200, OnePriceSchema(many=True))
    @signed_in("staff")
    def get(self) -> Any:
        """All one-prices, disabled ones too"""
        return services().pricing.one_prices.page(caller(), page=1, page_size=1,
                                                  everything=True).items


@door.route("/<int:one_price_id>")
class One(MethodView):
    @door.response(200, OnePriceSchema)
    @signed_in("staff")
    def get(self, one_price_id: int) -> Any:
        """One of them"""
        return services().pricing.one_prices.get(one_price_id, caller())

    @door.arguments(OnePriceInput)
    @door.response(200, OnePriceSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any], one_price_id: int) -> Any:
        """Change it; what is not named stays"""
        with wire_names():
            return services().pricing.one_prices.update(one_price_id, body, caller())

    @door.response(200)
    @signed_in("staff")
    def delete(self, one_price_id: int) -> dict[str, Any]:
        """Remove it"""
        services().pricing.one_prices.delete(one_price_id, caller())
        return {}


@door.route("/<int:one_price_id>/status")
class Status(MethodView):
    @door.arguments(WithStatus, location="query")
    @door.arguments(WithStatus)
    @door.response(200, OnePriceSchema)
    @signed_in("staff")
    def put(self, query: dict[str, Any], body: dict[str, Any], one_price_id: int) -> Any:
        """Enable or disable it"""
        return services().pricing.one_prices.set_status(
            one_price_id, status_of(body, query), caller())


@door.route("/scenic/<int:scenic_id>")
class OfScenic(MethodView):
    @door.response(200, OnePriceSchema(many=True))
    @signed_in("staff")
    def get(self, scenic_id: int) -> Any:
        """Those switched on at a venue"""
        return services().pricing.one_prices.standing_at(scenic_id, caller())


@door.route("/check/<int:scenic_id>")
class Check(MethodView):
    @door.response(200, OnePriceCheckSchema)
    @signed_in("staff")
    def get(self, scenic_id: int) -> Any:
        """Whether a one-price applies at a venue now"""
        at = services().clock.now()
        configs = [one for one in services().pricing.one_prices.standing_at(scenic_id, caller())
                   if (one.starts is None or one.starts <= at)
                   and (one.ends is None or at < one.ends)]
        return {"scenic_id": scenic_id, "applicable": bool(configs), "configs": configs}
