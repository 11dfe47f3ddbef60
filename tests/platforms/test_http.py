"""The way out to a platform: bounded, repeated only where safe, silent about secrets."""

from __future__ import annotations

import gzip
import json
import logging
import os
import socket
import threading
from typing import Any
from urllib.parse import parse_qs

import pytest

from core.errors import (
    HexiaotaiError,
    PlatformBusy,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
)
from core.platforms.answer import needed
from core.platforms.breaker import Breaker
from core.platforms.deadline import budget, left
from core.platforms.http import MAX_BODY, Answer, Caller, Effect, Request
from tests.platforms.scripted import (
    Scripted,
    Turn,
    drips_body,
    drips_head,
    hangs_up,
    says,
    scripted,
    stays_silent,
)

YES = says(b'{"said": "yes"}')
NO = says(b'{"said": "no"}')
LATER = says(b'{"said": "later"}')


def read(answer: Answer) -> str:
    said = needed(answer.body, "said")
    if said == "no":
        raise PlatformRefused("test", code="4711")
    if said == "later":
        raise PlatformBusy("test")
    return said


def ask(server: Scripted, effect: Effect = Effect.READ, caller: Caller | None = None,
        **more: Any) -> str:
    caller = caller or Caller("test", server.url, read_timeout=5)
    return caller.call(Request("POST", "/path", effect, **more), read)


def reason(error: HexiaotaiError) -> object:
    return error.facts["reason"]


@pytest.mark.parametrize("turn", [
    pytest.param(stays_silent, id="silence"),
    pytest.param(drips_head, id="a header without end"),
    pytest.param(drips_body, id="a body without end"),
])
def test_no_answer_outlasts_its_budget(turn: Turn) -> None:
    """The dripping server never lets a single read time out; only the sum is too long."""
    finished = threading.Event()

    def call() -> None:
        with scripted(turn) as server, budget(0.5):
            with pytest.raises(PlatformUnknown):
                ask(server, Effect.ONCE)
            finished.set()

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(20)
    assert finished.is_set()


def test_an_inner_budget_cannot_be_longer_than_the_outer() -> None:
    with budget(1), budget(100):
        assert (left() or 0) <= 1
    assert left() is None


def test_with_no_time_left_nothing_is_sent() -> None:
    with scripted(YES) as server, budget(0), pytest.raises(PlatformBusy) as caught:
        ask(server)
    assert (reason(caught.value), server.seen) == ("no_time_left", [])


@pytest.mark.parametrize("effect", [Effect.READ, Effect.KEYED])
def test_what_may_be_repeated_is(effect: Effect) -> None:
    with scripted(hangs_up, says(b"<html>", "502 Bad Gateway"), YES) as server:
        assert ask(server, effect) == "yes"
        assert len(server.seen) == 3


def test_what_may_not_be_repeated_is_not() -> None:
    with scripted(hangs_up, YES) as server, pytest.raises(PlatformUnknown):
        ask(server, Effect.ONCE)
    assert len(server.seen) == 1


@pytest.mark.parametrize("turn", [NO, LATER], ids=["no", "later"])
def test_a_clear_answer_is_not_asked_again(turn: Turn) -> None:
    with scripted(turn, YES) as server, pytest.raises((PlatformRefused, PlatformBusy)):
        ask(server, Effect.KEYED)
    assert len(server.seen) == 1


def test_after_a_lost_write_a_no_stays_unknown() -> None:
    with scripted(hangs_up, NO) as server, pytest.raises(PlatformUnknown):
        ask(server, Effect.KEYED)


def test_after_a_lost_read_a_no_is_a_no() -> None:
    with scripted(hangs_up, NO) as server, pytest.raises(PlatformRefused):
        ask(server, Effect.READ)


@pytest.mark.parametrize(("turn", "kind", "why"), [
    pytest.param(says(b"{"), PlatformUnknown, "unreadable_answer", id="cut JSON"),
    pytest.param(says(b"[1]"), PlatformUnknown, "unreadable_answer", id="no object"),
    pytest.param(says(b'{"said": NaN}'), PlatformUnknown, "unreadable_answer", id="NaN"),
    pytest.param(says(b"[" * 100_000), PlatformUnknown, "unreadable_answer", id="deep nesting"),
    pytest.param(says(b"\xff\xfe{}"), PlatformUnknown, "unreadable_answer", id="not UTF-8"),
    pytest.param(says(b"{}"), PlatformUnknown, "malformed_answer", id="a field is missing"),
    pytest.param(says(b" " * (MAX_BODY + 1)), PlatformUnknown, "answer_too_long", id="too long"),
    pytest.param(says(gzip.compress(b" " * 50 * MAX_BODY), "200 OK", "Content-Encoding: gzip"),
                 PlatformUnknown, "answer_too_long", id="a bomb"),
    pytest.param(says(b"", "500 No"), PlatformUnknown, "http_failed", id="500"),
    pytest.param(says(b"", "408 No"), PlatformUnknown, "http_failed", id="408"),
    pytest.param(says(b"", "429 No"), PlatformBusy, "rate_limited", id="429"),
    pytest.param(says(b"", "403 No"), PlatformMisconfigured, "http_refused", id="403"),
    pytest.param(says(b"", "302 No", "Location: http://127.0.0.1:9/"), PlatformMisconfigured,
                 "http_refused", id="a redirect is not followed"),
])
def test_an_odd_answer_is_never_a_success(turn: Turn, kind: type[HexiaotaiError],
                                          why: str) -> None:
    with scripted(turn) as server, pytest.raises(kind) as caught:
        ask(server, Effect.ONCE)
    assert (type(caught.value), reason(caught.value)) == (kind, why)


def test_nobody_there_means_nothing_was_sent() -> None:
    caller = Caller("test", "http://127.0.0.1:9")
    with pytest.raises(PlatformBusy) as caught:
        caller.call(Request("POST", "/path", Effect.ONCE), read)
    assert reason(caught.value) == "unreachable"


def test_proxies_and_cookies_of_the_environment_stay_out(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with scripted(says(b'{"said": "yes"}', "200 OK", "Set-Cookie: a=b")) as server:
        caller = Caller("test", server.url)
        ask(server, caller=caller)
        ask(server, caller=caller)
        assert b"cookie" not in server.seen[1].lower()
        assert server.connections == 1


def test_threads_share_connections_but_not_answers() -> None:
    def echo(connection: socket.socket, request: bytes) -> None:
        said = parse_qs(request.split(b"\r\n\r\n")[1])[b"said"][0]
        says(b'{"said": "%s"}' % said)(connection, request)

    with scripted(echo) as server:
        caller = Caller("test", server.url, pool=8)
        wrong: list[str] = []

        def work(number: int) -> None:
            for turn in range(20):
                asked = f"{number}-{turn}"
                if ask(server, caller=caller, form={"said": asked}) != asked:
                    wrong.append(asked)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (wrong, len(server.seen)) == ([], 160)
        assert server.connections <= 8


def test_a_forked_job_opens_its_own_connection() -> None:
    with scripted(YES) as server:
        caller = Caller("test", server.url)
        ask(server, caller=caller)
        child = os.fork()
        if child == 0:
            os._exit(0 if ask(server, caller=caller) == "yes" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        ask(server, caller=caller)
        assert server.connections == 2


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def failing(caller: Caller, times: int) -> None:
    for _ in range(times):
        with pytest.raises(PlatformUnknown):
            caller.call(Request("POST", "/path", Effect.ONCE), read)


def test_a_failing_platform_is_left_alone_and_probed() -> None:
    seconds = Seconds()
    with scripted(hangs_up, hangs_up, hangs_up, hangs_up, YES) as server:
        caller = Caller("test", server.url, breaker=Breaker(3, 10, seconds))
        failing(caller, 3)
        with pytest.raises(PlatformBusy) as caught:
            ask(server, caller=caller)
        assert (reason(caught.value), len(server.seen)) == ("breaker_open", 3)
        assert caught.value.facts["retry_after"] == 10
        seconds.now = 10
        failing(caller, 1)  # the probe fails: closed off for another while
        seconds.now = 19
        with pytest.raises(PlatformBusy):
            ask(server, caller=caller)
        seconds.now = 20
        assert ask(server, caller=caller) == "yes"
        assert not caller.breaker.is_open


def test_one_probe_at_a_time() -> None:
    seconds = Seconds()
    breaker = Breaker(1, 10, seconds)
    with pytest.raises(ValueError), breaker.guard(lambda error: True):
        raise ValueError
    seconds.now = 10
    with breaker.guard(lambda error: True):
        with pytest.raises(Exception, match="s$"), breaker.guard(lambda error: True):
            raise AssertionError("a second probe passed")


def test_refusals_do_not_open_the_breaker() -> None:
    with scripted(NO) as server:
        caller = Caller("test", server.url, breaker=Breaker(2, 10))
        for _ in range(5):
            with pytest.raises(PlatformRefused):
                ask(server, caller=caller)
        assert len(server.seen) == 5


def test_every_attempt_is_counted() -> None:
    with scripted(hangs_up, YES, NO) as server:
        caller = Caller("test", server.url)
        ask(server, Effect.KEYED, caller)
        with pytest.raises(PlatformRefused):
            ask(server, Effect.KEYED, caller)
        (figures,) = caller.traffic.figures()
        assert (figures.platform, figures.endpoint) == ("test", "/path")
        assert figures.outcomes == {"unknown": 1, "ok": 1, "refused": 1}
        assert (sum(figures.buckets), round(figures.success_rate, 3)) == (3, 0.667)


SECRETS = ("secret-token", "1234567890", "13800138000")


@pytest.mark.parametrize("turn", [YES, NO, hangs_up, says(b"{"), says(b"", "500 No")])
def test_no_log_line_and_no_error_shows_a_secret(turn: Turn,
                                                 caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = ""
    with scripted(turn) as server:
        try:
            ask(server, Effect.READ, query={"code": "1234567890"},
                form={"phone": "13800138000"}, headers={"access-token": "secret-token"},
                subject="1234****90")
        except HexiaotaiError as error:
            shown = repr(error) + repr(error.facts) + repr(error.__cause__)
            assert error.__suppress_context__ or error.__context__ is None
    shown += "".join(json.dumps(vars(record), default=str) for record in caplog.records)
    assert "1234****90" in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_the_log_names_the_platforms_own_id(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with scripted(says(b'{"said": "no", "traceId": "T-77"}')) as server:
        caller = Caller("test", server.url, log_id=lambda body: str(body.get("traceId", "")))
        with pytest.raises(PlatformRefused):
            ask(server, caller=caller)
    (record,) = [record for record in caplog.records if record.name == "core.platforms.http"]
    shown = vars(record)
    assert (shown["platform_log_id"], shown["answer"]) == ("T-77", "4711")
    assert (shown["outcome"], shown["attempt"]) == ("refused", 1)


def test_numbers_arrive_exactly() -> None:
    with scripted(says(b'{"price": 66.33}')) as server:
        price = Caller("test", server.url).call(Request("GET", "/", Effect.READ),
                                                lambda answer: answer.body["price"])
    assert str(price) == "66.33"


def test_a_connection_that_died_in_the_pool_is_replaced() -> None:
    closed = threading.Event()

    def yes_then_close(connection: socket.socket, request: bytes) -> None:
        YES(connection, request)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with scripted(yes_then_close) as server:
        caller = Caller("test", server.url)
        ask(server, Effect.ONCE, caller)
        assert closed.wait(5)
        assert ask(server, Effect.ONCE, caller) == "yes"
