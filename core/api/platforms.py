"""The seeds' routes of each platform (S61–S65, S100–S104): the same services, one platform."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.schemas.redemption import InspectionSchema
from core.api.schemas.voucher import CancelInput, VerifiedSchema, VerifyInput
from core.api.state import services
from core.api.vouchers import redeem_at_once, undo_by_code
from core.services.redeem import Inspection

door = Door("platform-routes", __name__, url_prefix="/api/v1",
            description="Query, verify and cancel at one platform")

ONE = "/<any(meituan, douyin):platform>"


@door.route(f"{ONE}/voucher/<string(maxlength=2000):code>")
class Query(MethodView):
    @door.response(200, InspectionSchema)
    @signed_in("staff")
    def get(self, platform: str, code: str) -> Inspection:
        """Ask one platform about a code; changes nothing"""
        with counting_guesses(code):
            return services().redeem.inspect(code, caller(), platform=platform)


@door.route(f"{ONE}/verify")
class Verify(MethodView):
    @door.arguments(VerifyInput)
    @door.response(200, VerifiedSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], platform: str) -> dict[str, Any]:
        """Redeem a code at one platform in one step"""
        return redeem_at_once(body, platform)


@door.route(f"{ONE}/cancel")
class Cancel(MethodView):
    @door.arguments(CancelInput)
    @door.response(200, VerifiedSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], platform: str) -> dict[str, Any]:
        """Undo the last redemption of a code at one platform"""
        return undo_by_code(body, platform)
