"""What a voucher may become, and how days are counted: pure, so a table says it all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import VoucherError
from core.services.choices import (
    CardFacts,
    ClassFacts,
    ProductFacts,
    choices,
    chosen,
    given,
    last_day_opened,
    last_day_renewed,
    promise,
)
from core.vouchers.redemption import ResultType

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
MONTH = ProductFacts(7, "月卡 30 天", "card", 30, None)
LESSONS = ProductFacts(8, "私教课 10 节", "lessons", 180, 10)
RIDE = ProductFacts(9, "团课单次", "class", None, None)


@pytest.mark.parametrize(("ends", "days", "expected"), [
    pytest.param(date(2026, 11, 24), 30, date(2026, 12, 24), id="from its end"),
    pytest.param(date(2026, 11, 21), 30, date(2026, 12, 21), id="on its last day"),
    pytest.param(date(2026, 11, 20), 30, date(2026, 12, 21), id="ended yesterday: from today"),
    pytest.param(date(2025, 1, 1), 30, date(2026, 12, 21), id="ended long ago: from today"),
    pytest.param(date(2027, 1, 31), 365, date(2028, 1, 31), id="a year, over a leap year's edge"),
    pytest.param(date(2028, 2, 28), 1, date(2028, 2, 29), id="into the leap day"),
])
def test_a_renewal_counts_from_the_later_of_today_and_the_end(ends: date, days: int,
                                                              expected: date) -> None:
    assert last_day_renewed(TODAY, ends, days) == expected


def test_a_card_of_thirty_days_opened_today_runs_through_the_thirtieth_day_after() -> None:
    assert last_day_opened(TODAY, 30) == date(2026, 12, 21)


def test_the_longest_card_is_recommended_and_a_new_one_can_always_be_had() -> None:
    cards = [CardFacts(3, "季卡", date(2027, 1, 1)), CardFacts(2, "月卡", date(2026, 11, 24))]
    found = choices(MONTH, cards, [], TODAY)
    assert [(one.choice, one.result_type, one.recommended, one.after) for one in found] == [
        ("renew:3", ResultType.CARD_RENEWED, True, date(2027, 1, 31)),
        ("renew:2", ResultType.CARD_RENEWED, False, date(2026, 12, 24)),
        ("open", ResultType.CARD_OPENED, False, date(2026, 12, 21))]


def test_several_uses_give_so_many_times_as_much() -> None:
    (card,) = choices(MONTH, [], [], TODAY, uses=3)
    assert (card.days, card.after) == (90, TODAY + timedelta(90))
    (course,) = choices(LESSONS, [], [], TODAY, uses=2)
    assert (course.uses, course.days, course.after) == (20, 180, TODAY + timedelta(180))


def classes(*seats: int) -> list[ClassFacts]:
    return [ClassFacts(number, "燃脂单车", "阿May", NOON + timedelta(hours=number),
                       NOON + timedelta(hours=number + 1), left)
            for number, left in enumerate(seats, 1)]


def test_the_soonest_class_with_a_seat_is_recommended() -> None:
    found = choices(RIDE, [], classes(0, 3, 5), TODAY)
    assert [(one.session_id, one.enabled, one.recommended) for one in found] == [
        (1, False, False), (2, True, True), (3, True, False)]


@pytest.mark.parametrize(("seats", "word", "error"), [
    ((0, 3), "class:1", "class_full"),
    ((0, 3), "class:9", "choice_gone"),
    ((0, 3), "open", "choice_gone"),
    ((0, 3), None, "choice_needed"),
    ((0,), None, "choice_gone"),
    ((), None, "choice_gone"),
])
def test_a_choice_that_cannot_be_had_says_why(seats: tuple[int, ...], word: str | None,
                                              error: str) -> None:
    with pytest.raises(VoucherError) as caught:
        chosen(choices(RIDE, [], classes(*seats), TODAY), word)
    assert caught.value.word == error


def test_no_word_means_the_recommended_one() -> None:
    offered = choices(MONTH, [CardFacts(3, "季卡", TODAY)], [], TODAY)
    assert chosen(offered, None).choice == "renew:3"
    assert chosen(offered, "open").choice == "open"
    assert chosen(choices(RIDE, [], classes(2), TODAY), None).choice == "class:1"


def test_a_promise_is_kept_whatever_the_product_says_later() -> None:
    (first, *_) = choices(MONTH, [CardFacts(3, "季卡", date(2026, 11, 24))], [], TODAY)
    kept = promise(first, MONTH, "gym")
    shown = given(kept)
    assert (shown.result_type, shown.product_name, shown.days) == (
        ResultType.CARD_RENEWED, "月卡 30 天", 30)
    assert (shown.before, shown.after) == (date(2026, 11, 24), date(2026, 12, 24))
    assert kept["card_id"] == 3 and kept["family"] == "gym"
