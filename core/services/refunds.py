"""A buyer got the money back for what we had already given: freeze, tell, and unfreeze by hand.

(Design section 3, step 8; decision Q15.) Nothing is deleted: a manager decides with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import mask_name, mask_phone
from core.money import Money
from core.services import trouble
from core.services.actor import Actor, Role
from core.services.grant import Grants
from core.services.ticket import ticket
from core.services.unfreeze import unfreeze
from core.store import audit, certificates, entitlements, frozen, redemptions
from core.store.certificates import KnownCertificate
from core.store.db import Store
from core.store.tables import Entitlement, Redemption
from core.vouchers.redemption import ResultType


@dataclass(frozen=True, slots=True)
class EntitlementView:
    """What one redemption gave and whether it can be used. status: active, frozen, taken_back."""

    id: int
    ref: str
    result_type: ResultType
    result_id: int
    status: str
    changed_at: datetime | None


class Refunds:
    """Freezing runs inside the transaction that learns of the refund; unfreezing is its own."""

    def __init__(self, store: Store, clock: Clock, grants: Grants) -> None:
        self._store = store
        self._clock = clock
        self._grants = grants

    def after_use(self, row: KnownCertificate, platform: str, loss: Money, refunded: Money | None,
                  actor: Actor, at: datetime) -> None:
        """The platform gave back money for uses of ours: what is left of them is frozen."""
        self._freeze(trouble.REFUND_AFTER_USE, row, platform, actor, at, loss_fen=loss.fen,
                     loss=str(loss), refunded_fen=refunded.fen if refunded else None)

    def taken_back(self, row: KnownCertificate, platform: str, actor: Actor, at: datetime) -> None:
        """Somebody cancelled our verification at the platform: the buyer has his voucher again,
        so what it gave is frozen until a person has looked."""
        price = row.paid_price_fen or Money.zero()
        self._freeze(trouble.TAKEN_BACK, row, platform, actor, at, loss_fen=price.fen,
                     loss=str(price))

    def _freeze(self, kind: str, row: KnownCertificate, platform: str, actor: Actor, at: datetime,
                **facts: Any) -> None:
        standing = certificates.granted(row.id)
        for redemption, entitlement in standing:
            if entitlement.status != entitlements.ACTIVE:
                continue
            self._grants.freeze(entitlement, at)
            audit.add(actor, "entitlement.frozen", "entitlement", entitlement.id, at,
                      venue_id=redemption.venue_id, from_state=entitlements.ACTIVE,
                      to_state=entitlements.FROZEN, why=kind, **facts)
        if standing:
            last = standing[-1][0]
            trouble.tell(kind, f"voucher:{row.id}", venue_id=last.venue_id, at=at, actor=actor,
                         subject_kind="voucher", subject_id=row.id,
                         facts=_facts(row, platform, standing) | facts)

    def unfreeze(self, entitlement_id: int, actor: Actor, reason: str) -> EntitlementView:
        """The shop lets the member keep it. Asked again, it changes nothing.

        Raises NotFound, NotAllowed (managers of the venue only), InvalidInput("reason_needed"),
        Conflict("wrong_state") when it was taken back, VoucherError: class_full, class_started
        when the seat cannot be had again.
        """
        with self._store.connection():
            return self._store.transact("refunds.unfreeze", lambda: self._unfreeze(
                entitlement_id, actor, reason.strip()))

    def _unfreeze(self, entitlement_id: int, actor: Actor, reason: str) -> EntitlementView:
        entitlement = frozen.held(entitlement_id)
        if entitlement is None:
            raise NotFound("entitlement_not_found")
        row = redemptions.by_id(entitlement.redemption_id)
        assert row is not None, "redemptions are never deleted"
        actor.require(Role.MANAGER, row.venue_id)
        if entitlement.status == entitlements.ACTIVE:
            return _view(entitlement, row)
        if not reason:
            raise InvalidInput("reason_needed")
        if entitlement.status != entitlements.FROZEN:
            raise Conflict("wrong_state", state=entitlement.status)
        at = self._clock.now()
        unfreeze(entitlement, at)
        audit.add(actor, "entitlement.unfrozen", "entitlement", entitlement.id, at,
                  venue_id=row.venue_id, from_state=entitlements.FROZEN,
                  to_state=entitlements.ACTIVE, reason=reason[:200])
        if all(one.status != entitlements.FROZEN for _, one in certificates.granted(
                row.voucher_id)):
            for kind in (trouble.REFUND_AFTER_USE, trouble.TAKEN_BACK):
                trouble.over(kind, f"voucher:{row.voucher_id}", at, actor=actor,
                             resolution=reason)
        return _view(entitlement, row)


def _facts(row: KnownCertificate, platform: str,
           standing: list[tuple[Redemption, Entitlement]]) -> dict[str, Any]:
    """What the task says: nothing in it is secret or whole."""
    last = standing[-1][0]
    return {"voucher_id": row.id, "platform": platform, "product_name": row.product_name,
            "code_tail": row.code_tail, "paid_fen": row.paid_price_fen.fen
            if row.paid_price_fen else None, "ref": last.ref, "redemption_ticket": ticket(last.id),
            "member_id": last.member_id, "member_name": mask_name(last.name),
            "member_phone": mask_phone(last.phone or ""),
            "entitlements": [entitlement.id for _, entitlement in standing]}


def _view(entitlement: Entitlement, row: Redemption) -> EntitlementView:
    fresh = entitlements.of_redemption(row.id)
    assert fresh is not None, "entitlements are never deleted"
    return EntitlementView(entitlement.id, row.ref, ResultType(fresh.result_type),
                           fresh.target_id, fresh.status, fresh.changed_at)
