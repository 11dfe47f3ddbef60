"""What the administration's routes take and give. Secrets are only ever taken."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Input, PageQuery, Yuan, text
from core.services.admin.products import VOUCHER_TYPE
from core.services.admin.venues import DOORS
from core.services.policy import AUTO, STAFF


class ShopSchema(ma.Schema):
    """A venue at a platform. `has_token`: one is kept; it is never shown."""

    id = fields.Integer()
    venue_id = fields.Integer()
    venue_name = fields.String()
    business = fields.String()
    shop_id = fields.String()
    account_id = fields.String()
    has_token = fields.Boolean()
    token_expires_at = fields.AwareDateTime(allow_none=True)
    active = fields.Boolean()


class PlatformSchema(ma.Schema):
    """A platform without its secret."""

    id = fields.Integer()
    code = fields.String(metadata={"example": "meituan"})
    name = fields.String(metadata={"example": "美团"})
    app_id = fields.String()
    has_secret = fields.Boolean()
    api_url = fields.String()
    active = fields.Boolean()
    updated_at = fields.AwareDateTime()
    shops = fields.List(fields.Nested(ShopSchema))


class PlatformInput(Input):
    """An absent or empty `secret` keeps the one there is."""

    name = text(50, required=True)
    app_id = text(100, least=0, load_default="")
    secret = text(500, least=0, load_default=None, allow_none=True)
    api_url = text(255, least=0, load_default="")
    active = fields.Boolean(load_default=True)


class ShopInput(Input):
    """An absent or empty `token` keeps the one there is."""

    venue_id = fields.Integer(required=True)
    business = text(10, least=0, load_default="")
    shop_id = text(64, required=True)
    account_id = text(64, least=0, load_default="")
    token = text(2000, least=0, load_default=None, allow_none=True)
    active = fields.Boolean(load_default=True)


class TryInput(Input):
    venue_id = fields.Integer(required=True)


class TriedSchema(ma.Schema):
    """`word`: of the error, empty when the connection works."""

    works = fields.Boolean()
    word = fields.String()
    log_id = fields.String()
    milliseconds = fields.Integer()


class AdminVenueSchema(ma.Schema):
    """A venue with who confirms at which door."""

    id = fields.Integer()
    name = fields.String()
    brand = fields.String()
    zone = fields.String(metadata={"example": "Asia/Shanghai"})
    address = fields.String()
    phone = fields.String()
    policy = fields.Dict(keys=fields.String(), values=fields.String())
    auto_limit = Yuan(allow_none=True)
    kiosk_cart = fields.Boolean()
    active = fields.Boolean()
    opens = fields.String(metadata={"example": "09:00"})
    closes = fields.String(metadata={"example": "22:00"})


class AdminVenueInput(Input):
    """Doors left out of `policy` take their defaults. `opens` and `closes` are times at the
    venue; one that closes after midnight has the earlier `closes`."""

    name = text(50, required=True)
    brand = text(50, least=0, load_default="")
    zone = text(40, load_default="Asia/Shanghai")
    address = text(200, least=0, load_default="")
    phone = text(30, least=0, load_default="")
    policy = fields.Dict(keys=fields.String(validate=validate.OneOf(DOORS)),
                         values=fields.String(validate=validate.OneOf([AUTO, STAFF])),
                         load_default=dict)
    auto_limit = Yuan(load_default=None, allow_none=True)
    kiosk_cart = fields.Boolean(load_default=False,
                                metadata={"description": "its kiosks offer a cart"})
    active = fields.Boolean(load_default=True)
    opens = text(5, load_default="09:00")
    closes = text(5, load_default="22:00")


class ShopProductSchema(ma.Schema):
    """What a voucher becomes at the shop: a card, lessons, a class."""

    id = fields.Integer()
    name = fields.String()
    kind = fields.String(validate=validate.OneOf(list(VOUCHER_TYPE)))
    voucher_type = fields.Integer()
    days = fields.Integer(allow_none=True)
    uses = fields.Integer(allow_none=True)
    family = fields.String()
    price = Yuan(allow_none=True)
    active = fields.Boolean()


class ProductInput(Input):
    """A card needs `days`, lessons need `uses`."""

    name = text(100, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(VOUCHER_TYPE)))
    days = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 3660))
    uses = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 1000))
    family = text(50, least=0, load_default="")
    price = Yuan(load_default=None, allow_none=True)
    active = fields.Boolean(load_default=True)


class SkuSchema(ma.Schema):
    """What a platform sells; without `product_id` its vouchers cannot be redeemed yet."""

    id = fields.Integer()
    platform_id = fields.Integer()
    platform_name = fields.String()
    sku_id = fields.String()
    title = fields.String()
    product_id = fields.Integer(allow_none=True)
    product_name = fields.String(allow_none=True)
    last_met_at = fields.AwareDateTime(allow_none=True)


class SkuQuery(Input):
    unmapped = fields.Boolean()


class SkuInput(Input):
    platform_id = fields.Integer(required=True)
    sku_id = text(64, required=True)
    title = text(100, least=0, load_default="")
    product_id = fields.Integer(required=True)


class MapInput(Input):
    product_id = fields.Integer(required=True, allow_none=True)


class ClassSchema(ma.Schema):
    id = fields.Integer()
    venue_id = fields.Integer()
    title = fields.String()
    family = fields.String()
    coach = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    capacity = fields.Integer()
    taken = fields.Integer()
    status = fields.String(validate=validate.OneOf(["open", "cancelled"]))


class ClassInput(Input):
    """Times carry their offset from UTC."""

    title = text(100, required=True)
    family = text(50, least=0, load_default="")
    coach = text(50, least=0, load_default="")
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    capacity = fields.Integer(required=True, validate=validate.Range(1, 1000))


class NewClassInput(ClassInput):
    """The same class in each of `weeks` weeks."""

    venue_id = fields.Integer(required=True)
    weeks = fields.Integer(load_default=1, validate=validate.Range(1, 26))


class ClassQuery(Input):
    """Both days are included."""

    venue_id = fields.Integer(required=True)
    start_date = fields.Date(required=True)
    end_date = fields.Date(required=True)

    @ma.validates_schema
    def order_of_days(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["start_date"] > data["end_date"]:
            raise ma.ValidationError("start_date is after end_date", "start_date")


class SeatSchema(ma.Schema):
    """Who comes; masked."""

    name = fields.String()
    phone = fields.String()
    status = fields.String()
    booked_at = fields.AwareDateTime(allow_none=True)


class MadeSchema(ma.Schema):
    ids = fields.List(fields.Integer())


class AuditSchema(ma.Schema):
    """One line of the append-only book."""

    id = fields.Integer()
    at = fields.AwareDateTime()
    actor_kind = fields.String()
    actor_id = fields.Integer()
    actor_name = fields.String()
    door = fields.String()
    venue_id = fields.Integer(allow_none=True)
    action = fields.String()
    subject_kind = fields.String()
    subject_id = fields.Integer()
    from_state = fields.String()
    to_state = fields.String()
    platform_log_id = fields.String()
    request_id = fields.String()
    facts = fields.Dict()
    ref = fields.String()


class AuditQuery(PageQuery):
    """`action`: a whole one, or its first word."""

    action = text(50)
    actor_kind = text(10)
    actor_id = fields.Integer()
    door = text(20)
    subject_kind = text(20)
    subject_id = fields.Integer()
    venue_id = fields.Integer()
    start_date = fields.Date()
    end_date = fields.Date()
