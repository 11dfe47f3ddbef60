"""What the demo's photo counter sells and grants: prices, tiers, the pricing seed's three bundles,
a one-price, coupons, and codes of our own. Filling twice adds nothing but codes for those used."""

from __future__ import annotations

import json
from typing import Any

from core.money import Money
from core.pricing.tiers import Tier
from core.services.actor import Actor
from core.services.pricing.module import Pricing
from core.wiring import Services

SPRING = "春游 8.5 折"
SPRING_CODES = 2000
PAPER_CODES = 20
USABLE = 1

PRODUCTS = (("PHOTO_SET", "照相集", 128, "套"), ("VLOG_VIDEO", "Vlog 视频", 99, "条"),
            ("RECORDING_SET", "录像集", 188, "套"), ("PHOTO_PRINT", "照片打印", 15, "张"),
            ("MACHINE_PRINT", "一体机打印", 9.9, "张"))
PRINT_TIERS = (Tier(1, 7, Money.yuan(15)), Tier(8, None, Money.yuan(12)))
BUNDLES: tuple[dict[str, Any], ...] = (
    {"name": "任选两种 9 折", "discount_type": "PERCENTAGE_DISCOUNT", "kept": 9000, "min_types": 2},
    {"name": "满 10 件或满 500 减 50", "discount_type": "FIXED_DISCOUNT",
     "amount_fen": Money.yuan(50), "min_quantity": 10, "min_amount_fen": Money.yuan(500),
     "any_trigger": True},
    {"name": "照相集 + 视频一起买", "discount_type": "FIXED_PRICE", "amount_fen": Money.yuan(199),
     "combination": json.dumps([{"productType": "PHOTO_SET"}, {"productType": "VLOG_VIDEO"}]),
     "can_use_with_coupon": False, "can_use_with_voucher": False},
)
"""The pricing seed's rules (P208–P210)."""
COUPONS: tuple[dict[str, Any], ...] = (
    {"name": "满 200 减 20", "coupon_type": "fixed_amount", "amount_fen": Money.yuan(20),
     "minimum_fen": Money.yuan(200)},
    {"name": "满 300 减 40", "coupon_type": "fixed_amount", "amount_fen": Money.yuan(40),
     "minimum_fen": Money.yuan(300)},
    {"name": "照片 9 折，最多减 30", "coupon_type": "percentage", "kept": 9000,
     "cap_fen": Money.yuan(30), "product_types": '["PHOTO_SET", "PHOTO_PRINT"]',
     "total_quantity": 500},
)
ONE_PRICE = {"name": "全场一口价", "price_fen": Money.yuan(299), "can_use_coupon": True}
PAPER: dict[str, dict[str, Any]] = {
    "own_free_all": {"name": "全场免费券", "discount_type": 0},
    "own_reduce_price": {"name": "每件减 5 元", "discount_type": 1, "amount_fen": Money.yuan(5)},
    "own_discount": {"name": "8.5 折券", "discount_type": 2, "kept": 8500},
}
"""Handed out on paper: whoever types one at the kiosk may use it."""


def fill(services: Services, owner: Actor, members: list[Actor]) -> dict[str, str]:
    """Make what is missing, as the owner would at the desk of his venue; returns a usable code of
    each sort."""
    pricing = services.pricing
    _prices(pricing, owner)
    for offers, wanted in ((pricing.bundles, BUNDLES), (pricing.one_prices, (ONE_PRICE,)),
                           (pricing.coupon_configs, COUPONS)):
        known = {row.name for row in offers.page(owner, page=1, page_size=1,
                                                 everything=True).items}
        for columns in wanted:
            if columns["name"] not in known:
                made = offers.create(columns, owner)
                if offers is pricing.coupon_configs:
                    _claim(pricing, made.id, members, owner.venue_id)
    if not _batches(pricing, owner, SPRING):
        pricing.batches.create({
            "name": SPRING, "scenic_id": owner.venue_id, "total_count": SPRING_CODES,
            "discount_type": 2, "kept": 8500, "claim_days": 30}, owner)
    return {key: _paper_code(pricing, owner, columns) for key, columns in PAPER.items()}


def _prices(pricing: Pricing, owner: Actor) -> None:
    known = {row.product_type for row in pricing.products.listed(owner, disabled=True)}
    for kind, name, yuan, unit in PRODUCTS:
        if kind not in known:
            pricing.products.create({"product_type": kind, "product_name": name, "unit": unit,
                                     "base_price_fen": Money.yuan(yuan)}, owner)
    prints = ("PHOTO_PRINT", "default", 0)
    if not pricing.products.tiers(owner, product_type=prints[0]):
        pricing.products.replace_tiers(prints, PRINT_TIERS, owner)


def _claim(pricing: Pricing, coupon_id: int, members: list[Actor], venue: int | None) -> None:
    for member in members:
        pricing.coupons.claim(coupon_id, member, scenic_id=venue)


def _paper_code(pricing: Pricing, owner: Actor, columns: dict[str, Any]) -> str:
    """A code that nobody has used; of a new batch when all are."""
    def usable() -> list[str]:
        return [one.code for batch in _batches(pricing, owner, columns["name"])
                for one in pricing.codes.page(owner, page=1, page_size=1, batch_id=batch.id,
                                              status=USABLE).items]

    found = usable()
    if not found:
        pricing.batches.create({**columns, "scenic_id": owner.venue_id, "on_paper": True,
                                "total_count": PAPER_CODES}, owner)
        found = usable()
    return found[0]


def _batches(pricing: Pricing, owner: Actor, name: str) -> list[Any]:
    return [row for row in pricing.batches.page(owner, page=1, page_size=100, name=name).items
            if row.name == name]
