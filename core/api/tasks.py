"""Tasks and alerts (design section 5, operations)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.identity import caller, signed_in
from core.api.schemas.operations import (
    AlertQuery,
    AlertSchema,
    NothingSchema,
    ResolutionInput,
    RobotInput,
    TaskQuery,
    TaskSchema,
)
from core.api.state import services
from core.services.tasks import TaskView

door = Door("tasks", __name__, url_prefix="/api/v1/tasks", description="Work for people")
alerts = Door("alerts", __name__, url_prefix="/api/v1/alerts", description="What went wrong")


@door.route("")
class Listed(MethodView):
    @door.arguments(TaskQuery, location="query")
    @door.response(200, page_of(TaskSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List tasks of the caller's venues"""
        return services().operations.tasks.listed(caller(), **query)


@door.route("/<int:task_id>")
class One(MethodView):
    @door.response(200, TaskSchema)
    @signed_in("staff")
    def get(self, task_id: int) -> TaskView:
        """Look at one task"""
        return services().operations.tasks.one(task_id, caller())


@door.route("/<int:task_id>/take")
class Take(MethodView):
    @door.response(200, TaskSchema)
    @signed_in("staff")
    def post(self, task_id: int) -> TaskView:
        """Say that one does it, so that nobody else is bothered"""
        return services().operations.tasks.take(task_id, caller())


@door.route("/<int:task_id>/close")
class Close(MethodView):
    @door.arguments(ResolutionInput)
    @door.response(200, TaskSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], task_id: int) -> TaskView:
        """Close a task, saying how it was settled"""
        return services().operations.tasks.close(task_id, caller(), body["resolution"])


@alerts.route("")
class Alerts(MethodView):
    @alerts.arguments(AlertQuery, location="query")
    @alerts.response(200, page_of(AlertSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """List alerts of the caller's venues"""
        return services().operations.alerts.listed(caller(), **query)


@alerts.route("/robot")
class GroupRobot(MethodView):
    @alerts.arguments(RobotInput)
    @alerts.response(200, NothingSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Set the group robot of a venue; the key is kept encrypted and never shown"""
        services().operations.alerts.set_robot(body["venue_id"], body["key"], caller())
        return {}
