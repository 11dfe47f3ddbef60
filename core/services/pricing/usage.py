"""Who used which code, when and for how much (P169–P173)."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from core.clock import DEFAULT_ZONE, Clock
from core.errors import NotAllowed, NotFound, VoucherError
from core.ids import mask_code
from core.money import Money
from core.pricing.kinds import VoucherCodeStatus
from core.services.actor import Actor, Role
from core.services.pricing.codes import status_now
from core.services.pricing.holder import holder, sees_whole_codes
from core.services.pricing.promotions import Page
from core.store.db import Store
from core.store.pricing import batches, codes, figures
from core.store.pricing.codes import Code
from core.store.pricing.figures import Day, FaceTotals, Uses
from core.store.tables import PriceVoucherBatch, PriceVoucherUsage
from core.vouchers import owncode


@dataclass(frozen=True, slots=True)
class UsageView:
    """One use; the code is whole for managers and its holder. `reversed_at`: given back."""

    id: int
    code: str
    batch: PriceVoucherBatch
    scenic_id: int
    face_id: str | None
    user_id: int | None
    order_no: str
    discount: Money
    used_at: datetime
    reversed_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class CodeStats:
    """How one code was used."""

    code: str
    batch: PriceVoucherBatch
    status: VoucherCodeStatus
    max_uses: int
    used_count: int
    claimed_at: datetime | None
    expires_at: datetime | None
    uses: Uses


@dataclass(frozen=True, slots=True)
class BatchUsage:
    """How the codes of a batch were used."""

    batch: PriceVoucherBatch
    uses: Uses
    days: tuple[Day, ...]


class Usage:
    """Reads only, of the caller's venues."""

    def __init__(self, store: Store, clock: Clock, zone: str = DEFAULT_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def history(self, actor: Actor, *, page: int, page_size: int, code: str = "",
                batch_id: int | None = None, scenic_id: int | None = None,
                face_id: str | None = None, order_no: str = "", since: datetime | None = None,
                until: datetime | None = None) -> Page:
        """Uses, newest first; given-back ones are marked, not hidden."""
        actor.require(Role.CLERK, scenic_id)
        conditions: list[Any] = []
        if actor.role is not Role.ADMIN:
            conditions.append(PriceVoucherUsage.scenic_id.in_(sorted(actor.venues)))
        for column, value in ((PriceVoucherUsage.batch, batch_id),
                              (PriceVoucherUsage.scenic_id, scenic_id),
                              (PriceVoucherUsage.face_id, face_id),
                              (PriceVoucherUsage.order_no, order_no or None),
                              (PriceVoucherUsage.code, owncode.normalise(code) or None)):
            if value is not None:
                conditions.append(column == value)
        if since is not None:
            conditions.append(PriceVoucherUsage.used_at >= since)
        if until is not None:
            conditions.append(PriceVoucherUsage.used_at < until)
        query = _with_batch()
        if conditions:
            query = query.where(reduce(operator.and_, conditions))
        with self._store.connection():
            rows = list(query.order_by(PriceVoucherUsage.id.desc())
                        .limit(page_size).offset((page - 1) * page_size))
            total = query.count()
        whole = sees_whole_codes(actor)
        return Page([_view(row, whole=whole) for row in rows], total, page, page_size)

    def of_code(self, text: str, actor: Actor) -> list[UsageView]:
        """Every use of one code, the first one first. Raises VoucherError `voucher_not_found`."""
        with self._store.connection():
            code = self._code(text, actor)
            rows = list(_with_batch().where(PriceVoucherUsage.voucher_code_id == code.id)
                        .order_by(PriceVoucherUsage.number))
        return [_view(row, whole=sees_whole_codes(actor)) for row in rows]

    def code_stats(self, text: str, actor: Actor) -> CodeStats:
        """Raises VoucherError `voucher_not_found`."""
        with self._store.connection():
            code = self._code(text, actor)
            uses = figures.uses(PriceVoucherUsage.voucher_code_id == code.id)
        row = code.row
        return CodeStats(
            _shown(row.code, sees_whole_codes(actor)), code.batch,
            status_now(code, self._clock.now()), row.max_uses, row.used_count, row.claimed_at,
            code.ends, uses)

    def of_face(self, face_id: str, scenic_id: int, actor: Actor) -> list[UsageView]:
        """What a face used at a venue, newest first; a member may ask for his own faces."""
        with self._store.connection():
            if actor.kind == "member":
                holder(actor, face_id)
            elif not actor.may_work_at(scenic_id):
                raise NotAllowed("other_venue", scenicId=scenic_id)
            rows = list(_with_batch().where(
                (PriceVoucherUsage.face_id == face_id)
                & (PriceVoucherUsage.scenic_id == scenic_id))
                .order_by(PriceVoucherUsage.id.desc()).limit(MOST_RECORDS))
        whole = actor.kind == "member" or sees_whole_codes(actor)
        return [_view(row, whole=whole) for row in rows]

    def of_batch(self, batch_id: int, actor: Actor) -> BatchUsage:
        """Raises NotFound."""
        actor.require(Role.CLERK)
        with self._store.connection():
            batch = batches.by_id(batch_id)
            if batch is None or not actor.may_work_at(batch.scenic_id):
                raise NotFound()
            mine = PriceVoucherUsage.batch == batch_id
            return BatchUsage(batch, figures.uses(mine),
                              tuple(figures.usage_days(mine, self._zone)))

    def faces(self, scenic_id: int, actor: Actor, *, page: int, page_size: int) -> Page:
        """Whoever holds codes of a venue (P166)."""
        actor.require(Role.CLERK, scenic_id)
        with self._store.connection():
            found: list[FaceTotals]
            found, total = figures.faces(scenic_id, page=page, page_size=page_size)
        return Page(list(found), total, page, page_size)

    @staticmethod
    def _code(text: str, actor: Actor) -> Code:
        actor.require(Role.CLERK)
        normal = owncode.normalise(text)
        code = codes.by_code(normal) if owncode.check(normal) else None
        if code is None or not actor.may_work_at(code.row.scenic_id):
            raise VoucherError("voucher_not_found")
        return code


MOST_RECORDS = 1000
"""Of a list without pages."""


def _with_batch() -> Any:
    return PriceVoucherUsage.select(PriceVoucherUsage, PriceVoucherBatch).join(PriceVoucherBatch)


def _view(row: Any, *, whole: bool) -> UsageView:
    return UsageView(
        row.id, _shown(row.code, whole), row.batch,
        row.scenic_id, row.face_id, row.user_id, row.order_no, row.discount_fen, row.used_at,
        row.reversed_at, row.reason)


def _shown(code: str, whole: bool) -> str:
    return owncode.in_fours(code) if whole else mask_code(code)
