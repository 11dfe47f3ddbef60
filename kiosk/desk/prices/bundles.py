"""Bundles: bought together, cheaper. A set of named parts, or conditions on the whole cart."""

from __future__ import annotations

from typing import Any

from flask import request

from core.errors import PromotionUnclear
from core.pricing.codec import combination, combination_text
from core.pricing.kinds import BundleDiscountType
from core.pricing.promotion import BUNDLE, MAX_COUNT, BundleItem
from core.services.staff_words import Words
from kiosk.desk.forms import Form
from kiosk.desk.prices import fields
from kiosk.desk.prices.promotions import Noun, pages_of, pricing
from kiosk.desk.prices.showing import TYPES, product_name
from kiosk.desk.state import actor
from kiosk.desk.words import say, tell

KINDS = {
    str(BundleDiscountType.FIXED_PRICE.code): Words("一套多少钱", "A price for the set"),
    str(BundleDiscountType.FIXED_DISCOUNT.code): Words("减几元", "An amount off"),
    str(BundleDiscountType.PERCENTAGE_DISCOUNT.code): Words("打折", "A percentage off"),
}
FLAGS = ("any_trigger", "can_use_with_coupon", "can_use_with_voucher", "can_use_with_one_price")
MOST_OF_ONE = 1000
ANY = "default"


def _read(form: Form) -> dict[str, Any]:
    kind = form.one_of("discount_type", KINDS)
    percent = kind == str(BundleDiscountType.PERCENTAGE_DISCOUNT.code)
    return {"discount_type": kind, **fields.gift(form, percent),
            "combination": combination_text(_parts(form)),
            "max_sets": form.whole("max_sets", 1, MAX_COUNT, needed=False),
            "min_quantity": form.whole("min_quantity", 1, MAX_COUNT, needed=False),
            "min_amount_fen": form.yuan("min_amount"),
            "min_types": form.whole("min_types", 1, len(TYPES), needed=False),
            **{flag: form.ticked(flag) for flag in FLAGS}}


def _parts(form: Form) -> list[BundleItem]:
    """What a set is made of: the rows with a quantity."""
    parts = []
    for number in range(len([name for name in request.form if name.startswith("part_")])):
        code, _, product_id = request.form.get(f"part_{number}", "").partition(":")
        count = form.whole(f"quantity_{number}", 0, MOST_OF_ONE, needed=False)
        if count and code in fields.BY_CODE:
            parts.append(BundleItem(fields.BY_CODE[code], count, product_id or None))
    return parts


def _more(row: Any) -> dict[str, Any]:
    return {"kinds": [(key, tell(said)) for key, said in KINDS.items()], "parts": _rows(row)}


def _rows(row: Any) -> list[tuple[str, str, str]]:
    """(what, its name, how many) of everything that a set may be made of."""
    found = {f"{kind.code}:": say("任何{name}", "any {name}", name=tell(said))
             for kind, said in TYPES.items()}
    for product in pricing().products.listed(actor()):
        if product.product_id != ANY:
            found[f"{product.product_type}:{product.product_id}"] = product_name(product)
    kept = _kept(row)
    found.update({key: key.partition(":")[2] for key in kept if key not in found})
    return [(key, name, request.form.get(f"quantity_{number}", "") if request.method == "POST"
             else str(kept.get(key, ""))) for number, (key, name) in enumerate(found.items())]


def _kept(row: Any) -> dict[str, int]:
    try:
        items = combination(row.combination) if row is not None else ()
    except PromotionUnclear:
        return {}
    return {f"{item.product_type.code}:{item.product_id or ''}": item.quantity for item in items}


pages = pages_of(Noun(
    "bundles", BUNDLE, Words("组合", "Bundles"),
    Words("几样一起买，或买够多少，就便宜", "Bought together, or enough of it, cheaper"),
    Words("加组合", "Add a bundle"), lambda: pricing().bundles, _read, _more))
