"""Write down what became of a redemption: one transaction for each outcome (design section 3,
step 6). Of several certificates each gets its own result in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.platforms.base import Consumed, ConsumedUse
from core.services import member_news, news, trouble
from core.services.actor import Actor
from core.services.along import (
    going_along,
    one_of,
    shared_out,
    sibling_voucher,
    siblings_of,
    with_more,
)
from core.services.grant import Given, Grants
from core.services.outcome import (
    BY_HAND,
    Outcome,
    Refusal,
    Unsure,
    status_by_uses,
    told_facts,
    use_rows,
)
from core.services.views import granted_packed
from core.store import audit, catalogue, entitlements, people, redemptions, vouchers
from core.store.db import Store
from core.store.tables import Redemption, Voucher
from core.vouchers.redemption import UNSETTLED, State, VoucherStatus, retry_after

_STATUS_OF = {"already_redeemed": VoucherStatus.REDEEMED, "expired": VoucherStatus.EXPIRED,
              "refunded": VoucherStatus.REFUNDED, "refunding": VoucherStatus.REFUNDED}


class Record:
    """`nudge` wakes the sender of the outbox; nothing depends on it."""

    def __init__(self, store: Store, clock: Clock, grants: Grants,
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._grants = grants
        self._nudge = nudge

    def record(self, redemption_id: int, outcome: Outcome, actor: Actor) -> None:
        """Write an outcome down. Harmless when another worker has settled it meanwhile."""
        if isinstance(outcome, Consumed):
            news_out = self._store.transact(
                "verify.settle", lambda: self._settle(redemption_id, outcome, actor))
        elif isinstance(outcome, Refusal):
            news_out = self._store.transact(
                "verify.refuse", lambda: self._refuse(redemption_id, outcome, actor))
        else:
            news_out = self._store.transact(
                "verify.uncertain", lambda: self._wait(redemption_id, outcome, actor))
            self._nudge("settle")
        if news_out:
            self._nudge("outbox")

    def _settle(self, redemption_id: int, done: Consumed, actor: Actor) -> bool:
        """Grant, count and write the books; whether somebody is to be told."""
        row = redemptions.held(redemption_id)
        if row.state not in UNSETTLED:
            return False
        at, was = self._clock.now(), row.state
        member_id = _whose(row, at)
        if not row.along:
            given: Given | None = self._complete(row, done, member_id, actor, at)
        else:
            given = self._each(row, done, member_id, actor, at)
        self._tell(row, at, was, actor, granted_packed(given, row.choice) if given else None)
        return bool(row.told) or was != State.VERIFYING

    def _each(self, lead: Redemption, done: Consumed, member_id: int, actor: Actor,
              at: datetime) -> Given | None:
        """Settle several certificates, each by its own result; what they gave together."""
        others = redemptions.along(lead, hold=True)
        others += [self._named(lead, use, member_id, actor, at)
                   for use in siblings_of(lead, others, done)]
        together: Given | None = None
        for row, own in shared_out(lead, others, done):
            if isinstance(own, Consumed):
                given = self._complete(row, own, member_id, actor, at, onto=together)
                together = with_more(together, given)
            else:
                self._end(row, Refusal(own.word, dict(own.facts), done.log_id), actor, at)
        entitlements.keep_seats(lead.id, sum(
            row.uses for row in (lead, *others) if row.state == State.COMPLETED))
        return together

    def _named(self, lead: Redemption, use: ConsumedUse, member_id: int, actor: Actor,
               at: datetime) -> Redemption:
        """The row of a certificate that the platform took along and has named just now."""
        code, voucher = use.certificate_id, lead.voucher
        known = vouchers.held(lead.platform_id, code, code)
        voucher_id = known.id if known is not None else vouchers.add(
            at, **sibling_voucher(voucher, code))
        redemption_id = redemptions.add(at, **going_along(lead) | dict(
            voucher=voucher_id, state=lead.state, uses=1, handle=code, member=member_id,
            choice=one_of(lead.choice, lead.uses)))
        audit.add(actor, "redemption.requested", "redemption", redemption_id, at,
                  venue_id=lead.venue_id, from_state=State.REQUESTED.value, to_state=lead.state,
                  along=lead.ref)
        made = redemptions.by_id(redemption_id)
        assert made is not None, "just written"
        return made

    def _complete(self, row: Redemption, done: Consumed, member_id: int, actor: Actor,
                  at: datetime, onto: Given | None = None) -> Given:
        """One certificate was consumed: its entitlement, its uses and its books."""
        was, voucher = row.state, row.voucher
        given = self._grants.give(row, member_id, row.venue.zone, at, onto)
        redemptions.add_uses(row.id, use_rows(row, done), at)
        redemptions.move(row, State.COMPLETED, at, member=member_id, completed_at=at,
                         consumed_at=done.at, result_type=int(given.result_type),
                         result_id=given.target_id, platform_log_id=done.log_id[:100], error="",
                         next_try_at=None)
        used = min(voucher.uses_used + row.uses, voucher.uses_total)
        vouchers.change(
            voucher.id, at, uses_used=used, verified_at=done.at, verified_by=row.confirmed_by,
            user_id=member_id, venue=row.venue_id, status=int(status_by_uses(used, voucher)),
            **_code_learned(voucher, done.code))
        _log(row, vouchers.REDEEMED, actor, at, log_id=done.log_id,
             result_type=int(given.result_type), result_id=given.target_id)
        audit.add(actor, "redemption.completed", "redemption", row.id, at, venue_id=row.venue_id,
                  from_state=was, to_state=row.state, platform_log_id=done.log_id,
                  result_type=int(given.result_type), result_id=given.target_id)
        return given

    def _refuse(self, redemption_id: int, no: Refusal, actor: Actor) -> bool:
        row = redemptions.held(redemption_id)
        if row.state not in UNSETTLED:
            return False
        at, was = self._clock.now(), row.state
        entitlements.release_seat(row.id)
        for each in (row, *redemptions.along(row, hold=True)):
            self._end(each, no, actor, at)
        if no.authorise:
            self._call_for_access(row, no, at)
        self._tell(row, at, was, actor, None)
        return True

    @staticmethod
    def _end(row: Redemption, no: Refusal, actor: Actor, at: datetime) -> None:
        """One certificate was not consumed."""
        was, voucher = row.state, row.voucher
        redemptions.move(row, State.REFUSED, at, error=no.word[:50],
                         error_facts=told_facts(no.facts), platform_log_id=no.log_id[:100],
                         next_try_at=None)
        status = _STATUS_OF.get(no.word) or status_by_uses(voucher.uses_used, voucher)
        vouchers.change(voucher.id, at, status=int(status))
        _log(row, vouchers.FAILED, actor, at, log_id=no.log_id, remark=no.word)
        audit.add(actor, "redemption.refused", "redemption", row.id, at, venue_id=row.venue_id,
                  from_state=was, to_state=row.state, platform_log_id=no.log_id, error=no.word)

    @staticmethod
    def _call_for_access(row: Redemption, no: Refusal, at: datetime) -> None:
        """One task for the venue's connection, however many members meet it."""
        shop_id = catalogue.shop_row(row.platform_id, row.venue_id)
        trouble.tell(
            trouble.AUTHORISE, f"shop:{shop_id}", venue_id=row.venue_id, at=at,
            subject_kind="platform_shop", subject_id=shop_id,
            facts={"platform": row.platform.platform_code, "ref": row.ref, "error": no.word,
                   "platform_name": row.platform.platform_name,
                   "reason": no.facts.get("reason"), "platform_log_id": no.log_id})

    def _wait(self, redemption_id: int, maybe: Unsure, actor: Actor) -> bool:
        row = redemptions.held(redemption_id)
        if row.state not in UNSETTLED:
            return False
        at, was = self._clock.now(), row.state
        columns: dict[str, Any] = {"error": maybe.word[:50]}
        if maybe.log_id:
            columns["platform_log_id"] = maybe.log_id[:100]
        pause = retry_after(row.attempts)
        columns["next_try_at"] = at + pause if pause else None
        if was == State.VERIFYING:
            redemptions.move(row, State.UNCERTAIN, at, **columns)
            vouchers.change(row.voucher_id, at, status=int(VoucherStatus.UNKNOWN))
            _log(row, vouchers.UNKNOWN, actor, at, log_id=maybe.log_id, remark=maybe.word)
        else:
            redemptions.stay(row, **columns)
        if pause is None and row.state == State.UNCERTAIN:
            redemptions.move(row, State.MANUAL, at)
            news.open_task(BY_HAND, row, at, error=maybe.word,
                           platform_log_id=row.platform_log_id)
        if row.state != was:
            audit.add(actor, f"redemption.{row.state}", "redemption", row.id, at,
                      venue_id=row.venue_id, from_state=was, to_state=row.state,
                      platform_log_id=maybe.log_id, error=maybe.word, attempts=row.attempts)
            self._follow(row, maybe, actor, at)
        return row.state == State.MANUAL

    @staticmethod
    def _follow(lead: Redemption, maybe: Unsure, actor: Actor, at: datetime) -> None:
        """The certificates that go along are as unknown as their lead."""
        for row in redemptions.along(lead, hold=True):
            was = row.state
            if was == State.VERIFYING:
                redemptions.move(row, State.UNCERTAIN, at, error=maybe.word[:50])
                vouchers.change(row.voucher_id, at, status=int(VoucherStatus.UNKNOWN))
                _log(row, vouchers.UNKNOWN, actor, at, log_id=maybe.log_id, remark=maybe.word)
            if lead.state == State.MANUAL:
                redemptions.move(row, State.MANUAL, at)
            audit.add(actor, f"redemption.{row.state}", "redemption", row.id, at,
                      venue_id=row.venue_id, from_state=was, to_state=row.state,
                      platform_log_id=maybe.log_id, error=maybe.word, along=lead.ref)

    def _tell(self, row: Redemption, at: datetime, was: str, actor: Actor,
              result: dict[str, Any] | None) -> None:
        news.update_cards(row, at, decided_by=_confirmer(row), result=result)
        member_news.tell_ending(row, at)
        if was != State.VERIFYING:
            news.tell_late(row, at, result)
            news.close_task(BY_HAND, row, actor, at)


def _whose(row: Redemption, at: datetime) -> int:
    """The member it is for, who may have been merged into another since the row was written."""
    member = people.by_id(row.member_id) if row.member_id is not None else None
    return member.id if member is not None else people.find_or_make(
        row.phone, row.name, at, platform_id=row.platform_id, venue_id=row.venue_id)


def _confirmer(row: Redemption) -> str:
    """Who said yes, for those who got the card too."""
    if not row.told or row.confirmed_by is None:
        return ""
    told = {one["staff_id"]: str(one["name"]) for one in row.told}
    return told.get(row.confirmed_by) or people.staff_name(row.confirmed_by)


def _code_learned(voucher: Voucher, code: str | None) -> dict[str, Any]:
    """Douyin tells the plain code only after use (Q9)."""
    if not code or code == voucher.voucher_no:
        return {}
    return {"voucher_no": code, "code_tail": code[-4:]}


def _log(row: Redemption, operation: int, actor: Actor, at: datetime, *, log_id: str = "",
         result_type: int | None = None, result_id: int | None = None, remark: str = "") -> None:
    vouchers.log(row.voucher_id, operation, operator_id=row.confirmed_by or 0,
                 actor_kind=actor.kind, door=row.confirmed_door or row.door, redemption_id=row.id,
                 at=at, result_type=result_type, result_id=result_id, platform_log_id=log_id,
                 remark=remark)
