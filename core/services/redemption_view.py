"""A redemption as the doors show it: plain values, masked (invariant I8), no sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.money import Money
from core.services.inspection import PersonRef, VenueRef
from core.vouchers.redemption import ResultType, State, VoucherStatus


@dataclass(frozen=True, slots=True)
class GivenChoice:
    """What was asked for; `before`, `after`: last day of the card when it was promised."""

    choice: str
    result_type: ResultType
    product_id: int
    product_name: str
    kind: str
    days: int | None = None
    uses: int | None = None
    before: date | None = None
    after: date | None = None
    session_id: int | None = None
    session_title: str = ""
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What the member got: only present once it is true.

    `before`, `after`: last day of the card (included); `opened_instead`: the card to renew was
    gone by then, so a new one was opened.
    """

    result_type: ResultType
    result_id: int
    product_name: str
    kind: str
    before: date | None = None
    after: date | None = None
    days: int | None = None
    uses: int | None = None
    session_title: str = ""
    starts_at: datetime | None = None
    opened_instead: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it did not happen (or why the undo did not): an error word and its facts."""

    error: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UndoHint:
    """`until` is only a hint: the platform's own answer decides."""

    possible: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RedemptionView:
    """`settled`: nothing will change by itself any more. `waiting_seconds` since it was made, or
    until it was settled. `uses_left` of the certificate, after this redemption once completed.
    Of several certificates `state`, `uses`, `paid_price`, `choice` and `result` are of all of them
    together, and `certificates` has each one's own; code and voucher are the lead's."""

    ref: str
    ticket: str
    state: State
    settled: bool
    platform: str
    platform_name: str
    product_name: str
    voucher_id: int
    voucher_type: int
    code_masked: str
    code_tail: str
    voucher_status: VoucherStatus
    venue: VenueRef
    member: PersonRef | None
    uses: int
    uses_left: int
    choice: GivenChoice
    paid_price: Money
    door: str
    created_at: datetime
    moved_at: datetime
    expires_at: datetime | None
    completed_at: datetime | None
    waiting_seconds: int
    attempts: int
    next_try_at: datetime | None
    confirmed_by: PersonRef | None
    staff_told: tuple[str, ...]
    result: Granted | None
    error: Failure | None
    reason: str | None
    undo: UndoHint
    certificates: tuple[CertificateResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Reversal:
    """One thing an undo changes. what: voucher, card_ends_on, card, course, seat; `now` and
    `then` are dates (ISO), numbers or words: unused, redeemed, active, cancelled, booked,
    released."""

    what: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class UseLine:
    """A standing use that an undo may take back; `number` names it in a request."""

    number: int
    redemption_id: int
    code_tail: str
    amount: Money
    used_at: datetime
    verify_id: str


@dataclass(frozen=True, slots=True)
class CertificateResult:
    """One certificate of a redemption and what became of it. `error` like the redemption's."""

    voucher_id: int
    code_masked: str
    code_tail: str
    state: State
    uses: int
    uses_left: int
    paid_price: Money
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """`why_not`: an error word (not_redeemed, undo_window_passed, entitlement_used,
    whole_verification_only) or None. `needs_reason`: used already; a manager may still do it and
    must say why. `uses` are those to choose from; `each`: the platform takes single uses of one
    certificate back, not only all of them."""

    ref: str
    changes: tuple[Reversal, ...]
    until: datetime | None
    allowed: bool
    why_not: str | None
    needs_reason: bool = False
    uses: tuple[UseLine, ...] = ()
    each: bool = False
