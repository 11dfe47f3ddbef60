"""What a photo shop asks and grants: prices, tiers, bundles, one-prices, coupons (P248–P252, P257).

`scenic_id` is a venue's id (decision Q18); 0, shown as null, means every venue. Attributes are
named as `core.pricing.codec` names them, columns as the seed does where it has a name. Promotions
are never deleted for good: a member may hold one, and orders name them.
"""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    SmallIntegerField,
    TextField,
)

from core.store.tables.base import Row
from core.store.tables.fields import FenField, UtcDateTime

EVERYWHERE = 0
"""`scenic_id` of what holds at every venue. Not NULL, which unique indexes do not see."""
ANY_PRODUCT = "default"
"""`product_id` of the row for products of a type that have none of their own (P137)."""


class PriceProduct(Row):
    """A product's base price."""

    product_type = CharField(20)
    product_id = CharField(64, default=ANY_PRODUCT)
    scenic_id = BigIntegerField(default=EVERYWHERE)
    product_name = CharField(100, default="")
    base_price_fen = FenField()
    unit = CharField(10, default="")
    status = SmallIntegerField(default=1)
    updated_at = UtcDateTime()

    class Meta:
        table_name = "price_product_config"
        indexes = ((("product_type", "product_id", "scenic_id"), True),
                   (("scenic_id", "status"), False))


class PriceTier(Row):
    """A unit price for so many units (P136), of the product row with the same three keys.
    `max_quantity` NULL: and more."""

    product_type = CharField(20)
    product_id = CharField(64, default=ANY_PRODUCT)
    scenic_id = BigIntegerField(default=EVERYWHERE)
    min_quantity = IntegerField()
    max_quantity = IntegerField(null=True)
    unit_price_fen = FenField()
    updated_at = UtcDateTime()

    class Meta:
        table_name = "price_tier_config"
        indexes = ((("product_type", "product_id", "scenic_id", "min_quantity"), True),)


class PriceBundle(Row):
    """Bought together, cheaper (P202–P214)."""

    scenic_id = BigIntegerField(default=EVERYWHERE)
    name = CharField(100, column_name="bundle_name")
    discount_type = CharField(20)
    amount_fen = FenField(null=True, column_name="discount_value_fen")
    kept = IntegerField(null=True, column_name="kept_basis_points")
    combination = TextField(default="[]", column_name="bundle_products")
    product_types = TextField(default="[]", column_name="applicable_products")
    max_sets = IntegerField(null=True)
    min_quantity = IntegerField(null=True)
    min_amount_fen = FenField(null=True)
    min_types = IntegerField(null=True)
    any_trigger = BooleanField(default=False)
    can_use_with_coupon = BooleanField(default=True)
    can_use_with_voucher = BooleanField(default=True)
    can_use_with_one_price = BooleanField(default=False)
    starts = UtcDateTime(null=True, column_name="valid_from")
    ends = UtcDateTime(null=True, column_name="valid_until")
    status = SmallIntegerField(default=1)
    deleted_at = UtcDateTime(null=True)
    updated_at = UtcDateTime()

    class Meta:
        table_name = "price_bundle_config"
        indexes = ((("scenic_id", "status"), False),)


class PriceOnePrice(Row):
    """A venue's unified price (P186–P188)."""

    scenic_id = BigIntegerField(default=EVERYWHERE)
    name = CharField(100, column_name="config_name")
    price_fen = FenField(column_name="one_price_fen")
    product_types = TextField(default="[]", column_name="applicable_products")
    can_use_coupon = BooleanField(default=False)
    can_use_voucher = BooleanField(default=False)
    starts = UtcDateTime(null=True, column_name="valid_from")
    ends = UtcDateTime(null=True, column_name="valid_until")
    status = SmallIntegerField(default=1)
    deleted_at = UtcDateTime(null=True)
    updated_at = UtcDateTime()

    class Meta:
        table_name = "price_one_price_config"
        indexes = ((("scenic_id", "status"), False),)


class PriceCoupon(Row):
    """A coupon that members may claim. `total_quantity` NULL: without limit. The counters equal
    the claim records: `claimed_count` all of them, `used_count` those in state used."""

    scenic_id = BigIntegerField(default=EVERYWHERE)
    name = CharField(100, column_name="coupon_name")
    coupon_type = CharField(20)
    amount_fen = FenField(null=True, column_name="discount_value_fen")
    kept = IntegerField(null=True, column_name="kept_basis_points")
    minimum_fen = FenField(null=True, column_name="min_amount_fen")
    cap_fen = FenField(null=True, column_name="max_discount_fen")
    product_types = TextField(default="[]", column_name="applicable_products")
    starts = UtcDateTime(null=True, column_name="valid_from")
    ends = UtcDateTime(null=True, column_name="valid_until")
    total_quantity = IntegerField(null=True)
    claim_limit = IntegerField(default=1)
    """How many one member may claim."""
    claimed_count = IntegerField(default=0)
    used_count = IntegerField(default=0)
    status = SmallIntegerField(default=1)
    deleted_at = UtcDateTime(null=True)
    updated_at = UtcDateTime()

    class Meta:
        table_name = "price_coupon_config"
        indexes = ((("scenic_id", "status"), False),)


class PriceCouponClaim(Row):
    """A coupon in a member's hands. status: claimed, used, expired (P118–P120).

    `holder` is `m<member id>`, or `f<face id>` of somebody who is no member yet; with `number`
    it is unique, so that nobody claims more often than the coupon allows. `uses_back` counts how
    often it was given back.
    """

    coupon_id: int
    coupon = ForeignKeyField(PriceCoupon, on_delete="RESTRICT", index=False)
    holder = CharField(130)
    number = IntegerField(default=1)
    user_id = BigIntegerField(null=True, index=True)
    face_id = CharField(128, null=True)
    scenic_id = BigIntegerField(default=EVERYWHERE)
    status = CharField(10, default="claimed")
    claimed_at = UtcDateTime(column_name="claim_time")
    used_at = UtcDateTime(null=True, column_name="use_time")
    order_id = BigIntegerField(null=True, index=True)
    discount_fen = FenField(null=True)
    uses_back = IntegerField(default=0)

    class Meta:
        table_name = "price_coupon_claim_record"
        indexes = ((("coupon", "holder", "number"), True), (("holder", "status"), False),
                   (("coupon", "status"), False), (("face_id",), False), (("claimed_at",), False))


class PriceVersion(Row):
    """Grows with every change of a venue's prices and promotions, in the change's own transaction,
    so that a process knows when what it has loaded is stale."""

    scenic_id = BigIntegerField(unique=True)
    version = BigIntegerField(default=1)

    class Meta:
        table_name = "price_version"
