"""One shop for the crash tests: real processes that are killed and started again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings
from jobs.demo_world import environment, sandbox_world
from tests.running import RunningShop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """A running shop whose web server dies at the point named in the file `kill-at`."""
    folder: Path = tmp_path_factory.mktemp("shop")
    shop = RunningShop(folder, KILL_AT=f"@{folder / 'kill-at'}", LOG_LEVEL="WARNING",
                       DOOR_BUDGET="0.8", PLATFORM_READ_TIMEOUT="1")
    shop.environ.update(environment(sandbox_world(Settings.read(shop.environ))))
    try:
        shop.open()
        yield shop
    finally:
        shop.stop()


@pytest.fixture(autouse=True)
def no_faults_left(shop: RunningShop) -> Iterator[None]:
    """What one test asks of the sandbox is over with it."""
    yield
    shop.control("DELETE", "faults")


@pytest.fixture(scope="session")
def shop_settings(shop: RunningShop) -> Settings:
    """The settings of its processes."""
    return Settings.read(shop.environ)
