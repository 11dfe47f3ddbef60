"""What people do about a finding: one press, booked, and harmless when pressed again.

Every fix changes our books only; the platform's have happened. A finding that is fixed stays as
its first fix left it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock, business_day
from core.errors import Conflict, InvalidInput, NotFound, VoucherError
from core.ids import new_key, new_ref
from core.money import Money
from core.services import trouble
from core.services.actor import Actor, Role
from core.services.choices import LESSONS, CardFacts, ProductFacts, choices, chosen, promise
from core.services.grant import Grants
from core.services.inspect import given_phone
from core.services.outcome import status_by_uses
from core.services.reconciliation_views import (
    ACCEPT,
    ELSEWHERE,
    FIXES,
    GRANT,
    TAKE_BACK,
    THEIR_AMOUNT,
    FindingView,
    finding_view,
)
from core.store import (
    alerts,
    audit,
    catalogue,
    entitlements,
    people,
    reconciliations,
    redemptions,
    vouchers,
)
from core.store.db import Store
from core.store.tables import Finding, Reconciliation, Voucher
from core.vouchers.redemption import State, VoucherStatus

NEEDS_REASON = frozenset({ACCEPT, TAKE_BACK})


@dataclass(frozen=True, slots=True)
class Wish:
    """What to do about a finding: `fix` is one of `FIXES`. `phone` and `name` of the member who
    gets what is missing."""

    fix: str
    reason: str = ""
    phone: str | None = None
    name: str = ""


class FindingFixes:
    """Managers of the venue only."""

    def __init__(self, store: Store, clock: Clock, grants: Grants) -> None:
        self._store = store
        self._clock = clock
        self._grants = grants

    def fix(self, finding_id: int, wish: Wish, actor: Actor) -> FindingView:
        """Fix a finding; the same fix again changes nothing.

        Raises NotFound, NotAllowed, Conflict("wrong_state") when it was fixed otherwise or is
        gone, InvalidInput: no_such_fix, reason_needed; VoucherError: phone_needed, unmapped_sku,
        choice_needed (a class: nobody knows which).
        """
        phone = given_phone(wish.phone)
        with self._store.connection():
            return self._store.transact("finding.fix",
                                        lambda: self._fix(finding_id, wish, phone, actor))

    def _fix(self, finding_id: int, wish: Wish, phone: str | None, actor: Actor) -> FindingView:
        row = reconciliations.held_finding(finding_id)
        of = reconciliations.by_id(row.reconciliation_id) if row is not None else None
        if row is None or of is None:
            raise NotFound("finding_not_found")
        actor.require(Role.MANAGER, of.venue_id)
        if row.state == "fixed" and row.fix == wish.fix:
            return finding_view(row)
        if row.state != "open":
            raise Conflict("wrong_state", state=row.state)
        if wish.fix not in FIXES[row.kind]:
            raise InvalidInput("no_such_fix", fixes=list(FIXES[row.kind]))
        reason = wish.reason.strip()
        if wish.fix in NEEDS_REASON and not reason:
            raise InvalidInput("reason_needed")
        at = self._clock.now()
        done = self._do(row, of, wish, phone, actor, at)
        reconciliations.change_finding(
            row.id, state="fixed", fix=wish.fix, reason=reason[:200], fixed_at=at,
            fixed_by=actor.id, **done)
        audit.add(actor, "finding.fixed", "finding", row.id, at, venue_id=of.venue_id,
                  from_state="open", to_state="fixed", fix=wish.fix, kind=row.kind,
                  reason=reason[:200], **done)
        if not reconciliations.open_counts([of.id]):
            alerts.end("books_differ", str(of.id), at)
        fresh = reconciliations.held_finding(row.id)
        assert fresh is not None, "findings are never deleted"
        return finding_view(fresh)

    def _do(self, row: Finding, of: Reconciliation, wish: Wish, phone: str | None, actor: Actor,
            at: datetime) -> dict[str, Any]:
        """Carry it out; the columns of the finding that it fills."""
        if wish.fix == GRANT:
            return self._grant(row, of, phone, wish.name.strip()[:50], actor, at)
        if wish.fix == ELSEWHERE:
            return self._elsewhere(row, of, actor, at)
        if wish.fix == TAKE_BACK:
            self._take_back(row, of, wish.reason.strip(), actor, at)
        elif wish.fix == THEIR_AMOUNT:
            assert row.use_id is not None, "a use of ours differs"
            reconciliations.change_amount(row.use_id, row.platform_fen)
        return {}

    def _voucher(self, row: Finding, of: Reconciliation) -> Voucher | None:
        if row.voucher_id is not None:
            return Voucher.get_by_id(row.voucher_id)
        return vouchers.held(of.platform_id, row.certificate_id or row.code, row.code or None)

    def _grant(self, row: Finding, of: Reconciliation, phone: str | None, name: str,
               actor: Actor, at: datetime) -> dict[str, Any]:
        """A redemption that the platform has and we lack, with what it gives."""
        known = self._voucher(row, of)
        mapped = catalogue.product_of(of.platform_id, row.sku_id or (known.sku_id if known else ""))
        if mapped is None:
            raise VoucherError("unmapped_sku", sku_id=row.sku_id, title=row.title)
        product = mapped[1]
        facts = ProductFacts(product.id, product.name, product.kind, product.days, product.uses)
        if phone is None:
            raise VoucherError("phone_needed")
        member_id = people.find_or_make(phone, name, at, platform_id=of.platform_id,
                                        venue_id=of.venue_id)
        cards = [CardFacts(card.id, card.product.name, card.ends_on)
                 for card in entitlements.cards_of(member_id, product.family)] \
            if product.kind != LESSONS else []
        choice = chosen(choices(facts, cards, [], business_day(at, of.venue.zone)), None)
        amount = row.platform_fen or (known.paid_price_fen if known else None) or Money.zero()
        voucher_id = known.id if known else vouchers.add(
            at, voucher_no=row.code or row.certificate_id, certificate_id=row.certificate_id,
            code_tail=(row.code or row.certificate_id)[-4:], platform=of.platform_id,
            sku_id=row.sku_id, voucher_type=product.voucher_type, product=product.id,
            product_name=product.name, paid_price_fen=amount, use_amounts_fen=[amount.fen])
        ref = new_ref("R")
        redemption_id = redemptions.add(
            at, ref=ref, voucher=voucher_id, platform=of.platform_id, venue=of.venue_id,
            state=State.COMPLETED.value, door=actor.door, actor_kind=actor.kind,
            actor_id=actor.id, confirmed_by=actor.id, confirmed_door=actor.door, phone=phone,
            name=name, member=member_id, uses=1, choice=promise(choice, facts, product.family),
            request_key=new_key(), handle="", operator=ref, completed_at=at,
            consumed_at=row.used_at, first_tried_at=row.used_at, reason="reconciliation")
        redemptions.add_uses(redemption_id, [
            {"verify_id": row.verify_id, "used_at": row.used_at, "amount_fen": amount}], at)
        made = redemptions.by_id(redemption_id)
        assert made is not None, "just written"
        given = self._grants.give(made, member_id, of.venue.zone, at)
        redemptions.stay(made, result_type=int(given.result_type), result_id=given.target_id)
        self._used(made.voucher, at, verified_at=row.used_at, verified_by=actor.id,
                   user_id=member_id, venue=of.venue_id)
        self._log(voucher_id, vouchers.REDEEMED, actor, at, redemption_id, "reconciliation",
                  result_type=int(given.result_type), result_id=given.target_id)
        audit.add(actor, "redemption.completed", "redemption", redemption_id, at,
                  venue_id=of.venue_id, from_state="", to_state=State.COMPLETED.value,
                  finding=row.id, result_type=int(given.result_type), result_id=given.target_id)
        return {"voucher": voucher_id, "redemption_id": redemption_id}

    def _elsewhere(self, row: Finding, of: Reconciliation, actor: Actor,
                   at: datetime) -> dict[str, Any]:
        """It was redeemed at the platform's own till: here nobody gets anything for it."""
        known = self._voucher(row, of)
        if known is None:
            return {}
        self._used(known, at, verified_at=row.used_at, venue=of.venue_id, more=1)
        self._log(known.id, vouchers.BY_HAND, actor, at, None, "used elsewhere")
        return {"voucher": known.id}

    @staticmethod
    def _used(row: Voucher, at: datetime, *, more: int = 0, **columns: Any) -> None:
        """One more use is gone, unless the orders of the platform told us already."""
        standing = vouchers.standing_uses(row.id) + more
        used = min(max(row.uses_used, standing), row.uses_total)
        if row.status == VoucherStatus.REFUNDED:
            vouchers.change(row.id, at, uses_used=used, **columns)
            return
        vouchers.change(row.id, at, uses_used=used, status=int(status_by_uses(used, row)),
                        **columns)

    def _take_back(self, row: Finding, of: Reconciliation, reason: str, actor: Actor,
                   at: datetime) -> None:
        """The platform has no such use (any more): what it gave is taken back."""
        assert row.redemption_id is not None, "a use of ours differs"
        made = redemptions.held(row.redemption_id)
        if made.state != State.COMPLETED:
            raise Conflict("wrong_state", state=made.state)
        entitlement = entitlements.of_redemption(made.id)
        if entitlement is not None:
            self._grants.take_back(entitlement, made, at)
        redemptions.cancel_uses(made.id, at)
        redemptions.move(made, State.UNDOING, at, undo_by=actor.id, undo_door=actor.door,
                         undo_reason=reason[:200])
        redemptions.move(made, State.UNDONE, at, next_try_at=None)
        voucher = made.voucher
        used = min(vouchers.standing_uses(voucher.id), voucher.uses_total)
        if voucher.status != VoucherStatus.REFUNDED:
            columns: dict[str, Any] = dict(uses_used=used,
                                           status=int(status_by_uses(used, voucher)))
            if used == 0:
                columns |= dict(verified_at=None, verified_by=None, user_id=None, venue=None)
            vouchers.change(voucher.id, at, **columns)
        self._log(voucher.id, vouchers.UNDONE, actor, at, made.id, reason)
        audit.add(actor, "redemption.undone", "redemption", made.id, at, venue_id=of.venue_id,
                  from_state=State.COMPLETED.value, to_state=State.UNDONE.value, finding=row.id,
                  reason=reason[:200])
        trouble.over(trouble.TAKEN_BACK, f"voucher:{voucher.id}", at, actor=actor,
                     resolution=reason)

    @staticmethod
    def _log(voucher_id: int, operation: int, actor: Actor, at: datetime,
             redemption_id: int | None, remark: str, **more: Any) -> None:
        vouchers.log(voucher_id, operation, operator_id=actor.id, actor_kind=actor.kind,
                     door=actor.door, redemption_id=redemption_id,
                     at=at, remark=remark, **more)
