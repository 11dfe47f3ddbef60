"""The test chain with both mini-programs, and members' phones that speak with it over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.sandbox.world import World
from jobs.demo_world import environment as of_the_sandbox
from tests.builders import Chain, a_chain, ready, settings_for
from tests.mini.phones import Phone
from tests.services.conftest import running_sandbox, sandbox_url, world
from tests.web import rest_of

__all__ = ["running_sandbox", "sandbox_url", "world"]


@pytest.fixture
def chain(environment: dict[str, str], database_url: str, world: World,
          sandbox_url: str) -> Iterator[Chain]:
    minis = {name: value for name, value in of_the_sandbox(world).items() if "_MINI_" in name}
    settings = settings_for(environment | minis, database_url, sandbox_url)
    ready(settings)
    made = a_chain(settings, world, sandbox_url)
    yield made
    made.store.close()


@pytest.fixture
def app(chain: Chain) -> Flask:
    return rest_of(chain.services)


@pytest.fixture
def phone(app: Flask, chain: Chain) -> Callable[..., Phone]:
    """A phone that has signed in: `phone("wechat", "o-lin")`."""
    return lambda platform="wechat", openid="": Phone(app, chain, platform, openid).sign_in()


@pytest.fixture(params=["wechat", "douyin"])
def platform(request: pytest.FixtureRequest) -> str:
    """Both mini-programs."""
    return str(request.param)
