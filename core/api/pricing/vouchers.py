"""Voucher codes of our own: batches, codes, claims, prints (P158–P168)."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.limits import count_guess, counting_guesses, refuse_guessers
from core.api.phrases import language
from core.api.pricing import examples
from core.api.pricing.schemas.fields import CamelPage, WithStatus
from core.api.pricing.schemas.vouchers import (
    BatchCreate,
    BatchQuery,
    BatchSchema,
    BatchStatsSchema,
    CodeQuery,
    CodeSchema,
    FaceTotalsSchema,
    MyCodeQuery,
    PrintInput,
    PrintSchema,
    UseInput,
    ValidateInput,
    ValidationSchema,
    VoucherClaimInput,
)
from core.api.pricing.wire import status_of, wire_names
from core.api.state import services
from core.pricing.phrases import CHINESE, ENGLISH
from core.services.pricing.prints import Which

door = Door("own-vouchers", __name__, url_prefix="/api/pricing/voucher",
            description="Batches and codes")


@door.route("/batch/create")
class CreateBatch(MethodView):
    @door.arguments(BatchCreate)
    @door.response(200, BatchSchema)
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Make a batch; a large one is filled by a job, see `progress`"""
        with wire_names():
            return services().pricing.batches.create(body, caller(), key=sent_key(caller()))


@door.route("/batch/create/v2")
class CreateBatchV2(CreateBatch):
    """The same under the seed's second path."""


@door.route("/batch/list")
class BatchList(MethodView):
    @door.arguments(BatchQuery)
    @door.response(200, page_of(BatchSchema))
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Batches, paged and filtered"""
        return services().pricing.batches.page(caller(), **body)


@door.route("/batch/<int:batch_id>")
class OneBatch(MethodView):
    @door.response(200, BatchSchema)
    @signed_in("staff")
    def get(self, batch_id: int) -> Any:
        """One batch"""
        return services().pricing.batches.get(batch_id, caller())


@door.route("/batch/<int:batch_id>/stats")
class BatchStats(MethodView):
    @door.response(200, BatchStatsSchema)
    @signed_in("staff")
    def get(self, batch_id: int) -> Any:
        """How a batch does"""
        return services().pricing.batches.stats(batch_id, caller())


@door.route("/batch/<int:batch_id>/status")
class BatchStatus(MethodView):
    @door.arguments(WithStatus, location="query")
    @door.arguments(WithStatus)
    @door.response(200, BatchSchema)
    @signed_in("staff")
    def put(self, query: dict[str, Any], body: dict[str, Any], batch_id: int) -> Any:
        """Enable or disable a batch for claiming"""
        return services().pricing.batches.set_status(batch_id, status_of(body, query), caller())


@door.route("/codes")
class CodeList(MethodView):
    @door.arguments(CodeQuery)
    @door.response(200, page_of(CodeSchema))
    @signed_in("staff")
    def post(self, body: dict[str, Any]) -> Any:
        """Codes, paged and filtered"""
        return services().pricing.codes.page(caller(), **body)


@door.route("/code/<int:code_id>/use")
class UseCode(MethodView):
    @door.arguments(UseInput)
    @door.response(200, CodeSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any], code_id: int) -> Any:
        """Mark one use of a code"""
        return services().pricing.codes.use(code_id, caller(), reason=body["reason"],
                                            key=sent_key(caller()))


@door.route("/code/<int:code_id>/undo")
class UndoCode(MethodView):
    @door.arguments(UseInput)
    @door.response(200, CodeSchema)
    @signed_in("staff")
    def put(self, body: dict[str, Any], code_id: int) -> Any:
        """Take back the last use that staff marked"""
        return services().pricing.codes.undo(code_id, caller(), body["reason"])


@door.route("/scenic/<int:scenic_id>/users")
class Users(MethodView):
    @door.arguments(CamelPage, location="query")
    @door.response(200, page_of(FaceTotalsSchema))
    @signed_in("staff")
    def get(self, query: dict[str, Any], scenic_id: int) -> Any:
        """Who holds codes of a venue"""
        return services().pricing.usage.faces(scenic_id, caller(), **query)


@door.route("/validate")
class Validate(MethodView):
    @door.arguments(ValidateInput, example=examples.VALIDATE)
    @door.response(200, ValidationSchema, example=examples.VALIDATED)
    @signed_in()
    def post(self, body: dict[str, Any]) -> Any:
        """Whether a code can be used here, and what it gives; changes nothing"""
        text = body.pop("text")
        refuse_guessers(text)
        found = services().pricing.validations.look(text, caller(), **body)
        count_guess(found.reason, text)
        return found


@door.route("/mobile/claim")
class Claim(MethodView):
    @door.arguments(VoucherClaimInput, example=examples.CLAIM)
    @door.response(200, CodeSchema, example=examples.CODE_CLAIMED)
    @signed_in()
    def post(self, body: dict[str, Any]) -> Any:
        """Claim a code; one per face and venue"""
        with counting_guesses(body.get("code") or ""):
            return services().pricing.codes.claim(caller(), key=sent_key(caller()), **body)


@door.route("/mobile/my-codes")
class MyCodes(MethodView):
    @door.arguments(MyCodeQuery, location="query")
    @door.response(200, CodeSchema(many=True), example=examples.MY_CODES)
    @signed_in()
    def get(self, query: dict[str, Any]) -> Any:
        """The caller's codes"""
        return services().pricing.codes.mine(caller(), **query)


@door.route("/print")
class Print(MethodView):
    @door.arguments(PrintInput, example=examples.PRINT)
    @door.response(200, PrintSchema, example=examples.PRINTED)
    @signed_in()
    def post(self, body: dict[str, Any]) -> Any:
        """Print a code; from the second time on the slip says so"""
        form, paper = body.pop("format"), body.pop("paper")
        with counting_guesses(body.get("code") or ""):
            return services().pricing.prints.print_one(
                Which(**body), caller(), form=form, paper=paper, key=sent_key(caller()),
                language=ENGLISH if language() == "en" else CHINESE)
