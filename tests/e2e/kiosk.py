"""A member's hands at the kiosk page."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.running import PATIENCE, RunningShop

WAIT = PATIENCE * 1000

GUN = """([text, end]) => {
  for (const key of [...text, ...end]) {
    document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""
"""All keys at once: on a busy machine real ones would come as slowly as a person's."""


_phones = (f"139{number:08}" for number in count(11110001))


def new_phone() -> str:
    """A number that nobody has."""
    return next(_phones)


class Kiosk:
    """The page as its users meet it: screens by name, buttons by what they do."""

    def __init__(self, page: Page, shop: RunningShop) -> None:
        self.page = page
        self.shop = shop
        self.faults: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        """Refusals of the server are ordinary; anything else the browser reports is a fault."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def open(self, *, query: str = "", token: bool = True) -> None:
        """Load the page, as the demo's link does."""
        fragment = f"#token={self.shop.demo['kiosk']['token']}" if token else ""
        self.page.goto("about:blank")
        self.page.goto(f"{self.shop.web_url}/kiosk{query}{fragment}")
        self.ready()

    def ready(self) -> None:
        """Wait until the page's script has taken over."""
        self.page.locator("html[data-ready]").wait_for()

    def on(self, screen: str) -> Locator:
        """Wait for a screen; its main part."""
        expect(self.page.locator("body")).to_have_attribute("data-screen", screen, timeout=WAIT)
        return self.page.locator("#main")

    @property
    def screen(self) -> str:
        return str(self.page.evaluate("document.body.dataset.screen"))

    def button(self, act: str) -> Locator:
        return self.page.locator(f'[data-act="{act}"]')

    def press(self, act: str) -> None:
        self.button(act).click()

    def scan(self, text: str, end: tuple[str, ...] = ("Enter",)) -> None:
        """Shoot the scanner gun."""
        self.page.evaluate(GUN, [text, list(end)])

    def choose(self, choice: str) -> None:
        """Press the first open choice that begins so: open, renew, course, class."""
        self.page.locator(f'[data-act^="{choice}"]:enabled').first.click()

    def give_phone(self, digits: str) -> None:
        """Type the number on the screen's keys, and go on once it was looked up."""
        self.on("phone")
        for digit in digits:
            self.press(f"key-{digit}")
        expect(self.button("go")).to_be_enabled(timeout=WAIT)
        self.press("go")

    @property
    def ref(self) -> str:
        """The reference of the ticket under way."""
        kept = json.loads(self.page.evaluate('localStorage.getItem("hx.open")') or "{}")
        return str(kept.get("ref", ""))

    def ask_for(self, code: str, choice: str = "choice-open", phone: str = "") -> str:
        """From scan to ticket, for somebody new unless a phone is given; the reference."""
        self.scan(code)
        self.on("found")
        self.choose(choice)
        self.give_phone(phone or new_phone())
        self.on("waiting")
        return self.ref
