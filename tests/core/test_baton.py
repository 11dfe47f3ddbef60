"""Requests of one process compute one after the other, and nobody waits for one that waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.baton import PATIENCE, Baton


def run(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join(10 * PATIENCE)
        assert not one.is_alive()


def test_one_computes_at_a_time() -> None:
    baton, inside, most = Baton(), 0, 0

    def compute() -> None:
        nonlocal inside, most
        for _ in range(20):
            with baton.carried():
                inside += 1
                most = max(most, inside)
                sum(range(1000))
                inside -= 1

    run(*[compute] * 4)
    assert most == 1


def test_who_waits_for_something_outside_lets_the_others_go_on() -> None:
    baton, answered = Baton(), threading.Event()

    def ask() -> None:
        with baton.carried(), baton.laid_down():
            assert answered.wait(10 * PATIENCE)

    def answer() -> None:
        with baton.carried():
            answered.set()

    run(ask, answer)


def test_afterwards_he_computes_alone_again() -> None:
    baton = Baton()
    with baton.carried():
        with baton.laid_down():
            assert not baton._lock.locked()
        assert baton._lock.locked()
    assert not baton._lock.locked()


def test_waiting_without_the_baton_takes_it_from_nobody() -> None:
    baton, taken, done = Baton(), threading.Event(), threading.Event()

    def carry() -> None:
        with baton.carried():
            taken.set()
            assert done.wait(10 * PATIENCE)
            assert baton._lock.locked()

    def wait() -> None:
        assert taken.wait(10 * PATIENCE)
        with baton.laid_down():
            assert baton._lock.locked()
        done.set()

    run(carry, wait)


def test_a_request_that_hangs_stops_nobody() -> None:
    baton, taken, done = Baton(), threading.Event(), threading.Event()

    def hang() -> None:
        with baton.carried():
            taken.set()
            assert done.wait(10 * PATIENCE)

    def go_on() -> None:
        assert taken.wait(10 * PATIENCE)
        with baton.carried():
            done.set()

    run(hang, go_on)


def test_an_error_lays_it_down() -> None:
    baton = Baton()
    try:
        with baton.carried():
            raise ValueError
    except ValueError:
        pass
    assert not baton._lock.locked()
