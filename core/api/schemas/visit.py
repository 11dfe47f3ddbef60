"""Member passes and visits on the wire."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Input, PageQuery, text
from core.vouchers.member_pass import PassKind

KINDS = [kind.word for kind in PassKind]


class PassQuery(Input):
    """What to come in with: `kind` and `id` of one of the choices; without them the first."""

    kind = fields.String(validate=validate.OneOf(KINDS), load_default=None)
    id = fields.Integer(validate=validate.Range(1, 2**40 - 1), load_default=None)


class PassChoiceSchema(ma.Schema):
    kind = fields.String(attribute="kind.word", metadata={"enum": KINDS})
    id = fields.Integer()
    product_name = fields.String()
    venue_name = fields.String()
    ends_on = fields.Date(allow_none=True)
    uses_left = fields.Integer(allow_none=True)


class PassSchema(ma.Schema):
    """`text` is to be drawn as a QR code and asked for anew after `renew_in` seconds."""

    text = fields.String()
    renew_in = fields.Integer()
    member_name = fields.String()
    chosen = fields.Nested(PassChoiceSchema)
    choices = fields.List(fields.Nested(PassChoiceSchema))


class ShownPassInput(Input):
    """What a gate scanned."""

    text = text(200, required=True)


class VisitSchema(ma.Schema):
    """`repeated`: this visit had been counted before. `undone_at`: staff gave it back."""

    id = fields.Integer()
    member_name = fields.String()
    member_phone = fields.String()
    venue_name = fields.String()
    kind = fields.String(attribute="kind.word", metadata={"enum": KINDS})
    product_name = fields.String()
    ends_on = fields.Date(allow_none=True)
    uses_left = fields.Integer(allow_none=True)
    came_at = fields.AwareDateTime()
    repeated = fields.Boolean()
    undone_at = fields.AwareDateTime(allow_none=True)


class VisitsQuery(PageQuery):
    """`venue_id`: another venue than the one the caller works in."""

    venue_id = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1), load_default=None)


class UndoVisitInput(Input):
    """Why it was counted by mistake; kept in the audit."""

    reason = text(200, required=True)
