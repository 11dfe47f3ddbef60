"""Platform calls are counted by endpoint, by all processes of a server together."""

from __future__ import annotations

import multiprocessing

from core.platforms.traffic import MOST_LINES, Board, Traffic

CONSUME = "/ddzh/tuangou/receipt/consume"


def test_a_call_counts_by_outcome_and_by_how_long_it_took() -> None:
    traffic = Traffic()
    traffic.record("meituan", CONSUME, "ok", 0.07)
    traffic.record("meituan", CONSUME, "refused", 0.05)
    traffic.record("meituan", CONSUME, "unknown", 7.5)
    (figures,) = traffic.figures()
    assert (figures.platform, figures.endpoint) == ("meituan", CONSUME)
    assert figures.outcomes == {"ok": 1, "refused": 1, "unknown": 1}
    assert figures.buckets == (1, 1, 0, 0, 0, 0, 0, 1)
    assert (figures.calls, round(figures.seconds, 6)) == (3, 7.62)
    assert figures.success_rate == 2 / 3


def count(board: Board, endpoint: str) -> None:
    """What a serving process does."""
    traffic = Traffic(board)
    traffic.record("meituan", endpoint, "ok", 0.01)
    traffic.record("douyin", CONSUME, "busy", 0.3)


def test_the_processes_of_a_server_count_together() -> None:
    board = Board(3)
    here = Traffic(board)
    here.record("meituan", CONSUME, "refused", 0.01)
    for endpoint in (CONSUME, "/other"):
        process = multiprocessing.Process(target=count, args=(board, endpoint))
        process.start()
        process.join()
        assert process.exitcode == 0
    assert {(one.platform, one.endpoint): one.outcomes for one in here.figures()} == {
        ("douyin", CONSUME): {"busy": 2}, ("meituan", "/other"): {"ok": 1},
        ("meituan", CONSUME): {"ok": 1, "refused": 1}}


def test_no_number_of_endpoints_is_too_many() -> None:
    traffic = Traffic()
    for number in range(MOST_LINES + 5):
        traffic.record("meituan", f"/{number}", "ok", 0.01)
    figures = traffic.figures()
    assert len(figures) == MOST_LINES
    assert sum(one.calls for one in figures) == MOST_LINES + 5
