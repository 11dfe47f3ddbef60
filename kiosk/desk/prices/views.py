"""Assembles the nouns of prices and codes; the way in is the cart that explains its price."""

from __future__ import annotations

from flask import Blueprint

from kiosk.desk.prices import (
    batches,
    bundles,
    cart,
    coupons,
    one_prices,
    orders,
    products,
    refunds,
)
from kiosk.desk.prices.showing import FILTERS

pages = Blueprint("prices", __name__, url_prefix="/prices")
NOUNS = (orders.pages, products.pages, one_prices.pages, bundles.pages, coupons.pages,
         batches.pages, refunds.pages)

pages.add_url_rule("", "page", cart.page_, methods=["GET"])
pages.add_url_rule("", "price", cart.price, methods=["POST"])
for name, shown in FILTERS.items():
    pages.add_app_template_filter(shown, name)
for noun in NOUNS:
    pages.register_blueprint(noun)
