"""Amounts, times and ids as the platforms spell them, and what is nonsense."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.clock import day_ends
from core.money import Money
from core.platforms.answer import (
    Malformed,
    end,
    fen,
    flag,
    instant,
    items,
    needed,
    part,
    text,
    whole,
    yuan,
)


@pytest.mark.parametrize(("value", "expected"), [
    (Decimal("199.0"), 199_00), (199, 199_00), ("199.00", 199_00), ("0", 0),
    (Decimal("66.33"), 66_33), (Decimal("66.33000000000001"), 66_33), ("0.005", 1),
])
def test_yuan_become_fen(value: object, expected: int) -> None:
    assert yuan({"amount": value}, "amount") == Money(expected)


@pytest.mark.parametrize("value", ["-1", -1, "a", "NaN", "Infinity", True, [], "1e99"])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        yuan({"amount": value}, "amount")


def test_fen_are_whole() -> None:
    assert fen({"pay_amount": "19900"}, "pay_amount") == Money(199_00)
    assert fen({}, "pay_amount") is None
    for value in (-1, Decimal("1.5"), "x", True, 10**14):
        with pytest.raises(Malformed):
            fen({"pay_amount": value}, "pay_amount")


@pytest.mark.parametrize("value", [
    1701359999, "1701359999", 1701359999000, "1701359999000", "2023-11-30 23:59:59"])
def test_one_instant_in_five_spellings(value: object) -> None:
    assert instant({"at": value}, "at") == datetime(2023, 11, 30, 15, 59, 59, tzinfo=UTC)


def test_the_last_second_of_a_day_ends_at_midnight() -> None:
    last = datetime(2023, 11, 30).date()
    assert end({"at": 1701359999000}, "at") == day_ends(last)
    assert end({"at": 1701360000}, "at") == day_ends(last)


@pytest.mark.parametrize("value", ["tomorrow", 10**18, "2023-13-01", True])
def test_what_is_no_instant_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        instant({"at": value}, "at")


def test_absent_is_not_wrong() -> None:
    assert (text({}, "a"), whole({}, "a"), yuan({}, "a"), instant({"a": 0}, "a")) == (
        "", 0, None, None)
    assert (items({}, "a"), part({"a": None}, "a"), flag({}, "a")) == ([], {}, False)
    with pytest.raises(Malformed):
        needed({"a": ""}, "a")


def test_the_first_spelling_that_is_there_counts() -> None:
    assert text({"dealGroupId": None, "dealgroupId": 7}, "dealGroupId", "dealgroupId") == "7"


@pytest.mark.parametrize(("read", "value"), [
    (text, {}), (text, True), (whole, "1.0"), (whole, True), (items, {}), (items, [1]),
    (items, "ab"), (part, [])])
def test_another_kind_of_value_is_refused(read: Any, value: object) -> None:
    with pytest.raises(Malformed):
        read({"a": value}, "a")
