"""What a shop sells: cards, lessons, classes. Platform SKUs are mapped to these."""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock
from core.errors import InvalidInput, NotFound
from core.money import Money
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey, once
from core.store import audit
from core.store.admin import products
from core.store.db import Store
from core.store.tables import Product

CARD, LESSONS, CLASS = "card", "lessons", "class"
VOUCHER_TYPE = {CARD: 1, LESSONS: 2, CLASS: 3}
"""S26: 1 会员卡, 2 私教课, 3 团课."""
ON_SALE, WITHDRAWN = 1, 2


@dataclass(frozen=True, slots=True)
class ProductChange:
    """`days`: a card runs, lessons are usable; `uses`: of lessons; `family`: cards of one family
    renew each other, a class voucher takes sessions of its family."""

    name: str
    kind: str
    days: int | None
    uses: int | None
    family: str
    price: Money | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class ProductView(ProductChange):
    """A product."""

    id: int = 0
    voucher_type: int = 0


class Products:
    """Any staff may look; managers add and change."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def listed(self, actor: Actor) -> list[ProductView]:
        """Every product, those on sale first. Raises NotAllowed."""
        actor.require(Role.CLERK)
        with self._store.connection():
            return [_view(row) for row in products.every()]

    def one(self, product_id: int, actor: Actor) -> ProductView:
        """Raises NotFound, NotAllowed."""
        actor.require(Role.CLERK)
        with self._store.connection():
            return _view(_row(product_id))

    def families(self, kind: str) -> list[str]:
        """The families in use for one kind, to choose from."""
        with self._store.connection():
            return products.families(kind)

    def add(self, wanted: ProductChange, actor: Actor, *,
            key: SentKey | None = None) -> ProductView:
        """Raises NotAllowed, InvalidInput (facts field)."""
        actor.require(Role.MANAGER)
        columns, at = _columns(wanted), self._clock.now()

        def work() -> int:
            product_id = products.add(at, **columns)
            audit.add(actor, "product.added", "product", product_id, at, name=wanted.name)
            return product_id

        product_id = int(self._store.transact("admin.product_added", lambda: once(key, at, work)))
        return self.one(product_id, actor)

    def change(self, product_id: int, wanted: ProductChange, actor: Actor) -> ProductView:
        """What was promised to members before stays as it was promised. Raises NotFound,
        NotAllowed, InvalidInput."""
        actor.require(Role.MANAGER)
        columns, at = _columns(wanted), self._clock.now()

        def work() -> None:
            row = _row(product_id)
            changed = {name: [_plain(getattr(row, name)), _plain(value)]
                       for name, value in columns.items() if getattr(row, name) != value}
            products.change(product_id, **columns)
            audit.add(actor, "product.changed", "product", product_id, at, changed=changed)

        self._store.transact("admin.product", work)
        return self.one(product_id, actor)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Money) else value


def _row(product_id: int) -> Product:
    row = products.one(product_id)
    if row is None:
        raise NotFound("product_not_found")
    return row


def _columns(wanted: ProductChange) -> dict[str, object]:
    """Checked: a card needs days, lessons need uses."""
    if not wanted.name.strip():
        raise InvalidInput("needed", field="name")
    if wanted.kind not in VOUCHER_TYPE:
        raise InvalidInput("kind_unknown", field="kind")
    if wanted.kind == CARD and not wanted.days:
        raise InvalidInput("needed", field="days")
    if wanted.kind == LESSONS and not wanted.uses:
        raise InvalidInput("needed", field="uses")
    return dict(
        name=wanted.name.strip(), kind=wanted.kind, voucher_type=VOUCHER_TYPE[wanted.kind],
        days=wanted.days if wanted.kind != CLASS else None,
        uses=wanted.uses if wanted.kind == LESSONS else None, family=wanted.family.strip(),
        price_fen=wanted.price, status=ON_SALE if wanted.active else WITHDRAWN)


def _view(row: Product) -> ProductView:
    return ProductView(
        id=row.id, name=row.name, kind=row.kind, voucher_type=row.voucher_type, days=row.days,
        uses=row.uses, family=row.family, price=row.price_fen, active=row.status == ON_SALE)
