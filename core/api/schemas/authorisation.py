"""Shapes of connecting the platforms."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Input, text


class MeituanAuthInput(Input):
    """`business`: 58 for a venue's vouchers, 59 for the chain's orders."""

    venue_id = fields.Integer(validate=validate.Range(min=1))
    business = fields.String(load_default="58", validate=validate.OneOf(["58", "59"]))


class MeituanLinkSchema(ma.Schema):
    url = fields.String(metadata={"description": "open it where the merchant can sign in"})
    expires_at = fields.AwareDateTime()


class DouyinShopInput(Input):
    poi_id = text(64, required=True)
    venue_id = fields.Integer(required=True)


class DouyinAuthInput(Input):
    """What is left out stays as it is stored. `shops` names the venue of stores whose names do
    not tell."""

    client_key = text(100)
    client_secret = text(200)
    account_id = text(64)
    shops = fields.List(fields.Nested(DouyinShopInput), validate=validate.Length(max=1000))


class DouyinShopSchema(ma.Schema):
    poi_id = fields.String()
    name = fields.String()
    address = fields.String()
    venue_id = fields.Integer(allow_none=True)
    venue_name = fields.String()


class DouyinConnectionSchema(ma.Schema):
    account_id = fields.String()
    shops = fields.List(fields.Nested(DouyinShopSchema))
