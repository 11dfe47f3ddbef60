"""The blueprints of this module, for `core.api.door`."""

from __future__ import annotations

from core.api.pricing import calculate, config, coupons, one_price, orders, usage, vouchers

DOORS = (calculate.door, orders.door, config.door, coupons.own, coupons.door, one_price.door,
         vouchers.door, usage.door)
