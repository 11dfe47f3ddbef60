"""One sandbox and one port per file; a fresh chain of shops for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

import bot.official
import bot.wecom
from core.config import Settings
from core.demo_keys import new_keys
from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import Webhooks, World
from core.wiring import build
from tests.bot.talk import Talk
from tests.builders import CORPID, Chain, a_chain, empty, settings_for
from tests.sandbox.served import served


@dataclass
class Stage:
    """The sandbox, and a port where the app of the running test answers."""

    world: World
    sandbox_url: str
    front: Front


class Front(Flask):
    """A port that hands each request to the app of the moment."""

    current: Flask

    def wsgi_app(self, environ: dict[str, Any],
                 start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.current.wsgi_app(environ, start_response)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("bot") / "migrated.db"
    store = build(Settings.read({"HX_MODE": "test", "DATA_DIR": str(path.parent), **new_keys(),
                                 "DATABASE_URL": f"sqlite:///{path}"})).store
    store.migrate()
    with store.connection():
        store.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    front, platforms = Front("web"), Front("platforms")
    with served(front) as web, served(platforms) as sandbox:
        world = demo_world(sandbox_url=sandbox, web_url=web)
        world = replace(world, wecom=replace(world.wecom, corpid=CORPID),
                        webhooks=Webhooks("", "", f"{web}/callbacks/wecom",
                                          f"{web}/callbacks/wechat"))
        platforms.current = create_sandbox(world)
        yield Stage(world, sandbox, front)


@pytest.fixture
def chain(stage: Stage, database_url: str, environment: dict[str, str],
          migrated: Path) -> Iterator[Chain]:
    requests.delete(f"{stage.sandbox_url}/_sandbox/faults", timeout=10).raise_for_status()
    requests.post(f"{stage.sandbox_url}/_sandbox/clock", json={"offset_seconds": 0},
                  timeout=10).raise_for_status()
    app, official = stage.world.wecom, stage.world.official
    settings = settings_for(environment | {
        "WECHAT_BASE_URL": stage.sandbox_url, "WECHAT_OFFICIAL_APPID": official.appid,
        "WECHAT_OFFICIAL_SECRET": official.secret, "WECHAT_OFFICIAL_TOKEN": official.token,
        "WECHAT_OFFICIAL_AES_KEY": official.aes_key,
        "WECHAT_OFFICIAL_TEMPLATE_ID": official.template_id,
        "WECOM_BASE_URL": stage.sandbox_url, "WECOM_CORPID": app.corpid,
        "WECOM_AGENTID": str(app.agentid), "WECOM_SECRET": app.secret, "WECOM_TOKEN": app.token,
        "WECOM_AES_KEY": app.aes_key, "DOOR_BUDGET": "3",
    }, database_url, stage.sandbox_url)
    if database_url.startswith("sqlite:///"):
        shutil.copy(migrated, database_url.removeprefix("sqlite:///"))
    else:
        store = build(settings).store
        store.migrate()
        empty(store)
        store.close()
    made = a_chain(settings, stage.world, stage.sandbox_url)
    stage.front.current = Flask("web")
    bot.wecom.register(stage.front.current, made.services)
    bot.official.register(stage.front.current, made.services)
    yield made
    made.store.close()


@pytest.fixture
def chat(chain: Chain, stage: Stage) -> Talk:
    return Talk(chain, {one.name: one.userid for one in stage.world.official.followers})
