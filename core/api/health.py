"""Health that an owner can read (design section 5, operations)."""

from __future__ import annotations

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.schemas.health import HealthSchema
from core.api.state import services
from core.services.health_report import HealthReport

door = Door("health", __name__, url_prefix="/api/v1/health", description="How the shop is doing")


@door.route("")
class Health(MethodView):
    @door.response(200, HealthSchema)
    @signed_in("staff")
    def get(self) -> HealthReport:
        """Red, amber or green, and why"""
        return services().operations.health.report(caller())
