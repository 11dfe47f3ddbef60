"""Rows of what the platforms sell under which id, and what that is to us."""

from __future__ import annotations

from datetime import datetime

from peewee import JOIN, ModelSelect

from core.store.select import first
from core.store.tables import Platform, Product, SkuMapping


def _whole() -> ModelSelect[SkuMapping]:
    return (SkuMapping.select(SkuMapping, Platform, Product).join(Platform)
            .switch(SkuMapping).join(Product, JOIN.LEFT_OUTER))


def every(*, unmapped: bool | None = None, limit: int = 500) -> list[SkuMapping]:
    """With platform and product; those nobody mapped first, the latest met first."""
    query = _whole()
    if unmapped is not None:
        query = query.where(SkuMapping.product.is_null(unmapped))
    return list(query.order_by(SkuMapping.product.is_null(False), SkuMapping.last_met_at.desc(),
                               SkuMapping.id.desc()).limit(limit))


def one(mapping_id: int) -> SkuMapping | None:
    return first(_whole().where(SkuMapping.id == mapping_id))


def of_sku(platform_id: int, sku_id: str) -> SkuMapping | None:
    return SkuMapping.get_or_none(
        (SkuMapping.platform == platform_id) & (SkuMapping.sku_id == sku_id))


def add(at: datetime, platform_id: int, sku_id: str, title: str, product_id: int) -> int:
    return int(SkuMapping.create(platform=platform_id, sku_id=sku_id, title=title,
                                 product=product_id, created_at=at).id)


def map_to(mapping_id: int, product_id: int | None) -> None:
    SkuMapping.update(product=product_id).where(SkuMapping.id == mapping_id).execute()


def count_unmapped() -> int:
    return int(SkuMapping.select().where(SkuMapping.product.is_null()).count())
