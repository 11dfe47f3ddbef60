"""Reconciliations and findings as doors see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from core.ids import mask_code
from core.money import Money
from core.services.compare import (
    AMOUNT,
    CANCELLED_HERE,
    CANCELLED_THERE,
    LOCAL_ONLY,
    PENDING,
    PLATFORM_ONLY,
)
from core.services.staff_words import Words
from core.store.tables import Finding, Reconciliation

GRANT, ELSEWHERE, TAKE_BACK = "grant", "used_elsewhere", "take_back"
THEIR_AMOUNT, ACCEPT = "platform_amount", "accept"
FIXES: dict[str, tuple[str, ...]] = {
    PLATFORM_ONLY: (GRANT, ELSEWHERE, ACCEPT), LOCAL_ONLY: (TAKE_BACK, ACCEPT),
    AMOUNT: (THEIR_AMOUNT, ACCEPT), CANCELLED_THERE: (TAKE_BACK, ACCEPT),
    CANCELLED_HERE: (GRANT, ELSEWHERE, ACCEPT), PENDING: ()}
"""What may be done about each kind; the first is what usually is."""
KINDS = {
    PLATFORM_ONLY: Words("平台说核销了，我们没有这笔", "redeemed there, unknown here"),
    LOCAL_ONLY: Words("我们记了，平台没有这笔", "redeemed here, unknown there"),
    AMOUNT: Words("金额对不上", "amounts differ"),
    CANCELLED_THERE: Words("平台那边撤销了，我们这边还在", "cancelled there, stands here"),
    CANCELLED_HERE: Words("我们撤销了，平台那边还在", "undone here, stands there"),
    PENDING: Words("刚发生，过会儿再看", "too fresh to judge"),
}
FIX_NAMES = {
    GRANT: Words("补开权益", "Give what is missing"),
    ELSEWHERE: Words("记为别处用掉", "Note as used elsewhere"),
    TAKE_BACK: Words("收回权益", "Take it back"),
    THEIR_AMOUNT: Words("以平台为准", "Take the platform's amount"),
    ACCEPT: Words("就这样，写明原因", "Leave it, with a reason"),
}


@dataclass(frozen=True, slots=True)
class FindingView:
    """One difference. `fixes` are what may be done now, the usual one first; none when it is not
    open. state: open, fixed, gone."""

    id: int
    kind: str
    state: str
    verify_id: str
    voucher_id: int | None
    redemption_id: int | None
    code_masked: str
    sku_id: str
    title: str
    used_at: datetime
    our_amount: Money | None
    platform_amount: Money | None
    fixes: tuple[str, ...]
    fix: str
    reason: str
    fixed_at: datetime | None
    fixed_by: int | None


@dataclass(frozen=True, slots=True)
class ReconciliationView:
    """One venue, platform and day. `counts` by kind, with "matched"; `open`: findings that a
    person must decide about."""

    id: int
    day: date
    venue_id: int
    venue_name: str
    platform: str
    platform_name: str
    state: str
    counts: dict[str, int]
    open: int
    our_count: int
    our_amount: Money
    platform_count: int
    platform_amount: Money
    runs: int
    error: str
    ran_at: datetime
    findings: tuple[FindingView, ...] = ()


def finding_view(row: Finding) -> FindingView:
    """Wants a connection: what the platform does not know is named as our voucher is."""
    code, sku_id, title = row.code or row.certificate_id, row.sku_id, row.title
    if not code and row.voucher is not None:
        code, sku_id = row.voucher.voucher_no, row.voucher.sku_id
        title = row.voucher.product_name
    return FindingView(
        id=row.id, kind=row.kind, state=row.state, verify_id=row.verify_id,
        voucher_id=row.voucher_id, redemption_id=row.redemption_id,
        code_masked=mask_code(code), sku_id=sku_id, title=title, used_at=row.used_at,
        our_amount=row.our_fen, platform_amount=row.platform_fen,
        fixes=FIXES[row.kind] if row.state == "open" else (), fix=row.fix, reason=row.reason,
        fixed_at=row.fixed_at, fixed_by=row.fixed_by)


def view_of(row: Reconciliation, open_: int,
            findings: tuple[FindingView, ...] = ()) -> ReconciliationView:
    return ReconciliationView(
        id=row.id, day=row.day, venue_id=row.venue_id, venue_name=row.venue.name,
        platform=row.platform.platform_code, platform_name=row.platform.platform_name,
        state=row.state, counts=row.counts, open=open_, our_count=row.our_count,
        our_amount=row.our_fen, platform_count=row.platform_count,
        platform_amount=row.platform_fen, runs=row.runs, error=row.error, ran_at=row.ran_at,
        findings=findings)
