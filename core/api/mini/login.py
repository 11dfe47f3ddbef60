"""Signing in with a mini-program, and the phone number it vouches for."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.mini import examples
from core.api.schemas.mini import JoinedSchema, LoginCodeInput, PhoneInput, ProfileSchema
from core.api.state import services
from core.services.members.login import Joined
from core.services.members.me import Profile

door = Door("mini", __name__, url_prefix="/api/v1/mini", description="Members: signing in")


@door.route("/<any(wechat, douyin):platform>/login")
class Login(MethodView):
    @door.arguments(LoginCodeInput, example=examples.LOGIN)
    @door.response(200, JoinedSchema, example=examples.JOINED)
    def post(self, body: dict[str, Any], platform: str) -> Joined:
        """Turn a login code into a session of 30 days"""
        with counting_guesses():
            return services().members.login.login(
                platform, body["code"], agent=request.headers.get("User-Agent", "")[:200])


@door.route("/phone")
class Phone(MethodView):
    @door.arguments(PhoneInput, example=examples.PHONE)
    @door.response(200, ProfileSchema, example=examples.PROFILE)
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> Profile:
        """Verify the phone number, by the button's code or by its encrypted data

        Whoever is known by the number already becomes the same member, with all cards together."""
        phones, me = services().members.phones, caller()
        with counting_guesses():
            if "code" in body:
                phones.by_code(body["code"], me)
            else:
                phones.by_data(body["encrypted_data"], body["iv"], me)
        return services().members.me.profile(me)
