"""From kiosk to phone: the kiosk offers and follows, a mini-program takes (a browser takes at our
own mobile page)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask.views import MethodView
from marshmallow import fields

from core.api.envelope import Door
from core.api.fields import Input, text
from core.api.identity import caller, signed_in
from core.api.mini.examples import NOTHING, answered
from core.api.state import services
from core.services.handover import Progress, Visitor

kiosks = Door("handovers", __name__, url_prefix="/api/v1/kiosks/handovers",
              description="Kiosk devices: going on with a phone")
members = Door("mini-handovers", __name__, url_prefix="/api/v1/mini/handovers",
               description="Members: going on for a kiosk")

STATES = ["offered", "taken", "waiting", "unknown", "done", "not_done", "over"]
CODE = "v3mZ0kTq9wXb2LrYc7JdHg"
OFFER = {"id": 7, "url": f"https://shop.example/m/k/{CODE}", "picture": f"/kiosk/go/{CODE}",
         "expires_at": "2026-11-21T14:38:00+08:00"}
PROGRESS = {"state": "waiting", "ticket": "H 0372", "expires_at": "2026-11-21T14:55:00+08:00"}
TAKEN = {"token": "pQ7…", "venue_id": 1, "venue_name": "滨江店", "kiosk_name": "1 号自助机",
         "inspection": "gAAAAAB…"}


class OfferInput(Input):
    """`inspection`: of what was scanned at the kiosk; the phone goes on with it."""

    inspection = text(20_000, load_default=None)


class OfferSchema(ma.Schema):
    """`url` is what the QR code `picture` says, unless that is a mini-program's own code."""

    id = fields.Integer()
    url = fields.String()
    picture = fields.String()
    expires_at = fields.AwareDateTime()


class ProgressSchema(ma.Schema):
    """How far the phone is; nothing of whose it is."""

    state = fields.String(metadata={"enum": STATES})
    ticket = fields.String(allow_none=True)
    expires_at = fields.AwareDateTime()


class TakeInput(Input):
    """The scene of the mini-program code."""

    code = text(32, required=True)


class TakenSchema(ma.Schema):
    """`token` names this handover in `…/asked`; inspect and redeem as ever, at `venue_id`."""

    token = fields.String()
    venue_id = fields.Integer()
    venue_name = fields.String()
    kiosk_name = fields.String()
    inspection = fields.String(allow_none=True)


class AskedInput(Input):
    token = text(64, required=True)
    ref = text(40, required=True)


@kiosks.route("")
class Offers(MethodView):
    @kiosks.arguments(OfferInput, example={"inspection": "gAAAAAB…"})
    @kiosks.response(200, OfferSchema, example=answered(OFFER))
    @signed_in("kiosk")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """A QR code with a single-use id, good for five minutes"""
        offer = services().handovers.offer(caller(), body["inspection"])
        root = services().settings.public_url.rstrip("/")
        return {"id": offer.id, "url": f"{root}/m/k/{offer.code}",
                "picture": f"/kiosk/go/{offer.code}", "expires_at": offer.expires_at}

    @kiosks.response(200)
    @signed_in("kiosk")
    def delete(self) -> dict[str, Any]:
        """The member left the kiosk: what no phone took is void"""
        services().handovers.withdraw(caller())
        return {}


@kiosks.route("/<int:handover_id>")
class Following(MethodView):
    @kiosks.response(200, ProgressSchema, example=answered(PROGRESS))
    @signed_in("kiosk")
    def get(self, handover_id: int) -> Progress:
        """How far the phone is"""
        return services().handovers.progress(handover_id, caller())


@members.route("")
class Take(MethodView):
    @members.arguments(TakeInput, example={"code": CODE})
    @members.response(200, TakenSchema, example=answered(TAKEN))
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Go on for a kiosk; only the first phone can"""
        token = services().handovers.take(body["code"])
        visitor: Visitor = services().handovers.visitor(token)
        return {"token": token, "venue_id": visitor.actor.venue_id,
                "venue_name": visitor.venue_name, "kiosk_name": visitor.kiosk_name,
                "inspection": visitor.inspection}


@members.route("/asked")
class Asked(MethodView):
    @members.arguments(AskedInput, example={"token": "pQ7…", "ref": "R7KM2C9XPQ4TABCDE"})
    @members.response(200, example=NOTHING)
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Tell the kiosk which redemption to follow"""
        asked = services().redeem.view(body["ref"], caller())
        services().handovers.asked(services().handovers.visitor(body["token"]), asked.ref)
        return {}
