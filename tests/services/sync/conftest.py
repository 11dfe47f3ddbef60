"""A sandbox of its own for every test: a first sync lists all there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.sandbox.app import create_sandbox
from core.sandbox.world import World
from tests.sandbox.served import served


@pytest.fixture
def running_sandbox(world: World) -> Iterator[str]:
    with served(create_sandbox(world)) as url:
        yield url


@pytest.fixture
def sandbox_url(running_sandbox: str) -> str:
    return running_sandbox
