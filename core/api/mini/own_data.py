"""A member's own data: taking it along, and being forgotten."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import DeleteQuery
from core.api.schemas.mini_export import OwnDataSchema
from core.api.state import services
from core.services.members.own_data import OwnData

door = Door("mini-own-data", __name__, url_prefix="/api/v1/mini/me",
            description="Members: export and deletion")


@door.route("/export")
class Export(MethodView):
    @door.response(200, OwnDataSchema, example=examples.OWN_DATA)
    @signed_in("member")
    def get(self) -> OwnData:
        """Everything kept about me"""
        return services().members.own_data.export(caller())


@door.route("/account")
class Account(MethodView):
    @door.arguments(DeleteQuery, location="query")
    @door.response(200, example=examples.NOTHING)
    @signed_in("member")
    def delete(self, query: dict[str, Any]) -> dict[str, Any]:
        """Forget me, for good; the shop's books stay, without me"""
        services().members.own_data.delete(caller(), forfeit=query["forfeit"])
        return {}
