"""Two schedulers and two of each worker, one scheduler killed and started again: real processes,
one database, and every slot of every job ran once."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.config import Settings
from core.store.tables import JobSlot
from core.wiring import build
from jobs.demo_world import environment, sandbox_world
from jobs.schedule import PERIODIC
from tests.running import RunningShop, until

pytestmark = pytest.mark.chaos

ROUNDS = 4
"""Of the job that comes most often, in each half of the test."""


@pytest.fixture
def doubled(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[RunningShop]:
    """A shop with its data and no process yet."""
    shop = RunningShop(tmp_path_factory.mktemp("doubled"), LOG_LEVEL="INFO", REDIS_URL=redis_url)
    shop.environ.update(environment(sandbox_world(Settings.read(shop.environ))))
    try:
        shop.open()
        yield shop
    finally:
        shop.stop()


def runs(shop: RunningShop) -> Counter[str]:
    """How often each job ran to its end, by every process's log."""
    return Counter(re.findall(r"job ([a-z_]+): ", shop.log()))


def test_every_slot_of_every_job_ran_once(doubled: RunningShop) -> None:
    shop, began = doubled, datetime.now(UTC)
    workers = [shop.command("worker", queue) for queue in ("quick", "slow") for _ in range(2)]
    schedulers = [shop.command("cron") for _ in range(2)]
    try:
        until(lambda: runs(shop)["settle"] >= ROUNDS, "the first rounds")
        schedulers[0].send_signal(signal.SIGKILL)
        schedulers[0].wait()
        schedulers[0] = shop.command("cron")
        until(lambda: runs(shop)["settle"] >= 2 * ROUNDS, "the rounds after")
        names = {job.name for job in PERIODIC}
        until(lambda: names <= runs(shop).keys(), "every job to have run")
    finally:
        for process in (*schedulers, *workers):
            process.terminate()
            process.wait()
    ended, ran = datetime.now(UTC), runs(shop)
    store = build(Settings.read(shop.environ)).store
    with store.connection():
        rows = Counter(row.job for row in JobSlot.select())
    store.close()
    for job in PERIODIC:
        if job.timed.frequent:
            slots = (job.timed.due(ended) - job.timed.due(began)).total_seconds() / job.interval + 1
            assert rows[job.name] == 1 and 1 <= ran[job.name] <= slots, job.name
        else:
            assert ran[job.name] == rows[job.name], job.name
