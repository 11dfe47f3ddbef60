"""People who talk with the bot, through the sandbox's chat apps: what somebody says is encrypted
and signed there like at the platform, and comes back over HTTP to our callback address."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import requests

from core.services.notify import Delivered
from core.services.redeem import RedemptionView
from tests.builders import Chain

USERIDS = {"林小满": "linxiaoman", "梅雪": "meixue", "陈晨": "chenchen", "老李": "laoli",
           "周教练": "zhoujiaolian"}
"""林小满 and 陈晨 are clerks (滨江店, 城西店), 梅雪 manages 滨江店, 老李 owns it all; 周教练 is in
the company's WeCom but not bound."""


@dataclass
class Card:
    """A card as one person sees it."""

    userid: str
    task_id: str
    body: dict[str, Any]
    state: dict[str, Any]

    @property
    def title(self) -> str:
        return str(self.body["main_title"]["title"])

    @property
    def band(self) -> str:
        return str(self.body["source"]["desc"])

    @property
    def facts(self) -> dict[str, str]:
        return {row["keyname"]: row["value"] for row in self.body["horizontal_content_list"]}

    @property
    def closed(self) -> str:
        """The grey text instead of buttons."""
        return str(self.body.get("replace_text") or "")

    @property
    def decided(self) -> str:
        """Who decided, and when."""
        return self.closed or str(self.body["sub_title_text"])

    @property
    def keys(self) -> list[str]:
        return [] if self.closed else [one["key"] for one in self.body["button_list"]]


class Talk:
    """`chat.say("核销 1234567890", as_="林小满")` is what the bot answers. `followers` of the
    official account: openids by name."""

    def __init__(self, chain: Chain, followers: dict[str, str]) -> None:
        self.chain = chain
        self.userids = USERIDS | followers

    def say(self, text: str, as_: str = "林小满") -> str:
        return self._ask("say", userid=self.userids[as_], text=text)

    def event(self, event: str, key: str = "", result: str = "", as_: str = "林小满",
              scan_type: str = "qrcode") -> str:
        return self._ask("event", userid=self.userids[as_], event=event, key=key, result=result,
                         scan_type=scan_type)

    def scan(self, code: str, key: str = "核销", as_: str = "林小满") -> str:
        """Scan from the menu."""
        return self.event("scancode_waitmsg", key, code, as_)

    def click(self, card: Card, action: str) -> str:
        """Press the button whose key starts with `action`."""
        key = next(key for key in card.keys if key.startswith(action))
        return self._ask("click", userid=card.userid, task_id=card.task_id, key=key)

    def photo(self, picture: bytes, as_: str = "林小满") -> str:
        """Send a photo."""
        return self._ask("photo", userid=self.userids[as_],
                         image=base64.b64encode(picture).decode())

    def resend(self, as_: str = "林小满") -> str:
        """The platform repeats this person's last message, byte for byte."""
        return self._ask("resend", userid=self.userids[as_])

    def _ask(self, what: str, **body: Any) -> str:
        answer = requests.post(f"{self.chain.sandbox_url}/_sandbox/chat/{what}", json=body,
                               timeout=30)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["reply"])

    def heard(self, as_: str = "林小满") -> list[dict[str, Any]]:
        """Everything in this person's chat, oldest first."""
        found = requests.get(f"{self.chain.sandbox_url}/_sandbox/chat/messages",
                             params={"userid": self.userids[as_]}, timeout=10).json()["messages"]
        return sorted(found, key=lambda message: message["id"])

    def texts(self, as_: str = "林小满") -> list[str]:
        """Texts of the bot, answers and pushed ones."""
        return [message["text"] for message in self.heard(as_)
                if message["from"] == "bot" and message["kind"] == "text"]

    def cards(self, asked: RedemptionView, as_: str = "林小满") -> list[Card]:
        """The cards of this person about one redemption."""
        return self.cards_of(asked.ref, as_)

    def cards_of(self, ref: str, as_: str = "林小满") -> list[Card]:
        """The cards of this person about a redemption or an order of a cart."""
        return [Card(message["userid"], message["task_id"], message["body"], message["state"])
                for message in self.heard(as_)
                if message["kind"] == "template_card" and ref in message["task_id"]]

    def card(self, asked: RedemptionView, as_: str = "林小满") -> Card:
        (one,) = self.cards(asked, as_)
        return one

    def deliver(self) -> Delivered:
        """One run of the outbox job."""
        done: Delivered = self.chain.services.notify.deliver()
        return done

    def fault(self, platform: str, endpoint: str, mode: str, count: int = 1, **more: Any) -> None:
        self.chain.control("faults", {"platform": platform, "endpoint": endpoint, "mode": mode,
                                      "count": count, "delay": 0.05, **more})

    def behave(self) -> None:
        """No more faults."""
        requests.delete(f"{self.chain.sandbox_url}/_sandbox/faults", timeout=10)
