"""A sandbox in memory, with no webhook addresses, and its clients."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import Webhooks, World
from tests.sandbox.buyers import Buyer, DouyinClient, MeituanClient


@pytest.fixture(scope="session")
def world() -> World:
    return replace(demo_world(), webhooks=Webhooks("", "", "", ""))


@pytest.fixture
def app(world: World) -> Flask:
    return create_sandbox(world)


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def buyer(http: FlaskClient) -> Buyer:
    return Buyer(http)


@pytest.fixture
def meituan(http: FlaskClient, app: Flask) -> MeituanClient:
    return MeituanClient(http, app)


@pytest.fixture
def west(http: FlaskClient, app: Flask) -> MeituanClient:
    """The other shop of the chain, 城西店."""
    return MeituanClient(http, app, shop=1)


@pytest.fixture
def douyin(http: FlaskClient, app: Flask) -> DouyinClient:
    return DouyinClient(http, app)
