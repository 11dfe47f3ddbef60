"""The chain of `tests.builders` on an empty database, connected to a sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import Webhooks, World
from tests.builders import Chain, a_chain, ready, settings_for
from tests.sandbox.served import served
from tests.services.clinic import Clinic


@pytest.fixture(scope="session")
def world() -> World:
    return replace(demo_world(), webhooks=Webhooks("", "", "", ""))


@pytest.fixture(scope="session")
def running_sandbox(world: World) -> Iterator[str]:
    with served(create_sandbox(world)) as url:
        yield url


@pytest.fixture
def sandbox_url(running_sandbox: str) -> str:
    """The sandbox, well-behaved and on time."""
    requests.delete(f"{running_sandbox}/_sandbox/faults", timeout=10).raise_for_status()
    requests.post(f"{running_sandbox}/_sandbox/clock", json={"offset_seconds": 0},
                  timeout=10).raise_for_status()
    return running_sandbox


@pytest.fixture
def chain(environment: dict[str, str], database_url: str, world: World,
          sandbox_url: str) -> Iterator[Chain]:
    settings = settings_for(environment, database_url, sandbox_url)
    ready(settings)
    made = a_chain(settings, world, sandbox_url)
    yield made
    made.store.close()


@pytest.fixture
def clinic(chain: Chain) -> Clinic:
    return Clinic(chain)
