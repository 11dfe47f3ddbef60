"""Taking a redemption back: first at the platform, then the entitlement (design section 3, 7).

The same rules about lost answers as for consuming: the platform is called outside any
transaction, an unknown outcome is kept as unknown, and the doctor settles it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock, business_day
from core.errors import (
    NotAllowed,
    NotFound,
    PlatformBusy,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
    VoucherError,
)
from core.ids import new_key
from core.platforms.base import Cancellation, Cancelled, Shop
from core.services import news
from core.services.actor import Actor, Role
from core.services.grant import Grants
from core.services.outcome import BY_HAND, Refusal, Unsure, consumption, status_by_uses, told_facts
from core.services.platform_ports import PlatformPorts, shop_of
from core.services.redemption_view import UndoPreview
from core.services.reversals import WHOLE_ONLY, changes, chosen_uses, use_lines
from core.store import audit, catalogue, entitlements, orders, redemptions, vouchers
from core.store.db import Store
from core.store.tables import Entitlement, Redemption
from core.vouchers.redemption import (
    LEASE,
    UNDO_UNSETTLED,
    State,
    VoucherStatus,
    retry_after,
    together,
)

Outcome = Cancelled | Refusal | Unsure


@dataclass(frozen=True, slots=True)
class _Begun:
    """`asks`: the rows to ask the platform about now."""

    id: int
    asks: tuple[int, ...] = ()


class Undo:
    """Previews, undoes, and settles undos whose answer was lost."""

    def __init__(self, store: Store, ports: PlatformPorts, clock: Clock, grants: Grants) -> None:
        self._store = store
        self._ports = ports
        self._clock = clock
        self._grants = grants

    def preview(self, ref: str, actor: Actor, uses: Collection[int] = ()) -> UndoPreview:
        """What an undo of these uses (none: of all) would reverse, and whether this actor may.
        Raises NotFound, NotAllowed, InvalidInput("no_such_use")."""
        row = self._existing(ref)
        actor.require(Role.CLERK, row.venue_id)
        rows = [each for each in (row, *redemptions.along(row)) if each.state == State.COMPLETED]
        if not rows:
            return UndoPreview(ref, (), None, False, "not_redeemed")
        lines = use_lines(rows)
        wanted = chosen_uses(lines, uses)
        platform = row.platform.platform_code
        window = self._ports.undo_window(platform)
        first = min((each.consumed_at for each in rows if each.consumed_at), default=None)
        until = first + window if first and window else None
        kept = {each.id: self._entitlement(each) for each in rows}
        used = any(self._used(kept[each.id], each) for each in rows if wanted.get(each.id))
        why_not = None
        if used and (actor.role is None or actor.role < Role.MANAGER):
            why_not = "entitlement_used"
        elif self._must_be_whole(platform, rows, wanted):
            why_not = WHOLE_ONLY
        elif until is not None and self._clock.now() >= until:
            why_not = "undo_window_passed"
        # The platform's own answer decides about the window, so a passed one is only a warning.
        return UndoPreview(
            ref, changes([(each, kept[each.id], len(wanted[each.id])) for each in rows
                          if wanted.get(each.id)]), until,
            allowed=why_not not in ("entitlement_used", WHOLE_ONLY), why_not=why_not,
            needs_reason=used, uses=lines, each=self._ports.undoes_each_use(platform))

    def _must_be_whole(self, platform: str, rows: Sequence[Redemption],
                       wanted: dict[int, list[str]]) -> bool:
        """Whether a part of what one certificate had consumed is asked back of a platform that
        takes back all of it or nothing (Meituan)."""
        return not self._ports.undoes_each_use(platform) and any(
            0 < len(wanted.get(row.id, ())) < row.uses for row in rows)

    def only(self, ref: str, redemption_id: int) -> tuple[int, ...]:
        """The numbers of the uses of one certificate of a redemption; none where it is alone."""
        row = self._existing(ref)
        rows = [row, *redemptions.along(row)]
        return tuple(line.number for line in use_lines(rows)
                     if line.redemption_id == redemption_id) if len(rows) > 1 else ()

    def undo(self, ref: str, actor: Actor, reason: str, uses: Collection[int] = ()) -> int:
        """Begin, ask the platform, write down; returns the redemption's id.

        Asked again while or after it is undone, it changes nothing. Raises NotFound, NotAllowed,
        InvalidInput("no_such_use"), VoucherError: not_redeemed, entitlement_used (only a manager
        may, with a reason), whole_verification_only.
        """
        begun = self._store.transact("undo.begin", lambda: self._begin(ref, actor, reason, uses))
        for redemption_id in begun.asks:
            row = redemptions.by_id(redemption_id)
            assert row is not None, "just written"
            self.record(row.id, self.ask(row, repeat=False), actor)
        return begun.id

    def _begin(self, ref: str, actor: Actor, reason: str, uses: Collection[int]) -> _Begun:
        lead, at = self._existing(ref), self._clock.now()
        actor.require(Role.CLERK, lead.venue_id)
        rows = [lead, *redemptions.along(lead, hold=True)]
        standing = [row for row in rows if row.state == State.COMPLETED]
        if not standing or any(row.state in UNDO_UNSETTLED for row in rows):
            if all(row.state not in UNDO_UNSETTLED | {State.UNDONE} for row in rows):
                raise VoucherError("not_redeemed", state=lead.state)
            return _Begun(lead.id)
        lines = use_lines(standing)
        wanted = chosen_uses(lines, uses)
        if self._must_be_whole(lead.platform.platform_code, standing, wanted):
            raise VoucherError(WHOLE_ONLY)
        asked = [row for row in standing if wanted.get(row.id)]
        for row in asked:
            if self._used(self._entitlement(row), row):
                if actor.role is None or actor.role < Role.MANAGER:
                    raise VoucherError("entitlement_used", needs=Role.MANAGER.word)
                if not reason.strip():
                    raise NotAllowed("reason_needed")
        for row in asked:
            some = wanted[row.id] if len(wanted[row.id]) < row.uses else None
            redemptions.move(row, State.UNDOING, at, undo_by=actor.id, undo_door=actor.door,
                             undo_reason=reason.strip()[:200], undo_key=new_key(), attempts=1,
                             next_try_at=at + LEASE, error="", error_facts={}, undo_uses=some)
            audit.add(actor, "redemption.undo_begun", "redemption", row.id, at,
                      venue_id=row.venue_id, from_state=State.COMPLETED.value, to_state=row.state,
                      reason=reason, uses=len(wanted[row.id]))
        return _Begun(lead.id, tuple(row.id for row in asked))

    def _existing(self, ref: str) -> Redemption:
        row = redemptions.by_ref(ref)
        if row is None:
            raise NotFound("redemption_not_found")
        return row

    @staticmethod
    def _entitlement(row: Redemption) -> Entitlement:
        found = entitlements.of_redemption(row.id)
        if found is None:
            raise LookupError(f"completed redemption {row.id} without entitlement")
        return found

    def _used(self, entitlement: Entitlement, row: Redemption) -> bool:
        return self._grants.used(entitlement, row,
                                 business_day(self._clock.now(), row.venue.zone))

    def ask(self, row: Redemption, *, repeat: bool) -> Outcome:
        """Ask the platform to take the uses back; with `repeat`, what became of that first."""
        platform = row.platform.platform_code
        try:
            shop = self._shop(row)
            asked = cancellation(row)
            if repeat:
                found = self._ports.find_cancelled("undo.find", platform, asked, shop)
                if found is not None:
                    return found
            return self._ports.cancel("undo.cancel", platform, asked, shop)
        except (VoucherError, PlatformRefused) as refused:
            return Refusal(refused.word, dict(refused.facts), refused.log_id)
        except (PlatformBusy, PlatformMisconfigured) as error:
            if repeat:
                return Unsure(error.word, error.log_id)
            return Refusal(error.word, dict(error.facts), error.log_id)
        except PlatformUnknown as error:
            return Unsure(error.word, error.log_id)

    @staticmethod
    def _shop(row: Redemption) -> Shop:
        shop = catalogue.shop(row.platform.platform_code, row.venue_id)
        if shop is None:
            raise PlatformMisconfigured(row.platform.platform_code, reason="not_connected")
        return shop_of(shop)

    def record(self, redemption_id: int, outcome: Outcome, actor: Actor) -> None:
        """Write an outcome down. Harmless when another worker has settled it meanwhile."""
        if isinstance(outcome, Cancelled):
            self._store.transact("undo.finish",
                                 lambda: self._finish(redemption_id, outcome, actor))
        elif isinstance(outcome, Refusal):
            self._store.transact("undo.stands",
                                 lambda: self._stands(redemption_id, outcome, actor))
        else:
            self._store.transact("undo.uncertain",
                                 lambda: self._wait(redemption_id, outcome, actor))

    def _finish(self, redemption_id: int, done: Cancelled, actor: Actor) -> None:
        row = redemptions.held(redemption_id)
        if row.state not in UNDO_UNSETTLED:
            return
        at, was, voucher, some = self._clock.now(), row.state, row.voucher, row.undo_uses
        gone = row.uses if some is None else len(some)
        self._grants.take_back(self._entitlement(row), row, at, uses=gone)
        redemptions.cancel_uses(row.id, done.at, some)
        redemptions.move(row, State.UNDONE if some is None else State.COMPLETED, at,
                         platform_log_id=done.log_id[:100], next_try_at=None, error="",
                         error_facts={}, undo_uses=None,
                         **({} if some is None else {"uses": row.uses - gone}))
        used = max(voucher.uses_used - gone, 0)
        status = status_by_uses(used, voucher)
        if voucher.expires_at is not None and voucher.expires_at <= at:
            status = VoucherStatus.EXPIRED
        columns: dict[str, Any] = dict(uses_used=used, status=int(status))
        if used == 0:
            columns |= dict(verified_at=None, verified_by=None, user_id=None, venue=None)
        if done.new_code:
            # The buyer holds another code now (meituan.md 4, code 1141).
            columns |= dict(voucher_no=done.new_code, code_tail=done.new_code[-4:])
        vouchers.change(voucher.id, at, **columns)
        if voucher.platform_order_no:  # its new code, if it got one, is in the order
            orders.mark_due(row.platform_id, voucher.platform_order_no, at)
        self._log(row, vouchers.UNDONE, actor, at, done.log_id, row.undo_reason)
        audit.add(actor, "redemption.undone" if some is None else "redemption.partly_undone",
                  "redemption", row.id, at, venue_id=row.venue_id, from_state=was,
                  to_state=row.state, platform_log_id=done.log_id, uses=gone)
        self._tell(row, at, was, actor)

    def _stands(self, redemption_id: int, no: Refusal, actor: Actor) -> None:
        """The platform did not take it back: the redemption and its entitlement stand."""
        row = redemptions.held(redemption_id)
        if row.state not in UNDO_UNSETTLED:
            return
        at, was = self._clock.now(), row.state
        redemptions.move(row, State.COMPLETED, at, error=no.word[:50],
                         error_facts=told_facts(no.facts), next_try_at=None, undo_uses=None)
        audit.add(actor, "redemption.undo_refused", "redemption", row.id, at,
                  venue_id=row.venue_id, from_state=was, to_state=row.state,
                  platform_log_id=no.log_id, error=no.word)
        self._tell(row, at, was, actor)

    def _wait(self, redemption_id: int, maybe: Unsure, actor: Actor) -> None:
        row = redemptions.held(redemption_id)
        if row.state not in UNDO_UNSETTLED:
            return
        at, was = self._clock.now(), row.state
        pause = retry_after(row.attempts)
        columns: dict[str, Any] = dict(error=maybe.word[:50],
                                       next_try_at=at + pause if pause else None)
        if was == State.UNDOING:
            redemptions.move(row, State.UNDO_UNCERTAIN, at, **columns)
            self._log(row, vouchers.UNKNOWN, actor, at, maybe.log_id, maybe.word)
            audit.add(actor, "redemption.undo_uncertain", "redemption", row.id, at,
                      venue_id=row.venue_id, from_state=was, to_state=row.state,
                      platform_log_id=maybe.log_id, error=maybe.word)
        else:
            redemptions.stay(row, **columns)
        if pause is None:
            news.open_task(BY_HAND, _lead(row), at, error=maybe.word,
                           platform_log_id=maybe.log_id or row.platform_log_id)

    @staticmethod
    def _tell(row: Redemption, at: datetime, was: str, actor: Actor) -> None:
        row = _lead(row)
        if together([State(each.state) for each in (row, *redemptions.along(row))]) != row.state:
            return
        news.update_cards(row, at, decided_by=actor.name if actor.kind == "staff" else "")
        if was == State.UNDO_UNCERTAIN:
            news.tell_late(row, at)
            news.close_task(BY_HAND, row, actor, at)

    @staticmethod
    def _log(row: Redemption, operation: int, actor: Actor, at: datetime, log_id: str,
             remark: str) -> None:
        vouchers.log(row.voucher_id, operation, operator_id=row.undo_by or 0,
                     actor_kind=actor.kind, door=row.undo_door, redemption_id=row.id, at=at,
                     result_type=row.result_type, result_id=row.result_id,
                     platform_log_id=log_id, remark=remark)


def _lead(row: Redemption) -> Redemption:
    """The redemption that people know."""
    lead = redemptions.by_id(row.lead_id) if row.lead_id is not None else row
    assert lead is not None, "redemptions are never deleted"
    return lead


def cancellation(row: Redemption) -> Cancellation:
    """What every try of one undo sends: the same each time."""
    uses = [use for use in redemptions.uses_of(row.id) if use.cancelled_at is None
            and (row.undo_uses is None or use.verify_id in row.undo_uses)]
    return Cancellation(
        key=row.undo_key, consumption=consumption(row),
        verify_ids=tuple(use.verify_id for use in uses),
        consumed_at=row.consumed_at or row.moved_at, code=row.voucher.voucher_no)
