"""Statistics over vouchers, and lists and statistics as files."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, stream_with_context
from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.phrases import language
from core.api.schemas.statistics import (
    StatisticsExportQuery,
    StatisticsQuery,
    StatisticsSchema,
    VoucherExportQuery,
)
from core.api.state import services
from core.services.export import FORMATS, Export

door = Door("statistics", __name__, url_prefix="/api/v1/vouchers",
            description="Figures about vouchers, and files")

FILE = {"type": "string", "format": "binary"}
CSV = FORMATS["csv"][0].split(";")[0]


@door.route("/stats")
class Statistics(MethodView):
    @door.arguments(StatisticsQuery, location="query")
    @door.response(200, StatisticsSchema)
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """Statistics over vouchers"""
        return services().report.statistics(caller(), **query)


@door.route("/stats/export")
class StatisticsFile(MethodView):
    @door.arguments(StatisticsExportQuery, location="query")
    @door.response(200, FILE, content_type=CSV, description="CSV or XLSX")
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Response:
        """Statistics as CSV or XLSX"""
        return sent(services().exports.statistics(
            caller(), query.pop("format"), language=language(), **query))


@door.route("/export")
class VouchersFile(MethodView):
    @door.arguments(VoucherExportQuery, location="query")
    @door.response(200, FILE, content_type=CSV, description="CSV or XLSX")
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Response:
        """Vouchers as CSV or XLSX, streamed"""
        return sent(services().exports.vouchers(
            caller(), query.pop("format"), language=language(), **query))


def sent(export: Export) -> Response:
    """A file, piece by piece as it is made."""
    response = current_app.response_class(stream_with_context(export.chunks),
                                          content_type=export.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{export.filename}"'
    return response
