"""WeCom group robots: a text to the group that a key belongs to (wechat.md 5.2)."""

from __future__ import annotations

from core.errors import PlatformBusy, PlatformError, PlatformMisconfigured, PlatformRefused
from core.platforms.http import Caller, Effect, Request
from core.platforms.wechat_calls import JSON, cut, reader

PLATFORM = "wecom_robot"
PER_MINUTE = 20
"""Messages that a robot may send; more are refused."""
ERRORS: dict[int, type[PlatformError]] = {
    -1: PlatformBusy, 45009: PlatformBusy, 45033: PlatformBusy,
    93000: PlatformMisconfigured, 93008: PlatformMisconfigured,
    40008: PlatformRefused, 40058: PlatformRefused}
WORDS = {45009: "rate_limited", 93000: "unreachable", 93008: "unreachable"}
_read = reader(PLATFORM, ERRORS, WORDS)


class Robot:
    """Sends with whatever key it is given; the key is the only secret."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def send_text(self, key: str, text: str) -> None:
        """A text to the group. Raises PlatformError; never repeated by itself, because a group
        would read it twice."""
        self._caller.call(Request(
            "POST", "/cgi-bin/webhook/send", Effect.ONCE, query={"key": key}, headers=JSON,
            json={"msgtype": "text", "text": {"content": cut(text)}}), _read)
