"""Promotions to and from plain columns: fen, basis points, JSON text, aware instants.

Reading raises `PromotionUnclear` for anything odd, malformed JSON included (P68–P69): words
`malformed_json`, `wrong_type` (with `field`), `unknown_product_type` and `unknown_code` (with
`value`), `missing_field`, `percentage_out_of_range`, and those of `promotion.py`. Columns:

    all         id  name  starts  ends  product_types (JSON list; NULL or [] for everything)
    ONE_PRICE   price_fen  can_use_coupon  can_use_voucher
    BUNDLE      discount_type  amount_fen  kept  combination (JSON list)  max_sets  min_quantity
                min_amount_fen  min_types  any_trigger  can_use_with_{coupon,voucher,one_price}
    VOUCHER     discount_type  amount_fen  kept
    COUPON      coupon_type  amount_fen  kept  minimum_fen  cap_fen
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import PricingError, PromotionUnclear
from core.money import WHOLE, Money
from core.pricing.kinds import (
    BundleDiscountType,
    Coded,
    CouponType,
    ProductType,
    VoucherDiscountType,
)
from core.pricing.promotion import Bundle, BundleItem, Coupon, OnePrice, Promotion, VoucherCode

MAX_ITEMS = 50
"""Parts of a combination, or product types, in one list."""

_KINDS: dict[str, type[Promotion]] = {
    kind.type: kind for kind in (OnePrice, Bundle, VoucherCode, Coupon)}
_MONEY = frozenset({"price", "amount", "min_amount", "minimum", "cap"})
_COUNTS = frozenset({"id", "kept", "max_sets", "min_quantity", "min_types"})
_FLAGS = frozenset({"any_trigger", "can_use_coupon", "can_use_voucher", "can_use_with_coupon",
                    "can_use_with_voucher", "can_use_with_one_price"})
_REQUIRED = _FLAGS | {"id", "price"}
_COMPUTED = frozenset({"excludes", "stands_alone"})


def to_row(promotion: Promotion) -> dict[str, Any]:
    """The columns of a promotion; `from_row` reads them back to an equal one."""
    row: dict[str, Any] = {}
    for name in (field.name for field in fields(promotion) if field.name not in _COMPUTED):
        value = getattr(promotion, name)
        if name in _MONEY:
            row[name + "_fen"] = None if value is None else value.fen
        elif name == "product_types":
            row[name] = product_types_text(value)
        elif name == "combination":
            row[name] = combination_text(value)
        elif isinstance(value, Coded):
            row[name] = value.code
        else:
            row[name] = value
    return row


def from_row(kind: str, row: Mapping[str, Any]) -> Promotion:
    """The promotion of type `kind` (such as `COUPON`) in these columns; others are ignored.

    A column that is absent takes the promotion's default.
    """
    if kind not in _KINDS:
        raise PromotionUnclear("unknown_code", field="type", value=str(kind)[:40])
    values: dict[str, Any] = {}
    for field in fields(_KINDS[kind]):
        name = field.name
        column = name + "_fen" if name in _MONEY else name
        if name not in _COMPUTED and column in row:
            values[name] = _read(kind, name, column, row[column])
    try:
        return _KINDS[kind](**values)
    except TypeError as error:
        raise PromotionUnclear("missing_field", field=str(error)[:80]) from error


def product_types(text: str | None, field: str = "product_types") -> frozenset[ProductType]:
    """Read a JSON list of product type codes; NULL, empty text and [] mean everything."""
    return frozenset(_product_type(code, field) for code in _json_list(text, field))


def product_types_text(types: Iterable[ProductType]) -> str:
    return json.dumps(sorted(str(one.code) for one in types))


def combination(text: str | None, field: str = "combination") -> tuple[BundleItem, ...]:
    """Read a bundle's product list: `[{"productType": "PHOTO_SET", "quantity": 1}]`, each with
    an optional `productId`."""
    items = []
    for entry in _json_list(text, field):
        if not isinstance(entry, dict) or not entry.keys() <= {
                "productType", "quantity", "productId"}:
            raise PromotionUnclear("wrong_type", field=field)
        product_id = entry.get("productId")
        if product_id is not None and (not isinstance(product_id, str) or not product_id):
            raise PromotionUnclear("wrong_type", field=f"{field}.productId")
        items.append(BundleItem(
            _product_type(entry.get("productType"), f"{field}.productType"),
            _whole_number(entry.get("quantity", 1), f"{field}.quantity"), product_id))
    return tuple(items)


def combination_text(items: Iterable[BundleItem]) -> str:
    return json.dumps([
        {"productType": item.product_type.code, "quantity": item.quantity}
        | ({"productId": item.product_id} if item.product_id is not None else {})
        for item in items])


def kept_from_share(share: str | int | Decimal, field: str = "discount_value") -> int:
    """Basis points of the seed's share kept: `0.85`, which is 8.5折, is 8500 (decision Q5)."""
    try:
        points = Decimal(str(share)) * WHOLE
        kept = int(points)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise PromotionUnclear("wrong_type", field=field) from error
    if isinstance(share, bool) or kept != points or not 0 <= kept <= WHOLE:
        raise PromotionUnclear("percentage_out_of_range", field=field)
    return kept


def share_from_kept(kept: int) -> Decimal:
    """8500 as the wire shows it: `0.85`."""
    return (Decimal(kept) / WHOLE).normalize() if kept else Decimal(0)


def _read(kind: str, name: str, column: str, value: Any) -> Any:
    if name == "product_types":
        return product_types(value)
    if name == "combination":
        return combination(value)
    if name == "discount_type":
        return _coded(BundleDiscountType if kind == Bundle.type else VoucherDiscountType,
                      value, column)
    if name == "coupon_type":
        return _coded(CouponType, value, column)
    if name == "name":
        return _of(str, value, column)
    if value is None:
        if name in _REQUIRED:
            raise PromotionUnclear("missing_field", field=column)
        return None
    if name in _MONEY:
        return Money(_whole_number(value, column))
    if name in _COUNTS:
        return _whole_number(value, column)
    return _flag(value, column) if name in _FLAGS else _of(datetime, value, column)


def _json_list(text: str | None, field: str) -> list[Any]:
    if text is None or text == "":
        return []
    try:
        found = json.loads(_of(str, text, field))
    except (ValueError, RecursionError) as error:
        raise PromotionUnclear("malformed_json", field=field) from error
    if not isinstance(found, list) or len(found) > MAX_ITEMS:
        raise PromotionUnclear("wrong_type", field=field)
    return found


def _product_type(code: object, field: str) -> ProductType:
    try:
        return ProductType.from_code(code)
    except PricingError as error:
        raise PromotionUnclear("unknown_product_type", field=field,
                               value=str(code)[:40]) from error


def _coded(kind: type[Coded], code: object, field: str) -> Coded:
    try:
        return kind.from_code(code)
    except PricingError as error:
        raise PromotionUnclear("unknown_code", field=field, value=str(code)[:40]) from error


def _whole_number(value: object, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise PromotionUnclear("wrong_type", field=field)
    return value


def _flag(value: object, field: str) -> bool:
    """SQLite keeps booleans as 0 and 1."""
    if not isinstance(value, int) or value not in (0, 1):
        raise PromotionUnclear("wrong_type", field=field)
    return bool(value)


def _of(kind: type[Any], value: object, field: str) -> Any:
    if not isinstance(value, kind):
        raise PromotionUnclear("wrong_type", field=field)
    return value
