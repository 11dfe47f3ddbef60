"""A buyer got the money back in the merchant's app: what a platform's refund notice does, by hand.

A platform without interface sends no notice, so whoever sees the refund in the app says so here.
Nothing is deleted: what is left of the entitlement is frozen, and a manager may unfreeze it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.money import Money
from core.platforms.books import SoldCertificate
from core.platforms.manual import NAME as MANUAL
from core.services import manual_ledger
from core.services.actor import Actor, Role
from core.services.certificate_truth import lost, stand
from core.services.refunds import Refunds
from core.store import audit, certificates, people, voucher_search, vouchers
from core.store.certificates import KnownCertificate, Ours
from core.store.db import Store
from core.store.tables import ManualRecord
from core.vouchers.certificate import CertificateStatus
from core.vouchers.redemption import VoucherStatus


@dataclass(frozen=True, slots=True)
class Kept:
    """The evidence behind a voucher: who recorded it, with what."""

    recorded_by: str
    recorded_at: datetime
    note: str
    picture: bytes | None
    refunded: bool


class ManualRefunds:
    """For vouchers of the platform `manual`, by their ids; staff of the record's venue only."""

    def __init__(self, store: Store, clock: Clock, refunds: Refunds) -> None:
        self._store = store
        self._clock = clock
        self._refunds = refunds

    def kept(self, voucher_id: int, actor: Actor) -> Kept:
        """Raises NotFound, also for a voucher of another platform; NotAllowed."""
        with self._store.connection():
            record = self._record(voucher_id, actor)
            return Kept(people.staff_name(record.recorded_by), record.created_at, record.note,
                        bytes(record.picture) if record.picture else None, bool(record.refund))

    def refunded(self, voucher_id: int, amount: Money, actor: Actor) -> None:
        """The buyer got `amount` back. Told twice, it changes nothing.

        Raises NotFound, NotAllowed, InvalidInput("refund_out_of_range"), Conflict("wrong_state")
        while a redemption or an undo of it is under way.
        """
        with self._store.connection():
            record = self._record(voucher_id, actor)
            if not Money.zero() < amount <= record.paid_fen:
                raise InvalidInput("refund_out_of_range", field="amount",
                                   most=str(record.paid_fen))
            self._store.transact("manual.refund", lambda: self._write(
                voucher_id, record, amount, actor, self._clock.now()))

    def _record(self, voucher_id: int, actor: Actor) -> ManualRecord:
        row = voucher_search.one(voucher_id)
        record = (manual_ledger.by_id(row.certificate_id)
                  if row is not None and row.platform_code == MANUAL else None)
        if record is None:
            raise NotFound("record_not_found")
        actor.require(Role.CLERK, record.venue_id)
        return record

    def _write(self, voucher_id: int, record: ManualRecord, amount: Money, actor: Actor,
               at: datetime) -> None:
        (row,) = certificates.held(self._store, [voucher_id])
        if row.status == VoucherStatus.REFUNDED:
            return
        dealings = certificates.dealings(self._store, [voucher_id])
        if voucher_id in dealings.in_flight:
            raise Conflict("wrong_state")
        manual_ledger.refund(row.certificate_id, CertificateStatus.REFUNDED.value)
        told = SoldCertificate(row.certificate_id, CertificateStatus.REFUNDED, refunded=amount,
                               uses_total=row.uses_total, uses_used=row.uses_used)
        now = stand(told)
        consumed = dealings.ours.get(voucher_id, Ours()).consumed
        loss = lost(told, now, consumed, record.paid_fen)
        certificates.change_all(self._store, [(row, {
            "status": int(now.status), "refunded_at": at, "refunded_fen": amount})], at)
        self._book(row, record, loss, amount, actor, at)
        if loss:
            self._refunds.after_use(row, MANUAL, loss, amount, actor, at)

    @staticmethod
    def _book(row: KnownCertificate, record: ManualRecord, loss: Money, amount: Money,
              actor: Actor, at: datetime) -> None:
        vouchers.log(row.id, vouchers.REFUNDED, operator_id=actor.id, actor_kind=actor.kind,
                     door=actor.door, redemption_id=None, at=at)
        audit.add(actor, "voucher.refunded", "voucher", row.id, at, venue_id=record.venue_id,
                  from_state=VoucherStatus(row.status).name.lower(), to_state="refunded",
                  refunded_fen=amount.fen, loss_fen=loss.fen)


__all__ = ["MANUAL", "Kept", "ManualRefunds"]
