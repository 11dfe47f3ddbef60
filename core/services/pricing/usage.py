"""Who used which code, when and for how much (P169–P173)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
from core.store.pricing import batches, codes, figures, orders
from core.store.pricing.codes import Code
from core.store.pricing.figures import Day, FaceTotals, Uses
from core.store.select import newest_at, unsought
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
        venues = None if scenic_id is None else {scenic_id}
        if actor.role is not Role.ADMIN:
            venues = set(actor.venues) & (actor.venues if venues is None else venues)
        keys = [column == value for column, value in (
            (PriceVoucherUsage.face_id, face_id),
            (PriceVoucherUsage.code, owncode.normalise(code) or None)) if value is not None]
        with self._store.connection():
            if order_no:
                order = orders.by_no(order_no)
                keys.append(PriceVoucherUsage.order_id == (order.row.id if order else None))
            query = _newest(_with_batch(), bool(keys), batch_id, venues)
            for key in keys:
                query = query.where(key)
            if since is not None:
                query = query.where(PriceVoucherUsage.used_at >= since)
            if until is not None:
                query = query.where(PriceVoucherUsage.used_at < until)
            rows = list(query.limit(page_size).offset((page - 1) * page_size))
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


def _newest(query: Any, few: bool, batch_id: int | None, venues: set[int] | None) -> Any:
    """Of a batch and of venues (None: of any), newest first. Where a code, face or order is asked
    for there are but `few`; else they are read in the order of a batch's or a venue's index."""
    by_time = (PriceVoucherUsage.used_at.desc(), PriceVoucherUsage.id.desc())
    if batch_id is not None:
        batch = unsought(PriceVoucherUsage.batch) if few else PriceVoucherUsage.batch
        query = query.where(batch == batch_id).order_by(*by_time)
    elif venues is not None and not few:
        return newest_at(query, venues, PriceVoucherUsage.scenic_id, PriceVoucherUsage.used_at)
    else:
        query = query.order_by(PriceVoucherUsage.id.desc())
    return query if venues is None else query.where(
        unsought(PriceVoucherUsage.scenic_id).in_(sorted(venues)))


def _view(row: Any, *, whole: bool) -> UsageView:
    return UsageView(
        row.id, _shown(row.code, whole), row.batch,
        row.scenic_id, row.face_id, row.user_id, row.order_no, row.discount_fen, row.used_at,
        row.reversed_at, row.reason)


def _shown(code: str, whole: bool) -> str:
    return owncode.in_fours(code) if whole else mask_code(code)
