"""Venues and their confirmation policies."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.schemas.admin import AdminVenueInput, AdminVenueSchema
from core.api.state import services
from core.services.actor import Role
from core.services.admin.venues import VenueChange, VenueView

door = Door("venues", __name__, url_prefix="/api/v1/venues",
            description="Venues and who confirms redemptions there")


@door.route("")
class Venues(MethodView):
    @door.response(200, AdminVenueSchema(many=True))
    @signed_in("staff", role=Role.MANAGER)
    def get(self) -> list[VenueView]:
        """List the venues one looks after"""
        return services().admin.venues.listed(caller())

    @door.arguments(AdminVenueInput)
    @door.response(200, AdminVenueSchema)
    @signed_in("staff", role=Role.ADMIN)
    def post(self, body: dict[str, Any]) -> VenueView:
        """Open a venue"""
        return services().admin.venues.add(VenueChange(**body), caller(), key=sent_key(caller()))


@door.route("/<int:venue_id>")
class One(MethodView):
    @door.response(200, AdminVenueSchema)
    @signed_in("staff", role=Role.MANAGER)
    def get(self, venue_id: int) -> VenueView:
        """One venue"""
        return services().admin.venues.one(venue_id, caller())

    @door.arguments(AdminVenueInput)
    @door.response(200, AdminVenueSchema)
    @signed_in("staff", role=Role.MANAGER)
    def put(self, body: dict[str, Any], venue_id: int) -> VenueView:
        """Change a venue"""
        return services().admin.venues.change(venue_id, VenueChange(**body), caller())
