"""Runs of the sync and listed orders as the doors see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import Clock
from core.ids import mask_code
from core.money import Money
from core.services.actor import Actor, Role
from core.store import orders
from core.store.db import Store
from core.store.orders import OrderFilter
from core.store.tables import SyncedOrder, SyncRun, Voucher
from core.vouchers.redemption import VoucherStatus


@dataclass(frozen=True, slots=True)
class RunView:
    """One run. kind: incremental, sweep, status, manual; state: waiting, running, done, failed.

    `percent` is of the orders where the platform tells how many there are, else of the time
    covered. `lag_seconds`: age of the oldest change that this run was the first to see.
    """

    id: int
    platform: str
    platform_name: str
    kind: str
    state: str
    percent: int
    since: datetime
    until: datetime
    reached: datetime
    pages: int
    orders_seen: int
    orders_new: int
    orders_changed: int
    vouchers_new: int
    vouchers_changed: int
    quarantined: int
    unanswered: int
    lag_seconds: int | None
    error: str
    platform_log_id: str
    asked_by: int | None
    door: str
    created_at: datetime
    finished_at: datetime | None
    seconds: int


def view_of(run: SyncRun, at: datetime) -> RunView:
    return RunView(
        id=run.id, platform=run.platform.platform_code,
        platform_name=run.platform.platform_name, kind=run.kind, state=run.state,
        percent=_percent(run), since=run.since, until=run.until, reached=run.reached,
        pages=run.pages, orders_seen=run.orders_seen, orders_new=run.orders_new,
        orders_changed=run.orders_changed, vouchers_new=run.vouchers_new,
        vouchers_changed=run.vouchers_changed, quarantined=run.quarantined,
        unanswered=run.unanswered, lag_seconds=run.lag_seconds, error=run.error,
        platform_log_id=run.platform_log_id, asked_by=run.asked_by, door=run.door,
        created_at=run.created_at, finished_at=run.finished_at,
        seconds=int(((run.finished_at or at) - run.created_at).total_seconds()))


def _percent(run: SyncRun) -> int:
    if run.state == "done":
        return 100
    if run.total:
        return min(99, 100 * run.orders_seen // run.total)
    whole = (run.until - run.since).total_seconds()
    return int(99 * (run.reached - run.since).total_seconds() / whole) if whole > 0 else 0


@dataclass(frozen=True, slots=True)
class OrderCertificate:
    """A certificate of a listed order; managers see its whole code."""

    voucher_id: int
    voucher_no: str
    status: VoucherStatus
    uses_total: int
    uses_used: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as its platform listed it. `checked`: nothing of it waits to be asked."""

    order_id: str
    platform_code: str
    platform_name: str
    sku_id: str
    title: str
    status: str
    paid: Money | None
    original: Money | None
    quantity: int | None
    buyer_phone: str
    paid_at: datetime | None
    platform_updated_at: datetime | None
    synced_at: datetime
    checked: bool
    problem: str
    certificates: tuple[OrderCertificate, ...]


class Orders:
    """The platforms' orders (S65, S104). Reads only."""

    def __init__(self, store: Store, clock: Clock, zone: str) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def page(self, actor: Actor, platform: str, *, page: int = 1, page_size: int = 20,
             status: str = "", order_id: str = "", start_date: date | None = None,
             end_date: date | None = None) -> dict[str, object]:
        """`{"items", "total", "page", "page_size"}`, the newest payment first; days are of the
        payment, both included. Raises NotAllowed."""
        actor.require(Role.CLERK)
        whole = actor.role is not None and actor.role >= Role.MANAGER
        wanted = OrderFilter(platform, status, order_id, start_date, end_date)
        with self._store.connection():
            rows, total = orders.page(wanted, self._zone, page, page_size)
            found = orders.vouchers_of({row.platform_id for row in rows},
                                       [row.order_id for row in rows])
            items = [_order(row, [one for one in found if one.platform_order_no == row.order_id],
                            whole=whole) for row in rows]
        return {"items": items, "total": total, "page": page, "page_size": page_size}


def _order(row: SyncedOrder, found: list[Voucher], *, whole: bool) -> OrderView:
    return OrderView(
        order_id=row.order_id, platform_code=row.platform.platform_code,
        platform_name=row.platform.platform_name, sku_id=row.sku_id, title=row.title,
        status=row.status, paid=row.paid_fen, original=row.original_fen, quantity=row.quantity,
        buyer_phone=row.buyer_phone, paid_at=row.paid_at,
        platform_updated_at=row.platform_updated_at, synced_at=row.updated_at,
        checked=row.check_at is None, problem=row.problem,
        certificates=tuple(OrderCertificate(
            one.id, one.voucher_no if whole else mask_code(one.voucher_no),
            VoucherStatus(one.status), one.uses_total, one.uses_used) for one in found))
