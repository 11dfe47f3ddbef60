"""Venues, their kiosks and printers, and their identity at the platforms."""

from __future__ import annotations

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField, SmallIntegerField

from core.store.tables.base import Row
from core.store.tables.fields import FenField, JsonField, SecretField, UtcDateTime


class Platform(Row):
    """`third_party_platforms` (checklist S11–S21). status: 1 启用, 2 停用."""

    platform_name = CharField(50)
    platform_code = CharField(20, unique=True)
    app_id = CharField(100, null=True)
    app_secret = SecretField(null=True)
    api_url = CharField(255, null=True)
    status = SmallIntegerField(default=1)
    config = JsonField(default=dict)
    updated_at = UtcDateTime()

    class Meta:
        table_name = "third_party_platforms"


class Venue(Row):
    """A shop; the seeds' scenic spot (`scenic_id`, decision Q18)."""

    name = CharField(50)
    brand = CharField(50, default="")
    zone = CharField(40, default="Asia/Shanghai")
    address = CharField(200, default="")
    phone = CharField(30, default="")
    confirm_policy = JsonField(default=dict)
    """door → "auto" | "staff"; a missing door takes the default of design section 3, step 4."""
    auto_limit_fen = FenField(null=True)
    """Above this paid price even an "auto" door asks staff; NULL: no limit."""
    opens = CharField(5, default="09:00")
    closes = CharField(5, default="22:00")
    """When the shop is open, at its own clock; after midnight when `closes` is the earlier."""
    robot_key = SecretField(null=True)
    """The WeCom group robot that tells this shop's group of alerts."""
    status = SmallIntegerField(default=1)
    kiosk_cart = BooleanField(default=False)
    """A photo shop: its kiosks sell, so they offer a cart beside the vouchers."""

    class Meta:
        table_name = "venues"


class PlatformShop(Row):
    """One venue as one platform knows it.

    `shop_id`: Douyin poi_id, Meituan opPoiId; `account_id`: Douyin merchant account, Meituan
    opBizCode; `token`: Meituan appAuthToken of `business` 58 (shop) or 59 (customer).
    status: 1 connected, 2 the merchant took the authorisation back.
    """

    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT", index=False)
    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT")
    business = CharField(10, default="")
    shop_id = CharField(64, default="")
    account_id = CharField(64, default="")
    token = SecretField(null=True)
    refresh_token = SecretField(null=True)
    token_expires_at = UtcDateTime(null=True)
    refresh_expires_at = UtcDateTime(null=True)
    """After this the merchant must authorise again."""
    authorised_at = UtcDateTime(null=True)
    refresh_lease_until = UtcDateTime(null=True)
    """Until when somebody is refreshing the token, or waits before the next try."""
    status = SmallIntegerField(default=1)

    class Meta:
        table_name = "platform_shops"
        indexes = ((("venue", "platform", "business"), True),)


class Kiosk(Row):
    """A self-service machine. `pairing_hash` is set until the code on the desk page was used."""

    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    name = CharField(50)
    pairing_hash = CharField(64, null=True, unique=True)
    pairing_expires_at = UtcDateTime(null=True)
    paired_at = UtcDateTime(null=True)
    last_seen_at = UtcDateTime(null=True)
    status = SmallIntegerField(default=1)

    class Meta:
        table_name = "kiosks"


class Printer(Row):
    """A slip printer in the shop's own network. `paper` in millimetres; status: 1 on, 2 off."""

    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    name = CharField(50)
    address = CharField(45)
    port = IntegerField(default=9100)
    paper = SmallIntegerField(default=58)
    printed_at = UtcDateTime(null=True)
    """When it last took a slip."""
    failed_at = UtcDateTime(null=True)
    """When it last did not; NULL again as soon as it takes one."""
    status = SmallIntegerField(default=1)

    class Meta:
        table_name = "printers"


class Product(Row):
    """What a shop sells. `voucher_type`: 1 会员卡, 2 私教课, 3 团课 (S26).

    `kind`: card (days), lessons (uses, days valid), class (seats in class sessions). A product
    with `renews` set may lengthen a card of the same product family.
    """

    name = CharField(100)
    kind = CharField(20)
    voucher_type = SmallIntegerField()
    days = IntegerField(null=True)
    uses = IntegerField(null=True)
    family = CharField(50, default="")
    """Cards of one family renew each other; class sessions of one family take its vouchers."""
    price_fen = FenField(null=True)
    status = SmallIntegerField(default=1)

    class Meta:
        table_name = "products"


class SkuMapping(Row):
    """Platform SKU → our product. A SKU that members met but nobody mapped has no product."""

    platform_id: int
    platform = ForeignKeyField(Platform, on_delete="RESTRICT", index=False)
    sku_id = CharField(64)
    title = CharField(100, default="")
    product_id: int | None
    product = ForeignKeyField(Product, null=True, on_delete="RESTRICT")
    venue_ids = JsonField(null=True)
    """Venues where the platform lets it be used; NULL: not known."""
    last_met_at = UtcDateTime(null=True)
    uses = IntegerField(null=True)
    """Uses of one certificate, where its platform tells them only to whoever scans it; NULL: not
    asked yet."""

    class Meta:
        table_name = "sku_mappings"
        indexes = ((("platform", "sku_id"), True),)
