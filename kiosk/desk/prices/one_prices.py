"""A venue's unified price for everything it covers, when that is lower."""

from __future__ import annotations

from typing import Any

from core.pricing.promotion import ONE_PRICE
from core.services.staff_words import Words
from kiosk.desk.forms import Form
from kiosk.desk.prices.promotions import Noun, pages_of, pricing


def _read(form: Form) -> dict[str, Any]:
    return {"price_fen": form.yuan("price", needed=True),
            "can_use_coupon": form.ticked("can_use_coupon"),
            "can_use_voucher": form.ticked("can_use_voucher")}


pages = pages_of(Noun(
    "one_prices", ONE_PRICE, Words("一口价", "One price"),
    Words("不管选几样，一共这么多，更便宜时才用",
          "One sum for everything, used when that is lower"),
    Words("加一口价", "Add a one-price"), lambda: pricing().one_prices, _read))
