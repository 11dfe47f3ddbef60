"""Kiosk → phone → kiosk, in two real browser windows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.kiosk import WAIT, Kiosk, new_phone
from tests.e2e.staff import StaffChat
from tests.running import RunningShop


def handed_over(kiosk: Kiosk, code: str) -> str:
    """Scan at the kiosk and press 换手机办; the address in its QR code."""
    kiosk.scan(code)
    kiosk.on("found")
    with kiosk.page.expect_response(re.compile("/api/v1/kiosks/handovers$")) as answer:
        kiosk.press("handover")
    kiosk.on("handover")
    return str(answer.value.json()["data"]["url"])


def taken(phone: Page, address: str) -> None:
    phone.goto(address)
    phone.get_by_role("button", name="接上").click()
    expect(phone.get_by_role("heading", level=2)).to_be_visible()


def asked(phone: Page, number: str) -> str:
    """Choose and ask on the phone; the reference."""
    phone.get_by_label("记在谁名下").fill(number)
    phone.get_by_role("button", name="就办这个").click()
    expect(phone).to_have_url(re.compile("/m/r/"), timeout=WAIT)
    return phone.url.rsplit("/", 1)[-1]


def test_the_phone_goes_on_and_the_kiosk_follows(
        kiosk: Kiosk, phone: Page, staff: StaffChat, shop: RunningShop) -> None:
    number = new_phone()
    address = handed_over(kiosk, shop.buy()["code"])
    code = kiosk.page.locator(".hx-handover__qr")
    expect(code).to_be_visible()
    expect(code).to_have_js_property("complete", True)
    assert code.evaluate("image => image.naturalWidth > 0")
    taken(phone, address)
    expect(kiosk.on("handover")).to_contain_text("手机接上了", timeout=WAIT)
    ref = asked(phone, number)
    expect(kiosk.page.locator("#main")).to_contain_text("等店员点一下确认", timeout=WAIT)
    staff.confirm(ref)
    expect(kiosk.page.locator("#main")).to_contain_text("办好了，结果在手机上", timeout=WAIT)
    expect(phone.locator("#main")).to_contain_text("已核销", timeout=WAIT)
    seen = kiosk.page.content()
    assert number not in seen and number[-4:] not in seen and "****" not in seen
    kiosk.press("done")
    kiosk.on("home")


def test_a_second_phone_comes_too_late(
        kiosk: Kiosk, phone: Page, shop: RunningShop) -> None:
    address = handed_over(kiosk, shop.buy()["code"])
    taken(phone, address)
    assert phone.context.browser is not None
    other = phone.context.browser.new_context(locale="zh-CN").new_page()
    other.goto(address)
    expect(other.locator("#main")).to_contain_text("已经有手机接上了")
    other.context.close()
    phone.goto(address)
    expect(phone).to_have_url(re.compile("/m/use"))


def test_whoever_leaves_the_kiosk_takes_the_code_along(
        kiosk: Kiosk, phone: Page, shop: RunningShop) -> None:
    address = handed_over(kiosk, shop.buy()["code"])
    with kiosk.page.expect_response(lambda one: one.request.method == "DELETE"):
        kiosk.press("leave")
    kiosk.on("home")
    phone.goto(address)
    expect(phone.locator("#main")).to_contain_text("这个码过期了")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_wrong_number_keeps_the_choices(
        kiosk: Kiosk, phone: Page, shop: RunningShop, scheme: str) -> None:
    phone.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    taken(phone, handed_over(kiosk, shop.buy()["code"]))
    phone.get_by_label("记在谁名下").fill("1234")
    phone.get_by_role("button", name="就办这个").click()
    expect(phone.get_by_role("alert")).to_contain_text("这不像手机号")
    expect(phone.get_by_role("radio", checked=True)).to_have_count(1)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out of the screen"
