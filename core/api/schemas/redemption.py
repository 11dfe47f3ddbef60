"""Inspections and redemptions, as kiosk, mini-program, desk and integrators see them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api import wording
from core.api.fields import Input, PageQuery, Phone, Shown, Yuan, text
from core.vouchers.redemption import State

MAX_SCAN = 4096
"""Longer text is never a code; it is cut before anything reads it."""


class VenueSchema(Shown):
    id = fields.Integer()
    name = fields.String()
    address = fields.String()


class NamedSchema(ma.Schema):
    """A member of staff, or a venue."""

    id = fields.Integer(allow_none=True)
    name = fields.String()


class PersonSchema(Shown):
    """Masked unless the caller's role needs more."""

    id = fields.Integer(allow_none=True)
    name = fields.String(metadata={"example": "林**"})
    phone = fields.String(metadata={"example": "138****0421"})
    known = fields.Boolean()


class ChoiceSchema(Shown):
    """One thing that the certificate may become."""

    choice = fields.String(metadata={"example": "renew:12"})
    result_type = fields.Integer(validate=validate.OneOf([1, 2, 3, 4]))
    title = fields.Function(wording.choice_title, metadata={"example": "续上我的月卡"})
    gives = fields.Function(wording.choice_gives,
                            metadata={"example": "多 30 天，到 2026-12-24"})
    days = fields.Integer(allow_none=True)
    gives_uses = fields.Integer(attribute="uses", allow_none=True)
    before = fields.Date(allow_none=True)
    after = fields.Date(allow_none=True)
    session_title = fields.String()
    coach = fields.String()
    ends_at = fields.AwareDateTime(allow_none=True)
    recommended = fields.Boolean()
    enabled = fields.Boolean()
    why_not = fields.String(allow_none=True)
    session_id = fields.Integer(allow_none=True)
    seats_left = fields.Integer(allow_none=True)
    starts_at = fields.AwareDateTime(allow_none=True)


class FoundCertificateSchema(Shown):
    """A certificate as found at its platform, merged with what we know."""

    certificate = fields.Integer(metadata={"description": "its number within this inspection"})
    platform = fields.String(metadata={"example": "meituan"})
    platform_name = fields.String(metadata={"example": "美团"})
    kind = fields.String(validate=validate.OneOf(["card", "lessons", "class"]))
    voucher_type = fields.Integer()
    product_name = fields.String()
    code_masked = fields.String()
    code_tail = fields.String()
    original_price = Yuan()
    paid_price = Yuan()
    user_phone = fields.String(metadata={"example": "138****0421"})
    user_name = fields.String()
    status = fields.Integer()
    status_text = fields.Function(lambda found: wording.status_text(found.status))
    expire_date = fields.Date(allow_none=True)
    days_left = fields.Integer(allow_none=True)
    uses_total = fields.Integer()
    uses_left = fields.Integer()
    venues = fields.List(fields.Nested(VenueSchema))
    needs_phone = fields.Boolean()
    member = fields.Nested(PersonSchema, allow_none=True)
    choices = fields.List(fields.Nested(ChoiceSchema))
    sibling = fields.Boolean(metadata={
        "description": "of the same order, unknown by code: can be used along with the scanned "
                       "one, and the platform picks which it is"})


class InspectionSchema(Shown):
    """What a scan found. `inspection` is sealed and good for 15 minutes."""

    inspection = fields.String(attribute="token")
    certificates = fields.List(fields.Nested(FoundCertificateSchema))


class InspectInput(Input):
    """Either what was scanned or typed (`code`), or an earlier `inspection` with a `phone` or a
    number of `uses`: the choices then say what that many uses give."""

    ALIASES = {"voucher_code": "code", "text": "code"}
    """The seeds' name, and what a scanner sends."""
    code = fields.String(metadata={"example": "1234567890"})
    inspection = text(20_000)
    phone = Phone()
    uses = fields.Integer(load_default=0, validate=validate.Range(1, 100))

    @ma.post_load
    def one_use(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Choices are for one use unless asked otherwise."""
        return {**data, "uses": data["uses"] or 1}

    @ma.validates_schema
    def one_of_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        more = "phone" in data or data["uses"]
        if "code" not in data and not ("inspection" in data and more):
            raise ma.ValidationError("send `code`, or `inspection` with `phone` or `uses`")


class PickInput(Input):
    """So many uses of one certificate of the inspection."""

    certificate = fields.Integer(required=True, validate=validate.Range(0, 99))
    uses = fields.Integer(load_default=1, validate=validate.Range(1, 100))


class RedeemInput(Input):
    """What to redeem and what for. Without `choice` the recommended one is taken.

    Either one `certificate` with its `uses`, or `certificates` of one order: all for the same
    member and choice, which gives that much more (days, lessons, seats). The platform may refuse
    some of them: see `certificates` in the answer."""

    ALIASES = InspectInput.ALIASES
    inspection = text(20_000)
    code = fields.String()
    certificate = fields.Integer(load_default=0, validate=validate.Range(0, 99))
    choice = text(64)
    phone = Phone()
    name = text(50)
    uses = fields.Integer(load_default=1, validate=validate.Range(1, 100))
    certificates = fields.List(
        fields.Nested(PickInput), validate=validate.Length(1, 20), metadata={
            "description": "several certificates of the inspection, in place of `certificate` and "
                           "`uses`; siblings go along with the scanned one",
            "example": [{"certificate": 0, "uses": 1}, {"certificate": 2, "uses": 1}]})

    @ma.validates_schema
    def one_of_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "code" not in data and "inspection" not in data:
            raise ma.ValidationError("send `inspection` or `code`")


class ReasonInput(Input):
    reason = text(200, load_default="")


class UndoPreviewInput(Input):
    uses = fields.List(
        fields.Integer(), load_default=list, validate=validate.Length(max=200), metadata={
            "description": "numbers of the uses to take back, from `uses` of the preview; none: "
                           "all of them"})


class UndoInput(UndoPreviewInput):
    reason = text(200, load_default="")


class GivenChoiceSchema(Shown):
    result_type = fields.Integer()
    title = fields.Function(wording.choice_title)
    gives = fields.Function(wording.choice_gives)
    before = fields.Date(allow_none=True)
    after = fields.Date(allow_none=True)
    session_title = fields.String()
    starts_at = fields.AwareDateTime(allow_none=True)


class ResultSchema(Shown):
    """What the member got; only present once it is true."""

    result_type = fields.Integer()
    result_id = fields.Integer()
    title = fields.Function(wording.result_title, metadata={"example": "月卡续好了"})
    message = fields.Function(wording.result_message,
                              metadata={"example": "核销成功,已为用户开通月卡"})
    product_name = fields.String()
    before = fields.Date(allow_none=True)
    after = fields.Date(allow_none=True)
    days = fields.Integer(allow_none=True)
    uses = fields.Integer(allow_none=True)
    session_title = fields.String()
    starts_at = fields.AwareDateTime(allow_none=True)
    detail = fields.Function(wording.result_detail)


class FailureSchema(Shown):
    error = fields.String()
    message = fields.Function(wording.failure_message)
    facts = fields.Dict()


class UndoHintSchema(Shown):
    possible = fields.Boolean()
    until = fields.AwareDateTime(allow_none=True)


class CertificateResultSchema(Shown):
    """One certificate of a redemption and what became of it."""

    voucher_id = fields.Integer()
    code_masked = fields.String()
    code_tail = fields.String()
    state = fields.Enum(State, by_value=True)
    state_text = fields.Function(lambda one: wording.state_text(one))
    uses = fields.Integer()
    uses_left = fields.Integer()
    paid_price = Yuan()
    error = fields.Nested(FailureSchema, allow_none=True)


class RedemptionSchema(Shown):
    """One redemption, from request to result; poll it with If-None-Match."""

    ref = fields.String()
    ticket = fields.String(metadata={"example": "H 0372"})
    state = fields.Enum(State, by_value=True)
    state_text = fields.Function(wording.state_text, metadata={"example": "等店员确认"})
    settled = fields.Boolean(metadata={"description": "nothing will change by itself any more"})
    platform = fields.String()
    platform_name = fields.String()
    product_name = fields.String()
    voucher_id = fields.Integer()
    code_masked = fields.String()
    code_tail = fields.String()
    voucher_status = fields.Integer()
    status_text = fields.Function(lambda view: wording.status_text(view.voucher_status))
    venue = fields.Nested(VenueSchema)
    member = fields.Nested(PersonSchema, allow_none=True)
    uses = fields.Integer()
    uses_left = fields.Integer()
    choice = fields.Nested(GivenChoiceSchema)
    paid_price = Yuan()
    door = fields.String()
    created_at = fields.AwareDateTime()
    moved_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime(allow_none=True)
    waiting_seconds = fields.Integer()
    attempts = fields.Integer()
    next_try_at = fields.AwareDateTime(allow_none=True)
    confirmed_by = fields.Nested(NamedSchema, allow_none=True)
    staff_told = fields.List(fields.String())
    result = fields.Nested(ResultSchema, allow_none=True)
    error = fields.Nested(FailureSchema, allow_none=True)
    reason = fields.String(allow_none=True)
    undo = fields.Nested(UndoHintSchema)
    certificates = fields.List(fields.Nested(CertificateResultSchema), metadata={
        "description": "each certificate's own result; one entry for an ordinary redemption"})


class ReversalSchema(Shown):
    what = fields.String()
    now = fields.String()
    then = fields.String()
    text = fields.Function(wording.reversal,
                           metadata={"example": "卡到期日：2026-12-24 → 2026-11-24"})


class UseLineSchema(Shown):
    """A use that can be taken back by its number."""

    number = fields.Integer()
    code_tail = fields.String()
    amount = Yuan()
    used_at = fields.AwareDateTime()


class UndoPreviewSchema(Shown):
    """What an undo would reverse."""

    ref = fields.String()
    changes = fields.List(fields.Nested(ReversalSchema))
    until = fields.AwareDateTime(allow_none=True)
    allowed = fields.Boolean()
    why_not = fields.String(allow_none=True)
    needs_reason = fields.Boolean()
    uses = fields.List(fields.Nested(UseLineSchema))
    each = fields.Boolean(metadata={
        "description": "single uses of one certificate can be taken back, not only all of them"})


class RedemptionQuery(PageQuery):
    state = fields.Enum(State, by_value=True)
    venue_id = fields.Integer()
