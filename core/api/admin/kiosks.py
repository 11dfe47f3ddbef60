"""Self-service machines as the administration sees them."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.schemas.staff import KioskInput, KioskSchema, NewKioskInput
from core.api.state import services
from core.services.actor import Role
from core.services.admin.kiosks import KioskView

door = Door("kiosks", __name__, url_prefix="/api/v1/kiosks",
            description="Machines, their heartbeats and switches")


@door.route("")
class Kiosks(MethodView):
    @door.response(200, KioskSchema(many=True))
    @signed_in("staff")
    def get(self) -> list[KioskView]:
        """List the kiosks of one's venues"""
        return services().admin.kiosks.listed(caller())

    @door.arguments(NewKioskInput)
    @door.response(200, KioskSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, body: dict[str, Any]) -> KioskView:
        """Add a kiosk"""
        return services().admin.kiosks.add(body["venue_id"], body["name"], caller(),
                                           key=sent_key(caller()))


@door.route("/<int:kiosk_id>")
class One(MethodView):
    @door.response(200, KioskSchema)
    @signed_in("staff")
    def get(self, kiosk_id: int) -> KioskView:
        """One kiosk"""
        return services().admin.kiosks.one(kiosk_id, caller())

    @door.arguments(KioskInput)
    @door.response(200, KioskSchema)
    @signed_in("staff", role=Role.MANAGER)
    def put(self, body: dict[str, Any], kiosk_id: int) -> KioskView:
        """Rename it, or switch it off"""
        return services().admin.kiosks.change(kiosk_id, body["name"], body["active"], caller())
