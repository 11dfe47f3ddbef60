"""Staff and kiosks, as administrators see them."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Input, text
from core.services.actor import Role

ROLES = [role.word for role in Role]


class ChatSchema(ma.Schema):
    id = fields.Integer()
    channel = fields.String()
    name = fields.String()
    bound_at = fields.AwareDateTime()


class StaffSchema(ma.Schema):
    id = fields.Integer()
    username = fields.String()
    name = fields.String()
    role = fields.Function(lambda view: view.role.word, metadata={"enum": ROLES})
    venue_id = fields.Integer(allow_none=True)
    venue_ids = fields.List(fields.Integer())
    active = fields.Boolean()
    locked_until = fields.AwareDateTime(allow_none=True)
    chats = fields.List(fields.Nested(ChatSchema))


class StaffInput(Input):
    name = text(50, required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    venue_ids = fields.List(fields.Integer(), load_default=list)
    active = fields.Boolean(load_default=True)


class NewStaffInput(StaffInput):
    username = text(50, required=True)


class HiredSchema(ma.Schema):
    """`password` is given this once; null to a repeated request."""

    staff = fields.Nested(StaffSchema)
    password = fields.String(allow_none=True)


class PasswordSchema(ma.Schema):
    password = fields.String()


class BindingCodeSchema(ma.Schema):
    """To be sent to the chat app as `绑定 CODE`; good for ten minutes and one use."""

    code = fields.String()


class KioskSchema(ma.Schema):
    id = fields.Integer()
    name = fields.String()
    venue_id = fields.Integer()
    venue_name = fields.String()
    paired_at = fields.AwareDateTime(allow_none=True)
    last_seen_at = fields.AwareDateTime(allow_none=True)
    online = fields.Boolean()
    active = fields.Boolean()


class NewKioskInput(Input):
    name = text(50, required=True)
    venue_id = fields.Integer(required=True)


class KioskInput(Input):
    name = text(50, required=True)
    active = fields.Boolean(load_default=True)
