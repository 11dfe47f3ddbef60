"""Both platforms on stage; one sandbox per file, well-behaved and on time before each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from core.config import Settings
from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import Webhooks, World
from core.wiring import build
from tests.builders import ready
from tests.platforms.manual_stage import ManualStage
from tests.platforms.stage import PLATFORMS, Stage
from tests.sandbox.served import served


@pytest.fixture(scope="session")
def world() -> World:
    return replace(demo_world(), webhooks=Webhooks("", "", "", ""))


@pytest.fixture(scope="module")
def running_sandbox(world: World) -> Iterator[str]:
    with served(create_sandbox(world)) as url:
        yield url


@pytest.fixture
def sandbox_url(running_sandbox: str) -> str:
    requests.delete(f"{running_sandbox}/_sandbox/faults", timeout=10).raise_for_status()
    requests.post(f"{running_sandbox}/_sandbox/clock", json={"offset_seconds": 0},
                  timeout=10).raise_for_status()
    return running_sandbox


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that asks for `stage` runs once per platform. What a platform does with
    certificates holds for `manual` too; it has no wire that could fail, and lists no orders."""
    if "stage" in metafunc.fixturenames:
        names = list(PLATFORMS)
        of_all = metafunc.module.__name__.endswith(("test_contract_redeem", "test_contract_undo"))
        if of_all and not metafunc.definition.get_closest_marker("wired"):
            names.append("manual")
        metafunc.parametrize("stage", names, indirect=True)


@pytest.fixture
def stage(request: pytest.FixtureRequest, sandbox_url: str, world: World) -> Stage:
    if request.param != "manual":
        return Stage(request.param, sandbox_url, world)
    settings: Settings = request.getfixturevalue("settings")
    ready(settings)
    store = build(settings).store
    request.addfinalizer(store.close)
    return ManualStage(store)


@pytest.fixture
def meituan(sandbox_url: str, world: World) -> Stage:
    return Stage("meituan", sandbox_url, world)


@pytest.fixture
def douyin(sandbox_url: str, world: World) -> Stage:
    return Stage("douyin", sandbox_url, world)
