"""Connecting the chain at its platforms (S61, S100)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.schemas.authorisation import (
    DouyinAuthInput,
    DouyinConnectionSchema,
    MeituanAuthInput,
    MeituanLinkSchema,
)
from core.api.state import services
from core.services.actor import Role

door = Door("authorisations", __name__, url_prefix="/api/v1",
            description="Authorisation at Meituan and Douyin")


@door.route("/meituan/auth")
class MeituanAuth(MethodView):
    @door.arguments(MeituanAuthInput)
    @door.response(200, MeituanLinkSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, body: dict[str, Any]) -> Any:
        """A link under which the merchant authorises us"""
        actor = caller()
        venue_id = body.pop("venue_id", None) or actor.venue_id or 0
        return services().platforms.meituan.begin(actor, venue_id, **body)


@door.route("/douyin/auth")
class DouyinAuth(MethodView):
    @door.arguments(DouyinAuthInput)
    @door.response(200, DouyinConnectionSchema)
    @signed_in("staff", role=Role.ADMIN)
    def post(self, body: dict[str, Any]) -> Any:
        """Try the app, list the account's stores and connect those that are our venues"""
        chosen = {one["poi_id"]: one["venue_id"] for one in body.pop("shops", [])}
        return services().platforms.douyin.connect(caller(), venues=chosen, **body)
