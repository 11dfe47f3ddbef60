"""Staff at their chat: the page that plays the chat app, with working buttons."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.running import PATIENCE, RunningShop


class StaffChat:
    """One of the demo's people in front of /chat."""

    def __init__(self, page: Page, shop: RunningShop, userid: str) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(shop.demo["chat_page"])
        page.get_by_test_id("chat-user").select_option(userid)

    def card(self, ref: str) -> Locator:
        """The live card that asks about one redemption."""
        return self.page.get_by_test_id("chat-card").filter(
            has=self.page.locator(f'[data-key="confirm:{ref}"]'))

    def confirm(self, ref: str) -> None:
        """Press 确认."""
        self.press(f"confirm:{ref}")

    def reject(self, ref: str) -> None:
        """Press 拒绝."""
        self.press(f"reject:{ref}")

    def press(self, key: str) -> None:
        """Press the card button of this key, once it is there."""
        button = self.page.locator(f'[data-testid="card-button"][data-key="{key}"]').last
        expect(button).to_be_enabled(timeout=PATIENCE * 1000)
        button.click()

    def about(self, title: str) -> Locator:
        """The newest card that says this."""
        return self.page.get_by_test_id("chat-card").filter(has_text=title).last

    def say(self, text: str) -> None:
        """Write to the bot."""
        self.page.get_by_test_id("chat-input").fill(text)
        self.page.get_by_test_id("chat-send").click()
