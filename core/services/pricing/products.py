"""Products, their base prices and quantity tiers (P126–P129, P136–P137)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import Conflict, NotFound
from core.pricing.tiers import PriceList, Tier
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey
from core.services.pricing.holder import require_staff, venue_for
from core.services.pricing.keyed import once
from core.store import audit
from core.store.db import Store, locked
from core.store.pricing import offers
from core.store.select import first
from core.store.tables import PriceProduct, PriceTier
from core.store.tables.pricing import ANY_PRODUCT, EVERYWHERE

Key = tuple[str, str, int]
"""Product type, product id, venue: what a product row and its tiers share."""


class Products:
    """What is sold and for how much. Tiers belong to the product row with the same key; between
    them there is neither gap nor overlap, whatever is saved or deleted."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def listed(self, actor: Actor, *, scenic_id: int | None = None,
               product_type: str | None = None, disabled: bool = False) -> list[PriceProduct]:
        """What a venue sells, its own rows and those for every venue. `disabled` ones only for
        staff, who without a venue see those of all their venues."""
        if disabled:
            actor.require(Role.CLERK)
        query = PriceProduct.select().order_by(
            PriceProduct.product_type, PriceProduct.product_id, PriceProduct.scenic_id)
        scope = self._scope(actor, scenic_id)
        if scope is not None:
            query = query.where(PriceProduct.scenic_id.in_(scope))
        if product_type is not None:
            query = query.where(PriceProduct.product_type == product_type)
        if not disabled:
            query = query.where(PriceProduct.status == offers.ON)
        with self._store.connection():
            return list(query)

    def tiers(self, actor: Actor, *, scenic_id: int | None = None,
              product_type: str | None = None,
              product_id: str | None = None) -> list[PriceTier]:
        """Quantity tiers, by product and then by quantity."""
        query = PriceTier.select().order_by(
            PriceTier.product_type, PriceTier.product_id, PriceTier.scenic_id,
            PriceTier.min_quantity)
        scope = self._scope(actor, scenic_id)
        if scope is not None:
            query = query.where(PriceTier.scenic_id.in_(scope))
        if product_type is not None:
            query = query.where(PriceTier.product_type == product_type)
        if product_id is not None:
            query = query.where(PriceTier.product_id == product_id)
        with self._store.connection():
            return list(query)

    @staticmethod
    def _scope(actor: Actor, scenic_id: int | None) -> list[int] | None:
        """Venues that the caller may see here; None: all."""
        if scenic_id is None and actor.kind == "staff":
            return None if actor.role is Role.ADMIN else [EVERYWHERE, *sorted(actor.venues)]
        return [EVERYWHERE, venue_for(actor, scenic_id)]

    def get(self, id_: int, actor: Actor) -> PriceProduct:
        """One product row. Raises NotFound, also for another venue's."""
        actor.require(Role.CLERK)
        with self._store.connection():
            row = PriceProduct.get_or_none(PriceProduct.id == id_)
        if row is None or (row.scenic_id and not actor.may_work_at(row.scenic_id)):
            raise NotFound()
        return row

    def create(self, columns: Mapping[str, Any], actor: Actor, *, tiers: Sequence[Tier] = (),
               key: SentKey | None = None) -> PriceProduct:
        """A new product row with its tiers. Raises Conflict `product_exists`, PromotionUnclear,
        NotAllowed."""
        at = self._clock.now()
        scenic_id = columns.get("scenic_id", EVERYWHERE)
        require_staff(actor, scenic_id)
        PriceList(columns["base_price_fen"], tuple(tiers))

        def work() -> int:
            if scenic_id:
                offers.place(scenic_id)
            same = (columns["product_type"], columns.get("product_id", ANY_PRODUCT), scenic_id)
            if _product(same) is not None:
                raise Conflict("product_exists")
            made = int(PriceProduct.insert(**columns, created_at=at, updated_at=at).execute())
            for tier in tiers:
                _insert(same, tier, at)
            self._changed(scenic_id, actor, "product.create", made, at)
            return made

        return self._row(once(self._store, "pricing.product", key, at, work))

    def update(self, id_: int, columns: Mapping[str, Any], actor: Actor, *,
               tiers: Sequence[Tier] | None = None) -> PriceProduct:
        """Change name, price, unit or status, and with `tiers` those too; type, id and venue
        stay. Raises NotFound, PromotionUnclear."""
        at = self._clock.now()

        def work() -> None:
            row = first(locked(PriceProduct.select().where(PriceProduct.id == id_)))
            if row is None:
                raise NotFound()
            require_staff(actor, row.scenic_id)
            if "base_price_fen" in columns:
                PriceList(columns["base_price_fen"])
            PriceProduct.update(**columns, updated_at=at).where(PriceProduct.id == id_).execute()
            if tiers is not None:
                self._put((row.product_type, row.product_id, row.scenic_id), tiers, at)
            self._changed(row.scenic_id, actor, "product.update", id_, at)

        self._store.transact("pricing.product", work)
        return self._row(id_)

    def add_tier(self, key: Key, tier: Tier, actor: Actor, *,
                 sent: SentKey | None = None) -> PriceTier:
        """One more tier. Raises NotFound `product_config_not_found`; PromotionUnclear `tier_gap`,
        `tier_overlap`."""
        at = self._clock.now()
        require_staff(actor, key[2])

        def work() -> int:
            self._check(key, [*_tiers(key), tier])
            made = _insert(key, tier, at)
            self._changed(key[2], actor, "tier.create", made, at)
            return made

        made = once(self._store, "pricing.tier", sent, at, work)
        with self._store.connection():
            return PriceTier.get_by_id(made)

    def change_tier(self, id_: int, tier: Tier, actor: Actor) -> PriceTier:
        """Other bounds or price. Raises as `add_tier`, NotFound."""
        at = self._clock.now()

        def work() -> None:
            row = self._held_tier(id_, actor)
            key = (row.product_type, row.product_id, row.scenic_id)
            self._check(key, [*_tiers(key, but=id_), tier])
            PriceTier.update(min_quantity=tier.first, max_quantity=tier.last, updated_at=at,
                             unit_price_fen=tier.unit_price).where(PriceTier.id == id_).execute()
            self._changed(row.scenic_id, actor, "tier.update", id_, at)

        self._store.transact("pricing.tier", work)
        with self._store.connection():
            return PriceTier.get_by_id(id_)

    def drop_tier(self, id_: int, actor: Actor) -> None:
        """Without it. Raises PromotionUnclear `tier_gap` where that leaves a hole, NotFound."""
        at = self._clock.now()

        def work() -> None:
            row = self._held_tier(id_, actor)
            key = (row.product_type, row.product_id, row.scenic_id)
            self._check(key, _tiers(key, but=id_))
            PriceTier.delete().where(PriceTier.id == id_).execute()
            self._changed(row.scenic_id, actor, "tier.delete", id_, at)

        self._store.transact("pricing.tier", work)

    def replace_tiers(self, key: Key, tiers: Sequence[Tier], actor: Actor) -> list[PriceTier]:
        """All tiers of one product at once, none for the base price alone."""
        at = self._clock.now()
        require_staff(actor, key[2])

        def work() -> None:
            self._put(key, tiers, at)
            product = _product(key)
            self._changed(key[2], actor, "tier.replace", product.id if product else 0, at)

        self._store.transact("pricing.tier", work)
        with self._store.connection():
            return list(PriceTier.select().where(_same(PriceTier, key))
                        .order_by(PriceTier.min_quantity))

    def _put(self, key: Key, tiers: Sequence[Tier], at: datetime) -> None:
        self._check(key, tiers)
        PriceTier.delete().where(_same(PriceTier, key)).execute()
        for tier in tiers:
            _insert(key, tier, at)

    def _check(self, key: Key, tiers: Sequence[Tier]) -> None:
        """Holds the product's row, so that two changes of its tiers see each other."""
        product = first(locked(PriceProduct.select().where(_same(PriceProduct, key))))
        if product is None:
            raise NotFound("product_config_not_found", productType=key[0], productId=key[1])
        PriceList(product.base_price_fen, tuple(tiers))

    @staticmethod
    def _held_tier(id_: int, actor: Actor) -> PriceTier:
        row = PriceTier.get_or_none(PriceTier.id == id_)
        if row is None:
            raise NotFound()
        require_staff(actor, row.scenic_id)
        return row

    def _row(self, id_: int) -> PriceProduct:
        with self._store.connection():
            return PriceProduct.get_by_id(id_)

    @staticmethod
    def _changed(scenic_id: int, actor: Actor, action: str, id_: int, at: datetime) -> None:
        offers.changed(scenic_id, at)
        audit.add(actor, action, action.split(".")[0], id_, at, venue_id=scenic_id or None)


def _same(table: type[PriceProduct] | type[PriceTier], key: Key) -> Any:
    return ((table.product_type == key[0]) & (table.product_id == key[1])
            & (table.scenic_id == key[2]))


def _product(key: Key) -> PriceProduct | None:
    return PriceProduct.get_or_none(_same(PriceProduct, key))


def _tiers(key: Key, but: int | None = None) -> list[Tier]:
    return [Tier(row.min_quantity, row.max_quantity, row.unit_price_fen)
            for row in PriceTier.select().where(_same(PriceTier, key)) if row.id != but]


def _insert(key: Key, tier: Tier, at: datetime) -> int:
    return int(PriceTier.insert(
        product_type=key[0], product_id=key[1], scenic_id=key[2], min_quantity=tier.first,
        max_quantity=tier.last, unit_price_fen=tier.unit_price, created_at=at,
        updated_at=at).execute())
