"""What becomes of an order: paid, cancelled, refunded; and who may see it.

The rules of giving back: an order that was cancelled, not paid in time or refunded to its last
unit gives its code's use and its coupon back, once; a refund of some units gives back their money
only, as the price of the others rests on code and coupon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.money import Money
from core.pricing.refunds import PaidLine, refund
from core.services.actor import SYSTEM, Actor, Role
from core.services.idempotency import SentKey
from core.services.pricing import counter_news
from core.services.pricing.holder import holder
from core.services.pricing.keyed import once
from core.services.pricing.promotions import Page
from core.store import audit
from core.store.db import GuardLost, Store
from core.store.pricing import codes, coupons, orders
from core.store.pricing.orders import Order
from core.store.tables import PriceOrder, PriceOrderRefund

EXPIRE_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its lines and refunds."""

    row: PriceOrder
    lines: tuple[Any, ...]
    refunds: tuple[PriceOrderRefund, ...] = ()

    @property
    def due(self) -> Money:
        """What is still to be paid; nothing once it was."""
        if self.row.state != orders.AWAITING:
            return Money.zero()
        due: Money = self.row.final_fen - self.row.refunded_fen
        return due


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund would give back: money by line, and at the last unit code and coupon too."""

    order: OrderView
    units: tuple[int, ...]
    per_line: tuple[Money, ...]
    total: Money
    completes: bool
    codes: int
    """Uses of codes that go back to their holder."""
    coupon: bool


class Orders:
    """Staff of the venue, its kiosks, and the member whose order it is. `nudge` sends what staff
    are told of an order that they were to collect for."""

    def __init__(self, store: Store, clock: Clock, nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    def get(self, order_no: str, actor: Actor) -> OrderView:
        """Raises NotFound `order_not_found`, also for somebody else's."""
        with self._store.connection():
            order = self._of(orders.by_no(order_no), actor)
            return OrderView(order.row, order.lines, tuple(orders.refunds_of(order.row.id)))

    def by_id(self, order_id: int, actor: Actor) -> OrderView:
        """The same by the id that a checkout returned."""
        with self._store.connection():
            order = self._of(orders.by_id(order_id), actor)
            return OrderView(order.row, order.lines, tuple(orders.refunds_of(order_id)))

    def page(self, actor: Actor, *, page: int, page_size: int, scenic_id: int | None = None,
             state: str | None = None, face_id: str | None = None, user_id: int | None = None,
             since: datetime | None = None, until: datetime | None = None) -> Page:
        """A venue's orders for its staff, a member's own for himself; newest first."""
        users = set() if user_id is None else {user_id}
        venues = None if scenic_id is None else {scenic_id}
        if actor.kind == "member":
            users.add(actor.id)
        else:
            actor.require(Role.CLERK, scenic_id)
            if actor.role is not Role.ADMIN:
                venues = set(actor.venues) & (actor.venues if venues is None else venues)
        query = orders.newest(users, venues, state)
        if face_id is not None:
            query = query.where(PriceOrder.face_id == face_id)
        if since is not None:
            query = query.where(PriceOrder.created_at >= since)
        if until is not None:
            query = query.where(PriceOrder.created_at < until)
        with self._store.connection():
            rows = orders.with_lines(list(
                query.limit(page_size).offset((page - 1) * page_size)))
            return Page([OrderView(one.row, one.lines) for one in rows], query.count(), page,
                        page_size)

    def pay(self, order_no: str, actor: Actor, *, key: SentKey | None = None) -> OrderView:
        """The counter took the money. Raises Conflict `already_paid`, `order_closed`."""
        at = self._clock.now()

        def work() -> int:
            row = self._of(orders.by_no(order_no), actor).row
            actor.require(Role.CLERK, row.scenic_id)
            if row.state in (orders.PAID, orders.PARTLY_REFUNDED):
                raise Conflict("already_paid")
            to = orders.PARTLY_REFUNDED if row.refunds else orders.PAID
            if row.state != orders.AWAITING:
                raise Conflict("order_closed", state=row.state)
            self._move(row, to, actor, "order.pay", at, paid_at=at, expires_at=None)
            return int(row.id)

        return self.by_id(self._once("order.pay", key, at, work), actor)

    def cancel(self, order_no: str, actor: Actor, *, reason: str = "",
               key: SentKey | None = None) -> OrderView:
        """An order that was not paid is off; code and coupon go back. Raises Conflict
        `already_paid` (refund it instead), `order_closed`."""
        at = self._clock.now()

        def work() -> int:
            row = self._of(orders.by_no(order_no), actor).row
            if row.state in (orders.PAID, orders.PARTLY_REFUNDED):
                raise Conflict("already_paid")
            if row.state != orders.AWAITING:
                raise Conflict("order_closed", state=row.state)
            self._cancel(row, actor, reason or "cancelled", at)
            return int(row.id)

        return self.by_id(self._once("order.cancel", key, at, work), actor)

    def expire(self) -> int:
        """The job's work: cancel what was not paid in time; returns how many."""
        at = self._clock.now()
        with self._store.connection():
            waiting = orders.overdue(at, EXPIRE_AT_ONCE)
        gone = sum(self._store.transact("order.expire", partial(self._expire, one, at))
                   for one in waiting)
        if gone:
            self._nudge("outbox")
        return gone

    def _expire(self, order_id: int, at: datetime) -> bool:
        order = orders.by_id(order_id)
        if order is None or order.row.state != orders.AWAITING:
            return False
        self._cancel(order.row, SYSTEM, "not paid in time", at)
        return True

    def refund(self, order_no: str, actor: Actor, *, units: Mapping[int, int] | None = None,
               reason: str = "", key: SentKey | None = None) -> OrderView:
        """Give units back, by line number; all that is left without `units`.

        Only a manager gives money back; what was not paid yet only becomes less due. Raises
        Conflict `order_closed`; PricingError `refund_too_many` (`left`), `bad_quantity`;
        InvalidInput `nothing_to_refund`, `no_such_line`.
        """
        at = self._clock.now()

        def work() -> int:
            order = self._refundable(order_no, actor)
            return self._refund(order, _counts(order, units), actor, reason, at)

        self._once("order.refund", key, at, work)
        return self.get(order_no, actor)

    def refund_preview(self, order_no: str, actor: Actor,
                       units: Mapping[int, int] | None = None) -> RefundPreview:
        """What `refund` would give back; changes nothing. No units at all are no mistake here.
        Raises as it does."""
        with self._store.connection():
            order = self._refundable(order_no, actor)
            counts = _counts(order, units, some=False)
            back = refund(_paid(order), counts)
            row = order.row
            return RefundPreview(
                OrderView(row, order.lines, tuple(orders.refunds_of(row.id))), tuple(counts),
                back.per_line, back.total, back.completes,
                len(orders.uses_of(row.id)) if back.completes else 0,
                back.completes and row.coupon_claim_id is not None)

    def _once(self, name: str, key: SentKey | None, at: datetime, work: Callable[[], int]) -> int:
        made = once(self._store, name, key, at, work)
        self._nudge("outbox")
        return made

    def _refundable(self, order_no: str, actor: Actor) -> Order:
        order = self._of(orders.by_no(order_no), actor)
        paid = order.row.state != orders.AWAITING
        actor.require(Role.MANAGER if paid else Role.CLERK, order.row.scenic_id)
        if order.row.state not in orders.OPEN:
            raise Conflict("order_closed", state=order.row.state)
        return order

    def _refund(self, order: Order, counts: list[int], actor: Actor, reason: str,
                at: datetime) -> int:
        row = order.row
        back = refund(_paid(order), counts)
        told = []
        for line, units, amount in zip(order.lines, counts, back.per_line, strict=True):
            if units and not orders.refund_line(line, units, amount):
                raise GuardLost(f"line {line.id} was refunded meanwhile")
            if units:
                told.append({"line": line.number, "quantity": units, "amount_fen": amount.fen})
        unpaid = row.state == orders.AWAITING
        to = (orders.CANCELLED if unpaid else orders.REFUNDED) if back.completes else \
            orders.AWAITING if unpaid else orders.PARTLY_REFUNDED
        self._move(row, to, actor, "order.refund", at, refunds=row.refunds + 1,
                   refunded_fen=row.refunded_fen + back.total,
                   closed_at=at if back.completes else None)
        made = orders.add_refund(
            at, order=row.id, number=row.refunds + 1, lines=told, amount_fen=back.total,
            reason=reason[:200], actor_kind=actor.kind, actor_id=actor.id)
        if back.completes:
            self._give_back(row, actor, reason or "refunded", at)
        elif unpaid and (less := orders.by_id(row.id)) is not None:
            counter_news.waits(less, at)
        return made

    def _cancel(self, row: PriceOrder, actor: Actor, reason: str, at: datetime) -> None:
        self._move(row, orders.CANCELLED, actor, "order.cancel", at, closed_at=at)
        self._give_back(row, actor, reason, at)

    @staticmethod
    def _move(row: PriceOrder, to: str, actor: Actor, action: str, at: datetime,
              **columns: Any) -> None:
        if not orders.move(row, to, **columns):
            raise GuardLost(f"order {row.id} moved meanwhile")
        audit.add(actor, action, "order", row.id, at, venue_id=row.scenic_id,
                  from_state=row.state, to_state=to)
        if row.state == orders.AWAITING and to != orders.AWAITING:
            counter_news.over(row, to, actor, at)

    @staticmethod
    def _give_back(row: PriceOrder, actor: Actor, reason: str, at: datetime) -> None:
        """Code and coupon to their holder; once, whoever else tries."""
        if not orders.given_back(row.id, at):
            return
        for usage in orders.uses_of(row.id):
            codes.give_back(usage, at, reason)
            audit.add(actor, "voucher.give_back", "voucher_code", usage.voucher_code_id, at,
                      venue_id=row.scenic_id, order=row.order_no)
        if row.coupon_claim_id is not None and coupons.give_back(row.coupon_claim_id, row.id):
            audit.add(actor, "coupon.give_back", "coupon_claim", row.coupon_claim_id, at,
                      venue_id=row.scenic_id, order=row.order_no)

    @staticmethod
    def _of(order: Order | None, actor: Actor) -> Order:
        """Raises NotFound unless the actor may see it."""
        if order is None:
            raise NotFound("order_not_found")
        row = order.row
        if actor.kind == "member":
            mine = row.user_id == actor.id or (
                row.user_id is None and row.face_id in holder(actor, None).faces)
        else:
            mine = actor.may_work_at(row.scenic_id)
        if not mine:
            raise NotFound("order_not_found")
        return order


def _paid(order: Order) -> list[PaidLine]:
    return [PaidLine(line.quantity, line.final_fen, line.refunded_quantity)
            for line in order.lines]


def _counts(order: Order, units: Mapping[int, int] | None, *, some: bool = True) -> list[int]:
    """Units to give back of each line. Raises InvalidInput."""
    if units is None:
        return [line.quantity - line.refunded_quantity for line in order.lines]
    numbers = {line.number for line in order.lines}
    if not set(units) <= numbers:
        raise InvalidInput("no_such_line", line=min(set(units) - numbers))
    if some and not any(units.values()):
        raise InvalidInput("nothing_to_refund")
    return [units.get(line.number, 0) for line in order.lines]

