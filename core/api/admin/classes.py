"""The class calendar."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.schemas.admin import (
    ClassInput,
    ClassQuery,
    ClassSchema,
    MadeSchema,
    NewClassInput,
    SeatSchema,
)
from core.api.state import services
from core.services.actor import Role
from core.services.admin.class_sessions import Seat, SessionChange, SessionView

door = Door("class-sessions", __name__, url_prefix="/api/v1/class-sessions",
            description="Group classes and their seats")


@door.route("")
class Calendar(MethodView):
    @door.arguments(ClassQuery, location="query")
    @door.response(200, ClassSchema(many=True))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> list[SessionView]:
        """The classes of some days at a venue"""
        return services().admin.classes.between(
            query["venue_id"], query["start_date"], query["end_date"], caller())

    @door.arguments(NewClassInput)
    @door.response(200, MadeSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, body: dict[str, Any]) -> dict[str, list[int]]:
        """Add a class, or the same one for some weeks"""
        venue_id, weeks = body.pop("venue_id"), body.pop("weeks")
        return {"ids": services().admin.classes.add(
            venue_id, SessionChange(**body), caller(), weeks=weeks, key=sent_key(caller()))}


@door.route("/<int:session_id>")
class One(MethodView):
    @door.response(200, ClassSchema)
    @signed_in("staff")
    def get(self, session_id: int) -> SessionView:
        """One class"""
        return services().admin.classes.one(session_id, caller())

    @door.arguments(ClassInput)
    @door.response(200, ClassSchema)
    @signed_in("staff", role=Role.MANAGER)
    def put(self, body: dict[str, Any], session_id: int) -> SessionView:
        """Change a class; never fewer seats than are taken"""
        return services().admin.classes.change(session_id, SessionChange(**body), caller())


@door.route("/<int:session_id>/cancel")
class Cancel(MethodView):
    @door.response(200, ClassSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, session_id: int) -> SessionView:
        """Cancel a class while nobody has a seat"""
        return services().admin.classes.cancel(session_id, caller())


@door.route("/<int:session_id>/seats")
class Seats(MethodView):
    @door.response(200, SeatSchema(many=True))
    @signed_in("staff")
    def get(self, session_id: int) -> list[Seat]:
        """Who comes, masked"""
        return services().admin.classes.seats(session_id, caller())
