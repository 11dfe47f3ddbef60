"""A platform without API rights: the clerk redeems in the merchant's own app and brings evidence.

What he recorded is this platform's word: certificates with the uses he redeemed there. The record
is kept by whoever builds this (`Ledger`); the rules are those of every platform: a use is taken
once, for one key, and an undo gives it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from core.clock import Clock, day_ends, day_starts
from core.errors import VoucherError
from core.money import Money, allocate
from core.platforms.base import (
    Cancellation,
    Cancelled,
    Consumed,
    ConsumedUse,
    Consumption,
    Shop,
)
from core.platforms.books import Verified
from core.vouchers.certificate import Certificate, CertificateStatus, Prepared
from core.vouchers.scan import Candidate, Form

NAME = "manual"


@dataclass(frozen=True, slots=True)
class Record:
    """A certificate as it was recorded. `venues`: where it may be used; `uses_total` of them were
    redeemed in the merchant's app. `refund`: "", refunding or refunded."""

    certificate_id: str
    code: str
    order_id: str
    sku_id: str
    title: str
    original: Money
    paid: Money
    uses_total: int
    venues: frozenset[int]
    starts: datetime | None = None
    expires: datetime | None = None
    buyer_phone: str = ""
    refund: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A use of a record, taken for a redemption of ours."""

    verify_id: str
    key: str
    number: int
    at: datetime
    operator: str
    cancelled_at: datetime | None = None


class Ledger(Protocol):
    """Where records and marks are kept. Each method is one transaction of its own."""

    def record(self, code: str) -> Record | None:
        """By code or certificate id."""
        ...

    def marks(self, certificate_id: str) -> list[Mark]:
        """All of them, oldest first."""
        ...

    def take(self, record: Record, consumption: Consumption, venue_id: int,
             at: datetime) -> list[Mark]:
        """Take uses under the consumption's key, or give those taken under it before. Raises
        VoucherError("already_redeemed" | "not_enough_uses")."""
        ...

    def give_back(self, certificate_id: str, verify_ids: Sequence[str], at: datetime) -> None:
        """Harmless when repeated."""
        ...

    def sheet(self, venue_id: int, since: datetime, until: datetime) -> list[Verified]:
        """The lines of the platform's exported sheets that were imported for a venue. Raises
        PlatformBusy(reason="sheet_missing") where there are uses and no sheet (yet)."""
        ...


class Manual:
    """`core.platforms.base.CertificatePlatform` over what clerks recorded, and its history."""

    name = NAME
    undo_window = timedelta(hours=24)
    """The clerk has taken it back in the merchant's app; a day later the platform has settled."""
    undoes_each_use = True

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def prepare(self, candidate: Candidate, shop: Shop) -> Prepared:
        if candidate.form is not Form.CODE:
            raise VoucherError("unreadable", platform=self.name)
        record = self._known(candidate.value)
        self._check(record, shop)
        return Prepared((self._certificate(record, CertificateStatus.UNUSED),),
                        log_id=record.certificate_id)

    def consume(self, consumption: Consumption, shop: Shop) -> Consumed:
        record = self._known(consumption.handle)
        mine = self._mine(consumption)
        if mine:
            return self._consumed(record, mine)
        self._check(record, shop)
        return self._consumed(record, self._ledger.take(
            record, consumption, shop.venue_id, self._clock.now()))

    def find(self, consumption: Consumption, shop: Shop) -> Consumed | None:
        record, mine = self._known(consumption.handle), self._mine(consumption)
        if mine:
            return self._consumed(record, mine)
        if self._left(record) < 1:
            raise VoucherError("already_redeemed", platform=self.name)
        return None

    def cancel(self, cancellation: Cancellation, shop: Shop) -> Cancelled:
        done = self.find_cancelled(cancellation, shop)
        if done is not None:
            return done
        record, at = self._known(cancellation.consumption.handle), self._clock.now()
        if record.refund:
            raise VoucherError(record.refund, platform=self.name)
        if at - cancellation.consumed_at > self.undo_window:
            raise VoucherError("undo_window_passed", platform=self.name)
        self._ledger.give_back(record.certificate_id, cancellation.verify_ids, at)
        return Cancelled(at, log_id=record.certificate_id)

    def find_cancelled(self, cancellation: Cancellation, shop: Shop) -> Cancelled | None:
        standing = {mark.verify_id for mark in self._standing(
            cancellation.consumption.certificate_id)}
        return None if standing & set(cancellation.verify_ids) else Cancelled(self._clock.now())

    def look_up(self, certificate_id: str, handle: str, shop: Shop) -> Certificate:
        record = self._known(certificate_id)
        status = CertificateStatus(record.refund) if record.refund else (
            CertificateStatus.USED if self._left(record) < 1 else CertificateStatus.UNUSED)
        return self._certificate(record, status)

    def records(self, day: date, shop: Shop) -> Iterator[Verified]:
        """`core.platforms.books.VerificationHistory`: the imported sheets of a day."""
        yield from self._ledger.sheet(shop.venue_id, day_starts(day), day_ends(day))

    def _known(self, code: str) -> Record:
        record = self._ledger.record(code)
        if record is None:
            raise VoucherError("voucher_not_found", platform=self.name)
        return record

    def _check(self, record: Record, shop: Shop) -> None:
        """Whether it may be used here and now; in the order of the other platforms' refusals."""
        if shop.venue_id not in record.venues:
            raise VoucherError("wrong_venue", platform=self.name)
        if record.refund:
            raise VoucherError(record.refund, platform=self.name)
        if self._left(record) < 1:
            last = max(mark.at for mark in self._standing(record.certificate_id))
            raise VoucherError("already_redeemed", platform=self.name, at=last.isoformat())
        if record.expires is not None and self._clock.now() >= record.expires:
            raise VoucherError("expired", platform=self.name)

    def _standing(self, certificate_id: str) -> list[Mark]:
        return [mark for mark in self._ledger.marks(certificate_id) if mark.cancelled_at is None]

    def _left(self, record: Record) -> int:
        return record.uses_total - len(self._standing(record.certificate_id))

    def _mine(self, consumption: Consumption) -> list[Mark]:
        return [mark for mark in self._standing(consumption.certificate_id)
                if mark.key == consumption.key]

    def _consumed(self, record: Record, marks: Sequence[Mark]) -> Consumed:
        amounts = allocate(record.paid, [1] * record.uses_total)
        return Consumed(
            tuple(ConsumedUse(mark.verify_id, amounts[mark.number - 1]) for mark in marks),
            marks[0].at, record.code, record.certificate_id)

    def _certificate(self, record: Record, status: CertificateStatus) -> Certificate:
        usable = status is CertificateStatus.UNUSED
        return Certificate(
            platform=self.name, certificate_id=record.certificate_id, order_id=record.order_id,
            sku_id=record.sku_id, title=record.title, status=status, original=record.original,
            paid=record.paid, uses_total=record.uses_total,
            uses_left=self._left(record) if usable else 0,
            use_amounts=tuple(allocate(record.paid, [1] * record.uses_total)),
            handle=record.code, code=record.code, starts=record.starts, expires=record.expires,
            buyer_phone=record.buyer_phone, times_card=record.uses_total > 1)
