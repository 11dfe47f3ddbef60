"""The main road: a code is scanned, staff say yes, and the member has it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import VoucherError
from core.money import Money
from core.services.redeem import RedeemRequest
from core.store.tables import (
    Audit,
    Booking,
    ClassSession,
    CourseOrder,
    Entitlement,
    Member,
    MemberCard,
    RedemptionUse,
    VerificationLog,
    Voucher,
)
from core.vouchers.redemption import ResultType, State, VoucherStatus
from tests.builders import OTHER_PHONE, PHONE, Chain

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


@PLATFORMS
def test_a_card_voucher_opens_a_card_once_staff_say_yes(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)

    asked = chain.ask(bought)
    assert asked.state is State.AWAITING_STAFF
    assert asked.voucher_status is VoucherStatus.REDEEMING
    assert asked.result is None
    assert chain.consumed(bought) == 0

    done = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert done.state is State.COMPLETED and done.settled
    assert done.voucher_status is VoucherStatus.REDEEMED
    assert done.result is not None
    assert done.result.result_type is ResultType.CARD_OPENED
    assert done.result.after == chain.today + timedelta(days=30)
    assert done.confirmed_by is not None and done.confirmed_by.name == "林小满"
    assert chain.consumed(bought) == 1
    (card,) = chain.rows(MemberCard)
    (member,) = chain.rows(Member)
    assert (card.member_id, card.ends_on, card.status) == (member.id, done.result.after, "active")
    (voucher,) = chain.rows(Voucher)
    assert (member.first_platform_id, member.first_venue_id) == (
        voucher.platform_id, chain.clerk.venue_id), "the voucher brought a new member"
    assert done.result.result_id == card.id


@PLATFORMS
def test_a_member_with_a_card_renews_it(chain: Chain, platform: str) -> None:
    card_id = chain.card(ends_in=3)
    bought = chain.buy(platform, "renewal")

    done = chain.redeem(bought)

    assert done.result is not None and done.result.result_type is ResultType.CARD_RENEWED
    assert done.result.result_id == card_id
    assert done.result.before == chain.today + timedelta(days=3)
    assert done.result.after == chain.today + timedelta(days=33)
    (card,) = chain.rows(MemberCard)
    assert card.ends_on == done.result.after


@PLATFORMS
def test_a_lesson_voucher_buys_a_course(chain: Chain, platform: str) -> None:
    done = chain.redeem(chain.buy(platform, "lessons"))

    assert done.result is not None and done.result.result_type is ResultType.COURSE_BOUGHT
    (course,) = chain.rows(CourseOrder)
    assert (course.id, course.uses_total, course.uses_used) == (done.result.result_id, 10, 0)
    assert course.ends_on == chain.today + timedelta(days=180)


@PLATFORMS
def test_a_class_voucher_books_the_chosen_class(chain: Chain, platform: str) -> None:
    session = chain.class_tonight(capacity=2)

    asked = chain.ask(chain.buy(platform, "class"), choice=f"class:{session}")
    (held,) = chain.rows(Booking)
    assert (held.status, held.member_id) == ("held", None)
    done = chain.services.redeem.confirm(asked.ref, chain.clerk)

    assert done.result is not None and done.result.result_type is ResultType.CLASS_BOOKED
    (seat,) = chain.rows(Booking)
    (member,) = chain.rows(Member)
    assert (seat.id, seat.status, seat.member_id) == (done.result.result_id, "booked", member.id)
    assert chain.rows(ClassSession)[0].taken == 1


@PLATFORMS
def test_staff_at_the_desk_redeem_in_one_step(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    done = chain.ask(bought, chain.clerk)
    assert done.state is State.COMPLETED
    assert chain.consumed(bought) == 1


def test_the_seed_verify_takes_a_bare_code(chain: Chain) -> None:
    done = chain.services.redeem.at_once(
        RedeemRequest(code=chain.buy("douyin").code, nameless=True), chain.clerk)
    assert done.state is State.COMPLETED
    (member,) = chain.rows(Member)
    assert done.member is not None and member.id == done.member.id and member.phone is None


def test_elsewhere_somebody_must_be_named(chain: Chain) -> None:
    with pytest.raises(VoucherError, match="phone_needed"):
        chain.services.redeem.at_once(RedeemRequest(code=chain.buy("douyin").code), chain.clerk)


@PLATFORMS
def test_a_scanned_qr_works_like_its_code(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    seen = chain.services.redeem.inspect(bought.qr, chain.kiosk, phone=PHONE)
    asked = chain.services.redeem.request(RedeemRequest(inspection=seen.token, phone=PHONE),
                                          chain.kiosk)
    done = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert done.state is State.COMPLETED
    assert chain.consumed(bought) == 1


def test_a_times_card_is_used_up_use_by_use(chain: Chain) -> None:
    bought = chain.buy("douyin", "times_card", uses=3, paid=100)

    first = chain.redeem(bought, uses=1)
    assert first.voucher_status is VoucherStatus.PARTLY_REDEEMED
    assert first.uses_left == 2
    rest = chain.redeem(bought, uses=2)
    assert rest.voucher_status is VoucherStatus.REDEEMED
    assert rest.uses_left == 0

    assert chain.consumed(bought) == 3
    uses = chain.rows(RedemptionUse)
    assert [use.number for use in uses] == [1, 1, 2]
    assert sum((use.amount_fen for use in uses), Money.zero()) == Money.yuan(100)
    assert len({use.verify_id for use in uses}) == 3
    assert [course.uses_total for course in chain.rows(CourseOrder)] == [1, 2]


def test_each_certificate_of_an_order_is_redeemed_by_itself(chain: Chain) -> None:
    one, two, three = chain.buy_all("douyin", quantity=3)
    seen = chain.services.redeem.inspect(one.code, chain.kiosk, phone=PHONE)
    assert len(seen.certificates) == 3

    refs = []
    for number, phone in ((0, PHONE), (2, OTHER_PHONE)):
        asked = chain.services.redeem.request(RedeemRequest(
            inspection=seen.token, certificate=number, phone=phone), chain.kiosk)
        chain.services.redeem.confirm(asked.ref, chain.clerk)
        refs.append(asked.ref)

    assert sorted([chain.consumed(each) for each in (one, two, three)]) == [0, 1, 1]
    assert len({row.voucher_id for row in chain.rows(Entitlement.redemption.rel_model)}) == 2
    assert len(chain.rows(Member)) == 2
    assert len(set(refs)) == 2


def test_the_books_say_who_did_what(chain: Chain) -> None:
    done = chain.redeem(chain.buy("meituan"))

    moves = [(row.action, row.actor_kind, row.door, row.from_state, row.to_state)
             for row in chain.rows(Audit, Audit.subject_kind == "redemption")]
    assert moves == [
        ("redemption.requested", "kiosk", "kiosk", "requested", "awaiting_staff"),
        ("redemption.confirmed", "staff", "desk", "awaiting_staff", "verifying"),
        ("redemption.completed", "staff", "desk", "verifying", "completed")]
    completed = chain.rows(Audit, Audit.action == "redemption.completed")[0]
    assert completed.platform_log_id
    (line,) = chain.rows(VerificationLog)
    assert (line.operation_type, line.operator_id, line.result_type) == (1, chain.clerk.id, 1)
    (voucher,) = chain.rows(Voucher)
    (member,) = chain.rows(Member)
    assert (voucher.verified_by, voucher.user_id) == (chain.clerk.id, member.id)
    assert voucher.paid_price_fen == done.paid_price


def test_douyin_tells_the_plain_code_only_after_use(chain: Chain) -> None:
    bought = chain.buy("douyin")
    seen = chain.services.redeem.inspect(bought.qr, chain.kiosk, phone=PHONE)
    asked = chain.services.redeem.request(RedeemRequest(inspection=seen.token, phone=PHONE),
                                          chain.kiosk)
    assert chain.rows(Voucher)[0].voucher_no == bought.certificate_id
    chain.services.redeem.confirm(asked.ref, chain.clerk)
    (voucher,) = chain.rows(Voucher)
    assert (voucher.voucher_no, voucher.code_tail) == (bought.code, bought.code[-4:])
    assert voucher.certificate_id == bought.certificate_id
