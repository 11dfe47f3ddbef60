"""Two thousand orders under one failing call in ten, the worker killed twice on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from core.sandbox.app import create_sandbox
from core.sandbox.world import World
from core.store.tables import SyncRun
from tests.builders import Chain
from tests.sandbox.served import served
from tests.services.sync.under_fire import Fire


@pytest.fixture
def app(world: World) -> Flask:
    return create_sandbox(world)


@pytest.fixture
def running_sandbox(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield url


def test_the_books_equal_the_platforms_in_the_end(chain: Chain, app: Flask,
                                                  environment: dict[str, str],
                                                  database_url: str) -> None:
    fire = Fire(chain, app, {**environment, "DATABASE_URL": database_url,
                             "MEITUAN_BASE_URL": chain.sandbox_url,
                             "DOUYIN_BASE_URL": chain.sandbox_url, "LOG_LEVEL": "ERROR"})
    fire.sell(2000)
    fire.lift_budgets()
    fire.misbehave()
    fire.run(kills=2, pause=0.05, patience=240)
    assert fire.killed == 2 and fire.changed > 20, fire.said
    fire.settle()
    assert fire.differences() == []
    assert {run.state for run in chain.rows(SyncRun)} == {"done"}
