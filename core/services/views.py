"""Makes views of redemptions: one query each, masked, no sentences."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from core.clock import Clock
from core.errors import NotFound
from core.ids import mask_code, mask_name, mask_phone
from core.money import Money, total
from core.services.along import with_more
from core.services.choices import WHOLE, given
from core.services.grant import Given
from core.services.inspection import PersonRef, VenueRef
from core.services.platform_ports import PlatformPorts
from core.services.redemption_view import (
    CertificateResult,
    Failure,
    Granted,
    RedemptionView,
    UndoHint,
)
from core.services.ticket import ticket
from core.store import redemptions
from core.store.db import Store
from core.store.tables import Redemption
from core.vouchers.redemption import (
    GRANTED,
    OPEN,
    UNDO_UNSETTLED,
    WAITING,
    ResultType,
    State,
    VoucherStatus,
    together,
)


class Views:
    """What doors show of redemptions."""

    def __init__(self, store: Store, ports: PlatformPorts, clock: Clock) -> None:
        self._store = store
        self._ports = ports
        self._clock = clock

    def of_ref(self, ref: str) -> RedemptionView:
        """Raises NotFound."""
        with self._store.connection():
            return self._found(redemptions.view_by_ref(ref))

    def of_id(self, redemption_id: int) -> RedemptionView:
        """Raises NotFound."""
        with self._store.connection():
            return self._found(redemptions.view_by_id(redemption_id))

    def _found(self, row: Redemption | None) -> RedemptionView:
        if row is None:
            raise NotFound("redemption_not_found")
        return self.of(row)

    def of(self, row: Any) -> RedemptionView:
        """A row of `redemptions.for_view`."""
        rows = [row, *redemptions.view_along(row)]
        state, voucher, at = State(row.state), row.voucher, self._clock.now()
        if len(rows) > 1:
            state = together([State(each.state) for each in rows])
        number = voucher.voucher_no
        ended = row.completed_at or row.moved_at if _settled(state) else at
        return RedemptionView(
            ref=row.ref, ticket=ticket(row.id), state=state, settled=_settled(state),
            platform=row.platform.platform_code, platform_name=row.platform.platform_name,
            product_name=voucher.product_name, voucher_id=voucher.id,
            voucher_type=voucher.voucher_type, code_masked=mask_code(number),
            code_tail=voucher.code_tail, voucher_status=VoucherStatus(voucher.status),
            venue=VenueRef(row.venue.id, row.venue.name, row.venue.address),
            member=_member(row), uses=_uses(rows, state),
            uses_left=max(voucher.uses_total - voucher.uses_used, 0), choice=given(row.choice),
            paid_price=_paid(rows), door=row.door,
            created_at=row.created_at, moved_at=row.moved_at,
            expires_at=row.expires_at if state in WAITING else None,
            completed_at=row.completed_at,
            waiting_seconds=max(int((ended - row.created_at).total_seconds()), 0),
            attempts=row.attempts,
            next_try_at=row.next_try_at if state is State.UNCERTAIN else None,
            confirmed_by=PersonRef(row.confirmed_by, row.staff.name if row.staff else "", "")
            if row.confirmed_by else None,
            staff_told=tuple(dict.fromkeys(one["name"] for one in row.told)),
            result=_granted(rows) if state in GRANTED else None,
            error=next((Failure(each.error, each.error_facts) for each in rows if each.error),
                       None),
            reason=row.reason or row.undo_reason or None, undo=self._undo_hint(rows, state, at),
            certificates=tuple(_certificate(each) for each in rows))

    def _undo_hint(self, rows: list[Any], state: State, at: datetime) -> UndoHint:
        row = next((each for each in rows if each.state == state), rows[0])
        if state is not State.COMPLETED or row.consumed_at is None:
            return UndoHint(False, None)
        window = self._ports.undo_window(row.platform.platform_code)
        until = row.consumed_at + window if window > timedelta() else None
        return UndoHint(until is None or at < until, until)


def _settled(state: State) -> bool:
    return state not in OPEN and state not in UNDO_UNSETTLED


def _member(row: Any) -> PersonRef | None:
    if row.member_id is not None:
        return PersonRef(row.member_id, mask_name(row.member.name),
                         mask_phone(row.member.phone or ""))
    return PersonRef(None, mask_name(row.name), mask_phone(row.phone), known=False) \
        if row.phone else None


def _uses(rows: list[Any], state: State) -> int:
    """Of several certificates those uses that are meant: granted ones once it is settled."""
    if len(rows) == 1 and not rows[0].choice.get(WHOLE):
        return int(rows[0].uses)
    if state in OPEN:
        return int(rows[0].choice[WHOLE]["count"])
    meant = [row.uses for row in rows if State(row.state) in GRANTED]
    return int(sum(meant) or sum(row.uses for row in rows))


def _paid(rows: list[Any]) -> Money:
    whole = rows[0].choice.get(WHOLE)
    if whole and State(rows[0].state) in OPEN:
        return Money(whole["paid_fen"])
    meant = [row for row in rows if len(rows) == 1 or State(row.state) in GRANTED] or rows
    return total(row.voucher.paid_price_fen or Money.zero() for row in meant)


def _certificate(row: Any) -> CertificateResult:
    voucher = row.voucher
    return CertificateResult(
        voucher_id=voucher.id, code_masked=mask_code(voucher.voucher_no),
        code_tail=voucher.code_tail, state=State(row.state), uses=row.uses,
        uses_left=max(voucher.uses_total - voucher.uses_used, 0),
        paid_price=voucher.paid_price_fen or Money.zero(),
        error=Failure(row.error, row.error_facts) if row.error else None)


def granted_packed(given: Given, promised: dict[str, Any]) -> dict[str, Any]:
    """What was granted, as JSON with the names of `Granted`: for cards and views alike."""
    before, after = given.before, given.after
    return {
        "result_type": int(given.result_type), "result_id": given.target_id,
        "product_name": promised["product_name"], "kind": promised["kind"],
        "before": before.get("ends_on"), "after": after.get("ends_on"),
        "days": after.get("days") or promised["days"],
        "uses": after.get("uses") or several(after.get("seats")),
        "session_title": after.get("session_title", ""), "starts_at": after.get("starts_at"),
        "opened_instead": bool(after.get("opened_instead")),
    }


def granted(packed: dict[str, Any]) -> Granted:
    """Read `granted_packed` back."""
    starts = packed["starts_at"]
    return Granted(**packed | {
        "result_type": ResultType(packed["result_type"]), "before": _day(packed["before"]),
        "after": _day(packed["after"]),
        "starts_at": datetime.fromisoformat(starts) if starts else None})


def several(count: int | None) -> int | None:
    """A number worth saying."""
    return count if count and count > 1 else None


def _granted(rows: list[Any]) -> Granted | None:
    """What the entitlements say they gave, which may differ from what was promised. Days taken
    back of one certificate shorten what the later ones said."""
    gave: Given | None = None
    gone = 0
    for row in rows:
        one = getattr(row, "entitlement", None)
        if one is None:
            continue
        if State(row.state) not in GRANTED:
            gone += one.after.get("days") or 0
            continue
        gave = with_more(gave, Given(ResultType(one.result_type), one.target_id,
                                             one.before, one.after))
    if gave is None:
        return None
    if gone and gave.after.get("ends_on") and len(rows) > 1:
        ends = max(_end(row) for row in rows if getattr(row, "entitlement", None))
        gave.after["ends_on"] = (ends - timedelta(days=gone)).isoformat()
    return granted(granted_packed(gave, rows[0].choice))


def _end(row: Any) -> date:
    return date.fromisoformat(row.entitlement.after["ends_on"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
