"""The menu of the staff chat: each entry says a command (wechat.md 4.4, 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.clock import Clock
from core.platforms.messenger import Messenger
from core.services.actor import Actor, Role
from core.store import audit
from core.store.db import Store


def _say(name: str, command: str) -> dict[str, Any]:
    return {"type": "click", "name": name, "key": command}


def _scan(name: str, command: str) -> dict[str, Any]:
    """`scancode_waitmsg` waits for our reply, and a code that holds a link does not lead away."""
    return {"type": "scancode_waitmsg", "name": name, "key": command}


MENU: tuple[dict[str, Any], ...] = (
    _scan("扫码核销", "核销"),
    {"name": "查询", "sub_button": [
        _scan("扫码查券", "查"), _say("谁在等", "待办"), _say("今天", "今日")]},
    {"name": "更多", "sub_button": [
        _say("换门店", "门店"), _say("告警", "告警"), _say("我是谁", "我"), _say("帮助", "帮助")]},
)
"""A key is what the entry says; a scan's result follows it."""


class ChatMenu:
    """Publishes the menu to every chat app."""

    def __init__(self, store: Store, clock: Clock, messengers: Sequence[Messenger]) -> None:
        self._store = store
        self._clock = clock
        self._messengers = list(messengers)

    def publish(self, actor: Actor) -> list[str]:
        """Replace the menus; returns the channels. Raises NotAllowed unless an admin asks,
        PlatformError."""
        actor.require(Role.ADMIN)
        for messenger in self._messengers:
            messenger.publish_menu(MENU)
        at = self._clock.now()
        channels = [messenger.channel for messenger in self._messengers]
        self._store.transact("chat.menu", lambda: audit.add(
            actor, "chat.menu_published", "chat", 0, at, channels=channels))
        return channels
