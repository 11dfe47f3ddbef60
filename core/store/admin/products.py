"""Rows of what a shop sells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.store.tables import Product


def every() -> list[Product]:
    """Those on sale first, then by id."""
    return list(Product.select().order_by(Product.status, Product.id))


def one(product_id: int) -> Product | None:
    return Product.get_or_none(Product.id == product_id)


def add(at: datetime, **columns: Any) -> int:
    return int(Product.create(created_at=at, **columns).id)


def change(product_id: int, **columns: Any) -> None:
    Product.update(**columns).where(Product.id == product_id).execute()


def families(kind: str) -> list[str]:
    """The family names in use for one kind of product."""
    rows = Product.select(Product.family).where(
        (Product.kind == kind) & (Product.family != "")).distinct().order_by(Product.family)
    return [row.family for row in rows]
