"""Codes cannot be guessed: not by one caller over many prefixes, not by many callers over one;
and nobody is locked out by codes that are good."""

from __future__ import annotations

from typing import Any

import pytest

from core.api.rates import MISSES
from core.vouchers import owncode
from tests.api.pricing.desk import Desk, cart

FAIR = MISSES.amount


@pytest.fixture
def code(desk: Desk) -> str:
    """A good one, on paper."""
    shop = desk.shop
    made = desk.post("/voucher/batch/create", {
        "batchName": "纸券", "scenicId": shop.lake, "discountType": 2, "discountValue": 0.85,
        "totalCount": 1, "onPaper": True}, shop.owner)
    (one,) = desk.post("/voucher/codes", {"batchId": made["id"]}, shop.owner)["items"]
    return owncode.normalise(one["voucherCode"])


def validate(desk: Desk, code: str, as_: Any) -> Any:
    return desk.call("POST", "/voucher/validate", {"voucherCode": code, "scenicId": desk.shop.lake},
                     as_=as_)


def price(desk: Desk, code: str, as_: Any) -> Any:
    return desk.call("POST", "/calculate", cart(("PHOTO_SET", 1), voucherCode=code,
                                                scenicId=desk.shop.lake), as_=as_)


ROUTES = pytest.mark.parametrize("ask", [validate, price])


def wrong(number: int, prefix: str = "") -> str:
    """A code of the right shape that nobody has, each with its own prefix unless one is given."""
    letters = [owncode.ALPHABET[number // len(owncode.ALPHABET) ** place % len(owncode.ALPHABET)]
               for place in range(3)]
    return (prefix + "".join(letters) * owncode.LENGTH)[:owncode.LENGTH]


@ROUTES
def test_a_good_code_may_be_looked_at_for_ever(desk: Desk, code: str, ask: Any) -> None:
    """what is typed at the till is checked, priced, priced again"""
    for _ in range(FAIR + 5):
        assert ask(desk, code, desk.shop.lin)["code"] == 200


@ROUTES
def test_who_guesses_over_many_prefixes_is_stopped_and_nobody_else(
        desk: Desk, code: str, ask: Any) -> None:
    shop = desk.shop
    for number in range(FAIR):
        assert ask(desk, wrong(number), shop.lin)["code"] == 200
    refused = ask(desk, code, shop.lin)
    assert (refused["code"], refused["error"]) == (429, "too_many_requests")
    assert ask(desk, code, shop.wang)["code"] == 200


@ROUTES
def test_one_prefix_is_not_searched_by_many_together(desk: Desk, code: str, ask: Any) -> None:
    shop = desk.shop
    callers = (shop.lin, shop.wang, shop.clerk, shop.kiosk)
    for number in range(FAIR):
        assert ask(desk, wrong(number, "ZZZZZZ"), callers[number % len(callers)])["code"] == 200
    assert ask(desk, wrong(FAIR + 1, "ZZZZZZ"), shop.lin)["code"] == 429
    assert ask(desk, code, shop.lin)["code"] == 200


def test_a_mistyped_code_and_then_the_right_one(desk: Desk, code: str) -> None:
    """a member may err as often as people do"""
    last = owncode.ALPHABET[(owncode.ALPHABET.index(code[-1]) + 1) % len(owncode.ALPHABET)]
    for _ in range(5):
        assert validate(desk, code[:-1] + last, desk.shop.lin)["code"] == 200
    assert price(desk, code, desk.shop.lin)["data"]["usedVoucher"]["actualDiscountAmount"] == 19.2
