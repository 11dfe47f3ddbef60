"""Orders that the platforms listed: upserts, and the to-do of asking for their certificates.

Callers hold a transaction where they write.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from core.clock import day_ends, day_starts
from core.money import Money
from core.store import bulk
from core.store.db import Store
from core.store.select import tuples, unsought
from core.store.tables import Platform, SyncedOrder, Voucher

LISTED = ("platform", "account_id", "order_id", "sku_id", "title", "status", "paid_fen",
          "original_fen", "quantity", "times_card", "paid_at", "expires_at", "shop_id",
          "buyer_phone", "platform_updated_at", "mark", "refunds", "check_at", "claim",
          "ask_entry", "is_open", "tries", "problem", "created_at", "updated_at")
"""The columns of `list_all`, in the order of its rows."""
_KEY = ("platform", "order_id")
_KEPT = (*_KEY, "created_at", "quantity", "is_open")
"""What a second listing leaves alone: the certificates tell the last two better."""


class Known(NamedTuple):
    """What the list said last of an order (`mark`), and what changes when anybody else deals with
    its row."""

    mark: str
    check_at: datetime | None
    claim: str
    updated_at: datetime


def known(store: Store, platform_id: int, order_ids: Collection[str], *,
          lock: bool = False) -> dict[str, Known]:
    """Those of these orders that we know; with `lock` they are held until the transaction ends."""
    return {order_id: Known(*row) for order_id, *row in bulk.among(
        store, SyncedOrder, ("order_id", *Known._fields), "order_id", order_ids, lock=lock,
        platform=platform_id)}


class DueOrder(NamedTuple):
    """An order that is being asked for: what asking and deciding need of its row."""

    order_id: str
    sku_id: str
    title: str
    status: str
    paid: Money | None
    original: Money | None
    buyer_phone: str
    updated_at: datetime | None
    refunds: dict[str, list[Any]]
    ask_entry: int = 0
    tries: int = 0


_DUE = ("id", "order_id", "sku_id", "title", "status", "paid_fen", "original_fen", "buyer_phone",
        "platform_updated_at", "refunds", "ask_entry", "tries")


def list_all(store: Store, rows: Iterable[Sequence[Any]]) -> None:
    """Insert or refresh orders; values in the order of LISTED."""
    bulk.insert(store, SyncedOrder, LISTED, rows, key=_KEY,
                update=tuple(name for name in LISTED if name not in _KEPT))


def mark_due(platform_id: int, order_id: str, at: datetime, *, account_id: str = "",
             ask_entry: bool = False) -> None:
    """Something happened to an order: ask for the truth at `at`. An answer that is under way is
    from before, so its claim ends here. An order nobody listed yet gets a row when its merchant
    is known."""
    changed = (SyncedOrder.update(check_at=at, claim="", tries=0, ask_entry=int(ask_entry),
                                  updated_at=at)
               .where((SyncedOrder.platform == platform_id) & (SyncedOrder.order_id == order_id))
               .execute())
    if changed == 0 and account_id:
        SyncedOrder.insert(
            platform=platform_id, account_id=account_id, order_id=order_id, check_at=at,
            ask_entry=int(ask_entry), created_at=at, updated_at=at).execute()


@dataclass(frozen=True, slots=True)
class Claim:
    """Orders of one merchant that one asker has until `until`: their `check_at` meanwhile."""

    platform_id: int
    account_id: str
    key: str
    until: datetime

    def columns(self) -> dict[str, Any]:
        """What the claimed rows have."""
        return {"platform": self.platform_id, "account_id": self.account_id,
                "check_at": self.until, "claim": self.key}


def take(claim: Claim, at: datetime, limit: int) -> int:
    """Claim due orders, the longest due first; how many."""
    due = (SyncedOrder.select(SyncedOrder.id)
           .where((SyncedOrder.platform == claim.platform_id)
                  & (SyncedOrder.account_id == claim.account_id) & (SyncedOrder.check_at <= at))
           .order_by(SyncedOrder.check_at).limit(limit))
    ids = [row[0] for row in tuples(due)]
    if not ids:
        return 0
    return int(SyncedOrder.update(check_at=claim.until, claim=claim.key).where(
        SyncedOrder.id.in_(ids) & (SyncedOrder.check_at <= at)).execute())


def claimed(store: Store, claim: Claim) -> list[DueOrder]:
    """The orders this asker has, oldest row first."""
    found = bulk.among(store, SyncedOrder, _DUE, "claim", [claim.key], **claim.columns())
    return [DueOrder(*row[1:]) for row in sorted(found, key=itemgetter(0))]


def still_claimed(store: Store, claim: Claim) -> dict[str, int]:
    """Order id → row id of those nobody marked anew since, held until the transaction ends."""
    return dict(bulk.among(store, SyncedOrder, ("order_id", "id"), "claim", [claim.key],
                           lock=True, **claim.columns()))


PUT_OFF = ("claim", "check_at", "tries", "problem")


@dataclass(frozen=True, slots=True)
class Ending:
    """How asking for an order ended; many orders end alike."""

    check_at: datetime | None
    is_open: int
    quantity: int
    times_card: int


def finish(store: Store, ended: Mapping[Ending, Collection[int]], at: datetime) -> None:
    """End claims with an answer; row ids by how they ended."""
    for how, ids in ended.items():
        bulk.change_among(store, SyncedOrder, {
            "claim": "", "check_at": how.check_at, "ask_entry": 0, "tries": 0, "problem": "",
            "is_open": how.is_open, "quantity": how.quantity, "times_card": how.times_card,
            "updated_at": at}, ids)


def put_off(store: Store, platform_id: int, rows: Iterable[Sequence[Any]]) -> None:
    """End claims without an answer: values of PUT_OFF, then the order id."""
    bulk.change(store, SyncedOrder, PUT_OFF, [(*row[:-1], platform_id, row[-1]) for row in rows],
                where=_KEY)


def due_merchants(at: datetime) -> list[tuple[int, str]]:
    """Platform id and account of every merchant with orders to ask for now."""
    return [(platform_id, account_id) for platform_id, account_id in _merchants()
            if SyncedOrder.select().where(
                (SyncedOrder.platform == platform_id) & (SyncedOrder.account_id == account_id)
                & (SyncedOrder.check_at <= at)).exists()]


def _merchants() -> Iterator[tuple[int, str]]:
    """Platform id and account of every merchant with orders: from one to the next by the index,
    for a plain DISTINCT would read all of their orders every few seconds."""
    for (platform_id,) in tuples(Platform.select(Platform.id).order_by(Platform.id)):
        of_platform = SyncedOrder.select(SyncedOrder.account_id).where(
            SyncedOrder.platform == platform_id).order_by(SyncedOrder.account_id).limit(1)
        found = tuples(of_platform)
        while found:
            yield int(platform_id), str(found[0][0])
            found = tuples(of_platform.where(SyncedOrder.account_id > found[0][0]))


def due_count(platform_id: int, account_id: str, at: datetime) -> int:
    """How many orders of a merchant wait to be asked now."""
    return int(SyncedOrder.select().where(
        (SyncedOrder.platform == platform_id) & (SyncedOrder.account_id == account_id)
        & (SyncedOrder.check_at <= at)).count())


def _open_ones(platform_id: int, account_id: str, since: datetime) -> Any:
    return ((SyncedOrder.platform == platform_id) & (SyncedOrder.paid_at >= since)
            & (SyncedOrder.account_id == account_id) & (SyncedOrder.is_open == 1))


def oldest_open(platform_id: int, account_id: str, since: datetime) -> datetime | None:
    """When the oldest order was paid, of those since then, of which something may still be
    used."""
    found = tuples(SyncedOrder.select(SyncedOrder.paid_at)
                   .where(_open_ones(platform_id, account_id, since))
                   .order_by(SyncedOrder.paid_at).limit(1))
    return found[0][0] if found else None


def ask_open_ones_of_several(platform_id: int, account_id: str, since: datetime,
                             at: datetime) -> int:
    """Make every such order due whose state the list does not tell: of several certificates or
    of a times card; how many."""
    return int(SyncedOrder.update(check_at=at, claim="").where(
        _open_ones(platform_id, account_id, since) & unsought(SyncedOrder.check_at).is_null()
        & ((SyncedOrder.quantity > 1) | (SyncedOrder.times_card == 1))).execute())


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Days are of the payment, both included."""

    platform_code: str
    status: str = ""
    order_id: str = ""
    start_date: date | None = None
    end_date: date | None = None


def page(wanted: OrderFilter, zone: str, page: int, page_size: int) -> tuple[list[Any], int]:
    """Listed orders of a filter with their platform, the newest payment first, and their count."""
    query = SyncedOrder.select(SyncedOrder, Platform).join(Platform).where(
        (Platform.platform_code == wanted.platform_code) & (SyncedOrder.status != ""))
    if wanted.status:
        query = query.where(SyncedOrder.status == wanted.status)
    if wanted.order_id:
        query = query.where(SyncedOrder.order_id == wanted.order_id)
    if wanted.start_date is not None:
        query = query.where(SyncedOrder.paid_at >= day_starts(wanted.start_date, zone))
    if wanted.end_date is not None:
        query = query.where(SyncedOrder.paid_at < day_ends(wanted.end_date, zone))
    rows = list(query.order_by(SyncedOrder.paid_at.desc(), SyncedOrder.id.desc())
                .paginate(page, page_size))
    return rows, query.count()


def vouchers_of(platform_ids: Collection[int], order_ids: Collection[str]) -> list[Voucher]:
    """The certificates of some orders, oldest first."""
    found = Voucher.select().where(
        Voucher.platform_order_no.in_(list(order_ids))).order_by(Voucher.id)
    return [row for row in found if row.platform_id in platform_ids]
