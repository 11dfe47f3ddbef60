"""The sync: runs, a run by hand with its progress, and the platforms' orders (S65, S104, S190)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.identity import caller, signed_in
from core.api.schemas.sync import (
    AskedSchema,
    OrderQuery,
    OrderSchema,
    RunQuery,
    RunSchema,
    SyncInput,
)
from core.api.state import services

door = Door("sync", __name__, url_prefix="/api/v1", description="Orders kept equal")


@door.route("/sync")
class Start(MethodView):
    @door.arguments(SyncInput)
    @door.response(200, AskedSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """List the platforms' orders now; answers at once with runs to watch"""
        runs = services().platforms.sync.ask(caller(), **body)
        return {"run_id": runs[0].id, "runs": runs}


@door.route("/sync/runs")
class Runs(MethodView):
    @door.arguments(RunQuery, location="query")
    @door.response(200, page_of(RunSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """Runs, the newest first"""
        return services().platforms.sync.runs(caller(), **query)


@door.route("/sync/runs/<int:run_id>")
class One(MethodView):
    @door.response(200, RunSchema)
    @signed_in("staff")
    def get(self, run_id: int) -> Any:
        """One run with its progress"""
        return services().platforms.sync.one(run_id, caller())


@door.route("/<any(meituan, douyin):platform>/orders")
class Orders(MethodView):
    @door.arguments(OrderQuery, location="query")
    @door.response(200, page_of(OrderSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any], platform: str) -> Any:
        """Orders of one platform as they were listed, the newest payment first"""
        return services().platforms.orders.page(caller(), platform, **query)
