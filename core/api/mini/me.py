"""A member himself: profile and sessions."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import ProfileSchema, RenameInput, SignedInPhoneSchema
from core.api.state import services
from core.services.members.me import Profile, SignedInPhone

door = Door("mini-me", __name__, url_prefix="/api/v1/mini/me", description="Members: themselves")


@door.route("")
class MeView(MethodView):
    @door.response(200, ProfileSchema, example=examples.PROFILE)
    @signed_in("member")
    def get(self) -> Profile:
        """Who I am"""
        return services().members.me.profile(caller())

    @door.arguments(RenameInput, example=examples.RENAME)
    @door.response(200, ProfileSchema, example=examples.PROFILE)
    @signed_in("member")
    def put(self, body: dict[str, Any]) -> Profile:
        """Say what the shop should call me"""
        return services().members.me.rename(body["name"], caller())


@door.route("/sessions")
class Sessions(MethodView):
    @door.response(200, SignedInPhoneSchema(many=True), example=examples.SESSIONS)
    @signed_in("member")
    def get(self) -> list[SignedInPhone]:
        """Where I am signed in"""
        return services().members.me.phones(caller())


@door.route("/sessions/<int:session_id>")
class OneSession(MethodView):
    @door.response(200, example=examples.NOTHING)
    @signed_in("member")
    def delete(self, session_id: int) -> dict[str, Any]:
        """Sign one phone out: it takes effect at its next request"""
        services().members.me.sign_out(session_id, caller())
        return {}
