"""Orders and their lines. Callers hold a transaction; every move of an order is guarded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import ModelSelect

from core.money import Money
from core.store.select import newest_at, unsought
from core.store.tables import PriceOrder, PriceOrderLine, PriceOrderRefund, PriceVoucherUsage

AWAITING, PAID, CANCELLED = "awaiting_payment", "paid", "cancelled"
PARTLY_REFUNDED, REFUNDED = "partly_refunded", "refunded"
OPEN = (AWAITING, PAID, PARTLY_REFUNDED)
"""States in which something can still be given back."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its lines in their order."""

    row: PriceOrder
    lines: tuple[PriceOrderLine, ...]


def add(at: datetime, lines: Iterable[dict[str, Any]], **columns: Any) -> int:
    """Write an order with its lines, numbered from 1; returns its id."""
    made = int(PriceOrder.insert(**columns, refunded_fen=Money.zero(), created_at=at).execute())
    PriceOrderLine.insert_many([
        {**line, "order": made, "number": number, "refunded_fen": Money.zero(), "created_at": at}
        for number, line in enumerate(lines, 1)]).execute()
    return made


def by_no(order_no: str) -> Order | None:
    return _with_lines(PriceOrder.get_or_none(PriceOrder.order_no == order_no))


def by_id(order_id: int) -> Order | None:
    return _with_lines(PriceOrder.get_or_none(PriceOrder.id == order_id))


def _with_lines(row: PriceOrder | None) -> Order | None:
    if row is None:
        return None
    return Order(row, tuple(PriceOrderLine.select().where(PriceOrderLine.order == row.id)
                            .order_by(PriceOrderLine.number)))


def with_lines(rows: Sequence[PriceOrder]) -> list[Order]:
    """Orders of a list with their lines, in one more statement."""
    lines: dict[int, list[PriceOrderLine]] = {row.id: [] for row in rows}
    for line in PriceOrderLine.select().where(PriceOrderLine.order.in_(list(lines))).order_by(
            PriceOrderLine.order, PriceOrderLine.number) if lines else ():
        lines[line.order_id].append(line)
    return [Order(row, tuple(lines[row.id])) for row in rows]


def newest(users: Collection[int], venues: Collection[int] | None,
           state: str | None) -> ModelSelect[PriceOrder]:
    """Orders of all of these users (none: of anybody), of these venues (None: of any) and in a
    state, the newest first. Read by what is few: a user's, those that wait, else one venue's."""
    query = PriceOrder.select()
    if users or state == AWAITING:
        for user in users:
            query = query.where(PriceOrder.user_id == user)
        if venues is not None:
            query = query.where(unsought(PriceOrder.scenic_id).in_(sorted(venues)))
        query = query.order_by(PriceOrder.id.desc())
    elif venues is not None:
        query = newest_at(query, venues, PriceOrder.scenic_id, PriceOrder.created_at)
    else:
        query = query.order_by(PriceOrder.id.desc())
    if state is None:
        return query
    column = PriceOrder.state if state == AWAITING and not users else unsought(PriceOrder.state)
    return query.where(column == state)


def move(order: PriceOrder, to: str, **columns: Any) -> bool:
    """From the state that was read to another; False when somebody moved it meanwhile, or
    refunded some of it."""
    return bool(PriceOrder.update(state=to, **columns).where(
        (PriceOrder.id == order.id) & (PriceOrder.state == order.state)
        & (PriceOrder.refunds == order.refunds)).execute())


def given_back(order_id: int, at: datetime) -> bool:
    """Claim the right to give code and coupon back: once per order."""
    return bool(PriceOrder.update(given_back_at=at).where(
        (PriceOrder.id == order_id) & PriceOrder.given_back_at.is_null()).execute())


def refund_line(line: PriceOrderLine, units: int, amount: Money) -> bool:
    """Count units of a line as given back, from the number that was read."""
    return bool(PriceOrderLine.update(
        refunded_quantity=line.refunded_quantity + units,
        refunded_fen=line.refunded_fen + amount).where(
        (PriceOrderLine.id == line.id)
        & (PriceOrderLine.refunded_quantity == line.refunded_quantity)).execute())


def add_refund(at: datetime, **columns: Any) -> int:
    return int(PriceOrderRefund.insert(**columns, created_at=at).execute())


def refunds_of(order_id: int) -> list[PriceOrderRefund]:
    return list(PriceOrderRefund.select().where(PriceOrderRefund.order == order_id)
                .order_by(PriceOrderRefund.number))


def uses_of(order_id: int) -> list[PriceVoucherUsage]:
    """The uses of codes by an order that stand."""
    return list(PriceVoucherUsage.select().where(
        (PriceVoucherUsage.order_id == order_id) & PriceVoucherUsage.reversed_at.is_null()))


def made_since(member_id: int, since: datetime) -> int:
    """How many orders of a member are as young as that, whatever became of them."""
    return int(PriceOrder.select().where(
        (PriceOrder.user_id == member_id) & (PriceOrder.created_at >= since)).count())


def overdue(at: datetime, limit: int) -> list[int]:
    """Orders that were not paid in time."""
    return [row.id for row in PriceOrder.select(PriceOrder.id).where(
        (PriceOrder.state == AWAITING) & (PriceOrder.expires_at <= at)).limit(limit)]
