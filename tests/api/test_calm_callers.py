"""Who has hardly guessed is not looked up at every call, and still cannot guess for long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse

from core.api import rates as module
from core.api.rates import CALM_SECONDS, Rates
from core.errors import TooManyRequests

FAIR = 3
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


def spend(rates: Rates, guesses: int = FAIR, key: tuple[str, ...] = ME) -> None:
    for _ in range(guesses):
        rates.count(LIMIT, *key)


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


def test_guesses_at_another_process_are_seen_a_second_later(redis_url: str) -> None:
    clock = Seconds()
    here, there = Rates(redis_url, clock), Rates(redis_url, clock)
    assert not refused(here)
    spend(there)
    assert refused(there)
    clock.passed += CALM_SECONDS / 2
    assert not refused(here)
    clock.passed += CALM_SECONDS / 2
    assert refused(here)


def test_who_was_not_looked_up_yet_is_looked_up(redis_url: str) -> None:
    here, there = (Rates(redis_url, Seconds()) for _ in range(2))
    assert not refused(here, ME)
    spend(there, key=PREFIX)
    assert refused(here, ME, PREFIX)


def test_meanwhile_each_process_lets_one_guess_through(redis_url: str) -> None:
    here, there = (Rates(redis_url, Seconds()) for _ in range(2))
    assert not refused(here)
    spend(there)
    assert not refused(here)
    with pytest.raises(TooManyRequests):
        here.count(LIMIT, *ME)
    assert refused(here)


def test_whoever_guesses_here_is_looked_up_at_the_next_call(redis_url: str) -> None:
    here, there = (Rates(redis_url, Seconds()) for _ in range(2))
    assert not refused(here)
    spend(here, 1)
    spend(there, FAIR - 1)
    assert refused(here)


def test_who_nears_the_limit_is_looked_up_at_every_call(redis_url: str) -> None:
    here, there = (Rates(redis_url, Seconds()) for _ in range(2))
    spend(here, FAIR // 3)
    assert not refused(here)
    spend(there, FAIR - FAIR // 3)
    assert refused(here)


def test_many_callers_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    rates = Rates(None, Seconds())
    for number in range(20):
        rates.check(LIMIT, ("misses", "member", str(number)))
    assert len(rates._calm) <= 4
