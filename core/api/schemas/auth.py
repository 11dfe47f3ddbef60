"""Sign-in, pairing, and who one is."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from core.api.fields import Input, text


class LoginInput(Input):
    username = text(50, required=True)
    password = fields.String(required=True, load_only=True,
                             validate=ma.validate.Length(min=1, max=200))


class StaffSelfSchema(ma.Schema):
    id = fields.Integer()
    name = fields.String()
    role = fields.Function(lambda actor: actor.role.word if actor.role else None)
    venue_id = fields.Integer(allow_none=True)


class SignedInSchema(ma.Schema):
    """A fresh token, shown this once."""

    token = fields.String()
    expires_at = fields.AwareDateTime()
    staff = fields.Nested(StaffSelfSchema, attribute="actor")


class PairInput(Input):
    pairing_code = text(32, required=True)


class PlaceSchema(ma.Schema):
    """The venue, as the kiosk's page names it."""

    id = fields.Integer()
    name = fields.String()
    brand = fields.String()
    address = fields.String()
    phone = fields.String()
    zone = fields.String(metadata={"example": "Asia/Shanghai"})
    kiosk_cart = fields.Boolean(metadata={"description": "its kiosks offer a cart"})


class KioskSelfSchema(ma.Schema):
    id = fields.Integer()
    name = fields.String()
    venue_id = fields.Integer(attribute="venue.id")
    venue = fields.Nested(PlaceSchema)


class PairedSchema(ma.Schema):
    token = fields.String()
    expires_at = fields.AwareDateTime()
    kiosk = fields.Nested(KioskSelfSchema)


class PairingSchema(ma.Schema):
    """Shown on the desk page, typed at the kiosk."""

    pairing_code = fields.String()


class HeartbeatSchema(ma.Schema):
    kiosk = fields.Nested(KioskSelfSchema)
    at = fields.AwareDateTime()
