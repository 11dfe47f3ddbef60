"""WeCom, the outbound side: token, messages, cards, menu, media (wechat.md 2, 4.3, 4.4, 5.1, 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from core.clock import Clock
from core.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
)
from core.platforms.douyin_token import AccessToken, ClientToken, TokenStore
from core.platforms.http import Caller, Effect, Request
from core.platforms.messenger import Button, Card
from core.platforms.wechat_calls import TokenCalls, cut, reader

PLATFORM = "wecom"
SHOW_ONCE_SECONDS = 1800
"""Within this time WeCom shows an identical message once (wechat.md 5.1)."""

OPENS_A_PAGE = 1
"""`type` of a button that leads to its `url` instead of calling back."""

TOKEN_REFUSED = frozenset({40014, 42001})
ERRORS: dict[int, type[PlatformError]] = {
    -1: PlatformBusy, -1000: PlatformBusy, 45009: PlatformBusy, 45011: PlatformBusy,
    45033: PlatformBusy,
    40014: PlatformMisconfigured, 42001: PlatformMisconfigured,
    40001: PlatformMisconfigured, 40013: PlatformMisconfigured, 40056: PlatformMisconfigured,
    40125: PlatformMisconfigured, 48001: PlatformMisconfigured, 48002: PlatformMisconfigured,
    50002: PlatformMisconfigured, 60011: PlatformMisconfigured, 60020: PlatformMisconfigured,
    60021: PlatformMisconfigured, 92000: PlatformMisconfigured,
    40029: PlatformRefused, 43004: PlatformRefused, 46004: PlatformRefused,
    47001: PlatformRefused, 47003: PlatformRefused, 60111: PlatformRefused,
    81013: PlatformRefused, 82001: PlatformRefused,
    **dict.fromkeys(range(42014, 42021), PlatformRefused),
}
"""errcode → what to do (wechat.md 7)."""
WORDS = {60111: "unreachable", 46004: "unreachable", 81013: "unreachable", 43004: "unreachable",
         45009: "rate_limited", 45011: "rate_limited", 60020: "address_not_trusted",
         **dict.fromkeys(range(42015, 42021), "card_code_used"), 42014: "task_id_used"}


_read = reader(PLATFORM, ERRORS, WORDS)


class WeCom:
    """One self-built app of one company."""

    channel = PLATFORM
    has_cards = True

    def __init__(self, caller: Caller, tokens: TokenStore, clock: Clock, *, corpid: str,
                 agentid: str, secret: str) -> None:
        self.app_id = corpid
        self._caller = caller
        self._clock = clock
        self._agentid = int(agentid)
        self._secret = secret
        token = ClientToken(f"{PLATFORM}:{corpid}:{agentid}", tokens, self._fetch_token, clock,
                            PLATFORM)
        self._calls = TokenCalls(caller, token, _read, TOKEN_REFUSED)

    def __repr__(self) -> str:
        return f"WeCom(corpid={self.app_id!r}, agentid={self._agentid})"

    def send_text(self, to: str, text: str) -> None:
        """A text to one member of the company. Raises PlatformError (see Messenger)."""
        self._send(to, {"msgtype": "text", "text": {"content": cut(text)}})

    def send_markdown(self, to: str, text: str) -> None:
        """Markdown; members who use the WeChat plugin do not see it."""
        self._send(to, {"msgtype": "markdown", "markdown": {"content": cut(text)}})

    def send_card(self, to: str, card: Card) -> str:
        """A card with buttons; returns its response_code, good for one update in 72 hours."""
        body = self._send(to, {"msgtype": "template_card", "template_card": template(card)})
        return str(body.get("response_code") or "")

    def update_card(self, to: str, code: str, card: Card) -> None:
        """Replace the card that `code` belongs to, at one member."""
        self._calls.post("/cgi-bin/message/update_template_card", Effect.ONCE, {
            "userids": [to], "agentid": self._agentid, "response_code": code,
            "template_card": template(card)})

    def picture(self, media_id: str) -> bytes:
        """A photo that somebody sent to the app."""
        return self._calls.media(media_id)

    def publish_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        """Replace the app's menu (wechat.md 4.4)."""
        self._calls.post("/cgi-bin/menu/create", Effect.KEYED, {"button": list(buttons)},
                   agentid=str(self._agentid))

    def _send(self, to: str, message: dict[str, Any]) -> dict[str, Any]:
        """One message to one person. An accepted message may still have reached nobody."""
        body = self._calls.post("/cgi-bin/message/send", Effect.KEYED, {
            "touser": to, "agentid": self._agentid, **message, "enable_duplicate_check": 1,
            "duplicate_check_interval": SHOW_ONCE_SECONDS})
        if to in str(body.get("invaliduser") or "").split("|") \
                or to in str(body.get("unlicenseduser") or "").split("|"):
            raise PlatformRefused(PLATFORM, "unreachable")
        return body

    def _fetch_token(self) -> AccessToken:
        body = self._caller.call(
            Request("GET", "/cgi-bin/gettoken", Effect.READ,
                    query={"corpid": self.app_id, "corpsecret": self._secret}), _read)
        token, seconds = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise PlatformUnknown(PLATFORM, "unreadable_answer")
        return AccessToken(token, self._clock.now() + timedelta(seconds=seconds))


def template(card: Card) -> dict[str, Any]:
    """A card as WeCom's button_interaction, each text cut to the advised length (4.3)."""
    body: dict[str, Any] = {
        "card_type": "button_interaction",
        "source": {"desc": _fit(card.source, 13), "desc_color": _TONES[card.tone]},
        "main_title": {"title": _fit(card.title, 36), "desc": _fit(card.subtitle, 44)},
        "sub_title_text": _fit(card.note, 160),
        "horizontal_content_list": [{"keyname": _fit(name, 5), "value": _fit(value, 30)}
                                    for name, value in card.facts[:6]],
        "task_id": card.task_id,
        "button_list": [_button(button) for button in card.buttons[:6]],
    }
    if card.closed:
        body["replace_text"] = card.closed
    return body


_TONES = {"grey": 0, "ink": 1, "red": 2, "green": 3}


def _button(button: Button) -> dict[str, Any]:
    body = {"text": button.text, "style": 1 if button.primary else 4, "key": button.key}
    return body | {"type": OPENS_A_PAGE, "url": button.url} if button.url else body


def _fit(text: str, most: int) -> str:
    """At most `most` Chinese characters wide; two Latin ones take the room of one."""
    room = most * 2
    for end, character in enumerate(text):
        room -= 1 if character.isascii() else 2
        if room < 0:
            return text[:end]
    return text
