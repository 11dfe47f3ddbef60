"""Coupons that members claim: an amount or a percentage, from some spend on, for some time."""

from __future__ import annotations

from typing import Any

from core.pricing.kinds import CouponType
from core.pricing.promotion import COUPON, MAX_COUNT
from core.services.staff_words import Words
from kiosk.desk.forms import Form
from kiosk.desk.prices import fields
from kiosk.desk.prices.promotions import Noun, pages_of, pricing
from kiosk.desk.words import tell

KINDS = {str(CouponType.FIXED_AMOUNT.code): Words("减几元", "An amount off"),
         str(CouponType.PERCENTAGE.code): Words("打折", "A percentage off")}
MOST_EACH = 100


def _read(form: Form) -> dict[str, Any]:
    kind = form.one_of("coupon_type", KINDS)
    percent = kind == str(CouponType.PERCENTAGE.code)
    return {"coupon_type": kind, **fields.gift(form, percent),
            "minimum_fen": form.yuan("minimum"), "cap_fen": form.yuan("cap"),
            "total_quantity": form.whole("total_quantity", 1, MAX_COUNT, needed=False),
            "claim_limit": form.whole("claim_limit", 1, MOST_EACH) or 1}


pages = pages_of(Noun(
    "coupons", COUPON, Words("优惠券", "Coupons"),
    Words("会员领了，结账时自己用上", "Members claim them; they count at checkout"),
    Words("加优惠券", "Add a coupon"), lambda: pricing().coupon_configs, _read,
    lambda row: {"kinds": [(key, tell(said)) for key, said in KINDS.items()]}))
