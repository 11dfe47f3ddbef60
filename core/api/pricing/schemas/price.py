"""Pricing a cart (P15–P29, P219–P230)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from core.api.fields import Yuan, text
from core.api.pricing.schemas.fields import (
    Camel,
    CamelInput,
    Face,
    Id,
    Instant,
    Number,
    ProductId,
    is_product_id,
)
from core.api.pricing.schemas.promotions import codes_of
from core.pricing.kinds import ProductType
from core.pricing.promotion import MAX_COUNT
from core.services.pricing.price import MOST_CODES, PriceRequest, Wanted

MOST_LINES = 200


class ProductItem(CamelInput):
    """What to buy (P17)."""

    product_type = fields.String(required=True, validate=codes_of(ProductType))
    product_id = ProductId(load_default="default")
    quantity = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MAX_COUNT))

    def load(self, data: Any, **kwargs: Any) -> Any:
        """Nearly all items are right as they stand, which is seen at once; the way over the
        fields, ten times as long, is for the others. A cart has many."""
        if type(data) is dict:
            kind, product = data.get("productType"), data.get("productId", "default")
            quantity = data.get("quantity", 1)
            if type(kind) is str and kind in _TYPES and is_product_id(product) \
                    and type(quantity) is int and 1 <= quantity <= MAX_COUNT:
                return {"product_type": kind, "product_id": product, "quantity": quantity}
        return super().load(data, **kwargs)


class PriceInput(CamelInput):
    """A cart. What a member holds is used unasked unless the `autoUse…` flags say no; `voucherCode`
    is tried besides, and the cheapest allowed combination wins."""

    products = fields.List(fields.Nested(ProductItem), required=True,
                           validate=validate.Length(1, MOST_LINES))
    scenic_id = Id(allow_none=True)
    face_id = Face(allow_none=True)
    voucher_code = text(64, least=0, allow_none=True)
    voucher_codes = fields.List(text(64), validate=validate.Length(max=MOST_CODES))
    auto_use_voucher = fields.Boolean(load_default=True)
    auto_use_coupon = fields.Boolean(load_default=True)


class CalculateInput(PriceInput):
    """`previewOnly` false settles the price at once, as a checkout does."""

    preview_only = fields.Boolean(load_default=True)


class CheckoutInput(PriceInput):
    """The cart, and what was shown for it: `quote`, or just `finalAmount`. Without either, the
    present price is accepted."""

    quote = text(200, allow_none=True)
    final_amount = Yuan(allow_none=True)


def request_of(body: dict[str, Any]) -> PriceRequest:
    """What the services want to know of a cart."""
    entered = [body.get("voucher_code") or "", *body.get("voucher_codes", [])]
    return PriceRequest(
        tuple([Wanted(_TYPES[one["product_type"]], one["product_id"], one["quantity"])
               for one in body["products"]]),
        body.get("scenic_id"), body.get("face_id"),
        tuple([code for code in entered if code.strip()]),
        body["auto_use_voucher"], body["auto_use_coupon"])


_TYPES = {str(kind.code): kind for kind in ProductType}


class LineSchema(Camel):
    """One line of the cart as priced (P18). `discounts` run parallel to `discountDetails`."""

    product_type = fields.String()
    product_id = fields.String()
    product_name = fields.String()
    quantity = fields.Integer()
    unit_price = Yuan()
    original_amount = Yuan()
    discount_amount = Yuan()
    final_amount = Yuan()
    discounts = fields.List(Yuan())


class DiscountDetailSchema(Camel):
    """One step from the original price to the final one (P22)."""

    discount_type = fields.String(metadata={"enum": ["ONE_PRICE", "BUNDLE", "VOUCHER", "COUPON"]})
    discount_id = fields.Integer()
    discount_name = fields.String(metadata={"example": "满 200 减 20"})
    description = fields.String(metadata={"example": "打完折 ¥250.75，够了"})
    before_amount = Yuan()
    discount_amount = Yuan()
    after_amount = Yuan()


class DiscountInfoSchema(Camel):
    """A promotion that this cart could use (P21). `discountAmount`: what it takes off in its
    place if `applied`, else what it would take off by itself."""

    discount_type = fields.String()
    discount_id = fields.Integer()
    discount_name = fields.String()
    discount_amount = Yuan()
    applied = fields.Boolean()
    bundle_discount_info = fields.Dict(allow_none=True)


class SkippedSchema(Camel):
    """A promotion or code that is not used, and why."""

    discount_type = fields.String()
    discount_id = fields.Integer(allow_none=True)
    discount_name = fields.String()
    reason = fields.String(metadata={"example": "spend_too_low"})
    message = fields.String(metadata={"example": "打完折还差 ¥49.25"})
    facts = fields.Dict()


class UsedVoucherSchema(Camel):
    """The code that a checkout would use (P44)."""

    voucher_id = fields.Integer()
    voucher_code = fields.String()
    batch_id = fields.Integer()
    voucher_name = fields.String()
    discount_type = fields.Integer(metadata={"description": "0 全场免费, 1 商品降价, 2 商品打折"})
    discount_type_name = fields.String()
    discount_value = Number(allow_none=True)
    actual_discount_amount = Yuan()
    uses_left = fields.Integer()
    expires_at = Instant(allow_none=True)


class UsedCouponSchema(Camel):
    """The coupon that a checkout would use."""

    coupon_id = fields.Integer()
    claim_record_id = fields.Integer()
    coupon_name = fields.String()
    coupon_type = fields.String()
    discount_value = Number()
    actual_discount_amount = Yuan()


class PriceResultSchema(Camel):
    """P16. `explanation` says all of it in words: the waterfall, then what was not used."""

    scenic_id = fields.Integer()
    face_id = fields.String(allow_none=True)
    original_amount = Yuan()
    discount_amount = Yuan()
    final_amount = Yuan()
    products = fields.List(fields.Nested(LineSchema))
    discount_details = fields.List(fields.Nested(DiscountDetailSchema))
    used_voucher = fields.Nested(UsedVoucherSchema, allow_none=True)
    used_coupon = fields.Nested(UsedCouponSchema, allow_none=True)
    available_discounts = fields.List(fields.Nested(DiscountInfoSchema))
    skipped_discounts = fields.List(fields.Nested(SkippedSchema))
    explanation = fields.List(fields.String())
    quote = fields.String(metadata={"description": "name it in a checkout to get this price"})
    preview_only = fields.Boolean()
    order_no = fields.String(allow_none=True)


