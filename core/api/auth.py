"""Signing in and out; pairing of kiosks."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.rates import LOGINS
from core.api.schemas.auth import (
    HeartbeatSchema,
    LoginInput,
    PairedSchema,
    PairingSchema,
    PairInput,
    SignedInSchema,
)
from core.api.state import rates, services
from core.services.actor import Role
from core.services.sign_in import SignedIn

auth = Door("auth", __name__, url_prefix="/api/v1/auth", description="Staff sign-in")
kiosks = Door("kiosk-devices", __name__, url_prefix="/api/v1/kiosks",
              description="Kiosk devices")


def _agent() -> str:
    return request.headers.get("User-Agent", "")[:200]


@auth.route("/login")
class Login(MethodView):
    @auth.arguments(LoginInput)
    @auth.response(200, SignedInSchema)
    def post(self, body: dict[str, Any]) -> SignedIn:
        """Sign a staff member in for 12 hours"""
        rates().count(LOGINS, "login", request.remote_addr or "unknown")
        return services().sign_in.login(body["username"], body["password"], agent=_agent())


@auth.route("/logout")
class Logout(MethodView):
    @auth.response(200)
    @signed_in("staff", "member")
    def post(self) -> dict[str, Any]:
        """End this session"""
        services().sign_in.logout(request.headers["Authorization"].partition(" ")[2].strip())
        return {}


@kiosks.route("/pair")
class Pair(MethodView):
    @kiosks.arguments(PairInput)
    @kiosks.response(200, PairedSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Turn a pairing code into a device token"""
        with counting_guesses():
            paired = services().sign_in.pair(body["pairing_code"], agent=_agent())
        return {"token": paired.token, "expires_at": paired.expires_at,
                "kiosk": services().sign_in.place(paired.actor)}


@kiosks.route("/heartbeat")
class Heartbeat(MethodView):
    @kiosks.response(200, HeartbeatSchema)
    @signed_in("kiosk")
    def post(self) -> dict[str, Any]:
        """Say that this kiosk is alive"""
        return {"kiosk": services().sign_in.heartbeat(caller()), "at": services().clock.now()}


@kiosks.route("/call-staff")
class CallStaff(MethodView):
    @kiosks.response(200)
    @signed_in("kiosk")
    def post(self) -> dict[str, Any]:
        """Ring for somebody at the front desk"""
        services().redeem.call_staff(caller())
        return {}


@kiosks.route("/<int:kiosk_id>/pairing")
class OfferPairing(MethodView):
    @kiosks.response(200, PairingSchema)
    @signed_in("staff", role=Role.MANAGER)
    def post(self, kiosk_id: int) -> dict[str, str]:
        """Make a pairing code for a kiosk"""
        return {"pairing_code": services().sign_in.offer_pairing(kiosk_id, caller())}
