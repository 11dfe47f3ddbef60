"""Taking a redemption back: shown first, at the platform first, and only what was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import NotAllowed, VoucherError
from core.store.tables import (
    Audit,
    Booking,
    ClassSession,
    CourseOrder,
    Entitlement,
    MemberCard,
    OutboxMessage,
    RedemptionUse,
    VerificationLog,
    Voucher,
)
from core.vouchers.redemption import State, VoucherStatus
from tests.builders import Chain
from tests.services.clinic import Clinic
from tests.services.racing import together

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


@PLATFORMS
def test_an_opened_card_is_cancelled(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    done = chain.redeem(bought)

    preview = chain.services.redeem.undo_preview(done.ref, chain.clerk)
    assert preview.allowed and preview.why_not is None and preview.until is not None
    assert [(one.what, one.now, one.then) for one in preview.changes] == [
        ("voucher", "redeemed", "unused"), ("card", "active", "cancelled")]
    assert chain.consumed(bought) == 1

    gone = chain.services.redeem.undo(done.ref, chain.clerk, "拍错了")
    assert gone.state is State.UNDONE and gone.settled and gone.result is None
    assert gone.voucher_status is VoucherStatus.UNUSED
    assert chain.consumed(bought) == 0
    assert chain.rows(MemberCard)[0].status == "cancelled"
    assert chain.rows(Entitlement)[0].status == "taken_back"
    assert chain.rows(RedemptionUse)[0].cancelled_at is not None
    assert [line.operation_type for line in chain.rows(VerificationLog)] == [1, 2]
    moves = [row.to_state for row in chain.rows(Audit, Audit.subject_kind == "redemption")]
    assert moves[-2:] == ["undoing", "undone"]


@PLATFORMS
def test_a_renewed_card_is_as_it_was(chain: Chain, platform: str) -> None:
    chain.card(ends_in=3)
    done = chain.redeem(chain.buy(platform, "renewal"))
    (_, card) = chain.services.redeem.undo_preview(done.ref, chain.clerk).changes
    assert (card.what, card.now, card.then) == (
        "card_ends_on", str(chain.today + timedelta(33)), str(chain.today + timedelta(3)))
    chain.services.redeem.undo(done.ref, chain.clerk, "")
    (row,) = chain.rows(MemberCard)
    assert (row.ends_on, row.status) == (chain.today + timedelta(3), "active")


def test_only_the_undone_renewal_goes_when_two_were_made(chain: Chain) -> None:
    chain.card(ends_in=3)
    first = chain.redeem(chain.buy("meituan", "renewal"))
    chain.redeem(chain.buy("douyin", "renewal"))
    chain.services.redeem.undo(first.ref, chain.clerk, "")
    assert chain.rows(MemberCard)[0].ends_on == chain.today + timedelta(33)


def test_an_expired_card_gets_its_old_end_back(chain: Chain) -> None:
    chain.card(ends_in=-20)
    done = chain.redeem(chain.buy("meituan", "renewal"))
    assert chain.rows(MemberCard)[0].ends_on == chain.today + timedelta(30)
    chain.services.redeem.undo(done.ref, chain.clerk, "")
    assert chain.rows(MemberCard)[0].ends_on == chain.today - timedelta(20)


@PLATFORMS
def test_a_course_is_cancelled(chain: Chain, platform: str) -> None:
    done = chain.redeem(chain.buy(platform, "lessons"))
    chain.services.redeem.undo(done.ref, chain.clerk, "")
    assert chain.rows(CourseOrder)[0].status == "cancelled"


@PLATFORMS
def test_a_seat_is_free_again(chain: Chain, platform: str) -> None:
    chain.class_tonight(capacity=1)
    done = chain.redeem(chain.buy(platform, "class"))
    chain.services.redeem.undo(done.ref, chain.clerk, "")
    assert chain.rows(Booking)[0].status == "released"
    assert chain.rows(ClassSession)[0].taken == 0


@PLATFORMS
def test_an_undone_voucher_can_be_redeemed_again(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    done = chain.redeem(bought)
    chain.services.redeem.undo(done.ref, chain.clerk, "")
    code = chain.ledger(bought)["code"]
    again = chain.redeem(replace(bought, code=code))
    assert again.state is State.COMPLETED and again.ref != done.ref
    assert chain.consumed(bought) == 1
    assert sorted(one.status for one in chain.rows(Entitlement)) == ["active", "taken_back"]


def test_a_new_code_is_kept_on_the_voucher(clinic: Clinic) -> None:
    """Meituan may give the buyer another code after a cancel (meituan.md 4, code 1141)."""
    done = clinic.ask()
    clinic.platform.new_code = "4643501964"
    gone = clinic.redeem.undo(done.ref, clinic.chain.clerk, "")
    (voucher,) = clinic.chain.rows(Voucher)
    assert (voucher.voucher_no, gone.code_tail) == ("4643501964", "1964")
    assert clinic.redeem.find("4643501964", clinic.chain.clerk).ref == done.ref


def test_uses_of_a_times_card_come_back(chain: Chain) -> None:
    bought = chain.buy("douyin", "times_card", uses=5)
    chain.redeem(bought, uses=1)
    done = chain.redeem(bought, uses=2)
    (uses, _) = chain.services.redeem.undo_preview(done.ref, chain.clerk).changes
    assert (uses.what, uses.now, uses.then) == ("voucher_uses_left", "2", "4")
    gone = chain.services.redeem.undo(done.ref, chain.clerk, "")
    assert (gone.uses_left, gone.voucher_status) == (4, VoucherStatus.PARTLY_REDEEMED)
    assert chain.consumed(bought) == 1


def test_a_used_course_needs_a_manager_and_a_reason(chain: Chain) -> None:
    bought = chain.buy("douyin", "lessons")
    done = chain.redeem(bought)
    with chain.store.connection():
        CourseOrder.update(uses_used=1).execute()

    preview = chain.services.redeem.undo_preview(done.ref, chain.clerk)
    assert (preview.allowed, preview.why_not) == (False, "entitlement_used")
    with pytest.raises(VoucherError) as caught:
        chain.services.redeem.undo(done.ref, chain.clerk, "会员要退")
    assert caught.value.word == "entitlement_used"
    with pytest.raises(NotAllowed) as silent:
        chain.services.redeem.undo(done.ref, chain.manager, "  ")
    assert silent.value.word == "reason_needed"
    assert chain.consumed(bought) == 1

    assert chain.services.redeem.undo_preview(done.ref, chain.manager).needs_reason
    gone = chain.services.redeem.undo(done.ref, chain.manager, "会员要退")
    assert (gone.state, gone.reason) == (State.UNDONE, "会员要退")


@pytest.mark.parametrize(("sku", "use"), [
    ("month_card", lambda: MemberCard.update(visits=1).execute()),
    ("class", lambda: Booking.update(status="attended").execute())])
def test_what_was_used_counts_as_used(chain: Chain, sku: str, use: object) -> None:
    chain.class_tonight()
    done = chain.redeem(chain.buy("douyin", sku))
    with chain.store.connection():
        use()  # type: ignore[operator]  # a function per row
    with pytest.raises(VoucherError) as caught:
        chain.services.redeem.undo(done.ref, chain.clerk, "")
    assert caught.value.word == "entitlement_used"


@PLATFORMS
def test_too_late_says_the_platform_and_everything_stands(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    done = chain.redeem(bought)
    chain.pass_time(timedelta(minutes=61))
    assert chain.services.redeem.undo_preview(done.ref, chain.clerk).why_not == "undo_window_passed"
    stands = chain.services.redeem.undo(done.ref, chain.clerk, "")
    assert stands.state is State.COMPLETED
    assert stands.error is not None and stands.error.error == "undo_window_passed"
    assert stands.result is not None
    assert chain.consumed(bought) == 1
    assert chain.rows(Entitlement)[0].status == "active"
    assert chain.services.redeem.undo(done.ref, chain.clerk, "").state is State.COMPLETED


def test_what_was_never_redeemed_cannot_be_undone(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    with pytest.raises(VoucherError) as caught:
        chain.services.redeem.undo(asked.ref, chain.clerk, "")
    assert caught.value.word == "not_redeemed"
    assert chain.services.redeem.undo_preview(asked.ref, chain.clerk).why_not == "not_redeemed"


def test_only_staff_of_the_venue_undo(chain: Chain) -> None:
    done = chain.redeem(chain.buy())
    for stranger in (chain.kiosk, chain.western_clerk):
        with pytest.raises(NotAllowed):
            chain.services.redeem.undo(done.ref, stranger, "")
        with pytest.raises(NotAllowed):
            chain.services.redeem.undo_preview(done.ref, stranger)


@PLATFORMS
def test_undoing_twice_or_at_once_undoes_once(chain: Chain, platform: str) -> None:
    chain.card(ends_in=3)
    bought = chain.buy(platform, "renewal")
    done = chain.redeem(bought)
    views = together(*[lambda: chain.services.redeem.undo(done.ref, chain.clerk, "")
                       for _ in range(5)])
    assert {view.state for view in views} <= {State.UNDONE, State.UNDOING}
    assert chain.services.redeem.undo(done.ref, chain.clerk, "").state is State.UNDONE
    assert chain.rows(MemberCard)[0].ends_on == chain.today + timedelta(3)
    assert [line.operation_type for line in chain.rows(VerificationLog)] == [1, 2]


@PLATFORMS
def test_a_clerk_undoes_by_code(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    with pytest.raises(VoucherError) as unknown:
        chain.services.redeem.undo_code(bought.code, chain.clerk, "")
    assert unknown.value.word == "voucher_not_found"
    chain.redeem(bought)
    gone = chain.services.redeem.undo_code(f" {bought.code[:4]} {bought.code[4:]} ", chain.clerk,
                                           "", platform=platform)
    assert gone.state is State.UNDONE


def test_everybody_who_got_the_card_sees_the_undo(chain: Chain) -> None:
    done = chain.redeem(chain.buy())
    chain.services.redeem.undo(done.ref, chain.manager, "")
    updates = [(row.recipient, row.payload["state"]) for row in
               chain.rows(OutboxMessage, OutboxMessage.kind == "card_update")]
    assert sorted(updates) == [("linxiaoman", "completed"), ("linxiaoman", "undone"),
                               ("meixue", "completed"), ("meixue", "undone")]
