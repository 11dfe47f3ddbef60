"""The README's pictures: taken here when `SCREENS=1`, so that they show what there is."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from core.money import Money
from tests.e2e.desk import HAND, Desk
from tests.e2e.kiosk import Kiosk, new_phone
from tests.e2e.staff import StaffChat
from tests.running import RunningShop

SCREENS = Path(__file__).parent / "screens"
SMALL = {"width": 1280, "height": 800}
MOST_BYTES = 150_000


def keep(page: Page, name: str) -> None:
    """Take the picture anew when asked to; it must be there and small in any case."""
    path = SCREENS / f"{name}.png"
    if os.environ.get("SCREENS") == "1":
        taken = Image.open(BytesIO(page.screenshot(animations="disabled")))
        taken.convert("RGB").quantize(96).save(path, optimize=True)
    assert 0 < path.stat().st_size < MOST_BYTES


@pytest.fixture
def page(browser: Browser) -> Page:
    """A window of the size of the pictures."""
    return browser.new_context(viewport=SMALL, locale="zh-CN").new_page()


def test_the_kiosk_waits_and_staff_are_asked(page: Page, browser: Browser,
                                             shop: RunningShop) -> None:
    kiosk = Kiosk(page, shop)
    kiosk.open()
    kiosk.on("home")
    keep(page, "kiosk-home")
    kiosk.scan(shop.buy("meituan")["code"])
    expect(kiosk.on("found")).to_contain_text("健身月卡 30 天")
    keep(page, "kiosk-found")
    kiosk.choose("choice-open")
    kiosk.give_phone(new_phone())
    kiosk.on("waiting")
    keep(page, "kiosk-waiting")
    window = browser.new_context(viewport=SMALL, locale="zh-CN").new_page()
    chat = StaffChat(window, shop, "linxiaoman")
    expect(chat.card(kiosk.ref)).to_be_visible()
    keep(window, "chat")
    chat.confirm(kiosk.ref)
    expect(kiosk.on("success")).to_contain_text("开好了")
    keep(page, "kiosk-success")


def test_the_desk_redeems_undoes_and_counts(page: Page, shop: RunningShop,
                                            wrong_amount: Money) -> None:
    desk = Desk(page, shop).sign_in("meixue")
    expect(page.locator("table")).to_contain_text("健身月卡 30 天")
    keep(page, "desk-vouchers")
    desk.scan(shop.buy("douyin", sku="lessons")["code"])
    desk.dialog.get_by_role("button", name="核销并").wait_for()
    keep(page, "desk-redeem")
    page.keyboard.press("Escape")
    desk.redeem(shop.buy()["code"], new_phone())
    desk.link("撤销", desk.dialog).click()
    desk.dialog.get_by_text("撤销后会变成这样").wait_for()
    keep(page, "desk-undo")
    for path in ("stats", "reconcile", "health", "classes", "staff", "settings"):
        desk.open(f"/desk/{path}")
        keep(page, f"desk-{path}")


def test_the_desk_in_a_hand_and_in_the_dark(browser: Browser, shop: RunningShop) -> None:
    window = browser.new_context(viewport=HAND, locale="zh-CN", color_scheme="dark")
    desk = Desk(window.new_page(), shop).sign_in("linxiaoman")
    keep(desk.page, "desk-phone-dark")
