"""Somebody at the front desk: signs in, presses what is to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.running import PATIENCE, RunningShop

WAIT = PATIENCE * 1000
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
HAND: ViewportSize = {"width": 390, "height": 844}
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"
GUN = """([text, end, gap]) => {
  let at = 1000;
  const plain = { get: () => at };
  for (const key of [...text, ...end]) {
    at += gap;
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", plain);
    const field = document.activeElement;
    const typed = field.dispatchEvent(event);
    if (typed && key.length === 1 && field.matches("input, textarea")) field.value += key;
  }
}"""
"""Keys as a scanner gun sends them, `gap` milliseconds apart by the keyboard's own clock: on a busy
machine real ones would come as slowly as a person's."""


class Desk:
    """The pages as their users meet them: by role, label and text."""

    def __init__(self, page: Page, shop: RunningShop) -> None:
        self.page = page
        self.shop = shop
        self.username = ""
        self.faults: list[str] = []
        page.set_default_timeout(WAIT)
        expect.set_options(timeout=WAIT)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        """Refusals of the server are ordinary; anything else the browser reports is a fault."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def sign_in(self, username: str) -> Desk:
        """With the password that the demo gave."""
        self.username = username
        person = self.shop.staff(username)
        self.page.goto(f"{self.shop.web_url}/desk")
        self.page.get_by_label("用户名").fill(person["username"])
        self.page.get_by_label("密码").fill(person["password"])
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("券")
        self.page.wait_for_load_state("load")
        return self

    def open(self, path: str) -> None:
        """By its address; for what is not about finding the way."""
        self.page.goto(self.shop.web_url + path)

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    def go(self, name: str) -> None:
        """To a page of the menu."""
        self.page.get_by_role("navigation", name="主菜单").first.get_by_role(
            "link", name=re.compile(f"^{name}")).click()

    def link(self, name: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("link", name=name)

    def button(self, name: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name)

    def scan(self, code: str) -> None:
        """Type into the box at the top, and Enter."""
        box = self.page.get_by_label("券码或单号")
        box.fill(code)
        box.press("Enter")
        expect(self.dialog).to_be_visible()

    def shoot(self, code: str, *end: str, gap: int = 8) -> None:
        """The scanner gun, wherever the focus is."""
        self.page.evaluate(GUN, [code, list(end), gap])

    def redeem(self, code: str, phone: str) -> None:
        """From code to 已核销, in the dialog."""
        self.scan(code)
        self.dialog.get_by_label("会员手机号").or_(
            self.dialog.get_by_label("换一个手机号")).fill(phone)
        self.page.keyboard.press("Enter")
        confirm = self.dialog.get_by_role("button", name="核销并")
        expect(confirm).to_be_focused()
        confirm.click()
        expect(self.dialog.get_by_text("已核销", exact=True)).to_be_visible()


@contextmanager
def at_the_desk(browser: Browser, shop: RunningShop, username: str, path: str,
                size: ViewportSize = DESKTOP) -> Iterator[Page]:
    """Somebody in a window of her own, signed in and at `path`."""
    window = browser.new_context(base_url=shop.web_url, locale="zh-CN", viewport=size)
    desk = Desk(window.new_page(), shop).sign_in(username)
    desk.open(path)
    yield desk.page
    window.close()
