"""What the product asks of a chat app: texts and cards to one staff member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a card. `key` comes back with the click; it holds no fact, only a reference.
    With a `url` it opens that page, and nothing comes back."""

    text: str
    key: str
    primary: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A small ticket: what it is, a few facts, what can be done.

    `source` is the small line on top and says the state, `tone` its colour. `task_id` is unique
    per app. `closed` replaces the buttons by one grey text once there is nothing to press.
    """

    task_id: str
    source: str
    title: str
    subtitle: str
    note: str
    facts: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...]
    closed: str = ""
    tone: Literal["grey", "ink", "red", "green"] = "ink"


class Messenger(Protocol):
    """One chat app. All methods raise PlatformError (`core.errors`); PlatformRefused("unreachable")
    says that this person cannot be reached at all."""

    channel: str
    """wecom or wechat"""
    app_id: str
    """Which bindings belong to it: corpid or appid."""
    has_cards: bool

    def send_text(self, to: str, text: str) -> None:
        """A text message to one person. A repetition within minutes shows once."""
        ...

    def send_card(self, to: str, card: Card) -> str:
        """A card to one person; returns the one-time code that can change it later.

        Raises PlatformRefused("task_id_used") when a card of this task went out before.
        """
        ...

    def update_card(self, to: str, code: str, card: Card) -> None:
        """Replace a person's card. Raises PlatformRefused("card_code_used") for a spent code."""
        ...

    def picture(self, media_id: str) -> bytes:
        """A photo that somebody sent in this chat."""
        ...

    def publish_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        """Replace the chat's menu (wechat.md 4.4)."""
        ...
