"""Our books against the platforms' (design section 5, operations)."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.identity import caller, signed_in
from core.api.phrases import language
from core.api.schemas.reconciliation import (
    FindingSchema,
    FixInput,
    ReconciliationDetailSchema,
    ReconciliationExportQuery,
    ReconciliationQuery,
    ReconciliationSchema,
    RunInput,
)
from core.api.state import services
from core.api.statistics import CSV, FILE, sent
from core.services.finding_fixes import Wish
from core.services.reconciliation_views import FindingView, ReconciliationView

door = Door("reconciliations", __name__, url_prefix="/api/v1/reconciliations",
            description="Our books against the platforms'")


@door.route("")
class Listed(MethodView):
    @door.arguments(ReconciliationQuery, location="query")
    @door.response(200, page_of(ReconciliationSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List compared days of the caller's venues"""
        return services().operations.reconcile.listed(caller(), **query)

    @door.arguments(RunInput)
    @door.response(200, ReconciliationDetailSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> ReconciliationView:
        """Compare one day now"""
        return services().operations.reconcile.run(actor=caller(), **body)


@door.route("/export")
class File(MethodView):
    @door.arguments(ReconciliationExportQuery, location="query")
    @door.response(200, FILE, content_type=CSV, description="CSV or XLSX")
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Response:
        """Compared days and their findings as CSV or XLSX"""
        return sent(services().operations.reconciliation_files.file(
            caller(), query.pop("format"), language=language(), **query))


@door.route("/<int:reconciliation_id>")
class One(MethodView):
    @door.response(200, ReconciliationDetailSchema)
    @signed_in("staff")
    def get(self, reconciliation_id: int) -> ReconciliationView:
        """One day with its findings"""
        return services().operations.reconcile.one(reconciliation_id, caller())


@door.route("/findings/<int:finding_id>/fix")
class Fix(MethodView):
    @door.arguments(FixInput)
    @door.response(200, FindingSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], finding_id: int) -> FindingView:
        """Fix one finding; the same fix again changes nothing"""
        return services().operations.fixes.fix(finding_id, Wish(**body), caller())
