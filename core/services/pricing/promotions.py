"""Administration of bundles, one-prices and coupons: what nobody could explain is never saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.clock import Clock
from core.errors import Conflict, NotFound
from core.money import Money
from core.pricing.codec import from_row
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey
from core.services.pricing.holder import require_staff
from core.services.pricing.keyed import once
from core.store import audit
from core.store.db import Store, locked
from core.store.pricing import offers
from core.store.select import first
from core.store.tables import PriceBundle, PriceCoupon, PriceOnePrice
from core.store.tables.pricing import EVERYWHERE

Table = type[PriceBundle] | type[PriceOnePrice] | type[PriceCoupon]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list (design section 5)."""

    items: list[Any]
    total: int
    page: int
    page_size: int


class Promotions:
    """One kind of promotion: `kind` as the engine calls it, `noun` as the audit does."""

    def __init__(self, store: Store, clock: Clock, table: Table, kind: str, noun: str) -> None:
        self._store = store
        self._clock = clock
        self._table = table
        self._kind = kind
        self._noun = noun

    def create(self, columns: Mapping[str, Any], actor: Actor, *,
               key: SentKey | None = None) -> Any:
        """Save a new one; returns its row. Raises PromotionUnclear, NotAllowed."""
        at = self._clock.now()
        scenic_id = columns.get("scenic_id", EVERYWHERE)
        require_staff(actor, scenic_id)
        self._check(0, columns)

        def work() -> int:
            if scenic_id:
                offers.place(scenic_id)
            made = int(self._table.insert(**columns, created_at=at, updated_at=at).execute())
            offers.changed(scenic_id, at)
            audit.add(actor, f"{self._noun}.create", self._noun, made, at,
                      venue_id=scenic_id or None, **_facts(columns))
            return made

        return self._row(once(self._store, f"pricing.{self._noun}", key, at, work))

    def update(self, id_: int, columns: Mapping[str, Any], actor: Actor) -> Any:
        """Change some columns; what is not named stays. Raises NotFound, PromotionUnclear."""
        at = self._clock.now()

        def work() -> None:
            row = self._held(id_, actor)
            target = columns.get("scenic_id", row.scenic_id)
            require_staff(actor, target)
            self._check(id_, {**offers.columns(row), **columns})
            self._refuse_shrinking(row, columns)
            self._table.update(**columns, updated_at=at).where(self._table.id == id_).execute()
            for scenic_id in {row.scenic_id, target}:
                offers.changed(scenic_id, at)
            audit.add(actor, f"{self._noun}.update", self._noun, id_, at,
                      venue_id=target or None, **_facts(columns))

        self._store.transact(f"pricing.{self._noun}", work)
        return self._row(id_)

    @staticmethod
    def _refuse_shrinking(row: Any, columns: Mapping[str, Any]) -> None:
        total = columns.get("total_quantity")
        if total is not None and total < row.claimed_count:
            raise Conflict("below_claimed", claimed=row.claimed_count)

    def set_status(self, id_: int, status: int, actor: Actor) -> Any:
        """1 on, 0 off: it counts for no price any more."""
        return self.update(id_, {"status": status}, actor)

    def delete(self, id_: int, actor: Actor) -> None:
        """Out of every list; orders and claims that name it keep doing so (decision Q13)."""
        at = self._clock.now()

        def work() -> None:
            row = self._held(id_, actor)
            self._table.update(deleted_at=at, status=0, updated_at=at).where(
                self._table.id == id_).execute()
            offers.changed(row.scenic_id, at)
            audit.add(actor, f"{self._noun}.delete", self._noun, id_, at,
                      venue_id=row.scenic_id or None)

        self._store.transact(f"pricing.{self._noun}", work)

    def get(self, id_: int, actor: Actor) -> Any:
        """One of them. Raises NotFound, also for another venue's."""
        actor.require(Role.CLERK)
        row = self._row(id_)
        if row.scenic_id and not actor.may_work_at(row.scenic_id):
            raise NotFound()
        return row

    def page(self, actor: Actor, *, page: int, page_size: int, status: int | None = None,
             name: str = "", scenic_id: int | None = None, everything: bool = False) -> Page:
        """The caller's venues' and what holds everywhere, newest first; disabled ones too.
        `everything`: on one page."""
        actor.require(Role.CLERK)
        table = self._table
        query = table.select().where(table.deleted_at.is_null())
        if actor.role is not Role.ADMIN:
            query = query.where(table.scenic_id.in_([EVERYWHERE, *sorted(actor.venues)]))
        if status is not None:
            query = query.where(table.status == status)
        if scenic_id is not None:
            query = query.where(table.scenic_id == scenic_id)
        if name:
            query = query.where(table.name.contains(name))
        with self._store.connection():
            ordered = query.order_by(table.id.desc())
            if everything:
                rows = list(ordered)
                return Page(rows, len(rows), 1, len(rows))
            rows = list(ordered.limit(page_size).offset((page - 1) * page_size))
            return Page(rows, query.count(), page, page_size)

    def standing_at(self, scenic_id: int, actor: Actor) -> list[Any]:
        """Those switched on at a venue, what holds everywhere included."""
        actor.require(Role.CLERK, scenic_id)
        table = self._table
        with self._store.connection():
            offers.place(scenic_id)
            return list(table.select().where(
                table.scenic_id.in_([EVERYWHERE, scenic_id]) & (table.status == 1)
                & table.deleted_at.is_null()).order_by(table.id))

    def _row(self, id_: int) -> Any:
        table: Any = self._table
        with self._store.connection():
            row = table.get_or_none((table.id == id_) & table.deleted_at.is_null())
        if row is None:
            raise NotFound()
        return row

    def _held(self, id_: int, actor: Actor) -> Any:
        table: Any = self._table
        row: Any = first(locked(table.select().where(
            (table.id == id_) & table.deleted_at.is_null())))
        if row is None or (row.scenic_id and not actor.may_work_at(row.scenic_id)):
            raise NotFound()
        require_staff(actor, row.scenic_id)
        return row

    def _check(self, id_: int, columns: Mapping[str, Any]) -> None:
        plain = {name: value.fen if isinstance(value, Money) else value
                 for name, value in columns.items()}
        from_row(self._kind, {**plain, "id": id_})


def _facts(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the audit keeps them: JSON values."""
    return {name: value.fen if isinstance(value, Money) else
            value if value is None or isinstance(value, str | int) else str(value)
            for name, value in columns.items()}
