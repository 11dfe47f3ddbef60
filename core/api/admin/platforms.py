"""Platforms and our venues' shops at them; for administrators."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.schemas.admin import (
    PlatformInput,
    PlatformSchema,
    ShopInput,
    ShopSchema,
    TriedSchema,
    TryInput,
)
from core.api.state import services
from core.services.actor import Role
from core.services.admin.platforms import (
    PlatformChange,
    PlatformView,
    ShopChange,
    ShopView,
    Tried,
)

door = Door("platforms", __name__, url_prefix="/api/v1/platforms",
            description="Connections to the platforms; secrets are only ever taken")


@door.route("")
class Platforms(MethodView):
    @door.response(200, PlatformSchema(many=True))
    @signed_in("staff", role=Role.ADMIN)
    def get(self) -> list[PlatformView]:
        """List the platforms"""
        return services().admin.platforms.listed(caller())


@door.route("/<int:platform_id>")
class One(MethodView):
    @door.response(200, PlatformSchema)
    @signed_in("staff", role=Role.ADMIN)
    def get(self, platform_id: int) -> PlatformView:
        """One platform"""
        return services().admin.platforms.one(platform_id, caller())

    @door.arguments(PlatformInput)
    @door.response(200, PlatformSchema)
    @signed_in("staff", role=Role.ADMIN)
    def put(self, body: dict[str, Any], platform_id: int) -> PlatformView:
        """Change its credentials"""
        return services().admin.platforms.change(platform_id, PlatformChange(**body), caller())


@door.route("/<int:platform_id>/shops")
class Shops(MethodView):
    @door.arguments(ShopInput)
    @door.response(200, ShopSchema)
    @signed_in("staff", role=Role.ADMIN)
    def put(self, body: dict[str, Any], platform_id: int) -> ShopView:
        """Say what the platform calls a venue of ours"""
        return services().admin.platforms.put_shop(platform_id, ShopChange(**body), caller())


@door.route("/<int:platform_id>/try")
class Try(MethodView):
    @door.arguments(TryInput)
    @door.response(200, TriedSchema)
    @signed_in("staff", role=Role.ADMIN)
    def post(self, body: dict[str, Any], platform_id: int) -> Tried:
        """Test the connection; reads only"""
        return services().admin.platforms.try_it(platform_id, body["venue_id"], caller())
