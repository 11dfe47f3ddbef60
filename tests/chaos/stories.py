"""What people do at the shop, told so that it can be interrupted anywhere.

A story is a list of steps; whoever is answered by a dead connection waits until the server is up
again and repeats the same step with the same key, as the kiosk page does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from tests.running import RunningShop

PHONE = "13800138000"
MEITUAN_CONSUME = "/ddzh/tuangou/receipt/consume"
MEITUAN_CANCEL = "/ddzh/tuangou/receipt/reverseconsume"


class Story:
    """One certificate and what is done with it. `deaths` counts servers lost on the way."""

    def __init__(self, shop: RunningShop, key: str, kill_at: str) -> None:
        self.shop = shop
        self.key = key
        self.deaths = 0
        self._kill_file = shop.folder / "kill-at"
        self._kill_at = kill_at
        self.bought: dict[str, str] = {}
        self.others: list[dict[str, str]] = []
        """Further certificates of the same order that are redeemed along."""
        self.ref = ""

    def arm(self) -> None:
        """From now on the server dies at the point."""
        self._kill_file.write_text(self._kill_at)

    def step(self, method: str, path: str, body: Any = None, *, as_: str = "kiosk",
             key: str | None = None) -> requests.Response:
        """One request, repeated once the server is back if it dies meanwhile."""
        token = self.shop.demo["kiosk"]["token"] if as_ == "kiosk" \
            else self.shop.staff(as_)["token"]
        try:
            return self.shop.call(method, path, body, token=token, key=key)
        except requests.ConnectionError:
            assert self.shop.web_gone(), "no answer, yet the server lives"
            self.deaths += 1
            self._kill_file.unlink()
            self.shop.start_web()
            return self.shop.call(method, path, body, token=token, key=key)

    def inspect(self, code: str) -> requests.Response:
        return self.step("POST", "/api/v1/redemptions/inspect", {"code": code, "phone": PHONE})

    def request(self) -> None:
        """Buy, scan and ask; staff have not confirmed yet."""
        inspected = self.inspect(self.bought["code"])
        assert inspected.status_code == 200, inspected.text
        found = inspected.json()["data"]
        body = {"inspection": found["inspection"], "choice": "open", "phone": PHONE}
        if self.others:
            body["certificates"] = [{"certificate": number}
                                    for number in range(1 + len(self.others))]
        answer = self.step("POST", "/api/v1/redemptions", body, key=self.key)
        if answer.status_code != 200:  # a times card or lessons have no card to open
            raise AssertionError(answer.text)
        self.ref = answer.json()["data"]["ref"]

    def act(self, what: str, body: Any = None, *, as_: str = "linxiaoman") -> requests.Response:
        """confirm, reject, withdraw, remind, undo."""
        return self.step("POST", f"/api/v1/redemptions/{self.ref}/{what}", body or {}, as_=as_,
                         key=f"{self.key}-{what}")


def buying(platform: str, **wish: Any) -> Callable[[Story], None]:
    """The certificate of a story."""
    def buy(story: Story) -> None:
        story.bought = story.shop.buy(platform, **wish)
    return buy


def buying_two(platform: str) -> Callable[[Story], None]:
    """An order of two certificates, both brought in."""
    def buy(story: Story) -> None:
        order = story.shop.control("POST", "orders", {
            "platform": platform, "sku": "month_card", "quantity": 2})
        story.bought, *story.others = order["certificates"]
    return buy


def redeem(story: Story) -> None:
    story.arm()
    story.request()
    story.act("confirm")


def redeem_forgotten_token(story: Story) -> None:
    """Between request and confirmation the platform forgets what it prepared."""
    story.request()
    story.shop.control("POST", "clock", {"offset_seconds": 3700})
    story.arm()
    story.act("confirm")
    story.shop.control("POST", "clock", {"offset_seconds": 0})


def redeem_refused(story: Story) -> None:
    """The buyer's money goes back between request and confirmation."""
    story.request()
    story.shop.control("POST", "refunds", {"certificate_id": story.bought["certificate_id"]})
    story.arm()
    story.act("confirm")


def redeem_unanswered(story: Story) -> None:
    """The platform consumes and says nothing."""
    story.request()
    story.shop.control("POST", "faults", {
        "platform": "meituan", "endpoint": MEITUAN_CONSUME, "mode": "timeout_after_commit",
        "count": 1, "delay": 3})
    story.arm()
    story.act("confirm")
    story.shop.control("DELETE", "faults")


def reject(story: Story) -> None:
    story.request()
    story.arm()
    story.act("reject", {"reason": "要本人来"})


def withdraw(story: Story) -> None:
    story.request()
    story.arm()
    story.act("withdraw", as_="kiosk")


def remind(story: Story) -> None:
    story.request()
    story.arm()
    story.act("remind", as_="kiosk")


def call_staff(story: Story) -> None:
    story.arm()
    story.step("POST", "/api/v1/kiosks/call-staff", {})


def unmapped(story: Story) -> None:
    story.arm()
    story.inspect(story.bought["code"])


def undo(story: Story) -> None:
    redeemed(story)
    story.arm()
    story.act("undo", {"reason": "核错人了"})


def undo_refused(story: Story) -> None:
    """The platform says no, and goes on saying no when the doctor asks."""
    redeemed(story)
    story.shop.control("POST", "faults", {"platform": "meituan", "endpoint": MEITUAN_CANCEL,
                                          "mode": "cancel_refused"})
    story.arm()
    story.act("undo", {"reason": "核错人了"})


def undo_unanswered(story: Story) -> None:
    redeemed(story)
    story.shop.control("POST", "faults", {
        "platform": "meituan", "endpoint": MEITUAN_CANCEL, "mode": "timeout_after_commit",
        "count": 1, "delay": 3})
    story.arm()
    story.act("undo", {"reason": "核错人了"})
    story.shop.control("DELETE", "faults")


def redeemed(story: Story) -> None:
    """As far as a redemption that stands."""
    story.request()
    answer = story.act("confirm").json()
    assert answer["data"]["state"] == "completed", answer
