"""Who has hardly guessed is not looked up at every call, and still cannot guess for long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from redis import Redis

from core.api import rates as module
from core.api.rates import CALM_SECONDS, Rates
from core.errors import TooManyRequests

FAIR = 9
LIMIT = parse(f"{FAIR}/hour")
ME, PREFIX = ("misses", "kiosk", "7"), ("misses", "prefix", "123456")


class Seconds:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


def refused(rates: Rates, *keys: tuple[str, ...]) -> bool:
    try:
        rates.check(LIMIT, *keys or (ME,))
    except TooManyRequests:
        return True
    return False


def looks(redis_url: str) -> int:
    """How often the counts were read."""
    with Redis.from_url(redis_url) as redis:
        stats = redis.info("commandstats")
        return int(stats.get("cmdstat_mget", {"calls": 0})["calls"])


@given(st.lists(st.sampled_from(["check", "guess", "a moment", "a second"]), max_size=60))
def test_one_process_never_lets_a_guess_too_many_through(doings: list[str]) -> None:
    clock, guesses = Seconds(), 0
    rates = Rates(None, clock)
    for each in doings:
        if each == "check":
            assert refused(rates) == (guesses >= FAIR)
        elif each == "guess" and guesses < FAIR:
            rates.count(LIMIT, *ME)
            guesses += 1
        else:
            clock.passed += 0.1 if each == "a moment" else CALM_SECONDS


def test_a_calm_caller_is_looked_up_once_a_second(redis_url: str) -> None:
    clock = Seconds()
    rates = Rates(redis_url, clock)
    before = looks(redis_url)
    for _ in range(20):
        rates.check(LIMIT, ME, PREFIX)
    assert looks(redis_url) == before + 1
    rates.check(LIMIT, ME, ("misses", "prefix", "654321"))
    assert looks(redis_url) == before + 2
    clock.passed += CALM_SECONDS
    rates.check(LIMIT, ME, PREFIX)
    assert looks(redis_url) == before + 3


def test_whoever_guesses_is_looked_up_at_the_next_call(redis_url: str) -> None:
    rates = Rates(redis_url, Seconds())
    rates.check(LIMIT, ME)
    before = looks(redis_url)
    rates.count(LIMIT, *ME)
    rates.check(LIMIT, ME)
    assert looks(redis_url) == before + 1


def test_who_nears_the_limit_is_looked_up_at_every_call(redis_url: str) -> None:
    rates = Rates(redis_url, Seconds())
    for _ in range(FAIR // 3):
        rates.count(LIMIT, *ME)
    before = looks(redis_url)
    for _ in range(5):
        rates.check(LIMIT, ME)
    assert looks(redis_url) == before + 5


def test_guesses_at_another_process_are_seen_a_second_later(redis_url: str) -> None:
    clock = Seconds()
    here, there = Rates(redis_url, clock), Rates(redis_url, clock)
    assert not refused(here)
    for _ in range(FAIR):
        there.count(LIMIT, *ME)
    assert refused(there)
    clock.passed += CALM_SECONDS
    assert refused(here)


def test_meanwhile_each_process_lets_one_guess_through(redis_url: str) -> None:
    here, there = (Rates(redis_url, Seconds()) for _ in range(2))
    assert not refused(here)
    for _ in range(FAIR):
        there.count(LIMIT, *ME)
    assert not refused(here)
    with pytest.raises(TooManyRequests):
        here.count(LIMIT, *ME)
    assert refused(here)


def test_one_of_two_keys_is_enough_to_be_refused(redis_url: str) -> None:
    rates = Rates(redis_url, Seconds())
    rates.check(LIMIT, ME)
    for _ in range(FAIR):
        rates.count(LIMIT, *PREFIX)
    assert refused(rates, ME, PREFIX)


def test_many_callers_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    rates = Rates(None, Seconds())
    for number in range(20):
        rates.check(LIMIT, ("misses", "member", str(number)))
    assert len(rates._calm) <= 4
