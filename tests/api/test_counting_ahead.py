"""Calls of a busy caller are counted many at a time."""

from __future__ import annotations

import pytest
from limits import RateLimitItem, parse

from core.api.rates import AHEAD, Rates
from core.errors import TooManyRequests

ME = ("calls", "member", "7")


class Watched(Rates):
    """Counts how often the counts are asked, and lets another thread call meanwhile."""

    def __init__(self) -> None:
        super().__init__(None)
        self.asked = 0
        self.meanwhile = 0

    def count(self, limit: RateLimitItem, *key: str, cost: int = 1) -> None:
        self.asked += 1
        for _ in range(self.meanwhile):
            self.count_ahead(limit, *key)
        super().count(limit, *key, cost=cost)


def test_many_calls_ask_once() -> None:
    rates = Watched()
    for _ in range(AHEAD):
        rates.count_ahead(parse("1000/minute"), *ME)
    assert rates.asked == 1
    rates.count_ahead(parse("1000/minute"), *ME)
    assert rates.asked == 2


def test_threads_that_call_meanwhile_are_not_counted_again() -> None:
    """else sixteen threads count sixteen times what they do, and an honest caller is refused"""
    rates = Watched()
    rates.meanwhile = 5
    rates.count_ahead(parse(f"{AHEAD}/minute"), *ME)
    assert rates.asked == 1


def test_beyond_the_limit_every_call_is_refused() -> None:
    rates = Watched()
    limit = parse(f"{AHEAD}/minute")
    for _ in range(AHEAD):
        rates.count_ahead(limit, *ME)
    for _ in range(3):
        with pytest.raises(TooManyRequests):
            rates.count_ahead(limit, *ME)
