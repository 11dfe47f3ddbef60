"""Products, quantity tiers and bundles (P126–P130): read by whoever sells, changed by managers."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.pricing import examples
from core.api.pricing.schemas.fields import WithStatus
from core.api.pricing.schemas.products import (
    PricedProductSchema,
    ProductChange,
    ProductCreate,
    ProductQuery,
    TierBounds,
    TierCreate,
    TierQuery,
    TierSchema,
    TiersReplace,
    key_of,
    tier_of,
)
from core.api.pricing.schemas.promotions import (
    BundleCreate,
    BundleInput,
    BundleSchema,
    PromotionQuery,
)
from core.api.pricing.wire import status_of, wire_names
from core.api.state import services

door = Door("pricing-config", __name__, url_prefix="/api/pricing/config",
            description="Products, tiers and bundles")


@door.route("/products")
class ProductList(MethodView):
    @door.arguments(ProductQuery, location="query")
    @door.response(200, PricedProductSchema(many=True), example=examples.PRODUCTS)
    @signed_in()
    def get(self, query: dict[str, Any]) -> Any:
        """What a venue sells"""
        disabled = query.pop("all")
        return services().pricing.products.listed(caller(), disabled=disabled, **query)

    @door.arguments(ProductCreate)
    @door.response(200, PricedProductSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Add a product"""
        with wire_names():
            return services().pricing.products.create(body, caller(), key=sent_key(caller()))


@door.route("/products/<int:product_id>")
class OneProduct(MethodView):
    @door.arguments(ProductChange)
    @door.response(200, PricedProductSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any], product_id: int) -> Any:
        """Change a product's name, price, unit or status"""
        with wire_names():
            return services().pricing.products.update(product_id, body, caller())


@door.route("/tiers")
class Tiers(MethodView):
    @door.arguments(TierQuery, location="query")
    @door.response(200, TierSchema(many=True), example=examples.TIERS)
    @signed_in()
    def get(self, query: dict[str, Any]) -> Any:
        """Quantity tiers of a venue"""
        return services().pricing.products.tiers(caller(), **query)

    @door.arguments(TierCreate)
    @door.response(200, TierSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Add a tier; gaps and overlaps are refused"""
        with wire_names():
            return services().pricing.products.add_tier(
                key_of(body), tier_of(body), caller(), sent=sent_key(caller()))

    @door.arguments(TiersReplace)
    @door.response(200, TierSchema(many=True), example=examples.TIERS)
    @signed_in("staff")
    def put(self, body: dict[str, Any]) -> Any:
        """Replace all tiers of one product"""
        with wire_names():
            return services().pricing.products.replace_tiers(
                key_of(body), [tier_of(one) for one in body["tiers"]], caller())


@door.route("/tiers/<int:tier_id>")
class OneTier(MethodView):
    @door.arguments(TierBounds)
    @door.response(200, TierSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any], tier_id: int) -> Any:
        """Change a tier"""
        with wire_names():
            return services().pricing.products.change_tier(tier_id, tier_of(body), caller())

    @door.response(200)
    @signed_in("staff")
    def delete(self, tier_id: int) -> dict[str, Any]:
        """Drop a tier"""
        with wire_names():
            services().pricing.products.drop_tier(tier_id, caller())
        return {}


@door.route("/tiers/<string(maxlength=20):product_type>")
class TiersOfType(MethodView):
    @door.arguments(TierQuery, location="query")
    @door.response(200, TierSchema(many=True), example=examples.TIERS)
    @signed_in()
    def get(self, query: dict[str, Any], product_type: str) -> Any:
        """Quantity tiers of one product type"""
        query["product_type"] = product_type
        return services().pricing.products.tiers(caller(), **query)


@door.route("/bundles")
class Bundles(MethodView):
    @door.response(200, BundleSchema(many=True))
    @signed_in("staff")
    def get(self) -> Any:
        """All bundles, disabled ones too"""
        return services().pricing.bundles.page(caller(), page=1, page_size=1,
                                               everything=True).items

    @door.arguments(BundleCreate)
    @door.response(200, BundleSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Add a bundle; what nobody could explain is refused"""
        with wire_names():
            return services().pricing.bundles.create(body, caller(), key=sent_key(caller()))


@door.route("/bundles/page")
class BundlePage(MethodView):
    @door.arguments(PromotionQuery, location="query")
    @door.response(200, page_of(BundleSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """Bundles, paged and filtered"""
        return services().pricing.bundles.page(caller(), **query)


@door.route("/bundles/<int:bundle_id>")
class OneBundle(MethodView):
    @door.response(200, BundleSchema)
    @signed_in("staff")
    def get(self, bundle_id: int) -> Any:
        """One bundle"""
        return services().pricing.bundles.get(bundle_id, caller())

    @door.arguments(BundleInput)
    @door.response(200, BundleSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any], bundle_id: int) -> Any:
        """Change a bundle; what is not named stays"""
        with wire_names():
            return services().pricing.bundles.update(bundle_id, body, caller())

    @door.response(200)
    @signed_in("staff")
    def delete(self, bundle_id: int) -> dict[str, Any]:
        """Remove a bundle"""
        services().pricing.bundles.delete(bundle_id, caller())
        return {}


@door.route("/bundles/<int:bundle_id>/status")
class BundleStatus(MethodView):
    @door.arguments(WithStatus, location="query")
    @door.arguments(WithStatus)
    @door.response(200, BundleSchema)
    @signed_in("staff")
    def put(self, query: dict[str, Any], body: dict[str, Any], bundle_id: int) -> Any:
        """Enable or disable a bundle"""
        return services().pricing.bundles.set_status(bundle_id, status_of(body, query), caller())
