"""The REST door as its callers meet it: a real server, database and sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.config import Settings
from jobs.demo_world import environment, sandbox_world
from tests.running import RunningShop
from tests.shelf import Shelf, a_shelf


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """One shop for all tests of this room; each test buys its own certificates."""
    shop = RunningShop(tmp_path_factory.mktemp("shop"))
    shop.environ.update(environment(sandbox_world(Settings.read(shop.environ))))
    try:
        shop.open()
        yield shop
    finally:
        shop.stop()


@pytest.fixture
def kiosk(shop: RunningShop) -> str:
    """The token of the kiosk in venue 1."""
    token: str = shop.demo["kiosk"]["token"]
    return token


@pytest.fixture
def clerk(shop: RunningShop) -> str:
    """林小满's token: a clerk of venue 1."""
    token: str = shop.staff("linxiaoman")["token"]
    return token


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Shelf]:
    """A chain inside the test's own process, on the database under test."""
    made = a_shelf(settings)
    yield made
    made.services.store.close()
