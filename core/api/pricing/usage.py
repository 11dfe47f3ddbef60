"""Uses of codes and their statistics (P169–P173)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.pricing import examples
from core.api.pricing.schemas.usage import (
    BatchUsageSchema,
    CodeStatsSchema,
    UsageQuery,
    UsageSchema,
)
from core.api.state import services

door = Door("voucher-usage", __name__, url_prefix="/api/pricing/voucher/usage",
            description="Who used which code, when and for how much")

CODE = "<string(maxlength=64):voucher_code>"


@door.route("/history")
class History(MethodView):
    @door.arguments(UsageQuery)
    @door.response(200, page_of(UsageSchema))
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Uses, paged and filtered"""
        return services().pricing.usage.history(caller(), **body)


@door.route(f"/{CODE}/records")
class Records(MethodView):
    @door.response(200, UsageSchema(many=True))
    @signed_in("staff")
    def get(self, voucher_code: str) -> Any:
        """Every use of one code"""
        with counting_guesses(voucher_code):
            return services().pricing.usage.of_code(voucher_code, caller())


@door.route(f"/{CODE}/stats")
class Stats(MethodView):
    @door.response(200, CodeStatsSchema)
    @signed_in("staff")
    def get(self, voucher_code: str) -> Any:
        """How one code was used"""
        with counting_guesses(voucher_code):
            return services().pricing.usage.code_stats(voucher_code, caller())


@door.route("/user/<string(maxlength=128):face_id>/scenic/<int:scenic_id>")
class OfFace(MethodView):
    @door.response(200, UsageSchema(many=True), example=examples.USED_BY_FACE)
    @signed_in()
    def get(self, face_id: str, scenic_id: int) -> Any:
        """What a face used at a venue"""
        return services().pricing.usage.of_face(face_id, scenic_id, caller())


@door.route("/batch/<int:batch_id>/stats")
class OfBatch(MethodView):
    @door.response(200, BatchUsageSchema)
    @signed_in("staff")
    def get(self, batch_id: int) -> Any:
        """How the codes of a batch were used"""
        return services().pricing.usage.of_batch(batch_id, caller())
