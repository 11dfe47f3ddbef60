"""Settling a quote: exactly as it was shown, or not at all and saying what changed.

Consuming the code and the coupon, moving the counters and writing the order is one transaction.
Each consumption is a guarded write; whoever loses one prices again in the same call, and then
sees what the winner left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import Conflict, InvalidInput
from core.ids import new_ref
from core.money import Money
from core.pricing.explanation import as_data, explain
from core.pricing.promotion import COUPON, VOUCHER
from core.pricing.refusals import Refusal
from core.services.actor import Actor
from core.services.idempotency import SentKey
from core.services.pricing import counter_news
from core.services.pricing.keyed import once
from core.services.pricing.payment import Counter, Free, PaymentProvider
from core.services.pricing.price import Price, Priced, PriceRequest, why_not
from core.store import audit
from core.store.db import GuardLost, Store
from core.store.pricing import codes, coupons, orders
from core.store.select import unsought
from core.store.tables import PriceCoupon, PriceCouponClaim


@dataclass(frozen=True, slots=True)
class Change:
    """What is not as it was shown. `applied`: it is used now and was not; else it was and is no
    more, and `why` says it: a refusal of the engine, or a word with facts."""

    type: str
    id: int
    applied: bool
    why: Refusal | tuple[str, dict[str, object]] | None = None


class PriceChanged(Conflict):
    """The price differs from the one shown: `priced` is the new one."""

    code = "price_changed"

    def __init__(self, priced: Priced, changes: tuple[Change, ...], before: Money | None) -> None:
        super().__init__()
        self.priced = priced
        self.changes = changes
        self.before = before


class Checkout:
    """Makes orders. `counter` takes the money unless there is none to take; `nudge` sends what
    staff are told of it."""

    def __init__(self, store: Store, clock: Clock, price: Price, nudge: Callable[[str], None],
                 counter: PaymentProvider | None = None) -> None:
        self._store = store
        self._clock = clock
        self._price = price
        self._nudge = nudge
        self._counter = counter or Counter()

    def settle(self, asked: PriceRequest, actor: Actor, *, shown: str | None = None,
               amount: Money | None = None, key: SentKey | None = None) -> int:
        """Make an order of a cart; returns its id. `shown` (a quote's) or `amount` is what the
        member agreed to; without either the present price is taken.

        Raises PriceChanged; whatever `Price.price` raises; Conflict `idempotency_conflict`.
        """
        at = self._clock.now()
        told = False

        def work() -> int:
            nonlocal told
            priced = self._price.price(asked, actor, at)
            if not priced.place.open:
                raise InvalidInput("venue_closed")
            _compare(priced, shown, amount, at)
            made, order_no = self._write(priced, actor, at)
            self._consume(priced, made, order_no, at)
            audit.add(actor, "order.settle", "order", made, at, venue_id=priced.place.id,
                      final_fen=priced.quote.final.fen)
            told = _tell(made, at)
            return made

        made = once(self._store, "checkout.settle", key, at, work)
        if told:
            self._nudge("outbox")
        return made

    def _write(self, priced: Priced, actor: Actor, at: datetime) -> tuple[int, str]:
        quote, who = priced.quote, priced.holder
        provider = self._counter if quote.final else Free()
        paid = provider.has_it(quote.final, actor)
        voucher = quote.applied_of(VOUCHER)
        coupon = quote.applied_of(COUPON)
        order_no = new_ref("P", 12)
        explanation = {**as_data(explain(quote)), "refused": [
            {"code": one.code, "reason": one.word} for one in priced.refused]}
        made = orders.add(
            at, [_line(line) for line in quote.lines], order_no=order_no,
            scenic_id=priced.place.id, user_id=who.user_id, face_id=who.face_id,
            state=orders.PAID if paid else orders.AWAITING, provider=provider.name,
            original_fen=quote.original, final_fen=quote.final, explanation=explanation,
            voucher_code_id=voucher and voucher.id,
            coupon_claim_id=coupon and priced.claims[coupon.id], door=actor.door,
            actor_kind=actor.kind, actor_id=actor.id, paid_at=at if paid else None,
            expires_at=None if paid else at + provider.within)
        return made, order_no

    @staticmethod
    def _consume(priced: Priced, order_id: int, order_no: str, at: datetime) -> None:
        """Use up what the quote applies. Raises GuardLost when somebody was faster."""
        who = priced.holder
        for step in priced.quote.steps:
            if step.promotion.type == VOUCHER:
                code = codes.by_id(step.promotion.id)
                if code is None or code.archived or not codes.use(code.row, at):
                    raise GuardLost(f"code {step.promotion.id} was used meanwhile")
                codes.record_use(code, at, discount=step.discount, order_id=order_id,
                                 order_no=order_no, face_id=who.face_id, user_id=who.user_id)
            elif step.promotion.type == COUPON:
                claim = priced.claims[step.promotion.id]
                if not coupons.use(claim, step.promotion.id, order_id, step.discount, at):
                    raise GuardLost(f"coupon claim {claim} was used meanwhile")


def _tell(order_id: int, at: datetime) -> bool:
    """Tell staff of an order whose money they are to take; whether anybody was told."""
    order = orders.by_id(order_id)
    return (order is not None and order.row.state == orders.AWAITING
            and order.row.provider == Counter.name and counter_news.waits(order, at))


def _line(line: Any) -> dict[str, Any]:
    bought = line.line
    return {"product_type": bought.product_type.code, "product_id": bought.product_id,
            "product_name": bought.name or bought.product_type.description,
            "quantity": bought.quantity, "unit_price_fen": bought.unit_price,
            "original_fen": line.original, "final_fen": line.final,
            "discounts_fen": [amount.fen for amount in line.discounts]}


def _compare(priced: Priced, shown: str | None, amount: Money | None, at: datetime) -> None:
    """Raises PriceChanged unless the price is the one that was agreed to."""
    if shown is not None and shown != priced.shown:
        before, applied = _read(shown)
        now = {(step.promotion.type, step.promotion.id) for step in priced.quote.steps}
        gone = tuple(Change(*one, False, _why_gone(*one, priced, at))
                     for one in applied if one not in now)
        added = tuple(Change(*one, True) for one in sorted(now - set(applied)))
        raise PriceChanged(priced, gone + added, before)
    if shown is None and amount is not None and amount != priced.quote.final:
        raise PriceChanged(priced, (), amount)


def _read(shown: str) -> tuple[Money | None, list[tuple[str, int]]]:
    """The price and the promotions of what was shown. It comes from outside: nothing more is
    believed of it than that the member saw it."""
    parts = shown.split("-")
    if len(parts) != 4 or not parts[1].isascii() or not parts[1].isdigit():
        return None, []
    applied = []
    for one in filter(None, parts[2].split(".")):
        kind, _, number = one.partition(":")
        if number.isascii() and number.isdigit() and len(number) < 19:
            applied.append((kind, int(number)))
    return Money(int(parts[1][:15])), applied


def _why_gone(kind: str, id_: int, priced: Priced,
              at: datetime) -> Refusal | tuple[str, dict[str, object]]:
    """Why a promotion that was shown is not applied any more."""
    for skipped in priced.quote.skipped:
        if (skipped.promotion.type, skipped.promotion.id) == (kind, id_):
            return skipped.refusal
    if kind == VOUCHER:
        for refused in priced.refused:
            if refused.id == id_:
                return refused.word, dict(refused.facts)
        code = codes.by_id(id_)
        if code is not None and code.row.face_id in priced.holder.faces:
            return why_not(code, priced.holder, priced.place, at) or ("offer_gone", {})
    if kind == COUPON:
        return _why_no_coupon(id_, priced, at), {}
    return "offer_gone", {}


def _why_no_coupon(coupon_id: int, priced: Priced, at: datetime) -> str:
    coupon = PriceCoupon.get_or_none(PriceCoupon.id == coupon_id)
    if coupon is None or coupon.deleted_at is not None or coupon.status != 1:
        return "coupon_disabled"
    if coupon.ends is not None and coupon.ends <= at:
        return "coupon_over"
    used = PriceCouponClaim.select().where(
        (PriceCouponClaim.coupon == coupon_id)
        & (unsought(PriceCouponClaim.status) == coupons.USED)
        & PriceCouponClaim.holder.in_(list(priced.holder.keys) or [""])).exists()
    return "coupon_used" if used else "offer_gone"
