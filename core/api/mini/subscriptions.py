"""Subscription messages that a member has allowed."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import AllowInput, ConsentSchema
from core.api.state import services
from core.services.members.notices import Consent

door = Door("mini-subscriptions", __name__, url_prefix="/api/v1/mini/subscriptions",
            description="Members: subscription messages")


@door.route("")
class Subscriptions(MethodView):
    @door.response(200, ConsentSchema(many=True), example=examples.CONSENTS)
    @signed_in("member")
    def get(self) -> list[Consent]:
        """Templates to ask for, and how many messages each may still send"""
        return services().members.notices.consents(caller())

    @door.arguments(AllowInput, example=examples.ALLOW)
    @door.response(200, ConsentSchema(many=True), example=examples.CONSENTS)
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> list[Consent]:
        """Say which templates were just allowed: one tap is one message"""
        return services().members.notices.allow(body["accepted"], caller(),
                                                key=sent_key(caller()))
