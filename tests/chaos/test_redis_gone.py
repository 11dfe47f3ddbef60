"""Redis flushed and killed in the middle of the day: nothing lost, nothing doubled (I10)."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from core.config import Settings
from jobs.redis_server import answers_ping
from tests.chaos.books import must_agree
from tests.running import RunningShop, until

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def whole_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """`app.py demo`, as a newcomer starts it."""
    shop = RunningShop(tmp_path_factory.mktemp("demo"), LOG_LEVEL="WARNING")
    try:
        shop.run_all()
        yield shop
    finally:
        shop.stop()


def ask(shop: RunningShop, bought: dict[str, str]) -> str:
    """A member asks at the kiosk; the ref."""
    token = shop.demo["kiosk"]["token"]
    found = shop.call("POST", "/api/v1/redemptions/inspect", {
        "code": bought["code"], "phone": "13800138000"}, token=token).json()["data"]
    made = shop.call("POST", "/api/v1/redemptions", {
        "inspection": found["inspection"], "choice": "open", "phone": "13800138000"},
        token=token).json()
    ref: str = made["data"]["ref"]
    return ref


def cards(shop: RunningShop, ref: str, userid: str = "linxiaoman") -> list[dict[str, Any]]:
    """The cards about one redemption in a clerk's chat."""
    told = shop.control("GET", f"chat/messages?userid={userid}&since=0")["messages"]
    return [one for one in told if one["kind"] == "template_card" and ref in one["task_id"]]


def redis_pid(shop: RunningShop) -> int:
    """The embedded server's process."""
    found = subprocess.run(["pgrep", "-f", f"{shop.folder}/redis"], capture_output=True,
                           text=True, check=True).stdout.split()
    return int(found[-1])


def test_nothing_is_lost_or_doubled(whole_shop: RunningShop) -> None:
    shop, settings = whole_shop, Settings.read(whole_shop.environ)
    clerk = shop.staff("linxiaoman")["token"]
    bought = [shop.buy("meituan"), shop.buy("douyin", sku="month_card"), shop.buy("meituan")]

    before = ask(shop, bought[0])
    until(lambda: cards(shop, before), "a card")
    Redis.from_url(settings.redis_address).flushall()
    flushed = ask(shop, bought[1])
    until(lambda: cards(shop, flushed), "a card after the flush")

    os.kill(redis_pid(shop), signal.SIGKILL)
    killed = ask(shop, bought[2])
    until(lambda: answers_ping(settings.redis_socket), "Redis to be started again")
    until(lambda: cards(shop, killed), "the card that was written while Redis was dead")
    for ref in (before, flushed, killed):
        answer = shop.call("POST", f"/api/v1/redemptions/{ref}/confirm", {}, token=clerk).json()
        assert answer["data"]["state"] == "completed", answer

    for ref in (before, flushed, killed):
        assert len(cards(shop, ref)) == 1
    for one in bought:
        books = must_agree(shop, settings, one)
        assert books.standing_entitlements == 1
