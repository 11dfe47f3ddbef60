"""Booking a class and giving the seat back: never more seats than there are, never a use lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from core.store.tables import Booking, ClassSession
from tests.builders import OTHER_PHONE, PHONE, Chain
from tests.mini.phones import Phone
from tests.services.racing import together

NewPhone = Callable[..., Phone]


@pytest.fixture
def course(chain: Chain) -> Callable[..., int]:
    """A package of classes for somebody's phone: `course(phone, uses=10)`."""
    return lambda phone, **more: chain.course(phone.get("me")["id"], **more)


def taken(chain: Chain, session: int) -> int:
    (row,) = chain.rows(ClassSession, ClassSession.id == session)
    return int(row.taken)


def left(phone: Phone) -> list[int]:
    return [one["uses_left"] for one in phone.get("courses")["items"]]


def test_a_seat_costs_one_use_and_giving_it_back_returns_it(
        phone: NewPhone, chain: Chain, course: Callable[..., int], platform: str) -> None:
    member, tonight = phone(platform), chain.class_tonight()
    used = course(member)
    (shown,) = member.get(f"classes?venue_id={chain.binjiang}")
    assert (shown["id"], shown["seats_left"], shown["bookable"]) == (tonight, 8, True)
    seat = member.post("bookings", {"session_id": tonight})
    assert (seat["status"], seat["paid_with"], seat["course_id"]) == ("booked", "course", used)
    assert (left(member), taken(chain, tonight)) == ([9], 1)
    (shown,) = member.get(f"classes?venue_id={chain.binjiang}")
    assert (shown["booking_id"], shown["bookable"]) == (seat["id"], False)
    back = member.ask("DELETE", f"bookings/{seat['id']}").get_json()["data"]
    assert back["status"] == "released"
    assert (left(member), taken(chain, tonight)) == ([10], 0)
    assert member.ask("DELETE", f"bookings/{seat['id']}").status_code == 200
    assert (left(member), taken(chain, tonight)) == ([10], 0), "once"


def test_a_vouchers_seat_given_back_is_good_for_another_class(
        phone: NewPhone, chain: Chain) -> None:
    member = phone("wechat")
    member.share_number(PHONE)
    tonight, tomorrow = chain.class_tonight(), chain.class_tonight(starts_in=timedelta(hours=27))
    bought = chain.buy("meituan", "class")
    chain.redeem(bought, choice=f"class:{tonight}")
    (seat,) = member.get("bookings")["items"]
    assert member.refused("POST", "bookings",
                          {"session_id": tomorrow}) == (409, "nothing_to_book_with")
    back = member.ask("DELETE", f"bookings/{seat['id']}").get_json()["data"]
    assert (back["status"], taken(chain, tonight)) == ("to_rebook", 0)
    again = member.post("bookings", {"session_id": tomorrow})
    assert (again["id"], again["session_id"], again["paid_with"]) == (seat["id"], tomorrow,
                                                                      "voucher")
    assert member.refused("POST", "bookings",
                          {"session_id": tonight}) == (409, "nothing_to_book_with")
    assert (taken(chain, tonight), taken(chain, tomorrow)) == (0, 1)


def test_an_undone_voucher_pays_for_no_class_any_more(phone: NewPhone, chain: Chain) -> None:
    member, tonight = phone("wechat"), chain.class_tonight()
    member.share_number(PHONE)
    done = chain.redeem(chain.buy("meituan", "class"), choice=f"class:{tonight}")
    (seat,) = member.get("bookings")["items"]
    member.ask("DELETE", f"bookings/{seat['id']}")
    chain.services.redeem.undo(done.ref, chain.manager, "会员不来了")
    (shown,) = member.get("bookings")["items"]
    assert shown["status"] == "released"
    assert member.refused("POST", "bookings",
                          {"session_id": tonight}) == (409, "nothing_to_book_with")
    assert taken(chain, tonight) == 0


def test_an_undo_after_a_change_of_class_frees_the_new_seat(
        phone: NewPhone, chain: Chain) -> None:
    member = phone("wechat")
    member.share_number(PHONE)
    tonight, tomorrow = chain.class_tonight(), chain.class_tonight(starts_in=timedelta(hours=27))
    done = chain.redeem(chain.buy("meituan", "class"), choice=f"class:{tonight}")
    (seat,) = member.get("bookings")["items"]
    member.ask("DELETE", f"bookings/{seat['id']}")
    member.post("bookings", {"session_id": tomorrow})
    chain.services.redeem.undo(done.ref, chain.manager, "会员不来了")
    assert (taken(chain, tonight), taken(chain, tomorrow)) == (0, 0)


def test_the_last_seat_goes_to_one(phone: NewPhone, chain: Chain,
                                   course: Callable[..., int]) -> None:
    full = chain.class_tonight(capacity=1)
    phones = [phone("wechat") for _ in range(4)]
    for each in phones:
        course(each)
    answers = together(*(partial(each.ask, "POST", "bookings", {"session_id": full})
                         for each in phones))
    words = sorted(answer.get_json().get("error", "booked") for answer in answers)
    assert words == ["booked", "class_full", "class_full", "class_full"]
    assert sorted(sum((left(each) for each in phones), [])) == [9, 10, 10, 10]


def test_a_double_click_books_one_seat(phone: NewPhone, chain: Chain,
                                       course: Callable[..., int]) -> None:
    member, tonight = phone("douyin"), chain.class_tonight()
    course(member)
    together(*[partial(member.ask, "POST", "bookings", {"session_id": tonight})] * 4)
    assert (left(member), taken(chain, tonight)) == ([9], 1)
    assert member.refused("POST", "bookings", {"session_id": tonight}) == (409, "already_booked")
    keyed = partial(member.post, "bookings", key="tap")
    later = chain.class_tonight(starts_in=timedelta(hours=5))
    assert len({answer["id"] for answer in together(
        *[partial(keyed, {"session_id": later})] * 3)}) == 1
    assert left(member) == [8]


def test_giving_back_at_once_twice_returns_one_use(phone: NewPhone, chain: Chain,
                                                   course: Callable[..., int]) -> None:
    member, tonight = phone("wechat"), chain.class_tonight()
    course(member)
    seat = member.post("bookings", {"session_id": tonight})
    together(*[partial(member.ask, "DELETE", f"bookings/{seat['id']}")] * 3)
    assert (left(member), taken(chain, tonight)) == ([10], 0)


def test_too_late_to_give_back(phone: NewPhone, chain: Chain,
                               course: Callable[..., int]) -> None:
    member, tonight = phone("wechat"), chain.class_tonight()
    course(member)
    seat = member.post("bookings", {"session_id": tonight})
    chain.pass_time(timedelta(hours=1, minutes=5))
    assert member.refused("DELETE", f"bookings/{seat['id']}") == (409, "too_late_to_cancel")
    assert left(member) == [9]


@pytest.mark.parametrize(("more", "word"), [
    ({"ends_in": -1}, "nothing_to_book_with"), ({"uses": 0}, "nothing_to_book_with")])
def test_what_pays_for_no_class(phone: NewPhone, chain: Chain, course: Callable[..., int],
                                more: dict[str, int], word: str) -> None:
    member, tonight = phone("wechat"), chain.class_tonight()
    course(member, **more)
    assert member.refused("POST", "bookings", {"session_id": tonight}) == (409, word)
    (shown,) = member.get(f"classes?venue_id={chain.binjiang}")
    assert not shown["bookable"]


def test_somebody_elses_course_seat_and_class(phone: NewPhone, chain: Chain,
                                              course: Callable[..., int]) -> None:
    lin, wang, tonight = phone("wechat"), phone("douyin"), chain.class_tonight()
    lin.share_number(PHONE)
    wang.share_number(OTHER_PHONE)
    hers = course(lin)
    seat = lin.post("bookings", {"session_id": tonight})
    assert wang.refused("POST", "bookings", {
        "session_id": tonight, "course_id": hers}) == (409, "nothing_to_book_with")
    assert wang.refused("DELETE", f"bookings/{seat['id']}") == (404, "not_found")
    assert wang.get("bookings")["items"] == []
    west = chain.class_tonight(venue=chain.chengxi)
    assert lin.refused("POST", "bookings", {"session_id": west})[0] == 409
    assert lin.refused("POST", "bookings", {"session_id": 10**15}) == (404, "class_not_found")


def test_a_class_that_has_started_is_booked_by_nobody(phone: NewPhone, chain: Chain,
                                                      course: Callable[..., int]) -> None:
    member = phone("wechat")
    begun = chain.class_tonight(starts_in=timedelta(minutes=-5))
    course(member)
    assert member.refused("POST", "bookings", {"session_id": begun}) == (409, "class_started")
    assert not chain.rows(Booking)
