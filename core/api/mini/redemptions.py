"""Scan or paste a code, see what it is worth, ask for it, follow it: as at the kiosk, by phone.

The same services as `/api/v1/redemptions`; a member says in which venue he wants it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response
from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import PageQuery, page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.mini import examples
from core.api.redemptions import cut, followed, wish
from core.api.schemas.mini import MiniInspectInput, MiniRedeemInput
from core.api.schemas.redemption import InspectionSchema, RedemptionSchema
from core.api.state import services
from core.services.actor import Actor
from core.services.lookup import Page
from core.services.redeem import Inspection, RedemptionView

door = Door("mini-redemptions", __name__, url_prefix="/api/v1/mini/redemptions",
            description="Members: redeeming vouchers")
REF = "/<string(maxlength=40):ref>"


def _at(venue_id: int) -> Actor:
    """The caller, at the venue he names; the services refuse one that is closed."""
    return replace(caller(), venue_id=venue_id)


@door.route("/inspect")
class Inspect(MethodView):
    @door.arguments(MiniInspectInput, example=examples.INSPECT)
    @door.response(200, InspectionSchema, example=examples.INSPECTION)
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> Inspection:
        """See what a scanned or pasted code is worth; changes nothing"""
        with counting_guesses(body["code"]):
            return services().redeem.inspect(cut(body)["code"], _at(body["venue_id"]))


@door.route("")
class Redemptions(MethodView):
    @door.arguments(MiniRedeemInput, example=examples.REDEEM)
    @door.response(200, RedemptionSchema, example=examples.REDEMPTION)
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> RedemptionView:
        """Ask for a certificate to be redeemed; staff confirm where the venue wants it"""
        asked = cut({name: value for name, value in body.items() if name != "venue_id"})
        with counting_guesses(asked.get("code", "")):
            return services().redeem.request(wish(asked), _at(body["venue_id"]),
                                             key=sent_key(caller()))

    @door.arguments(PageQuery, location="query")
    @door.response(200, page_of(RedemptionSchema), example=examples.HISTORY)
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> Page:
        """My history, newest first"""
        return services().members.history.redemptions(caller(), **query)


@door.route(REF)
class One(MethodView):
    @door.response(200, RedemptionSchema, example=examples.REDEMPTION)
    @signed_in("member")
    def get(self, ref: str) -> RedemptionView | Response:
        """Follow one redemption; cheap with If-None-Match"""
        return followed(ref)


@door.route(f"{REF}/withdraw")
class Withdraw(MethodView):
    @door.response(200, RedemptionSchema, example=examples.REDEMPTION)
    @signed_in("member")
    def post(self, ref: str) -> RedemptionView:
        """Take my waiting redemption back"""
        return services().redeem.withdraw(ref, caller())


@door.route(f"{REF}/remind")
class Remind(MethodView):
    @door.response(200, RedemptionSchema, example=examples.REDEMPTION)
    @signed_in("member")
    def post(self, ref: str) -> RedemptionView:
        """Ask the staff again, at most every 30 seconds"""
        return services().redeem.remind(ref, caller())
