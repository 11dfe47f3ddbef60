"""Batches of voucher codes: created, generated, switched on and off (P152–P163)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from core.clock import Clock
from core.errors import InvalidInput, NotFound
from core.money import Money
from core.pricing.codec import from_row
from core.pricing.promotion import VOUCHER
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey
from core.services.pricing.holder import require_staff
from core.services.pricing.keyed import once
from core.services.pricing.promotions import Page
from core.store import audit
from core.store.db import Store
from core.store.pricing import batches, codes, figures, offers
from core.store.pricing.batches import NewCodes
from core.store.tables import PriceVoucherBatch
from core.vouchers import owncode
from core.vouchers.validity import Window, after_claim

AT_ONCE = 1000
"""So many codes are there when the batch is; the job makes the others."""
PIECE = 5000
"""Codes a transaction: some tenths of a second in which nobody else writes to SQLite."""
WORK_SECONDS = 30.0
"""Of one run of the job; the next one goes on."""
JOB = "generate_codes"


@dataclass(frozen=True, slots=True)
class BatchStats:
    """Counted from the rows, beside the counters. Rates are shares of all codes made. `expired`
    includes those that the purge has deleted."""

    batch: PriceVoucherBatch
    unclaimed: int
    usable: int
    used: int
    used_up: int
    expired: int
    claimed_rate: float
    used_rate: float


class Batches:
    """`nudge` starts the job now instead of at its next time."""

    def __init__(self, store: Store, clock: Clock, nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge
        self._random = secrets.SystemRandom()

    def create(self, columns: Mapping[str, Any], actor: Actor, *,
               key: SentKey | None = None) -> PriceVoucherBatch:
        """A batch and its first codes; a large one is finished by the job.

        Raises PromotionUnclear, NotAllowed, NotFound `venue_not_found`, InvalidInput
        `claim_days_on_paper`.
        """
        at = self._clock.now()
        scenic_id = columns["scenic_id"]
        require_staff(actor, scenic_id)
        check(columns)

        def work() -> int:
            offers.place(scenic_id)
            made = batches.add(at, **columns, created_by=actor.id)
            batch = _found(made)
            self._add(batch, AT_ONCE, at)
            offers.changed(scenic_id, at)
            audit.add(actor, "batch.create", "batch", made, at, venue_id=scenic_id,
                      total=batch.total_count)
            return made

        made = once(self._store, "batch.create", key, at, work)
        batch = self._row(made)
        if batch.generated_count < batch.total_count:
            self._nudge(JOB)
        return batch

    def generate(self) -> str:
        """The job's work: add codes to unfinished batches until all are done or time is up."""
        stop_at = time.monotonic() + WORK_SECONDS
        made = 0
        with self._store.connection():
            waiting = batches.unfinished()
        for batch_id in waiting:
            while time.monotonic() < stop_at:
                added = self._store.transact("batch.generate", partial(self._piece, batch_id))
                made += added
                if not added:
                    break
        with self._store.connection():
            left = len(batches.unfinished())
        if left:
            self._nudge(JOB)
        return f"{made} codes, {left} batches unfinished"

    def _piece(self, batch_id: int) -> int:
        return self._add(_found(batch_id), PIECE, self._clock.now())

    def _add(self, batch: PriceVoucherBatch, most: int, at: datetime) -> int:
        wanted = min(most, batch.total_count - batch.generated_count)
        if wanted <= 0:
            return 0
        letter = owncode.BATCH_LETTERS[batch.id % len(owncode.BATCH_LETTERS)]
        born = NewCodes(codes.USABLE, at, batch.ends) if batch.on_paper \
            else NewCodes(codes.UNCLAIMED, None, None)
        # A code that exists already fails on the unique index; `transact` then makes others.
        return batches.add_codes(
            self._store, batch, [owncode.make(letter, self._random) for _ in range(wanted)],
            born, at)

    def set_status(self, batch_id: int, status: int, actor: Actor) -> PriceVoucherBatch:
        """1: may be claimed from; 0: not any more. What was claimed stays good (P175)."""
        at = self._clock.now()

        def work() -> None:
            batch = batches.held(batch_id)
            if batch is None or not actor.may_work_at(batch.scenic_id):
                raise NotFound()
            require_staff(actor, batch.scenic_id)
            PriceVoucherBatch.update(status=status, updated_at=at).where(
                PriceVoucherBatch.id == batch_id).execute()
            audit.add(actor, "batch.status", "batch", batch_id, at, venue_id=batch.scenic_id,
                      from_state=str(batch.status), to_state=str(status))

        self._store.transact("batch.status", work)
        return self._row(batch_id)

    def get(self, batch_id: int, actor: Actor) -> PriceVoucherBatch:
        """Raises NotFound, also for another venue's."""
        actor.require(Role.CLERK)
        batch = self._row(batch_id)
        if not actor.may_work_at(batch.scenic_id):
            raise NotFound()
        return batch

    def page(self, actor: Actor, *, page: int, page_size: int, scenic_id: int | None = None,
             broker_id: int | None = None, status: int | None = None,
             name: str = "") -> Page:
        """Batches of the caller's venues, newest first."""
        actor.require(Role.CLERK, scenic_id)
        query = PriceVoucherBatch.select()
        if actor.role is not Role.ADMIN:
            query = query.where(PriceVoucherBatch.scenic_id.in_(sorted(actor.venues)))
        for column, value in ((PriceVoucherBatch.scenic_id, scenic_id),
                              (PriceVoucherBatch.broker_id, broker_id),
                              (PriceVoucherBatch.status, status)):
            if value is not None:
                query = query.where(column == value)
        if name:
            query = query.where(PriceVoucherBatch.name.contains(name))
        with self._store.connection():
            rows = list(query.order_by(PriceVoucherBatch.id.desc())
                        .limit(page_size).offset((page - 1) * page_size))
            return Page(rows, query.count(), page, page_size)

    def stats(self, batch_id: int, actor: Actor) -> BatchStats:
        """Raises NotFound."""
        batch = self.get(batch_id, actor)
        with self._store.connection():
            states = figures.code_states(batch_id)
        made = batch.generated_count or 1
        unclaimed, usable, used, used_up, expired = (states.get(state, 0) for state in range(5))
        return BatchStats(
            batch, unclaimed, usable, used, used_up, expired + batch.purged_count,
            claimed_rate=round(batch.claimed_count / made, 4),
            used_rate=round((used + used_up) / made, 4))

    def _row(self, batch_id: int) -> PriceVoucherBatch:
        with self._store.connection():
            return _found(batch_id)


def check(columns: Mapping[str, Any]) -> None:
    """Raise PromotionUnclear for a batch whose codes nobody could explain."""
    plain = {name: value.fen if isinstance(value, Money) else value
             for name, value in columns.items()}
    from_row(VOUCHER, {**plain, "id": 0})
    if columns.get("on_paper") and columns.get("claim_days") is not None:
        raise InvalidInput("claim_days_on_paper")


def claim_window(batch: PriceVoucherBatch, at: datetime, zone: str) -> Window:
    """From when until when a code claimed now is good: the batch's window, cut to its days after
    the claim."""
    window = Window(batch.starts, batch.ends)
    if batch.claim_days is None:
        return window
    return window.within(after_claim(at, batch.claim_days, zone))


def _found(batch_id: int) -> PriceVoucherBatch:
    batch = batches.by_id(batch_id)
    if batch is None:
        raise NotFound()
    return batch
