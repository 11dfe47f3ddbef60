"""The chain with its chats and a group robot; every test has platforms of its own, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import Webhooks
from tests.bot.conftest import Front, Stage, chain, chat, migrated
from tests.builders import CORPID
from tests.jobs.conftest import worker
from tests.sandbox.served import served

__all__ = ["chain", "chat", "migrated", "worker"]


@pytest.fixture
def stage() -> Iterator[Stage]:
    front, platforms = Front("web"), Front("platforms")
    with served(front) as web, served(platforms) as sandbox:
        world = demo_world(sandbox_url=sandbox, web_url=web)
        world = replace(world, wecom=replace(world.wecom, corpid=CORPID),
                        webhooks=Webhooks("", "", f"{web}/callbacks/wecom",
                                          f"{web}/callbacks/wechat"))
        platforms.current = create_sandbox(world)
        yield Stage(world, sandbox, front)
