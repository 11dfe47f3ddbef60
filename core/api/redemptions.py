"""Inspect, request, confirm, undo: the main flow over HTTP (design section 5)."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request
from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.schemas.redemption import (
    MAX_SCAN,
    InspectInput,
    InspectionSchema,
    ReasonInput,
    RedeemInput,
    RedemptionQuery,
    RedemptionSchema,
    UndoInput,
    UndoPreviewInput,
    UndoPreviewSchema,
)
from core.api.state import services
from core.services.lookup import Page
from core.services.redeem import (
    Inspection,
    Pick,
    RedeemRequest,
    RedemptionView,
    UndoPreview,
)

door = Door("redemptions", __name__, url_prefix="/api/v1/redemptions",
            description="Inspect a code, request a redemption, confirm, undo")


def cut(body: dict[str, Any]) -> dict[str, Any]:
    """A text that is too long stays too long, but megabytes of it go no further."""
    return {**body, "code": body["code"][:MAX_SCAN + 1]} if "code" in body else body


def wish(body: dict[str, Any]) -> RedeemRequest:
    """What was asked, as the services take it."""
    picked = tuple(Pick(**one) for one in body.pop("certificates", ()))
    return RedeemRequest(**body, certificates=picked)


def followed(ref: str) -> RedemptionView | Response:
    """One redemption, or 304 while it is as the caller knows it."""
    with counting_guesses():
        tag = services().redeem.version(ref, caller())
    if request.if_none_match.contains(tag):
        unchanged = make_response("", 304)
        unchanged.set_etag(tag)
        return unchanged
    view = services().redeem.view(ref, caller())
    return view, 200, {"ETag": f'"{tag}"'}  # type: ignore[return-value]  # smorest unpacks


@door.route("/inspect")
class Inspect(MethodView):
    @door.arguments(InspectInput)
    @door.response(200, InspectionSchema)
    @signed_in()
    def post(self, body: dict[str, Any]) -> Inspection:
        """See what a code is worth; changes nothing"""
        if "code" not in body:
            return services().redeem.refine(body["inspection"], caller(),
                                            phone=body.get("phone"), uses=body["uses"])
        with counting_guesses(body["code"]):
            return services().redeem.inspect(cut(body)["code"], caller(),
                                             phone=body.get("phone"))


@door.route("")
class Redemptions(MethodView):
    @door.arguments(RedeemInput)
    @door.response(200, RedemptionSchema)
    @signed_in()
    def post(self, body: dict[str, Any]) -> RedemptionView:
        """Ask for a certificate to be redeemed"""
        with counting_guesses(body.get("code", "")):
            return services().redeem.request(wish(cut(body)), caller(),
                                             key=sent_key(caller()))

    @door.arguments(RedemptionQuery, location="query")
    @door.response(200, page_of(RedemptionSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Page:
        """List redemptions of the caller's venues"""
        return services().redeem.listed(caller(), **query)


@door.route("/<string(maxlength=40):ref>")
class One(MethodView):
    @door.response(200, RedemptionSchema)
    @signed_in()
    def get(self, ref: str) -> RedemptionView | Response:
        """Follow one redemption; cheap with If-None-Match"""
        return followed(ref)


@door.route("/<string(maxlength=40):ref>/confirm")
class Confirm(MethodView):
    @door.response(200, RedemptionSchema)
    @signed_in()
    def post(self, ref: str) -> RedemptionView:
        """Confirm: the certificate is consumed at the platform"""
        return services().redeem.confirm(ref, caller(), key=sent_key(caller()))


@door.route("/<string(maxlength=40):ref>/reject")
class Reject(MethodView):
    @door.arguments(ReasonInput)
    @door.response(200, RedemptionSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], ref: str) -> RedemptionView:
        """Say no to a waiting redemption; nothing is consumed"""
        return services().redeem.reject(ref, caller(), body["reason"])


@door.route("/<string(maxlength=40):ref>/withdraw")
class Withdraw(MethodView):
    @door.response(200, RedemptionSchema)
    @signed_in()
    def post(self, ref: str) -> RedemptionView:
        """Take one's own waiting redemption back"""
        return services().redeem.withdraw(ref, caller())


@door.route("/<string(maxlength=40):ref>/remind")
class Remind(MethodView):
    @door.response(200, RedemptionSchema)
    @signed_in()
    def post(self, ref: str) -> RedemptionView:
        """Ask the staff again"""
        return services().redeem.remind(ref, caller())


@door.route("/<string(maxlength=40):ref>/undo-preview")
class PreviewUndo(MethodView):
    @door.arguments(UndoPreviewInput)
    @door.response(200, UndoPreviewSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], ref: str) -> UndoPreview:
        """See what an undo of all or some uses would reverse; changes nothing"""
        return services().redeem.undo_preview(ref, caller(), body["uses"])


@door.route("/<string(maxlength=40):ref>/undo")
class Undo(MethodView):
    @door.arguments(UndoInput)
    @door.response(200, RedemptionSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], ref: str) -> RedemptionView:
        """Take a redemption back: first at the platform, then here"""
        return services().redeem.undo(ref, caller(), body["reason"], body["uses"],
                                      key=sent_key(caller()))
