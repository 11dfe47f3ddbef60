"""Several certificates of one order in one redemption: one wish, one result for each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.errors import Conflict, HexiaotaiError, InvalidInput
from core.money import Money, total
from core.services.inspection import Inspection
from core.services.redeem import Pick, RedeemRequest, RedemptionView
from core.store.tables import (
    Audit,
    Booking,
    ClassSession,
    CourseOrder,
    Entitlement,
    MemberCard,
    Redemption,
    RedemptionUse,
    Voucher,
)
from core.vouchers.redemption import GRANTED, State
from tests.builders import OTHER_PHONE, PHONE, Bought, Chain
from tests.services.racing import together

S = State


def numbers(seen: Inspection, *bought: Bought) -> tuple[Pick, ...]:
    """These certificates within an inspection; Meituan's unknown siblings follow the first."""
    by_tail = {one.code_tail: one.certificate for one in seen.certificates if not one.sibling}
    if bought[0].platform == "meituan":
        return tuple(Pick(number) for number in range(len(bought)))
    ids = [by_tail[one.certificate_id[-4:]] for one in bought]
    return tuple(map(Pick, ids))


def ask(chain: Chain, *bought: Bought, phone: str = PHONE, **more: Any) -> RedemptionView:
    seen = chain.services.redeem.inspect(bought[0].code, chain.kiosk, phone=phone)
    picked = more.pop("certificates", None) or numbers(seen, *bought)
    return chain.services.redeem.request(RedeemRequest(
        inspection=seen.token, phone=phone, certificates=picked, **more), chain.kiosk)


def redeem(chain: Chain, *bought: Bought, **more: Any) -> RedemptionView:
    return chain.services.redeem.confirm(ask(chain, *bought, **more).ref, chain.clerk)


def sound(chain: Chain, *bought: Bought) -> None:
    """I1 and I2: what the platform consumed of these has its line here, and each granted row one
    entitlement; nothing is left open."""
    rows = chain.rows(Redemption)
    given = [one for one in chain.rows(Entitlement) if one.status != "taken_back"]
    assert sorted(one.redemption_id for one in given) == sorted(
        row.id for row in rows if row.state in GRANTED)
    standing = {use.verify_id for use in chain.rows(RedemptionUse) if use.cancelled_at is None}
    assert standing == {use["verify_id"] for one in bought
                        for use in chain.ledger(one)["consumed"] if use["live"]}
    assert len(standing) == sum(row.uses for row in rows if row.state in GRANTED)
    assert not [row for row in rows if row.open_key is not None]


def doctor(chain: Chain) -> None:
    chain.behave()
    for _ in range(3):
        chain.pass_time(timedelta(seconds=20))
        chain.services.settle.run()


PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


@PLATFORMS
def test_two_of_three_open_one_card_for_twice_the_days(chain: Chain, platform: str) -> None:
    bought = chain.buy_all(platform, quantity=3, paid=100)
    done = redeem(chain, *bought[:2])
    assert done.state is S.COMPLETED
    assert (done.uses, done.paid_price.fen) == (2, done.paid_price.fen)
    assert done.result is not None
    assert (done.result.days, done.result.after) == (60, chain.today + timedelta(days=60))
    (card,) = chain.rows(MemberCard)
    assert card.ends_on == chain.today + timedelta(days=60)
    assert sum(chain.consumed(one) for one in bought) == 2
    assert [one.state for one in done.certificates] == [S.COMPLETED, S.COMPLETED]
    assert len({one.voucher_id for one in done.certificates}) == 2
    sound(chain, *bought)


@PLATFORMS
def test_renewing_with_two_adds_both_to_the_same_card(chain: Chain, platform: str) -> None:
    card = chain.card(ends_in=3)
    done = redeem(chain, *chain.buy_all(platform, quantity=2))
    assert done.result is not None and done.result.before == chain.today + timedelta(days=3)
    assert done.result.after == chain.today + timedelta(days=63)
    assert [row.ends_on for row in chain.rows(MemberCard, MemberCard.id == card)] == [
        chain.today + timedelta(days=63)]


def test_lessons_of_several_are_one_course(chain: Chain) -> None:
    done = redeem(chain, *chain.buy_all("douyin", sku="lessons", quantity=3))
    (course,) = chain.rows(CourseOrder)
    assert course.uses_total == 30 and done.result is not None and done.result.uses == 30


@PLATFORMS
def test_friends_sit_side_by_side(chain: Chain, platform: str) -> None:
    session = chain.class_tonight(capacity=3)
    bought = chain.buy_all(platform, sku="class", quantity=4)
    with pytest.raises(HexiaotaiError) as full:
        ask(chain, *bought, choice=f"class:{session}")
    assert full.value.word == "class_full"
    done = redeem(chain, *bought[:3], choice=f"class:{session}")
    assert done.state is S.COMPLETED
    assert [(one.seats, one.status) for one in chain.rows(Booking)] == [(3, "booked")]
    assert chain.rows(ClassSession)[0].taken == 3


def test_one_confirmation_speaks_of_all(chain: Chain) -> None:
    asked = ask(chain, *chain.buy_all("douyin", quantity=2, paid=398))
    (waiting,) = chain.services.redeem.waiting(chain.clerk)
    assert (waiting.ref, waiting.uses, waiting.choice.days) == (asked.ref, 2, 60)
    assert waiting.paid_price == total(one.paid_price for one in waiting.certificates)


def test_a_rejected_wish_frees_every_certificate(chain: Chain) -> None:
    bought = chain.buy_all("douyin", quantity=2)
    chain.services.redeem.reject(ask(chain, *bought).ref, chain.clerk, "要本人来")
    assert {row.state for row in chain.rows(Redemption)} == {"rejected"}
    assert {voucher.status for voucher in chain.rows(Voucher)} == {1}
    assert redeem(chain, *bought).state is S.COMPLETED


def test_nobody_confirms_and_all_expire(chain: Chain) -> None:
    ask(chain, *chain.buy_all("douyin", quantity=2))
    chain.pass_time(timedelta(minutes=11))
    chain.services.settle.expire_waiting()
    assert {row.state for row in chain.rows(Redemption)} == {"expired"}


def test_a_certificate_has_one_open_redemption_alone_or_along(chain: Chain) -> None:
    first, second, third = chain.buy_all("douyin", quantity=3)
    ask(chain, first, second)
    with pytest.raises(Conflict) as caught:
        ask(chain, third, second, phone=OTHER_PHONE)
    assert caught.value.word == "in_progress"
    assert len(chain.rows(Redemption)) == 2


def test_overlapping_wishes_at_once_consume_each_certificate_once(chain: Chain) -> None:
    bought = chain.buy_all("douyin", quantity=3)
    redeemer = chain.services.redeem

    def wish(first: int, second: int, phone: str) -> State:
        try:
            seen = redeemer.inspect(bought[first].code, chain.clerk, phone=phone)
            return redeemer.at_once(RedeemRequest(
                inspection=seen.token, phone=phone,
                certificates=numbers(seen, bought[first], bought[second])), chain.clerk).state
        except HexiaotaiError:
            return S.REFUSED

    together(lambda: wish(0, 1, PHONE), lambda: wish(1, 2, OTHER_PHONE),
             lambda: wish(2, 0, PHONE))
    doctor(chain)
    assert all(chain.consumed(one) <= 1 for one in bought)
    sound(chain, *bought)


def test_the_platform_refuses_one_and_the_others_count(chain: Chain) -> None:
    bought = chain.buy_all("douyin", quantity=3)
    asked = ask(chain, *bought)
    chain.control("refunds", {"certificate_id": bought[0].certificate_id})
    done = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert done.state is S.COMPLETED and done.uses == 2
    assert sorted(one.state for one in done.certificates) == [S.COMPLETED, S.COMPLETED, S.REFUSED]
    assert done.error is not None and done.error.error == "refunded"
    assert chain.rows(MemberCard)[0].ends_on == chain.today + timedelta(days=60)
    sound(chain, *bought)


def test_a_refused_friend_frees_his_seat(chain: Chain) -> None:
    session = chain.class_tonight()
    bought = chain.buy_all("douyin", sku="class", quantity=2)
    asked = ask(chain, *bought, choice=f"class:{session}")
    chain.control("refunds", {"certificate_id": bought[1].certificate_id})
    chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert chain.rows(ClassSession)[0].taken == 1


def test_meituan_takes_all_or_none(chain: Chain) -> None:
    bought = chain.buy_all("meituan", quantity=3)
    asked = ask(chain, *bought)
    chain.control("refunds", {"certificate_id": bought[2].certificate_id})
    done = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert done.state is S.REFUSED
    assert sum(chain.consumed(one) for one in bought) == 0 and not chain.rows(Entitlement)


@PLATFORMS
@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after_commit"])
def test_a_lost_answer_settles_for_each(chain: Chain, platform: str, mode: str) -> None:
    bought = chain.buy_all(platform, quantity=2)
    asked = ask(chain, *bought)
    chain.fault(platform, "consume", mode, delay=2)
    unknown = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert unknown.state is S.UNCERTAIN
    doctor(chain)
    done = chain.services.redeem.view(asked.ref, chain.clerk)
    assert (done.state, done.uses) == (S.COMPLETED, 2)
    assert [chain.consumed(one) for one in bought] == [1, 1]
    sound(chain, *bought)


def test_any_certificates_ref_leads_to_the_whole(chain: Chain) -> None:
    done = redeem(chain, *chain.buy_all("douyin", quantity=2))
    refs = [row.ref for row in chain.rows(Redemption)]
    assert {chain.services.redeem.view(ref, chain.clerk).ref for ref in refs} == {done.ref}
    assert len({chain.services.redeem.version(ref, chain.clerk) for ref in refs}) == 1


def test_every_step_of_every_certificate_is_in_the_audit(chain: Chain) -> None:
    redeem(chain, *chain.buy_all("douyin", quantity=2))
    steps = [(one.subject_id, one.action) for one in chain.rows(Audit)
             if one.subject_kind == "redemption"]
    for row in chain.rows(Redemption):
        assert [action for subject, action in steps if subject == row.id] == [
            "redemption.requested", "redemption.confirmed", "redemption.completed"]


@pytest.mark.parametrize(("picked", "word"), [
    ((Pick(0), Pick(0)), "certificate_twice"), ((Pick(0), Pick(7)), "no_such_certificate"),
    ((Pick(0), Pick(-1)), "no_such_certificate")])
def test_senseless_picks_are_refused(chain: Chain, picked: tuple[Pick, ...], word: str) -> None:
    bought = chain.buy_all("douyin", quantity=2)
    with pytest.raises(InvalidInput) as caught:
        ask(chain, *bought, certificates=picked)
    assert caught.value.word == word


@PLATFORMS
def test_undoing_one_of_two_keeps_the_other(chain: Chain, platform: str) -> None:
    bought = chain.buy_all(platform, quantity=2)
    done = redeem(chain, *bought)
    preview = chain.services.redeem.undo_preview(done.ref, chain.clerk)
    assert len(preview.uses) == 2
    first = [preview.uses[0].number]
    half = chain.services.redeem.undo_preview(done.ref, chain.clerk, first)
    assert [(one.what, one.then) for one in half.changes] == [
        ("voucher", "unused"), ("card_ends_on", (chain.today + timedelta(days=30)).isoformat())]
    undone = chain.services.redeem.undo(done.ref, chain.clerk, "多核了一张", first)
    assert (undone.state, undone.uses) == (S.COMPLETED, 1)
    assert undone.result is not None and undone.result.after == chain.today + timedelta(days=30)
    assert sum(chain.consumed(one) for one in bought) == 1
    sound(chain, *bought)
    rest = chain.services.redeem.undo(done.ref, chain.clerk, "都不要了")
    assert rest.state is S.UNDONE
    assert sum(chain.consumed(one) for one in bought) == 0
    assert chain.rows(MemberCard)[0].status == "cancelled"
    sound(chain, *bought)


def test_some_uses_of_a_times_card_come_back(chain: Chain) -> None:
    bought = chain.buy("douyin", sku="times_card", uses=5, paid=100)
    done = chain.redeem(bought, uses=3)
    preview = chain.services.redeem.undo_preview(done.ref, chain.clerk)
    assert [line.amount for line in preview.uses] == [Money(20_00)] * 3
    undone = chain.services.redeem.undo(done.ref, chain.clerk, "少来一个人",
                                        [preview.uses[0].number])
    assert (undone.state, undone.uses, chain.consumed(bought)) == (S.COMPLETED, 2, 2)
    (course,) = chain.rows(CourseOrder)
    assert (course.uses_total, course.status) == (2, "active")
    assert chain.rows(Voucher)[0].uses_used == 2
    sound(chain, bought)


def test_meituan_takes_a_verification_back_whole(chain: Chain) -> None:
    done = chain.redeem(chain.buy("meituan", sku="times_card", uses=5), uses=2)
    preview = chain.services.redeem.undo_preview(done.ref, chain.clerk)
    some = [preview.uses[0].number]
    told = chain.services.redeem.undo_preview(done.ref, chain.clerk, some)
    assert (told.allowed, told.why_not) == (False, "whole_verification_only")
    with pytest.raises(HexiaotaiError) as caught:
        chain.services.redeem.undo(done.ref, chain.clerk, "", some)
    assert caught.value.word == "whole_verification_only"


def test_an_undo_of_some_whose_answer_is_lost_settles(chain: Chain) -> None:
    bought = chain.buy_all("douyin", quantity=2)
    done = redeem(chain, *bought)
    number = chain.services.redeem.undo_preview(done.ref, chain.clerk).uses[1].number
    chain.fault("douyin", "cancel", "timeout_after_commit", delay=2)
    assert chain.services.redeem.undo(done.ref, chain.clerk, "", [number]).state \
        is S.UNDO_UNCERTAIN
    doctor(chain)
    assert chain.services.redeem.view(done.ref, chain.clerk).state is S.COMPLETED
    assert sum(chain.consumed(one) for one in bought) == 1
    sound(chain, *bought)


@pytest.mark.parametrize("platform", ["meituan", "douyin"])
def test_amounts_of_a_card_sum_to_what_was_paid_after_undo_and_use(
        chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, sku="times_card", uses=3, paid=100)
    chain.redeem(bought)
    second = chain.redeem(bought)
    chain.services.redeem.undo(second.ref, chain.clerk)
    chain.redeem(bought, uses=2)
    standing = [use.amount_fen for use in chain.rows(RedemptionUse) if use.cancelled_at is None]
    assert total(standing) == Money(100_00)


def test_undo_by_code_means_that_certificate_only(chain: Chain) -> None:
    bought = chain.buy_all("douyin", quantity=2)
    redeem(chain, *bought)
    chain.services.redeem.undo_code(bought[1].certificate_id, chain.clerk)
    assert [chain.consumed(one) for one in bought] == [1, 0]
