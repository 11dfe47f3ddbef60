"""WeCom template cards: what may be sent, and one-time response codes (wechat.md 4.3).

Sandbox choices: a malformed card is 40058; a repeated task_id is 42014 and a spent, expired or
unknown response_code 42015 (the documentation gives the range 42014 to 42020 only).
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from core.sandbox.ledger import Ledger

INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")
TYPES = ("text_notice", "news_notice", *INTERACTIVE)
OPENS_A_PAGE = 1
"""`type` of a button that leads to its url: a press calls nobody back."""
RESPONSE_CODE_LIFETIME = 72 * 3600
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")


def fault_of_card(card: object) -> str | None:
    """Why a template_card cannot be sent, or None."""
    if not isinstance(card, dict) or card.get("card_type") not in TYPES:
        return "invalid card_type"
    kind = card["card_type"]
    if (kind in INTERACTIVE or card.get("action_menu")) and not _TASK_ID.fullmatch(
            str(card.get("task_id") or "")):
        return "invalid task_id"
    title = card.get("main_title") or {}
    if not isinstance(title, dict) or not (title.get("title") or card.get("sub_title_text")):
        return "main_title.title or sub_title_text is needed"
    if kind in ("text_notice", "news_notice") and not _is_action(card.get("card_action")):
        return "card_action is needed"
    for name, most in (("horizontal_content_list", 6), ("jump_list", 3), ("button_list", 6)):
        rows = card.get(name, [])
        if not isinstance(rows, list) or len(rows) > most:
            return f"{name} has more than {most} rows"
    if kind == "button_interaction":
        return _fault_of_buttons(card.get("button_list"))
    return None


def _is_action(action: object) -> bool:
    return isinstance(action, dict) and (
        action.get("type") == 1 and bool(action.get("url"))
        or action.get("type") == 2 and bool(action.get("appid")))


def _fault_of_buttons(buttons: object) -> str | None:
    if not isinstance(buttons, list) or not buttons:
        return "button_list is needed"
    for button in buttons:
        if not isinstance(button, dict) or not button.get("text"):
            return "a button needs a text"
        key = button.get("key")
        if button.get("type", 0) == 0 and (
                not isinstance(key, str) or not 1 <= len(key.encode()) <= 1024):
            return "a button needs a key of at most 1024 bytes"
        if button.get("type") == OPENS_A_PAGE and not button.get("url"):
            return "a button of type 1 needs a url"
    return None


class ResponseCodes:
    """Each allows one update of one task's cards, within 72 hours."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def issue(self, task_id: str) -> str:
        code = secrets.token_urlsafe(32)
        self.ledger.insert("response_codes", code=code, task_id=task_id,
                           expires_at=self.ledger.now() + RESPONSE_CODE_LIFETIME)
        return code

    def spend(self, code: str) -> str | None:
        """The task it is for; None for an unknown, spent or expired one."""
        with self.ledger.change():
            changed = self.ledger.run("UPDATE response_codes SET spent = 1 WHERE code = ? "
                                      "AND spent = 0 AND expires_at > ?", code, self.ledger.now())
            row = self.ledger.row("SELECT task_id FROM response_codes WHERE code = ?", code)
        return str(row["task_id"]) if changed and row is not None else None


def button_keys(card: dict[str, Any]) -> list[str]:
    """The keys a person may press on a card, its top-right menu included."""
    buttons = list(card.get("button_list") or [])
    if isinstance(card.get("submit_button"), dict):
        buttons.append(card["submit_button"])
    buttons += (card.get("action_menu") or {}).get("action_list") or []
    return [str(button["key"]) for button in buttons
            if button.get("key") and button.get("type") != OPENS_A_PAGE]
