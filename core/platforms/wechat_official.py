"""A WeChat official account, the outbound side: token, customer-service texts, menu, media.

No cards: what a card asks is asked in words. A text reaches only a follower who did something in
the account within 48 hours (wechat.md 4.2); after that a template message says it shorter (5.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.clock import Clock, business_day
from core.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
)
from core.platforms.douyin_token import AccessToken, ClientToken, TokenStore
from core.platforms.http import Caller, Effect
from core.platforms.messenger import Card
from core.platforms.wechat_calls import TokenCalls, cut, fetch_stable_token, reader
from core.platforms.wechat_template import data, moment

PLATFORM = "wechat"

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
ERRORS: dict[int, type[PlatformError]] = {
    -1: PlatformBusy, -1000: PlatformBusy, 45009: PlatformBusy, 45011: PlatformBusy,
    **dict.fromkeys(TOKEN_REFUSED, PlatformMisconfigured),
    40013: PlatformMisconfigured, 40056: PlatformMisconfigured, 40125: PlatformMisconfigured,
    40164: PlatformMisconfigured, 40243: PlatformMisconfigured, 48001: PlatformMisconfigured,
    48002: PlatformMisconfigured,
    40003: PlatformRefused, 40029: PlatformRefused, 40037: PlatformRefused,
    40163: PlatformRefused, 41030: PlatformRefused, 43004: PlatformRefused,
    43101: PlatformRefused, 45015: PlatformRefused, 45047: PlatformRefused,
    46004: PlatformRefused, 47001: PlatformRefused, 47003: PlatformRefused,
    50002: PlatformRefused,
}
"""errcode → what to do (wechat.md 7)."""
WORDS = {40003: "unreachable", 43004: "unreachable", 46004: "unreachable", 50002: "unreachable",
         45015: "window_over", 45047: "window_over", 45009: "rate_limited",
         45011: "rate_limited", 40164: "address_not_trusted"}
_read = reader(PLATFORM, ERRORS, WORDS)


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the account: its id, and its fields for what, details and time."""

    id: str
    fields: tuple[str, ...]


class OfficialAccount:
    """One service account; without a `template` a window that has closed is a refusal."""

    channel = PLATFORM
    has_cards = False

    def __init__(self, caller: Caller, tokens: TokenStore, clock: Clock, *, appid: str,
                 secret: str, template: Template | None = None) -> None:
        self.app_id = appid
        self._template = template
        self._caller = caller
        self._clock = clock
        self._secret = secret
        token = ClientToken(f"{PLATFORM}:{appid}", tokens, self._fetch_token, clock, PLATFORM)
        self._calls = TokenCalls(caller, token, _read, TOKEN_REFUSED)

    def __repr__(self) -> str:
        return f"OfficialAccount(appid={self.app_id!r})"

    def send_text(self, to: str, text: str) -> None:
        """A customer-service text, or its short form in a template message when the window for
        those has closed. The platform knows no identical texts: a lost answer is sent again and
        may then show twice."""
        try:
            self._calls.post("/cgi-bin/message/custom/send", Effect.ONCE,
                             {"touser": to, "msgtype": "text", "text": {"content": cut(text)}})
        except PlatformRefused as error:
            if error.word != "window_over" or self._template is None:
                raise
            self._send_template(to, text, self._template)

    def _send_template(self, to: str, text: str, template: Template) -> None:
        """First line, the others, and the time; the same text shows once a day."""
        at = self._clock.now()
        what, _, details = text.partition("\n")
        key = hashlib.sha256(f"{to}\n{business_day(at)}\n{text}".encode()).hexdigest()[:32]
        self._calls.post("/cgi-bin/message/template/send", Effect.KEYED, {
            "touser": to, "template_id": template.id, "client_msg_id": key,
            "data": data(dict(zip(template.fields, (what, details, moment(at)), strict=False)))})

    def send_card(self, to: str, card: Card) -> str:
        """There are none here. Raises PlatformRefused("no_cards")."""
        raise PlatformRefused(PLATFORM, "no_cards")

    def update_card(self, to: str, code: str, card: Card) -> None:
        """There are none here. Raises PlatformRefused("no_cards")."""
        raise PlatformRefused(PLATFORM, "no_cards")

    def picture(self, media_id: str) -> bytes:
        """A photo that somebody sent to the account."""
        return self._calls.media(media_id)

    def publish_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        """Replace the account's menu (wechat.md 4.4)."""
        self._calls.post("/cgi-bin/menu/create", Effect.KEYED, {"button": list(buttons)})

    def _fetch_token(self) -> AccessToken:
        return fetch_stable_token(self._caller, self._clock, self.app_id, self._secret, _read)
