"""Searching the audit book."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.identity import caller, signed_in
from core.api.schemas.admin import AuditQuery, AuditSchema
from core.api.state import services
from core.services.actor import Role
from core.services.admin.audit_search import AuditPage

door = Door("audit", __name__, url_prefix="/api/v1/audit",
            description="Who did what, when, by which door")


@door.route("")
class Audit(MethodView):
    @door.arguments(AuditQuery, location="query")
    @door.response(200, page_of(AuditSchema))
    @signed_in("staff", role=Role.MANAGER)
    def get(self, query: dict[str, Any]) -> AuditPage:
        """Search the audit book, the newest first"""
        return services().admin.audit.page(caller(), **query)
