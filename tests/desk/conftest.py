"""The desk of the test chain, used through HTTP like a browser does, without one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.sandbox.world import World
from core.services.actor import Actor
from core.services.sign_in import SESSION_COOKIE
from tests.builders import Chain, a_chain, ready, settings_for
from tests.services.conftest import running_sandbox, sandbox_url, world
from tests.web import desk_of

__all__ = ["running_sandbox", "sandbox_url", "world"]

_CSRF = re.compile(r'name="csrf" (?:content|value)="([^"]+)"')


@pytest.fixture
def chain(environment: dict[str, str], database_url: str, world: World,
          sandbox_url: str) -> Iterator[Chain]:
    settings = settings_for(environment, database_url, sandbox_url)
    ready(settings)
    made = a_chain(settings, world, sandbox_url)
    yield made
    made.store.close()


@pytest.fixture
def app(chain: Chain) -> Flask:
    return desk_of(chain.services)


@dataclass
class Browser:
    """One person at the desk: keeps cookies, fills in the forms that a page shows."""

    client: FlaskClient

    def open(self, path: str, **more: Any) -> TestResponse:
        """A page, redirects followed."""
        return self.client.get(path, follow_redirects=True, **more)

    def text(self, path: str) -> str:
        answer = self.open(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def csrf(self) -> str:
        found = _CSRF.search(self.open("/desk/account/more").text)
        assert found is not None, "the page carries no token"
        return found[1]

    def send(self, path: str, data: dict[str, Any] | None = None, *, follow: bool = True,
             **more: Any) -> TestResponse:
        """Submit a form, with the token that the person's pages carry."""
        return self.client.post(path, data={"csrf": self.csrf(), **(data or {})},
                                follow_redirects=follow, **more)


class Desk:
    """Signs people in."""

    def __init__(self, app: Flask, chain: Chain) -> None:
        self.app = app
        self.chain = chain

    def nobody(self) -> Browser:
        return Browser(self.app.test_client())

    def of(self, actor: Actor) -> Browser:
        """The browser of somebody signed in."""
        browser = self.nobody()
        with self.chain.store.connection():
            token = self.chain.services.sign_in.open_for_staff(actor.id, "desk").token
        browser.client.set_cookie(SESSION_COOKIE, token, httponly=True)
        return browser


@pytest.fixture
def desk(app: Flask, chain: Chain) -> Desk:
    return Desk(app, chain)


@pytest.fixture
def clerk(desk: Desk, chain: Chain) -> Browser:
    return desk.of(chain.clerk)


@pytest.fixture
def manager(desk: Desk, chain: Chain) -> Browser:
    return desk.of(chain.manager)


@pytest.fixture
def owner(desk: Desk, chain: Chain) -> Browser:
    return desk.of(chain.owner)
