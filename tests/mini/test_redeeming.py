"""From a code in the member's hand to what it gives, by phone, on both platforms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.builders import OTHER_PHONE, PHONE, Bought, Chain
from tests.mini.phones import Phone
from tests.services.racing import together

NewPhone = Callable[..., Phone]


def ask(member: Phone, bought: Bought, venue: int, **more: Any) -> Any:
    """Paste the code, look, ask for the recommended (or named) choice."""
    seen = member.post("redemptions/inspect", {"venue_id": venue, "code": bought.code})
    return member.post("redemptions", {"venue_id": venue, "inspection": seen["inspection"],
                                      **more})


@pytest.mark.parametrize("voucher", ["meituan", "douyin"])
def test_from_login_to_a_booked_class(phone: NewPhone, chain: Chain, platform: str,
                                      voucher: str) -> None:
    tonight = chain.class_tonight()
    member = phone(platform)
    member.share_number(PHONE)
    bought = chain.buy(voucher, "class")
    asked = ask(member, bought, chain.binjiang, choice=f"class:{tonight}")
    assert (asked["state"], asked["door"]) == ("awaiting_staff", "mini")
    assert chain.consumed(bought) == 0
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    done = member.get(f"redemptions/{asked['ref']}")
    assert done["state"] == "completed" and done["result"]["session_title"] == "燃脂单车"
    (seat,) = member.get("bookings")["items"]
    assert (seat["session_id"], seat["status"], seat["paid_with"]) == (tonight, "booked",
                                                                       "voucher")
    assert chain.consumed(bought) == 1


def test_a_card_is_renewed_and_a_course_bought_with_what_is_left_shown(
        phone: NewPhone, chain: Chain) -> None:
    card = chain.card(PHONE, ends_in=3)
    member = phone("wechat")
    member.share_number(PHONE)
    renewal = ask(member, chain.buy("meituan", "month_card"), chain.binjiang)
    chain.services.redeem.confirm(renewal["ref"], chain.clerk)
    (shown,) = member.get("cards")["items"]
    assert (shown["id"], shown["days_left"], shown["status"]) == (card, 33, "usable")
    course = ask(member, chain.buy("douyin", "lessons"), chain.binjiang)
    chain.services.redeem.confirm(course["ref"], chain.clerk)
    (bought,) = member.get("courses")["items"]
    assert (bought["uses_total"], bought["uses_left"], bought["days_left"]) == (10, 10, 180)
    history = member.get("redemptions?page_size=1")
    assert (history["total"], history["items"][0]["ref"]) == (2, course["ref"])


def test_without_a_verified_number_one_may_look_but_not_redeem(
        phone: NewPhone, chain: Chain) -> None:
    member, bought = phone("wechat"), chain.buy()
    seen = member.post("redemptions/inspect", {"venue_id": chain.binjiang, "code": bought.code})
    assert seen["certificates"][0]["needs_phone"]
    body = {"venue_id": chain.binjiang, "inspection": seen["inspection"], "phone": PHONE}
    assert member.refused("POST", "redemptions", body) == (422, "phone_needed")
    assert member.refused("POST", "/api/v1/redemptions", body)[0] == 422
    member.share_number(PHONE)
    assert member.post("redemptions", body)["state"] == "awaiting_staff"
    assert chain.consumed(bought) == 0


def test_a_typed_number_never_sends_a_voucher_to_somebody_else(
        phone: NewPhone, chain: Chain) -> None:
    chain.card(OTHER_PHONE)
    member = phone("wechat")
    member.share_number(PHONE)
    asked = ask(member, chain.buy(), chain.binjiang, phone=OTHER_PHONE)
    assert asked["member"]["id"] == member.get("me")["id"]
    assert asked["choice"]["result_type"] == 1, "a new card, not the other one's renewed"


def test_the_same_request_twice_is_one_redemption(phone: NewPhone, chain: Chain) -> None:
    member, bought = phone("douyin"), chain.buy("douyin")
    member.share_number(PHONE)
    body = {"venue_id": chain.binjiang, "code": bought.code}
    answers = together(*[partial(member.post, "redemptions", body, key="tap-1")] * 3)
    assert len({answer["ref"] for answer in answers}) == 1
    assert member.get("redemptions")["total"] == 1
    other = {"venue_id": chain.binjiang, "code": chain.buy().code}
    assert member.refused("POST", "redemptions", other,
                          key="tap-1") == (409, "idempotency_conflict")


def test_two_members_and_one_code(phone: NewPhone, chain: Chain) -> None:
    lin, wang, bought = phone("wechat"), phone("douyin"), chain.buy()
    lin.share_number(PHONE)
    wang.share_number(OTHER_PHONE)
    ask(lin, bought, chain.binjiang)
    assert wang.refused("POST", "redemptions", {
        "venue_id": chain.binjiang, "code": bought.code}) == (409, "in_progress")
    assert wang.get("redemptions")["items"] == []


def test_withdrawing_leaves_the_voucher_as_it_was(phone: NewPhone, chain: Chain) -> None:
    member, bought = phone("wechat"), chain.buy()
    member.share_number(PHONE)
    asked = ask(member, bought, chain.binjiang)
    assert member.post(f"redemptions/{asked['ref']}/remind")["ref"] == asked["ref"]
    ended = member.post(f"redemptions/{asked['ref']}/withdraw")
    assert (ended["state"], chain.consumed(bought)) == ("withdrawn", 0)
    assert ask(member, bought, chain.binjiang)["state"] == "awaiting_staff"


def test_nobody_confirms_his_own(phone: NewPhone, chain: Chain) -> None:
    member = phone("wechat")
    member.share_number(PHONE)
    asked = ask(member, chain.buy(), chain.binjiang)
    assert member.refused(
        "POST", f"/api/v1/redemptions/{asked['ref']}/confirm") == (403, "role_too_low")


def test_another_member_neither_withdraws_nor_lists_it(phone: NewPhone, chain: Chain) -> None:
    lin, wang = phone("wechat"), phone("wechat")
    lin.share_number(PHONE)
    asked = ask(lin, chain.buy(), chain.binjiang)
    assert wang.refused("POST", f"redemptions/{asked['ref']}/withdraw")[0] == 403
    assert wang.get("redemptions")["total"] == 0


def test_polling_is_cheap_while_nothing_changes(phone: NewPhone, chain: Chain) -> None:
    member = phone("wechat")
    member.share_number(PHONE)
    asked = ask(member, chain.buy(), chain.binjiang)
    path = f"redemptions/{asked['ref']}"
    tag = member.ask("GET", path).headers["ETag"]
    assert member.ask("GET", path, **{"If-None-Match": tag}).status_code == 304
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    assert member.ask("GET", path, **{"If-None-Match": tag}).status_code == 200


def test_a_lost_answer_is_shown_as_checking_and_settles(phone: NewPhone, chain: Chain) -> None:
    member, bought = phone("wechat"), chain.buy()
    member.share_number(PHONE)
    asked = ask(member, bought, chain.binjiang)
    chain.fault("meituan", "consume", "timeout_after_commit")
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    assert member.get(f"redemptions/{asked['ref']}")["state"] == "uncertain"
    assert member.get("cards")["items"] == []
    chain.behave()
    chain.pass_time(timedelta(seconds=30))
    chain.services.settle.run()
    assert member.get(f"redemptions/{asked['ref']}")["state"] == "completed"
    assert len(member.get("cards")["items"]) == 1


def test_a_merge_while_a_redemption_is_open_loses_nothing(
        phone: NewPhone, chain: Chain) -> None:
    douyin, wechat = phone("douyin"), phone("wechat")
    douyin.share_number(OTHER_PHONE)
    wechat.share_number(PHONE)
    asked = ask(douyin, chain.buy(), chain.binjiang)
    douyin.share_number(PHONE)
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    assert len(wechat.get("cards")["items"]) == 1
    assert wechat.get("redemptions")["items"][0]["ref"] == asked["ref"]


def test_a_merge_at_the_moment_of_settling_loses_nothing(
        phone: NewPhone, chain: Chain) -> None:
    keeper = phone("wechat")
    keeper.share_number(PHONE)
    for number in range(4):
        douyin = phone("douyin")
        douyin.share_number(f"1370000{number:04}")
        asked = ask(douyin, chain.buy(), chain.binjiang)
        code = douyin.codes(PHONE)["phone_code"]
        together(partial(chain.services.redeem.confirm, asked["ref"], chain.clerk),
                 partial(douyin.post, "phone", {"code": code}))
        assert len(keeper.get("cards")["items"]) == number + 1


@pytest.mark.parametrize(("body", "status"), [
    ({}, 422), ({"code": "1234567890"}, 422), ({"venue_id": 0, "code": "1"}, 422),
    ({"venue_id": 999_999, "code": "123456789012"}, 422), ({"venue_id": "x", "code": "1"}, 422)])
def test_what_is_no_request(phone: NewPhone, body: dict[str, Any], status: int) -> None:
    assert phone("wechat").refused("POST", "redemptions/inspect", body)[0] == status


def test_a_voucher_of_another_venue_names_the_right_one(
        phone: NewPhone, chain: Chain) -> None:
    member, bought = phone("wechat"), chain.buy("meituan", "west_only")
    answer = member.ask("POST", "redemptions/inspect",
                        {"venue_id": chain.binjiang, "code": bought.code}).get_json()
    assert (answer["error"], answer["facts"]["venues"]) == ("wrong_venue", ["城西店"])
    assert member.post("redemptions/inspect",
                       {"venue_id": chain.chengxi, "code": bought.code})["certificates"]


def test_venues_are_there_to_choose_from(phone: NewPhone, chain: Chain) -> None:
    assert [one["name"] for one in phone("wechat").get("venues")] == ["滨江店", "城西店"]
