"""Platform SKU to product."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.schemas.admin import MapInput, SkuInput, SkuQuery, SkuSchema
from core.api.state import services
from core.services.actor import Role
from core.services.admin.sku_mappings import SkuView

door = Door("sku-mappings", __name__, url_prefix="/api/v1/sku-mappings",
            description="What the platforms sell, and which product of ours that is")


@door.route("")
class Mappings(MethodView):
    @door.arguments(SkuQuery, location="query")
    @door.response(200, SkuSchema(many=True))
    @signed_in("staff", role=Role.MANAGER)
    def get(self, query: dict[str, Any]) -> list[SkuView]:
        """List the SKUs, unmapped ones first"""
        return services().admin.skus.listed(caller(), **query)

    @door.arguments(SkuInput)
    @door.response(200, SkuSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, body: dict[str, Any]) -> SkuView:
        """Map a SKU before any member brings it"""
        return services().admin.skus.add(actor=caller(), key=sent_key(caller()), **body)


@door.route("/<int:mapping_id>")
class One(MethodView):
    @door.response(200, SkuSchema)
    @signed_in("staff", role=Role.MANAGER)
    def get(self, mapping_id: int) -> SkuView:
        """One SKU"""
        return services().admin.skus.one(mapping_id, caller())

    @door.arguments(MapInput)
    @door.response(200, SkuSchema)
    @signed_in("staff", role=Role.MANAGER)
    def put(self, body: dict[str, Any], mapping_id: int) -> SkuView:
        """Map it to a product, or to none"""
        return services().admin.skus.map_to(mapping_id, body["product_id"], caller())
