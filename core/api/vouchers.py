"""Vouchers: list, detail, the seed's one-step verify and cancel, photo decoding."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView

from core.api.envelope import Door
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.phrases import sentence
from core.api.schemas.redemption import MAX_SCAN
from core.api.schemas.voucher import (
    CancelInput,
    OwnerInput,
    OwnerSchema,
    ScannedImageSchema,
    VerifiedSchema,
    VerifyInput,
    VoucherDetailSchema,
    VoucherPageSchema,
    VoucherQuery,
)
from core.api.state import services
from core.api.wording import result_message
from core.errors import InvalidInput, NotAllowed, VoucherError
from core.services.decode_image import MOST_BYTES, decode
from core.services.redeem import Failure, RedeemRequest, RedemptionView
from core.vouchers.redemption import State

door = Door("vouchers", __name__, url_prefix="/api/v1/vouchers",
            description="Vouchers bought at the platforms")

FAILED = frozenset({State.REFUSED, State.REJECTED, State.EXPIRED, State.WITHDRAWN})


def require_self(operator_id: int | None) -> None:
    """A body's `operator_id` may only repeat who is signed in. Raises NotAllowed (Q11)."""
    if operator_id is not None and operator_id != caller().id:
        raise NotAllowed("operator_mismatch")


def redeem_at_once(body: dict[str, Any], platform: str | None = None) -> dict[str, Any]:
    """Inspect, request and confirm in one step, as the seed's verify does (S234–S240).

    The seed sends a code and nothing else: what it gives then goes to a new member without phone.

    Raises what the platform refused with; an unknown outcome is answered as 确认中.
    """
    require_self(body.pop("operator_id", None))
    with counting_guesses(body["voucher_code"]):
        view = services().redeem.at_once(
            RedeemRequest(code=body.pop("voucher_code")[:MAX_SCAN + 1], **body,
                          nameless="phone" not in body), caller(),
            key=sent_key(caller()), platform=platform)
    if view.state in FAILED and view.error is not None:
        raise failed(view.error)
    return _verified(view)


def failed(failure: Failure) -> VoucherError:
    """The error behind a redemption that did not happen."""
    error = VoucherError(failure.error)
    error.facts.update(failure.facts)
    return error


def _verified(view: RedemptionView) -> dict[str, Any]:
    result = view.result
    return {
        "user_id": view.member.id if view.member else None,
        "result_type": result.result_type if result else None,
        "result_id": result.result_id if result else None,
        "message": result_message(result) if result else sentence("platform_unknown"),
        "ref": view.ref, "ticket": view.ticket, "state": view.state.value,
    }


def undo_by_code(body: dict[str, Any], platform: str | None = None) -> dict[str, Any]:
    """Undo the last redemption of a code (S59, S64, S145)."""
    require_self(body.pop("operator_id", None))
    with counting_guesses(body["voucher_code"]):
        view = services().redeem.undo_code(body["voucher_code"][:MAX_SCAN + 1], caller(),
                                           body["reason"],
                                           key=sent_key(caller()), platform=platform)
    if view.state is State.COMPLETED and view.error is not None:
        raise failed(view.error)
    message = "已撤销核销" if view.state is State.UNDONE else sentence("platform_unknown")
    return {**_verified(view), "message": message}


@door.route("")
class Vouchers(MethodView):
    @door.arguments(VoucherQuery, location="query")
    @door.response(200, VoucherPageSchema)
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> Any:
        """List vouchers"""
        return services().vouchers.page(caller(), **query)


@door.route("/<int:voucher_id>")
class ById(MethodView):
    @door.response(200, VoucherDetailSchema)
    @signed_in("staff")
    def get(self, voucher_id: int) -> Any:
        """One voucher with its history"""
        return services().vouchers.by_id(voucher_id, caller())


@door.route("/<int:voucher_id>/owner")
class Owner(MethodView):
    @door.arguments(OwnerInput)
    @door.response(200, OwnerSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any], voucher_id: int) -> dict[str, Any]:
        """Say whose it is, after a redemption by code alone"""
        return {"user_id": services().members.owners.name(voucher_id, body["phone"], caller())}


@door.route("/no/<string(maxlength=200):code>")
class ByNumber(MethodView):
    @door.response(200, VoucherDetailSchema)
    @signed_in("staff")
    def get(self, code: str) -> Any:
        """One voucher by its number; asked of the platforms when we do not know it yet"""
        with counting_guesses(code):
            return services().vouchers.by_code(code, caller())


@door.route("/verify")
class Verify(MethodView):
    @door.arguments(VerifyInput)
    @door.response(200, VerifiedSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Redeem in one step"""
        return redeem_at_once(body)


@door.route("/cancel")
class Cancel(MethodView):
    @door.arguments(CancelInput)
    @door.response(200, VerifiedSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Undo the last redemption of a code"""
        return undo_by_code(body)


@door.route("/decode-image")
class DecodeImage(MethodView):
    @door.response(200, ScannedImageSchema)
    @signed_in()
    def post(self) -> dict[str, list[str]]:
        """Read QR and bar codes in a photo (multipart field `image`, or the bare picture)"""
        if (request.content_length or 0) > MOST_BYTES + 10_000:
            raise InvalidInput("image_too_large")
        sent = request.files.get("image")
        return {"texts": decode(sent.read(MOST_BYTES + 1) if sent else request.get_data())}
