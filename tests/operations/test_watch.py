"""Trouble that nobody looks at is noticed, told once, and over when it is over."""

from __future__ import annotations

from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from core.clock import day_starts
from core.platforms.http import Caller, Effect, Request
from core.platforms.traffic import Traffic
from core.store.tables import Alert, Kiosk, PlatformShop, Venue
from tests.bot.talk import Talk
from tests.builders import Chain


@pytest.fixture(autouse=True)
def morning(chain: Chain) -> None:
    """Ten in the morning of the shop."""
    tomorrow = day_starts(chain.today + timedelta(days=1)) + timedelta(hours=10)
    chain.pass_time(tomorrow - chain.clock.now())


def watch(chain: Chain) -> str:
    return chain.services.operations.watch.run()


def on(chain: Chain) -> list[str]:
    return sorted(row.kind for row in chain.rows(Alert, Alert.open_key.is_null(False)))


def seen(chain: Chain) -> None:
    """A heartbeat of the kiosk."""
    with chain.store.connection():
        at = chain.clock.now()
        Kiosk.update(paired_at=at, last_seen_at=at).execute()


def test_a_shop_in_order_has_no_trouble(chain: Chain) -> None:
    seen(chain)
    chain.redeem(chain.buy())
    assert watch(chain) == "0 troubles, 0 new, 0 over"


def test_a_silent_kiosk_is_told_once_and_only_while_the_shop_is_open(chain: Chain,
                                                                    chat: Talk) -> None:
    seen(chain)
    chain.pass_time(timedelta(minutes=4))
    assert watch(chain) == "0 troubles, 0 new, 0 over"
    chain.pass_time(timedelta(minutes=2))
    assert watch(chain) == "1 troubles, 1 new, 0 over"
    assert watch(chain) == "1 troubles, 0 new, 0 over"
    chat.deliver()
    assert [text for text in chat.texts("梅雪") if "1 号自助机 6 分钟没动静" in text]
    seen(chain)
    assert watch(chain) == "0 troubles, 0 new, 1 over"
    chain.pass_time(timedelta(hours=13))
    assert on(chain) == [] and watch(chain) == "0 troubles, 0 new, 0 over"


def test_a_shop_that_closes_after_midnight_is_open_then(chain: Chain) -> None:
    seen(chain)
    with chain.store.connection():
        Venue.update(opens="18:00", closes="02:00").execute()
    chain.pass_time(timedelta(hours=2))
    assert watch(chain).startswith("0 troubles")
    chain.pass_time(timedelta(hours=13))
    assert on(chain) == [] and watch(chain).startswith("1 troubles")


def test_orders_that_come_late_are_told(chain: Chain) -> None:
    chain.services.platforms.sync.run("incremental")
    assert watch(chain).startswith("0 troubles")
    chain.pass_time(timedelta(minutes=16))
    watch(chain)
    assert on(chain) == ["sync_late", "sync_late"]
    chain.services.platforms.sync.run("incremental")
    watch(chain)
    assert on(chain) == []


def test_open_questions_and_a_failing_platform_are_told(chain: Chain) -> None:
    chain.fault("meituan", "consume", "timeout_after_commit", delay=2.5)
    chain.fault("meituan", "find", "http_500")
    for number in range(3):
        chain.redeem(chain.buy(), phone=f"1380013800{number}")
    watch(chain)
    assert "platform_failing" in on(chain)
    chain.pass_time(timedelta(minutes=6))
    watch(chain)
    assert on(chain).count("unknown_long") == 3
    report = chain.services.operations.health.report(chain.owner)
    assert (report.unknown_outcomes, report.state) == (3, "red")
    (meituan,) = [one for one in report.platforms if one.platform == "meituan"]
    assert meituan.state == "red" and "failing" in meituan.why


@pytest.mark.parametrize("date, ahead", [
    pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", -1e8, id="far behind"),
    pytest.param("rubbish", None, id="unreadable"),
])
def test_an_answer_tells_the_platforms_time(date: str, ahead: float | None) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(200)
            self.send_header("Date", date)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    traffic, server = Traffic(), HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.handle_request).start()
    with server:
        Caller("meituan", f"http://127.0.0.1:{server.server_port}", traffic=traffic).call(
            Request("GET", "/x", Effect.READ), lambda read: read.body)
    skew = traffic.skews().get("meituan")
    assert skew is None if ahead is None else skew is not None and skew < ahead


def test_a_wrong_clock_is_told(chain: Chain) -> None:
    chain.services.traffic.note_clock("meituan", -29)
    assert watch(chain).startswith("0 troubles")
    chain.services.traffic.note_clock("meituan", 95)
    watch(chain)
    assert on(chain) == ["clock_skew"]


def test_health_in_three_colours(chain: Chain) -> None:
    health = chain.services.operations.health
    seen(chain)
    report = health.report(chain.manager)
    assert [one.state for one in report.platforms] == ["green", "green"]
    assert [(one.name, one.state) for one in report.venues] == [("滨江店", "green")]
    chain.pass_time(timedelta(minutes=6))
    (venue,) = health.report(chain.manager).venues
    assert (venue.state, venue.why) == ("amber", ("kiosk_silent",))
    with chain.store.connection():
        PlatformShop.update(token_expires_at=chain.clock.now() + timedelta(days=3)).where(
            PlatformShop.business == "58").execute()
    platform = health.report(chain.owner).platforms[0]
    assert (platform.state, platform.why) == ("amber", ("token_ending",))
    assert {one.days_left for one in platform.tokens if one.business == "58"} == {2}
    with chain.store.connection():
        PlatformShop.update(status=2).where(PlatformShop.business == "58").execute()
    assert health.report(chain.owner).state == "red"


def test_metrics_are_readable_lines(chain: Chain) -> None:
    chain.redeem(chain.buy())
    text = chain.services.operations.metrics.text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    values = {name: float(value) for name, _, value in
              (line.rpartition(" ") for line in lines)}
    consumed = ('hexiaotai_platform_calls_total{platform="meituan",'
                'endpoint="/ddzh/tuangou/receipt/consume",outcome="ok"}')
    assert values[consumed] == 1
    assert values["hexiaotai_unknown_outcomes"] == 0
    assert values["hexiaotai_outbox_waiting"] == 4
    buckets = [value for name, value in values.items() if "seconds_bucket" in name
               and 'endpoint="/ddzh/tuangou/receipt/consume"' in name]
    assert buckets == sorted(buckets) and buckets[-1] == 1
    assert text.endswith("\n") and text.count("# TYPE hexiaotai_outbox_waiting gauge") == 1
