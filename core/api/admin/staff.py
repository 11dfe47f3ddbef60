"""Staff accounts."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.schemas.staff import (
    BindingCodeSchema,
    HiredSchema,
    NewStaffInput,
    PasswordSchema,
    StaffInput,
    StaffSchema,
)
from core.api.state import services
from core.services.actor import Role
from core.services.admin.staff import Hired, StaffChange, StaffView

door = Door("staff", __name__, url_prefix="/api/v1/staff", description="Staff accounts")


def _change(body: dict[str, Any]) -> StaffChange:
    return StaffChange(name=body["name"], role=Role[body["role"].upper()],
                       venue_ids=tuple(body["venue_ids"]), active=body["active"])


@door.route("")
class Staff(MethodView):
    @door.response(200, StaffSchema(many=True))
    @signed_in("staff", role=Role.MANAGER)
    def get(self) -> list[StaffView]:
        """List the people of one's venues"""
        return services().admin.staff.listed(caller())

    @door.arguments(NewStaffInput)
    @door.response(200, HiredSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, body: dict[str, Any]) -> Hired:
        """Add somebody; the password is in this answer only"""
        return services().admin.staff.add(body["username"], _change(body), caller(),
                                          key=sent_key(caller()))


@door.route("/<int:staff_id>")
class One(MethodView):
    @door.response(200, StaffSchema)
    @signed_in("staff", role=Role.MANAGER)
    def get(self, staff_id: int) -> StaffView:
        """One person"""
        return services().admin.staff.one(staff_id, caller())

    @door.arguments(StaffInput)
    @door.response(200, StaffSchema)
    @signed_in("staff", role=Role.MANAGER)
    def put(self, body: dict[str, Any], staff_id: int) -> StaffView:
        """Change role, venues, or let somebody go"""
        return services().admin.staff.change(staff_id, _change(body), caller())


@door.route("/<int:staff_id>/password")
class Password(MethodView):
    @door.response(200, PasswordSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, staff_id: int) -> dict[str, str]:
        """Set a fresh password; earlier sessions end"""
        return {"password": services().admin.staff.new_password(staff_id, caller())}


@door.route("/<int:staff_id>/sign-out")
class SignOut(MethodView):
    @door.response(200)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, staff_id: int) -> dict[str, int]:
        """End every session of somebody"""
        return {"ended": services().admin.staff.sign_out(staff_id, caller())}


@door.route("/<int:staff_id>/binding-code")
class BindingCode(MethodView):
    @door.response(200, BindingCodeSchema)
    @signed_in("staff")
    def post(self, staff_id: int) -> dict[str, str]:
        """Make a one-time code that binds a chat"""
        return {"code": services().binding.new_code(staff_id, caller())}


@door.route("/<int:staff_id>/chats/<int:binding_id>")
class ChatIdentity(MethodView):
    @door.response(200)
    @signed_in("staff", role=Role.MANAGER)
    def delete(self, staff_id: int, binding_id: int) -> dict[str, Any]:
        """Forget a chat identity"""
        services().admin.staff.unbind(staff_id, binding_id, caller())
        return {}
