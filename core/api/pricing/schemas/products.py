"""Products and quantity tiers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from core.api.fields import Yuan, text
from core.api.pricing.schemas.fields import (
    Camel,
    CamelInput,
    Id,
    Instant,
    ProductId,
    Scenic,
    WithStatus,
)
from core.api.pricing.schemas.promotions import codes_of
from core.pricing.kinds import ProductType
from core.pricing.promotion import MAX_COUNT
from core.pricing.tiers import Tier

AMOUNT_OF_UNITS = validate.Range(1, MAX_COUNT)


class ProductQuery(CamelInput):
    """`all`: disabled ones too, for staff."""

    scenic_id = Id()
    product_type = fields.String(validate=codes_of(ProductType))
    all = fields.Boolean(load_default=False)


class ProductChange(WithStatus):
    product_name = text(100, least=0)
    base_price = Yuan(attribute="base_price_fen")
    unit = text(10, least=0)


class ProductCreate(ProductChange):
    """`productId` "default" is the price of every product of the type without a row (P137)."""

    product_type = fields.String(required=True, validate=codes_of(ProductType))
    product_id = ProductId(load_default="default")
    scenic_id = Scenic(load_default=0)
    base_price = Yuan(attribute="base_price_fen", required=True)


class PricedProductSchema(Camel):
    """What a product of a type costs where nothing is taken off."""

    id = fields.Integer()
    product_type = fields.String()
    product_id = fields.String()
    scenic_id = Scenic()
    product_name = fields.String()
    base_price = Yuan(attribute="base_price_fen")
    unit = fields.String()
    status = fields.Integer(metadata={"description": "1 启用, 0 停用"})
    is_active = fields.Function(lambda row: row.status == 1)
    created_at = Instant()
    updated_at = Instant()


class TierQuery(CamelInput):
    scenic_id = Id()
    product_type = fields.String(validate=codes_of(ProductType))
    product_id = ProductId()


class TierBounds(CamelInput):
    """From `minQuantity` to `maxQuantity` units, both included; null: and more."""

    min_quantity = fields.Integer(required=True, validate=AMOUNT_OF_UNITS, strict=True)
    max_quantity = fields.Integer(load_default=None, allow_none=True, validate=AMOUNT_OF_UNITS,
                                  strict=True)
    unit_price = Yuan(required=True)


class TierKey(CamelInput):
    """The product that tiers belong to."""

    product_type = fields.String(required=True, validate=codes_of(ProductType))
    product_id = ProductId(load_default="default")
    scenic_id = Scenic(load_default=0)


class TierCreate(TierBounds, TierKey):
    """One more tier."""


class TiersReplace(TierKey):
    """All tiers of one product."""

    tiers = fields.List(fields.Nested(TierBounds), required=True, validate=validate.Length(max=50))


class TierSchema(Camel):
    id = fields.Integer()
    product_type = fields.String()
    product_id = fields.String()
    scenic_id = Scenic()
    min_quantity = fields.Integer()
    max_quantity = fields.Integer(allow_none=True)
    unit_price = Yuan(attribute="unit_price_fen")
    updated_at = Instant()


def key_of(data: dict[str, Any]) -> tuple[str, str, int]:
    """What a product row and its tiers share."""
    return data["product_type"], data["product_id"], data["scenic_id"]


def tier_of(data: dict[str, Any]) -> Tier:
    """Raises PromotionUnclear for bounds in the wrong order."""
    return Tier(data["min_quantity"], data["max_quantity"], data["unit_price"])
