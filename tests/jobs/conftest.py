"""The chain of the services' tests, and a worker process's services in this one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobs import work
from tests.builders import Chain
from tests.services.conftest import chain, running_sandbox, sandbox_url, world

__all__ = ["chain", "running_sandbox", "sandbox_url", "world"]


@pytest.fixture
def worker(chain: Chain) -> Iterator[None]:
    """This process is a worker of the chain; Redis is away."""
    work.use(chain.services, "redis://127.0.0.1:1")
    yield
    work._Here.services = None
