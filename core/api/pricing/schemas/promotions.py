"""Coupons, bundles and one-prices as administrators write and read them."""

from __future__ import annotations

import json
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Yuan, text
from core.api.pricing.schemas.fields import (
    Camel,
    CamelInput,
    CamelPage,
    Id,
    Instant,
    Number,
    ProductId,
    Scenic,
    TypeList,
    WithStatus,
    as_list,
    given,
    gives,
)
from core.pricing.kinds import BundleDiscountType, Coded, CouponType
from core.pricing.promotion import MAX_COUNT


def codes_of(kind: type[Coded]) -> validate.OneOf:
    return validate.OneOf([one.code for one in kind])


def count(least: int = 1) -> validate.Range:
    return validate.Range(least, MAX_COUNT)


class PromotionInput(WithStatus):
    """What all kinds share. In a PUT, what is not named stays as it is."""

    scenic_id = Scenic()
    valid_from = Instant(attribute="starts", allow_none=True)
    valid_until = Instant(attribute="ends", end=True, allow_none=True)
    applicable_products = TypeList(attribute="product_types")


class PromotionSchema(Camel):
    """What all kinds show."""

    id = fields.Integer()
    scenic_id = Scenic()
    valid_from = Instant(attribute="starts", allow_none=True)
    valid_until = Instant(attribute="ends", allow_none=True)
    applicable_products = TypeList(attribute="product_types")
    status = fields.Integer(metadata={"description": "1 启用, 0 停用"})
    is_active = fields.Function(lambda row: row.status == 1)
    created_at = Instant()
    updated_at = Instant()


class CouponInput(PromotionInput):
    """A coupon. `discountValue`: yuan for `fixed_amount`; for `percentage` the share kept, so
    that 0.85 is 8.5 折 (decision Q5)."""

    coupon_name = text(100, attribute="name")
    coupon_type = fields.String(validate=codes_of(CouponType))
    discount_value = Number()
    min_amount = Yuan(attribute="minimum_fen", allow_none=True)
    max_discount = Yuan(attribute="cap_fen", allow_none=True)
    total_quantity = fields.Integer(validate=count(), allow_none=True)
    claim_limit = fields.Integer(validate=validate.Range(1, 100))

    @ma.post_load
    def what_it_gives(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        if "discount_value" in data and "coupon_type" not in data:
            raise ma.ValidationError("needed beside discountValue", "couponType")
        gives(data, data.get("coupon_type") == CouponType.PERCENTAGE.code)
        return data


class CouponCreate(CouponInput):
    @ma.validates_schema
    def complete(self, data: dict[str, Any], **kwargs: Any) -> None:
        require(data, name="couponName", coupon_type="couponType", discount_value="discountValue")


class CouponSchema(PromotionSchema):
    coupon_name = fields.String(attribute="name")
    coupon_type = fields.String()
    discount_value = fields.Function(given, metadata={"type": "number"})
    min_amount = Yuan(attribute="minimum_fen", allow_none=True)
    max_discount = Yuan(attribute="cap_fen", allow_none=True)
    total_quantity = fields.Integer(allow_none=True)
    claim_limit = fields.Integer()
    claimed_quantity = fields.Integer(attribute="claimed_count")
    used_quantity = fields.Integer(attribute="used_count")


class BundleItemSchema(CamelInput):
    """One part of a combination (P25)."""

    product_type = fields.String(required=True)
    quantity = fields.Integer(load_default=1, strict=True)
    product_id = ProductId(allow_none=True)


class BundleInput(PromotionInput):
    """A bundle rule (P202–P214). `bundleProducts` name a combination; without them the triggers
    look at everything in the cart."""

    bundle_name = text(100, attribute="name")
    discount_type = fields.String(validate=codes_of(BundleDiscountType))
    discount_value = Number()
    bundle_products = fields.List(fields.Nested(BundleItemSchema), allow_none=True)
    max_sets = fields.Integer(validate=count(), allow_none=True)
    min_quantity = fields.Integer(validate=count(), allow_none=True)
    min_amount = Yuan(attribute="min_amount_fen", allow_none=True)
    min_product_types = fields.Integer(attribute="min_types", validate=count(), allow_none=True)
    any_trigger = fields.Boolean()
    can_use_with_coupon = fields.Boolean()
    can_use_with_voucher = fields.Boolean()
    can_use_with_one_price = fields.Boolean()

    @ma.post_load
    def what_it_gives(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        if "discount_value" in data and "discount_type" not in data:
            raise ma.ValidationError("needed beside discountValue", "discountType")
        gives(data, data.get("discount_type") == BundleDiscountType.PERCENTAGE_DISCOUNT.code)
        if "bundle_products" in data:
            data["combination"] = json.dumps([
                {"productType": one["product_type"], "quantity": one["quantity"]}
                | ({"productId": one["product_id"]} if one.get("product_id") else {})
                for one in data.pop("bundle_products") or []])
        return data


class BundleCreate(BundleInput):
    @ma.validates_schema
    def complete(self, data: dict[str, Any], **kwargs: Any) -> None:
        require(data, name="bundleName", discount_type="discountType",
                discount_value="discountValue")


class BundleSchema(PromotionSchema):
    bundle_config_id = fields.Function(lambda row: row.id, metadata={"type": "integer"})
    bundle_name = fields.String(attribute="name")
    discount_type = fields.String()
    discount_value = fields.Function(given, metadata={"type": "number"})
    bundle_products = fields.Function(
        lambda row: as_list(row.combination), metadata={"type": "array"})
    max_sets = fields.Integer(allow_none=True)
    min_quantity = fields.Integer(allow_none=True)
    min_amount = Yuan(attribute="min_amount_fen", allow_none=True)
    min_product_types = fields.Integer(attribute="min_types", allow_none=True)
    any_trigger = fields.Boolean()
    can_use_with_coupon = fields.Boolean()
    can_use_with_voucher = fields.Boolean()
    can_use_with_one_price = fields.Boolean()


class OnePriceInput(PromotionInput):
    """A venue's unified price (P27)."""

    config_name = text(100, attribute="name")
    one_price = Yuan(attribute="price_fen")
    can_use_coupon = fields.Boolean()
    can_use_voucher = fields.Boolean()


class OnePriceCreate(OnePriceInput):
    @ma.validates_schema
    def complete(self, data: dict[str, Any], **kwargs: Any) -> None:
        require(data, name="configName", price_fen="onePrice")


class OnePriceSchema(PromotionSchema):
    """P28."""

    config_name = fields.String(attribute="name")
    one_price = Yuan(attribute="price_fen")
    can_use_coupon = fields.Boolean()
    can_use_voucher = fields.Boolean()


class OnePriceCheckSchema(Camel):
    """Whether a one-price applies at a venue now, and which."""

    scenic_id = fields.Integer()
    applicable = fields.Boolean()
    configs = fields.List(fields.Nested(OnePriceSchema))


class PromotionQuery(CamelPage, WithStatus):
    """`pageNum`, `pageSize`, and the seed's filters (P111)."""

    name = text(100, least=0)
    scenic_id = Id()


def require(data: dict[str, Any], **wanted: str) -> None:
    """Raise ValidationError naming every missing field (loaded name → wire name)."""
    missing = {wire: ["Missing data for required field."]
               for name, wire in wanted.items() if data.get(name) is None}
    if missing:
        raise ma.ValidationError(missing)
