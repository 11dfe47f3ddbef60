"""What redemptions gave: giving it back after it was frozen (design section 3, step 8)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask.views import MethodView
from marshmallow import fields

from core.api.envelope import Door
from core.api.fields import Input, text
from core.api.identity import caller, signed_in
from core.api.state import services
from core.services.actor import Role

door = Door("entitlements", __name__, url_prefix="/api/v1/entitlements",
            description="Cards, courses and seats that redemptions gave")


class UnfreezeInput(Input):
    reason = text(200, required=True)


class EntitlementSchema(ma.Schema):
    """`result_type` and `result_id` as in a redemption's result."""

    id = fields.Integer()
    ref = fields.String()
    result_type = fields.Integer()
    result_id = fields.Integer()
    status = fields.String(metadata={"enum": ["active", "frozen", "taken_back"]})
    changed_at = fields.AwareDateTime(allow_none=True)


@door.route("/<int:entitlement_id>/unfreeze")
class Unfreeze(MethodView):
    @door.arguments(UnfreezeInput)
    @door.response(200, EntitlementSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, body: dict[str, Any], entitlement_id: int) -> Any:
        """Let the member keep what a refund had frozen"""
        return services().platforms.refunds.unfreeze(entitlement_id, caller(), body["reason"])
