"""A certificate platform in memory that answers at once: for benchmarks of our own side.

It keeps the same contract as the real adapters (`test_contract_redeem`, `test_contract_undo`),
so that a benchmark over it measures the real flow. `latency` (seconds) stands for the network.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from core.baton import BATON
from core.clock import Clock
from core.errors import VoucherError
from core.platforms.base import (
    Cancellation,
    Cancelled,
    Consumed,
    ConsumedUse,
    Consumption,
    Shop,
)
from core.vouchers.certificate import Certificate, CertificateStatus, Prepared
from core.vouchers.scan import Candidate, Form

S = CertificateStatus
_WORDS = {S.USED: "already_redeemed", S.EXPIRED: "expired", S.REFUNDED: "refunded",
          S.REFUNDING: "refunding"}


@dataclass
class Use:
    verify_id: str
    key: str
    venue: int
    at: datetime
    cancelled_at: datetime | None = None


@dataclass
class Held:
    """A certificate in a buyer's hands. `refund` is None, REFUNDING or REFUNDED."""

    certificate: Certificate
    venues: frozenset[int]
    uses: list[Use] = field(default_factory=list)
    refund: CertificateStatus | None = None

    @property
    def live(self) -> list[Use]:
        return [use for use in self.uses if use.cancelled_at is None]

    @property
    def left(self) -> int:
        return self.certificate.uses_total - len(self.live)

    def status(self, at: datetime) -> CertificateStatus:
        if self.refund is not None:
            return self.refund
        if self.left <= 0:
            return S.USED
        expires = self.certificate.expires
        return S.EXPIRED if expires is not None and at >= expires else S.UNUSED


class InstantPlatform:
    """`core.platforms.base.CertificatePlatform`; one lock makes each step one step."""

    undo_window = timedelta(hours=1)

    def __init__(self, clock: Clock, name: str = "douyin", latency: float = 0.0) -> None:
        self.name = name
        self._clock = clock
        self._latency = latency
        self._lock = threading.Lock()
        self._numbers = count(1)
        self.held: dict[str, Held] = {}
        self._by_code: dict[str, str] = {}
        self._answers: dict[str, Consumed] = {}

    def sell(self, certificate: Certificate, code: str, venues: frozenset[int]) -> None:
        """From now on the certificate exists and is found by this code."""
        self.held[certificate.certificate_id] = Held(certificate, venues)
        self._by_code[code] = certificate.certificate_id

    def prepare(self, candidate: Candidate, shop: Shop) -> Prepared:
        with self._answering():
            if candidate.form is not Form.CODE:
                raise VoucherError("unreadable")
            found = self.held.get(self._by_code.get(candidate.value, ""))
            if found is None:
                raise VoucherError("voucher_not_found")
            self._check(found, shop)
            return Prepared((self._shown(found),), f"token-{next(self._numbers)}", "instant")

    def consume(self, consumption: Consumption, shop: Shop) -> Consumed:
        with self._answering():
            before = self._answers.get(consumption.key)
            if before is not None:
                return before
            held = self.held[consumption.certificate_id]
            self._check(held, shop)
            if held.left < consumption.uses:
                raise VoucherError("not_enough_uses")
            at = self._clock.now()
            made = [Use(f"v{next(self._numbers)}", consumption.key, shop.venue_id, at)
                    for _ in range(consumption.uses)]
            held.uses += made
            done = Consumed(tuple(ConsumedUse(use.verify_id) for use in made), at,
                            held.certificate.code, "instant")
            self._answers[consumption.key] = done
            return done

    def find(self, consumption: Consumption, shop: Shop) -> Consumed | None:
        with self._answering():
            held = self.held[consumption.certificate_id]
            mine = [use for use in held.live if use.key == consumption.key]
            if mine:
                return self._answers[consumption.key]
            if held.status(self._clock.now()) is S.USED:
                raise VoucherError("already_redeemed")
            return None

    def cancel(self, cancellation: Cancellation, shop: Shop) -> Cancelled:
        with self._answering():
            held = self.held[cancellation.consumption.certificate_id]
            at = self._clock.now()
            mine = [use for use in held.live if use.verify_id in cancellation.verify_ids]
            if mine and held.refund is S.REFUNDED:
                raise VoucherError("refunded")
            if any(at - use.at >= self.undo_window for use in mine):
                raise VoucherError("undo_window_passed")
            for use in mine:
                use.cancelled_at = at
            return Cancelled(at)

    def find_cancelled(self, cancellation: Cancellation, shop: Shop) -> Cancelled | None:
        with self._answering():
            held = self.held[cancellation.consumption.certificate_id]
            standing = {use.verify_id for use in held.live} & set(cancellation.verify_ids)
            return None if standing else Cancelled(self._clock.now())

    def look_up(self, certificate_id: str, handle: str, shop: Shop) -> Certificate:
        with self._answering():
            return self._shown(self.held[certificate_id])

    @contextmanager
    def _answering(self) -> Iterator[None]:
        if self._latency:
            with BATON.laid_down():  # as `Caller.call` does
                time.sleep(self._latency)
        with self._lock:
            yield

    def _check(self, held: Held, shop: Shop) -> None:
        status = held.status(self._clock.now())
        if status in _WORDS:
            at = held.live[-1].at.isoformat() if held.live else None
            raise VoucherError(_WORDS[status], at=at)
        if shop.venue_id not in held.venues:
            raise VoucherError("wrong_venue")

    def _shown(self, held: Held) -> Certificate:
        return replace(held.certificate, status=held.status(self._clock.now()),
                       uses_left=held.left)
