"""Voucher codes in people's hands: claimed, listed, used by staff, expired (P164–P168,
P174–P179)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound, VoucherError
from core.ids import mask_code
from core.money import Money
from core.pricing.kinds import VoucherCodeStatus
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey
from core.services.pricing.batches import claim_window
from core.services.pricing.holder import Holder, holder, sees_whole_codes, venue_for
from core.services.pricing.keyed import once
from core.services.pricing.promotions import Page
from core.store import audit
from core.store.db import Store
from core.store.pricing import batches, codes, offers
from core.store.pricing.codes import Claimer, Code
from core.store.select import unsought
from core.store.tables import PriceVoucherBatch, PriceVoucherCode
from core.vouchers import owncode

EXPIRE_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code with its batch. `code` is whole for its holder and for managers, masked for clerks;
    `status` is how it stands now."""

    id: int
    code: str
    batch: PriceVoucherBatch
    scenic_id: int
    status: VoucherCodeStatus
    face_id: str | None
    user_id: int | None
    claimed_at: datetime | None
    used_at: datetime | None
    expires_at: datetime | None
    max_uses: int
    used_count: int


class Codes:
    """Claims, lists, uses."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def claim(self, actor: Actor, *, scenic_id: int | None = None, face_id: str | None = None,
              broker_id: int | None = None, batch_id: int | None = None,
              code: str | None = None, key: SentKey | None = None) -> CodeView:
        """One code of a venue for a face: any, one of a broker's or of one batch, or the very
        one that somebody holds in his hand.

        Raises Conflict `already_claimed`, `codes_gone` (已领完), `code_taken`, `code_on_paper`,
        `batch_disabled`, `batch_not_open`, `batch_over`; VoucherError `voucher_not_found`,
        `own_code_typo`; InvalidInput `claimer_needed`.
        """
        at = self._clock.now()
        where = venue_for(actor, scenic_id)

        def work() -> int:
            place = offers.place(where)
            who = holder(actor, face_id)
            claimer = _claimer(who, where)
            self._refuse_second(claimer, at)
            if code is not None:
                chosen = self._this(code, where, at)
                if not self._give(chosen.batch, chosen.id, claimer, actor, place.zone, at):
                    raise Conflict("code_taken")
                return chosen.id
            return self._any(claimer, actor, place.zone, at, broker_id, batch_id)

        made = once(self._store, "voucher.claim", key, at, work)
        return self._view_of(made, actor, whole=True)

    def _refuse_second(self, claimer: Claimer, at: datetime) -> None:
        earlier = codes.claimed_with(claimer.key)
        if earlier is None:
            return
        if not earlier.archived and earlier.batch.release_on_expiry \
                and earlier.ends is not None and earlier.ends <= at \
                and earlier.row.status == codes.USABLE and codes.expire(earlier, at):
            return
        raise Conflict("already_claimed")

    @staticmethod
    def _this(text: str, scenic_id: int, at: datetime) -> Code:
        normal = owncode.normalise(text)
        found = codes.by_code(normal) if owncode.check(normal) else None
        if found is None:
            raise VoucherError("own_code_typo" if owncode.nearly(normal)
                               and not owncode.check(normal) else "voucher_not_found")
        if found.row.scenic_id != scenic_id:
            raise Conflict("code_wrong_venue", venue=offers.place(found.row.scenic_id).name)
        if found.batch.on_paper:
            raise Conflict("code_on_paper")
        _refuse_closed(found.batch, at)
        return found

    def _any(self, claimer: Claimer, actor: Actor, zone: str, at: datetime,
             broker_id: int | None, batch_id: int | None) -> int:
        if batch_id is not None:
            batch = batches.by_id(batch_id)
            if batch is None or batch.scenic_id != claimer.scenic_id:
                raise NotFound()
            _refuse_closed(batch, at)
        for batch in batches.claimable(claimer.scenic_id, at, broker_id=broker_id,
                                       batch_id=batch_id):
            free = codes.free_one(self._store, batch.id)
            if free is not None and self._give(batch, free, claimer, actor, zone, at):
                return free
        raise Conflict("codes_gone")

    @staticmethod
    def _give(batch: PriceVoucherBatch, code_id: int, claimer: Claimer, actor: Actor, zone: str,
              at: datetime) -> bool:
        if not codes.claim(code_id, claimer, claim_window(batch, at, zone).ends, at):
            return False
        codes.count(batch.id, claimed=1)
        audit.add(actor, "voucher.claim", "voucher_code", code_id, at,
                  venue_id=claimer.scenic_id, from_state="0", to_state="1")
        return True

    def mine(self, actor: Actor, *, face_id: str | None = None,
             scenic_id: int | None = None) -> list[CodeView]:
        """The caller's codes, or those of the face that a kiosk or clerk sees; newest first."""
        with self._store.connection():
            who = holder(actor, face_id)
            if not who.faces:
                raise InvalidInput("claimer_needed")
            query = _with_batch().where(PriceVoucherCode.face_id.in_(who.faces))
            if actor.kind != "member":
                query = query.where(PriceVoucherCode.scenic_id == venue_for(actor, scenic_id))
            elif scenic_id is not None:
                query = query.where(PriceVoucherCode.scenic_id == scenic_id)
            rows = list(query.order_by(PriceVoucherCode.claimed_at.desc()).limit(MOST_CODES))
        return [self._view(Code(row, row.batch), whole=True) for row in rows]

    def page(self, actor: Actor, *, page: int, page_size: int, batch_id: int | None = None,
             scenic_id: int | None = None, face_id: str | None = None,
             status: int | None = None, code: str = "") -> Page:
        """Codes of the caller's venues, newest first; live ones only."""
        actor.require(Role.CLERK, scenic_id)
        query = _with_batch()
        if actor.role is not Role.ADMIN:
            query = query.where(PriceVoucherCode.scenic_id.in_(sorted(actor.venues)))
        for column, value in ((PriceVoucherCode.scenic_id, scenic_id),
                              (PriceVoucherCode.face_id, face_id),
                              # Half of all codes may be in one state: it is no key.
                              (unsought(PriceVoucherCode.status) if batch_id is None
                               else PriceVoucherCode.status, status)):
            if value is not None:
                query = query.where(column == value)
        if code:
            query = query.where(PriceVoucherCode.code == owncode.normalise(code))
        with self._store.connection():
            found = query
            if batch_id is not None:
                query = query.where(PriceVoucherCode.batch == batch_id)
                # A batch's codes lie one after the other: the newest are read without the rest.
                found = query if status is not None else found.where(
                    (PriceVoucherCode.id <= codes.newest_of(batch_id))
                    & (unsought(PriceVoucherCode.batch) == batch_id))
            rows = list(found.order_by(PriceVoucherCode.id.desc())
                        .limit(page_size).offset((page - 1) * page_size))
            total = query.count()
        whole = sees_whole_codes(actor)
        return Page([self._view(Code(row, row.batch), whole=whole) for row in rows], total, page,
                    page_size)

    def get(self, code_id: int, actor: Actor) -> CodeView:
        """One code of the caller's venues. Raises NotFound."""
        with self._store.connection():
            code = self._held(code_id, actor, Role.CLERK)
        return self._view(code, whole=sees_whole_codes(actor))

    def use(self, code_id: int, actor: Actor, *, reason: str = "",
            key: SentKey | None = None) -> CodeView:
        """Staff mark one use (P165). Raises NotFound; Conflict with why it cannot be used."""
        at = self._clock.now()

        def work() -> int:
            code = self._held(code_id, actor, Role.CLERK)
            refuse_unusable(code, at)
            if not codes.use(code.row, at):
                raise Conflict("code_used", at=at)
            usage = codes.record_use(code, at, discount=Money.zero(), reason=reason)
            audit.add(actor, "voucher.use", "voucher_code", code_id, at,
                      venue_id=code.row.scenic_id, from_state=str(code.row.status), usage=usage)
            return code_id

        once(self._store, "voucher.use", key, at, work)
        return self._view_of(code_id, actor)

    def undo(self, code_id: int, actor: Actor, reason: str) -> CodeView:
        """Take back the last use that staff marked (decision Q6: 2/3→1). Raises NotFound;
        Conflict `code_not_used`, `code_in_order`."""
        at = self._clock.now()

        def work() -> None:
            code = self._held(code_id, actor, Role.MANAGER)
            usage = codes.standing_use(code_id)
            if usage is None:
                raise Conflict("code_not_used")
            if usage.order_id is not None:
                raise Conflict("code_in_order", orderNo=usage.order_no)
            codes.give_back(usage, at, reason)
            audit.add(actor, "voucher.undo", "voucher_code", code_id, at,
                      venue_id=code.row.scenic_id, from_state=str(code.row.status), reason=reason)

        self._store.transact("voucher.undo", work)
        return self._view_of(code_id, actor)

    def expire(self) -> int:
        """The job's work: mark what has ended, in short transactions."""
        at = self._clock.now()
        total = 0
        while True:
            gone = self._store.transact("voucher.expire",
                                        lambda: codes.expire_some(at, EXPIRE_AT_ONCE))
            if not gone:
                return total
            total += gone

    @staticmethod
    def _held(code_id: int, actor: Actor, role: Role) -> Code:
        actor.require(role)
        code = codes.by_id(code_id)
        if code is None or code.archived or not actor.may_work_at(code.row.scenic_id):
            raise NotFound()
        return code

    def _view_of(self, code_id: int, actor: Actor, *, whole: bool = False) -> CodeView:
        with self._store.connection():
            code = codes.by_id(code_id)
        if code is None:
            raise NotFound()
        return self._view(code, whole=whole or sees_whole_codes(actor))

    def _view(self, code: Code, *, whole: bool) -> CodeView:
        row = code.row
        return CodeView(
            row.id, owncode.in_fours(row.code) if whole else mask_code(row.code), code.batch,
            row.scenic_id, status_now(code, self._clock.now()), row.face_id, row.user_id,
            row.claimed_at, row.used_at, code.ends, row.max_uses, row.used_count)


MOST_CODES = 200
"""Of one person's list."""


def _with_batch() -> Any:
    return PriceVoucherCode.select(PriceVoucherCode, PriceVoucherBatch).join(PriceVoucherBatch)


def _claimer(who: Holder, scenic_id: int) -> Claimer:
    if who.face_id is None:
        raise InvalidInput("claimer_needed")
    return Claimer(scenic_id, who.face_id, who.user_id)


def _refuse_closed(batch: PriceVoucherBatch, at: datetime) -> None:
    """Raises Conflict: batch_disabled, batch_not_open, batch_over (P175)."""
    if batch.status != 1:
        raise Conflict("batch_disabled")
    if batch.starts is not None and at < batch.starts:
        raise Conflict("batch_not_open")
    if batch.ends is not None and batch.ends <= at:
        raise Conflict("batch_over")


def refuse_unusable(code: Code, at: datetime) -> None:
    """Raises Conflict: code_not_claimed, code_used, code_used_up, code_expired (P177)."""
    status = status_now(code, at)
    if status is VoucherCodeStatus.UNCLAIMED:
        raise Conflict("code_not_claimed")
    if status is VoucherCodeStatus.USED:
        raise Conflict("code_used", at=code.row.used_at)
    if status is VoucherCodeStatus.CLAIMED_EXHAUSTED:
        raise Conflict("code_used_up", at=code.row.used_at)
    if status is VoucherCodeStatus.EXPIRED:
        raise Conflict("code_expired", at=code.ends)


def status_now(code: Code, at: datetime) -> VoucherCodeStatus:
    """How a code stands, whether or not the job has marked its end already."""
    status = VoucherCodeStatus.from_code(code.row.status)
    open_still = (VoucherCodeStatus.UNCLAIMED, VoucherCodeStatus.CLAIMED_AVAILABLE)
    if status in open_still and code.ends is not None and code.ends <= at:
        return VoucherCodeStatus.EXPIRED
    return status

