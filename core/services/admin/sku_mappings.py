"""Platform SKU → our product; those that members met and nobody mapped stand first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey, once
from core.services.unmapped import KIND
from core.store import audit, tasks
from core.store.admin import platforms, products, sku_mappings
from core.store.db import Store
from core.store.tables import SkuMapping


@dataclass(frozen=True, slots=True)
class SkuView:
    """What a platform sells. `product_id` None: a member's voucher of it cannot be redeemed yet."""

    id: int
    platform_id: int
    platform_name: str
    sku_id: str
    title: str
    product_id: int | None
    product_name: str | None
    last_met_at: datetime | None


class SkuMappings:
    """For managers."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def listed(self, actor: Actor, *, unmapped: bool | None = None) -> list[SkuView]:
        """`unmapped` True or False: only those. Raises NotAllowed."""
        actor.require(Role.MANAGER)
        with self._store.connection():
            return [_view(row) for row in sku_mappings.every(unmapped=unmapped)]

    def unmapped_count(self) -> int:
        """How many SKUs members met that nobody mapped."""
        with self._store.connection():
            return sku_mappings.count_unmapped()

    def map_to(self, mapping_id: int, product_id: int | None, actor: Actor) -> SkuView:
        """From now on vouchers of this SKU become this product (None: none any more); the task
        about it is done. Raises NotFound, NotAllowed, InvalidInput."""
        actor.require(Role.MANAGER)
        at = self._clock.now()

        def work() -> None:
            row = _row(mapping_id)
            if product_id is not None:
                _sold(product_id)
            sku_mappings.map_to(mapping_id, product_id)
            if product_id is not None:
                tasks.close(KIND, f"{row.platform.platform_code}:{row.sku_id}", at,
                            closed_by=actor.id, resolution="mapped")
            audit.add(actor, "sku.mapped", "sku_mapping", mapping_id, at,
                      from_state=str(row.product_id or ""), to_state=str(product_id or ""),
                      sku_id=row.sku_id, title=row.title)

        self._store.transact("admin.sku", work)
        return self.one(mapping_id, actor)

    def add(self, platform_id: int, sku_id: str, title: str, product_id: int, actor: Actor, *,
            key: SentKey | None = None) -> SkuView:
        """Map a SKU before any member brings it. Raises NotAllowed, NotFound, InvalidInput,
        Conflict("taken")."""
        actor.require(Role.MANAGER)
        sku, at = sku_id.strip(), self._clock.now()
        if not sku:
            raise InvalidInput("needed", field="sku_id")

        def work() -> int:
            if platforms.one(platform_id) is None:
                raise NotFound("platform_not_found")
            _sold(product_id)
            if sku_mappings.of_sku(platform_id, sku) is not None:
                raise Conflict("taken", field="sku_id")
            mapping_id = sku_mappings.add(at, platform_id, sku, title.strip(), product_id)
            audit.add(actor, "sku.mapped", "sku_mapping", mapping_id, at,
                      to_state=str(product_id), sku_id=sku, title=title.strip())
            return mapping_id

        mapping_id = int(self._store.transact("admin.sku_added", lambda: once(key, at, work)))
        return self.one(mapping_id, actor)

    def one(self, mapping_id: int, actor: Actor) -> SkuView:
        """Raises NotFound, NotAllowed."""
        actor.require(Role.MANAGER)
        with self._store.connection():
            return _view(_row(mapping_id))


def _row(mapping_id: int) -> SkuMapping:
    row = sku_mappings.one(mapping_id)
    if row is None:
        raise NotFound("sku_not_found")
    return row


def _sold(product_id: int) -> None:
    product = products.one(product_id)
    if product is None or product.status != 1:
        raise InvalidInput("product_not_on_sale", field="product_id")


def _view(row: SkuMapping) -> SkuView:
    product = row.product
    return SkuView(row.id, row.platform_id, row.platform.platform_name, row.sku_id, row.title,
                   row.product_id, product.name if product is not None else None, row.last_met_at)
