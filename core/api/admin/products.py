"""What the shop sells."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.schemas.admin import ProductInput, ShopProductSchema
from core.api.state import services
from core.services.actor import Role
from core.services.admin.products import ProductChange, ProductView

door = Door("products", __name__, url_prefix="/api/v1/products",
            description="Cards, packages and classes that vouchers become")


@door.route("")
class Products(MethodView):
    @door.response(200, ShopProductSchema(many=True))
    @signed_in("staff")
    def get(self) -> list[ProductView]:
        """List the products"""
        return services().admin.products.listed(caller())

    @door.arguments(ProductInput)
    @door.response(200, ShopProductSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, body: dict[str, Any]) -> ProductView:
        """Add a product"""
        return services().admin.products.add(ProductChange(**body), caller(),
                                             key=sent_key(caller()))


@door.route("/<int:product_id>")
class One(MethodView):
    @door.response(200, ShopProductSchema)
    @signed_in("staff")
    def get(self, product_id: int) -> ProductView:
        """One product"""
        return services().admin.products.one(product_id, caller())

    @door.arguments(ProductInput)
    @door.response(200, ShopProductSchema)
    @signed_in("staff", role=Role.MANAGER)
    def put(self, body: dict[str, Any], product_id: int) -> ProductView:
        """Change a product; what was promised stays"""
        return services().admin.products.change(product_id, ProductChange(**body), caller())
