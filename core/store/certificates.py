"""Certificates as the platforms' orders tell of them: read and written in batches.

Callers hold a transaction where they write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from core.money import Money
from core.store import bulk
from core.store.bulk import Values
from core.store.compiled import Compiled
from core.store.db import Store, locked
from core.store.select import tuples, unsought
from core.store.tables import (
    Entitlement,
    Platform,
    Product,
    Redemption,
    RedemptionUse,
    SkuMapping,
    Voucher,
)
from core.vouchers.redemption import GRANTED, OPEN, UNDO_UNSETTLED, State, VoucherStatus

NEW = ("voucher_no", "certificate_id", "code_tail", "platform", "platform_order_no", "sku_id",
       "voucher_type", "product", "product_name", "original_price_fen", "paid_price_fen",
       "use_amounts_fen", "user_phone", "status", "uses_total", "uses_used", "starts_at",
       "expires_at", "expire_date", "verified_at", "refunded_at", "refunded_fen",
       "platform_updated_at", "created_at", "updated_at", "stale")
"""The columns of `add_all`, in the order of its rows."""

UNMAPPED = 0
"""`voucher_type` of a certificate whose SKU nobody mapped yet."""


def versions(store: Store, platform_id: int,
             order_ids: Collection[str]) -> dict[int, datetime]:
    """When the known certificates of some orders were last written: read before the platform is
    asked, and compared before its answer is believed."""
    return {row_id: updated_at for row_id, updated_at in _by_order(
        store, platform_id, order_ids, "updated_at")}


def _by_order(store: Store, platform_id: int, order_ids: Collection[str],
              column: str) -> list[tuple[int, Any]]:
    """Ids and a column. The platform is no condition of the query: SQLite would rather read all
    of a platform's rows than look up each order's."""
    return [(row_id, value) for row_id, platform, value in bulk.among(
        store, Voucher, ("id", "platform", column), "platform_order_no", order_ids)
        if platform == platform_id]


class KnownCertificate(NamedTuple):
    """A row of ours as deciding about a platform's answer needs it: the columns by name."""

    id: int
    voucher_no: str
    certificate_id: str
    code_tail: str
    platform_order_no: str | None
    sku_id: str
    product_name: str
    original_price_fen: Money | None
    paid_price_fen: Money | None
    use_amounts_fen: list[int]
    user_phone: str | None
    status: int
    uses_total: int
    uses_used: int
    starts_at: datetime | None
    expires_at: datetime | None
    expire_date: date | None
    venue_id: int | None
    verified_at: datetime | None
    verified_by: int | None
    user_id: int | None
    refunded_at: datetime | None
    refunded_fen: Money | None
    updated_at: datetime


def known(store: Store, platform_id: int, order_ids: Collection[str],
          certificate_ids: Collection[str], codes: Collection[str]) -> list[KnownCertificate]:
    """Every row that may be one of these certificates, held until the transaction ends. Ids and
    codes are sealed for a search, so only those that the orders do not have are searched for."""
    rows = held(store, {row_id for row_id, _ in _by_order(store, platform_id, order_ids, "id")})
    met = {name for row in rows for name in (row.certificate_id, row.voucher_no)}
    others: set[int] = set()
    for column, values in (("certificate_id", certificate_ids), ("voucher_no", codes)):
        others |= {row[0] for row in bulk.among(
            store, Voucher, ("id",), column, [value for value in values if value not in met],
            platform=platform_id)}
    return rows + held(store, others - {row.id for row in rows})


def held(store: Store, voucher_ids: Collection[int]) -> list[KnownCertificate]:
    """These rows by id, held until the transaction ends."""
    rows = bulk.among(store, Voucher, KnownCertificate._fields, "id", voucher_ids, lock=True)
    return sorted((KnownCertificate(*row) for row in rows), key=itemgetter(0))


_UNUSED_OF_ORDER = Compiled(lambda order_id: locked(Voucher.select().where(
    (Voucher.platform_order_no == order_id) & (Voucher.uses_used == 0)
    & Voucher.status.in_([int(VoucherStatus.UNUSED), int(VoucherStatus.EXPIRED)]))))


def under_new_code(platform_id: int, order_id: str, certificate_id: str,
                   code: str | None) -> Voucher | None:
    """The row of a coupon that was undone and came back under a code we have not met: where the
    code is the id (Meituan, 1141), only the order tells. None unless there is just one such."""
    if not order_id or code != certificate_id:
        return None
    rows = [row for row in _UNUSED_OF_ORDER.all(order_id=order_id)
            if row.platform_id == platform_id]
    undone = {int(found[0]) for found in tuples(Redemption.select(Redemption.voucher).where(
        Redemption.voucher.in_([row.id for row in rows])
        & (Redemption.state == State.UNDONE.value)))} if rows else set()
    back = [row for row in rows if row.id in undone]
    return back[0] if len(back) == 1 else None


@dataclass(frozen=True, slots=True)
class Ours:
    """What we ourselves consumed of a certificate and did not give back."""

    uses: int = 0
    consumed: Money = Money(0)
    last_at: datetime | None = None


class Dealings(NamedTuple):
    """What we ourselves did with some certificates, by their ids. `in_flight`: a redemption or an
    undo is under way, whose flow will say how it ends."""

    in_flight: frozenset[int]
    ours: dict[int, Ours]


def dealings(store: Store, voucher_ids: Collection[int]) -> Dealings:
    """Redemptions under way, and our standing uses."""
    states = {state.value for state in OPEN | UNDO_UNSETTLED}
    found = bulk.among(store, Redemption, ("id", "voucher", "state"), "voucher", voucher_ids)
    of = {row_id: voucher_id for row_id, voucher_id, _ in found}
    standing: dict[int, list[tuple[Money, datetime]]] = defaultdict(list)
    for redemption_id, amount, used_at, cancelled_at in bulk.among(
            store, RedemptionUse, ("redemption", "amount_fen", "used_at", "cancelled_at"),
            "redemption", of):
        if cancelled_at is None:
            standing[of[redemption_id]].append((amount, used_at))
    return Dealings(
        frozenset(voucher_id for _, voucher_id, state in found if state in states),
        {voucher_id: Ours(len(uses), Money(sum(amount.fen for amount, _ in uses)),
                          max(at for _, at in uses)) for voucher_id, uses in standing.items()})


def granted(voucher_id: int) -> list[tuple[Redemption, Entitlement]]:
    """The standing redemptions of a certificate with what each gave, oldest first."""
    found = (Entitlement.select(Entitlement, Redemption).join(Redemption)
             .where((Redemption.voucher == voucher_id)
                    & Redemption.state.in_([state.value for state in GRANTED]))
             .order_by(Entitlement.id))
    return [(one.redemption, one) for one in found]


def add_all(store: Store, rows: Iterable[Sequence[Any]]) -> None:
    """Insert certificates; values in the order of NEW."""
    bulk.insert(store, Voucher, NEW, rows)


def change_all(store: Store, changes: Iterable[tuple[KnownCertificate, dict[str, Any]]],
               at: datetime) -> None:
    """Write what differs; rows in which the same columns differ go together."""
    alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for row, columns in changes:
        names = tuple(sorted(columns))
        alike[names].append((*(columns[name] for name in names), at, 1, row.id))
    for names, rows in alike.items():
        bulk.change(store, Voucher, (*names, "updated_at", "stale"), rows)


@dataclass(frozen=True, slots=True)
class Goods:
    """What a platform's SKU is to us; `product_id` None: nobody mapped it. `uses` None: nobody
    asked yet."""

    product_id: int | None
    voucher_type: int
    name: str
    uses: int | None


def goods(platform_id: int, sku_ids: Collection[str]) -> dict[str, Goods]:
    """The known SKUs among these."""
    rows = tuples(
        SkuMapping.select(SkuMapping.sku_id, Product.id, Product.voucher_type, Product.name,
                          SkuMapping.title, SkuMapping.uses)
        .left_outer_join(Product)
        .where((SkuMapping.platform == platform_id) & SkuMapping.sku_id.in_(list(sku_ids))))
    return {str(sku): Goods(product, kind or UNMAPPED, name or title, uses)
            for sku, product, kind, name, title, uses in rows}


def learn_uses(platform_id: int, sku_id: str, uses: int) -> None:
    """Remember how many uses a certificate of a SKU has."""
    SkuMapping.update(uses=uses).where(
        (SkuMapping.platform == platform_id) & (SkuMapping.sku_id == sku_id)).execute()


def adopt_products(at: datetime) -> int:
    """Give certificates that came before their SKU was mapped their product; how many."""
    waiting = tuples(Voucher.select(Voucher.platform, Voucher.sku_id).distinct().where(
        (Voucher.voucher_type == UNMAPPED) & Voucher.product.is_null()))
    adopted = 0
    for platform_id, sku_id in waiting:
        known_as = goods(platform_id, [sku_id]).get(sku_id)
        if known_as is None or known_as.product_id is None:
            continue
        adopted += Voucher.update(
            product=known_as.product_id, voucher_type=known_as.voucher_type,
            product_name=known_as.name, updated_at=at).where(
            Voucher.product.is_null() & (unsought(Voucher.platform) == platform_id)
            & (Voucher.sku_id == sku_id) & (Voucher.voucher_type == UNMAPPED)).execute()
    return adopted


def expire(at: datetime, days: tuple[date, date], limit: int) -> int:
    """Unused certificates whose last day was one of `days` (the second not included) become
    expired; how many. The days are there for the index: those before were expired long ago."""
    open_ones = [int(VoucherStatus.UNUSED), int(VoucherStatus.PARTLY_REDEEMED)]
    ids = [row[0] for row in tuples(Voucher.select(Voucher.id).where(
        (Voucher.expire_date >= days[0]) & (Voucher.expire_date < days[1])
        & unsought(Voucher.status).in_(open_ones) & (Voucher.expires_at <= at)).limit(limit))]
    if not ids:
        return 0
    return int(Voucher.update(status=int(VoucherStatus.EXPIRED), updated_at=at).where(
        Voucher.id.in_(ids) & Voucher.status.in_(open_ones)).execute())


def everything() -> list[Any]:
    """Every certificate with its platform's code, for comparing whole books."""
    return list(Voucher.select(
        Voucher.id, Voucher.voucher_no, Voucher.certificate_id, Voucher.platform_order_no,
        Voucher.status, Voucher.uses_total, Voucher.uses_used, Voucher.paid_price_fen,
        Voucher.refunded_fen, Platform.platform_code).join(Platform).namedtuples())
