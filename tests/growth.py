"""A chain that has been in business for long, and the steps that its database takes for a piece
of work: SQLite counts the instructions of its machine, the same on every computer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from peewee import fn

from core.money import Money
from core.store import bulk
from core.store.tables import (
    Alert,
    Audit,
    Booking,
    ClassSession,
    CourseOrder,
    Entitlement,
    FailedAttempt,
    Finding,
    Handover,
    IdempotencyKey,
    InboundMessage,
    Member,
    MemberCard,
    MemberIdentity,
    OutboxMessage,
    PriceCoupon,
    PriceCouponClaim,
    PriceOrder,
    PriceOrderLine,
    PriceVoucherBatch,
    PriceVoucherCode,
    PriceVoucherUsage,
    Reconciliation,
    Redemption,
    RedemptionUse,
    Row,
    Session,
    SyncedOrder,
    SyncRun,
    Task,
    VerificationLog,
    Visit,
    Voucher,
    VoucherPrint,
)
from tests.builders import Chain

PRICE = Money(199_00)
REFERRED_TO = (Member, MemberCard, ClassSession, Voucher, Redemption, PriceOrder,
               PriceVoucherCode, Reconciliation)
"""Their rows have ids that a past gives them."""
_VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\bNULL\b")
_MANY = re.compile(r"\(\?(?:, ?\?)*\)")


class Steps:
    """How many steps each statement took, by its text without values."""

    def __init__(self) -> None:
        self.of: Counter[str] = Counter()
        self._now = ""

    def began(self, sql: str) -> None:
        self._now = _MANY.sub("(…)", _VALUES.sub("?", sql))

    def step(self) -> int:
        self.of[self._now] += 1
        return 0


@contextmanager
def counted(chain: Chain) -> Iterator[Steps]:
    """Of the statements that this thread issues inside the block."""
    steps = Steps()
    with chain.store.connection():
        connection = chain.store.database.connection()
        connection.set_trace_callback(steps.began)
        connection.set_progress_handler(steps.step, 1)
        try:
            yield steps
        finally:
            connection.set_trace_callback(None)
            connection.set_progress_handler(None, 0)


class Past:
    """Customers of long ago, each with everything that a customer leaves behind. They are strewn
    over the same venues and platforms as everybody, and all of it is long done with."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        with chain.store.connection():
            self._redemption = chain.row(chain.redeem(chain.buy()))
        self._batch = chain.store.transact("test.offers", self._offers)
        self._customers = 0

    def _offers(self) -> tuple[int, int]:
        at = self._chain.clock.now()
        batch = PriceVoucherBatch.create(
            name="旧批次", scenic_id=self._chain.binjiang, discount_type=0, total_count=1,
            created_at=at, updated_at=at)
        coupon = PriceCoupon.create(name="旧券", coupon_type="fixed_amount", amount_fen=Money(100),
                                    created_at=at, updated_at=at)
        return int(batch.id), int(coupon.id)

    def come(self, customers: int) -> None:
        """So many more."""
        rows: dict[type[Row], list[dict[str, Any]]] = {}
        with self._chain.store.connection():
            first = 1 + max(table.select(fn.MAX(table.id)).scalar() or 0 for table in REFERRED_TO)
        for number in range(self._customers, self._customers + customers):
            for table, row in self._left_by(number, first + number):
                rows.setdefault(table, []).append(row)
        self._customers += customers
        for table, some in rows.items():
            self._chain.store.transact("test.past", partial(self._write, table, some))
        self._chain.services.tallies.fold()

    def _write(self, table: type[Row], rows: list[dict[str, Any]]) -> None:
        columns = tuple(table._meta.sorted_field_names)
        bulk.insert(self._chain.store, table, columns, [
            [filled.get(name) for name in columns]
            for filled in (table(**row).__data__ for row in rows)])

    def _left_by(self, number: int, id: int) -> Iterator[tuple[type[Row], dict[str, Any]]]:
        chain, (batch, coupon) = self._chain, self._batch
        at = chain.clock.now() - timedelta(days=60, minutes=number)
        day = at.date()
        made = {"created_at": at}
        known = made | {"id": id}
        venue = (chain.binjiang, chain.chengxi)[number % 10 == 9]
        platform = list(chain.platforms.values())[number % 2]
        code, face = f"{5_0000_0000_0000 + number}", f"face-{number}"
        yield Member, known | {"phone": f"137{number:08d}", "phone_tail": f"{number % 10000:04d}",
                              "name": "旧友", "first_platform": platform, "first_venue": venue}
        yield MemberIdentity, made | {"member": id, "kind": "face",
                                      "external_id": face}
        yield MemberIdentity, made | {"member": id, "kind": "wechat_mini",
                                      "app_id": "wx", "external_id": f"open-{number}"}
        yield Session, made | {"kind": "member", "subject_id": str(id), "expires_at": at,
                               "token_hash": f"{number:064d}"}
        yield MemberCard, known | {"member": id, "product": chain.products["month_card"],
                                  "venue": venue, "starts_on": day, "ends_on": day}
        yield CourseOrder, made | {"member": id, "product": chain.products["lessons"],
                                   "venue": venue, "uses_total": 10, "ends_on": day}
        yield ClassSession, known | {"venue": venue, "title": "燃脂单车", "family": "group",
                                    "starts_at": at, "ends_at": at, "capacity": 8, "taken": 1}
        yield SyncedOrder, made | {
            "platform": platform, "account_id": f"merchant-{platform}", "order_id": f"o{number}",
            "status": "used", "paid_fen": PRICE, "quantity": 1, "paid_at": at, "is_open": 0,
            "updated_at": at}
        yield Voucher, known | {
            "voucher_no": code, "certificate_id": f"c{code}", "code_tail": code[-4:],
            "platform": platform, "platform_order_no": f"o{number}", "sku_id": "old",
            "voucher_type": 1, "product": chain.products["month_card"], "product_name": "月卡",
            "original_price_fen": PRICE, "paid_price_fen": PRICE, "status": 2, "uses_used": 1,
            "expires_at": at, "expire_date": day, "venue": venue, "verified_at": at,
            "verified_by": chain.clerk.id, "user_id": id, "updated_at": at}
        yield Redemption, known | {
            "ref": f"old-{number}", "voucher": id, "platform": platform, "venue": venue,
            "state": "completed", "door": "kiosk", "actor_kind": "kiosk",
            "actor_id": chain.kiosk.id, "confirmed_by": chain.clerk.id, "member": id,
            "choice": self._redemption.choice, "request_key": f"key-{number}",
            "handle": code, "first_tried_at": at, "completed_at": at, "consumed_at": at,
            "moved_at": at, "result_type": 1, "result_id": id}
        yield RedemptionUse, made | {"redemption": id, "number": 1, "verify_id": f"v{number}",
                                     "amount_fen": PRICE, "used_at": at}
        yield VerificationLog, made | {
            "voucher": id, "operation_type": 1, "operator_id": chain.clerk.id,
            "actor_kind": "staff", "door": "desk", "redemption_id": id}
        yield Entitlement, made | {"redemption": id, "member": id, "result_type": 1,
                                   "target_id": id}
        yield Booking, made | {"session": id, "member": id, "redemption": id, "status": "booked",
                               "booked_at": at}
        yield Visit, made | {"member": id, "venue": venue, "card": id, "came_at": at,
                             "pass_hash": f"{number:064d}", "actor_kind": "kiosk",
                             "actor_id": chain.kiosk.id, "door": "kiosk"}
        yield from self._books(number, known, venue)
        yield PriceOrder, known | {
            "order_no": f"P{number}", "scenic_id": venue, "user_id": id, "face_id": face,
            "state": "paid", "provider": "counter", "original_fen": PRICE, "final_fen": PRICE,
            "refunded_fen": Money.zero(), "explanation": {"rows": []}, "door": "kiosk",
            "actor_kind": "kiosk", "actor_id": chain.kiosk.id, "paid_at": at}
        yield PriceOrderLine, made | {
            "order": id, "number": 1, "product_type": "PHOTO_SET", "product_id": "default",
            "quantity": 1, "unit_price_fen": PRICE, "original_fen": PRICE, "final_fen": PRICE,
            "discounts_fen": [], "refunded_fen": Money.zero()}
        yield PriceVoucherCode, known | {
            "batch": batch, "scenic_id": venue, "code": f"OWN{number}", "status": 1,
            "face_id": face, "user_id": id, "claimed_at": at, "updated_at": at,
            "claim_key": f"{venue}:{face}"}
        yield PriceVoucherUsage, made | {
            "batch": batch, "voucher_code_id": id, "number": 1, "code": f"OWN{number}",
            "scenic_id": venue, "face_id": face, "user_id": id, "order_id": id,
            "order_no": f"P{number}", "discount_fen": Money(100), "used_at": at}
        yield VoucherPrint, made | {
            "voucher_code_id": id, "number": 1, "code": f"OWN{number}", "batch_id": batch,
            "scenic_id": venue, "face_id": face, "form": "pdf", "printed_by_kind": "kiosk",
            "printed_by": chain.kiosk.id}
        yield PriceCouponClaim, made | {
            "coupon": coupon, "holder": f"m{id}", "user_id": id, "face_id": face,
            "scenic_id": venue, "claimed_at": at}

    def _books(self, number: int, known: dict[str, Any],
               venue: int) -> Iterator[tuple[type[Row], dict[str, Any]]]:
        id, at = known["id"], known["created_at"]
        made = {"created_at": at}
        platform = list(self._chain.platforms.values())[number % 2]
        for _ in range(2):
            yield Audit, made | {
                "actor_kind": "staff", "actor_id": self._chain.clerk.id,
                "door": "desk", "venue_id": venue, "action": "redemption.completed",
                "subject_kind": "redemption", "subject_id": id}
        yield OutboxMessage, made | {
            "channel": "wecom", "recipient": "linxiaoman", "kind": "alert", "payload": {},
            "dedupe_key": f"old-{number}", "state": "sent", "next_try_at": at, "sent_at": at,
            "subject_kind": "redemption", "subject_id": id}
        yield Task, made | {"venue": venue, "kind": "unmapped_sku", "state": "done",
                            "closed_at": at}
        yield Alert, made | {"venue": venue, "kind": "kiosk_silent", "severity": "warning",
                             "last_at": at, "over_at": at}
        yield IdempotencyKey, made | {"scope": "old", "key": f"{number}", "fingerprint": ""}
        yield InboundMessage, made | {"source": "wecom", "message_key": f"{number}"}
        yield FailedAttempt, made | {"scope": "lookup", "who": f"{number}"}
        yield Handover, made | {
            "kiosk": self._chain.kiosk.id, "venue": venue, "code_hash": f"{number:064d}",
            "state": "ended", "expires_at": at}
        yield SyncRun, made | {
            "platform": platform, "account_id": f"merchant-{platform}", "kind": "incremental",
            "state": "done", "since": at, "until": at, "reached": at, "moved_at": at}
        yield Reconciliation, known | {
            "venue": venue, "platform": platform, "state": "done", "our_fen": PRICE,
            "platform_fen": PRICE, "ran_at": at,
            "day": at.date() - timedelta(days=number)}
        yield Finding, made | {
            "reconciliation": id, "kind": "local_only", "state": "gone", "verify_id": f"v{number}",
            "voucher": id, "redemption_id": id, "use_id": id, "used_at": at}
