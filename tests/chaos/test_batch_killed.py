"""A large batch whose workers are killed: ordered over HTTP, finished by the schedule (I10)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Worker

from core.config import Settings
from core.wiring import build
from jobs.queues import SLOW
from tests.running import RunningShop, until

pytestmark = pytest.mark.chaos

CODES = 60_000


@pytest.fixture(scope="module")
def whole_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    shop = RunningShop(tmp_path_factory.mktemp("demo"), LOG_LEVEL="WARNING")
    try:
        shop.run_all()
        yield shop
    finally:
        shop.stop()


def slow_worker(settings: Settings) -> int:
    """The process that works on the slow queue."""
    (pid,) = [worker.pid for worker in Worker.all(connection=Redis.from_url(
        settings.redis_address)) if worker.queue_names() == [SLOW] and worker.pid]
    return int(pid)


def test_a_killed_worker_costs_a_batch_nothing(whole_shop: RunningShop) -> None:
    shop, settings = whole_shop, Settings.read(whole_shop.environ)
    token = shop.staff("laoli")["token"]
    ordered = shop.call("POST", "/api/pricing/voucher/batch/create", {
        "batchName": "开业", "scenicId": 1, "discountType": 2, "discountValue": 0.9,
        "totalCount": CODES}, token=token).json()["data"]

    def made() -> int:
        batch = shop.call("GET", f"/api/pricing/voucher/batch/{ordered['id']}", token=token)
        return int(batch.json()["data"]["generatedCount"])

    until(lambda: made() > ordered["generatedCount"], "the worker to begin")
    os.kill(slow_worker(settings), signal.SIGKILL)
    assert made() < CODES
    until(lambda: made() == CODES, "another worker to finish")
    listed = shop.call("POST", "/api/pricing/voucher/codes", {"batchId": ordered["id"]},
                       token=token).json()["data"]
    assert listed["total"] == CODES
    services = build(settings)
    assert services.pricing.upkeep.drift() == []
    services.store.close()
