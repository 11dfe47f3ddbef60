"""A platform in memory: single-use prepares, replayed answers, and failures by script.

As strict as `core.platforms.base` demands, and nothing more; for schedules and odd orders of
events that a real server cannot be made to show. `script` holds what the next calls do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import PlatformRefused, PlatformUnknown, VoucherError
from core.ids import new_key
from core.money import Money, allocate
from core.platforms.base import Cancellation, Cancelled, Consumed, ConsumedUse, Consumption, Shop
from core.vouchers.certificate import Certificate, CertificateStatus, Prepared
from core.vouchers.reading import Candidate


@dataclass
class _Held:
    """A certificate in the platform's books."""

    certificate: Certificate
    uses: list[tuple[str, str]] = field(default_factory=list)
    """(key, verify_id) of standing uses"""


@dataclass
class ScriptedPlatform:
    """`name` as configured; every call is in `calls`, newest last."""

    clock: Clock
    name: str = "douyin"
    undo_window: timedelta = timedelta(hours=1)
    undoes_each_use: bool = True
    calls: list[str] = field(default_factory=list)
    script: list[Callable[[], None] | None] = field(default_factory=list)
    after: list[Callable[[], None] | None] = field(default_factory=list)
    """What happens once a consume or cancel was done, before it answers."""

    new_code: str | None = None
    """What the buyer holds after a cancel."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._tokens: dict[str, str] = {}
        self.answers: dict[str, Consumed] = {}

    def sell(self, code: str, sku_id: str, uses: int = 1,
             expires: datetime | None = None) -> Certificate:
        """A buyer gets a certificate."""
        paid = Money.yuan(199)
        one = Certificate(
            platform=self.name, certificate_id=f"C{code}", order_id=f"O{code}", sku_id=sku_id,
            title="健身月卡", status=CertificateStatus.UNUSED, original=Money.yuan(299), paid=paid,
            uses_total=uses, uses_left=uses, use_amounts=tuple(allocate(paid, [1] * uses)),
            handle="", expires=expires, buyer_phone="138****8000", times_card=uses > 1)
        self._held[code] = _Held(one)
        return one

    def standing(self, code: str) -> int:
        return len(self._held[code].uses)

    def forget_tokens(self) -> None:
        """The platform remembers prepares for a short while only."""
        self._tokens.clear()

    def prepare(self, candidate: Candidate, shop: Shop) -> Prepared:
        self._begin("prepare")
        held = self._held.get(candidate.value)
        if held is None:
            raise VoucherError("voucher_not_found", platform=self.name)
        left = held.certificate.uses_total - len(held.uses)
        if left < 1:
            raise VoucherError("already_redeemed", platform=self.name)
        token = new_key()
        self._tokens[token] = candidate.value
        return Prepared((replace(held.certificate, uses_left=left, handle=f"H{new_key()}"),), token)

    def consume(self, consumption: Consumption, shop: Shop) -> Consumed:
        self._begin("consume")
        with self._lock:
            done = self.answers.get(consumption.key) or self._consume(consumption)
        self._end()
        return done

    def _consume(self, consumption: Consumption) -> Consumed:
        code = self._tokens.get(consumption.verify_token)
        if code is None:
            raise PlatformRefused(self.name, reason="verify_token_refused")
        held = self._held[code]
        if held.certificate.certificate_id != consumption.certificate_id:
            raise PlatformRefused(self.name, reason="another_certificate")
        if len(held.uses) + consumption.uses > held.certificate.uses_total:
            raise VoucherError("already_redeemed", platform=self.name)
        ids = [f"V{new_key()}" for _ in range(consumption.uses)]
        held.uses += [(consumption.key, verify_id) for verify_id in ids]
        done = Consumed(tuple(ConsumedUse(one) for one in ids), self.clock.now(), code,
                        log_id=f"log-{len(self.calls)}")
        self.answers[consumption.key] = done
        return done

    def find(self, consumption: Consumption, shop: Shop) -> Consumed | None:
        self._begin("find")
        held = self._of(consumption.certificate_id)
        mine = [verify_id for key, verify_id in held.uses if key == consumption.key]
        if mine:
            return self.answers[consumption.key]
        if len(held.uses) >= held.certificate.uses_total:
            raise VoucherError("already_redeemed", platform=self.name)
        return None

    def cancel(self, cancellation: Cancellation, shop: Shop) -> Cancelled:
        self._begin("cancel")
        held = self._of(cancellation.consumption.certificate_id)
        if self.clock.now() - cancellation.consumed_at > self.undo_window:
            raise VoucherError("undo_window_passed", platform=self.name)
        held.uses = [one for one in held.uses if one[1] not in cancellation.verify_ids]
        self._end()
        return Cancelled(self.clock.now(), self.new_code, log_id=f"log-{len(self.calls)}")

    def find_cancelled(self, cancellation: Cancellation, shop: Shop) -> Cancelled | None:
        self._begin("find_cancelled")
        standing = {verify_id for _, verify_id in
                    self._of(cancellation.consumption.certificate_id).uses}
        return None if standing & set(cancellation.verify_ids) else Cancelled(self.clock.now())

    def look_up(self, certificate_id: str, handle: str, shop: Shop) -> Certificate:
        self._begin("look_up")
        return self._of(certificate_id).certificate

    def _of(self, certificate_id: str) -> _Held:
        return next(one for one in self._held.values()
                    if one.certificate.certificate_id == certificate_id)

    def _begin(self, call: str) -> None:
        self.calls.append(call)
        happens = self.script.pop(0) if self.script else None
        if happens is not None:
            happens()

    def _end(self) -> None:
        happens = self.after.pop(0) if self.after else None
        if happens is not None:
            happens()


def lost() -> None:
    """The answer never arrives."""
    raise PlatformUnknown("douyin", log_id="20261121-lost")
