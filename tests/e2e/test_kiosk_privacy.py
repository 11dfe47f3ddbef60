"""What stays on the screen when somebody walks away: nothing."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.kiosk import WAIT, Kiosk
from tests.e2e.staff import StaffChat
from tests.running import RunningShop, until

VEIL = ".hx-veil"


def quick_clock(kiosk: Kiosk) -> None:
    """From now on the page's time passes when the test says so."""
    kiosk.page.clock.install()
    kiosk.open()


def walk_away(page: Page, seconds: int) -> None:
    for _ in range(seconds):
        page.clock.run_for(1000)


def nothing_left(kiosk: Kiosk, *secrets: str) -> None:
    """Neither page, nor storage, nor history knows anything of the member."""
    kept = kiosk.page.evaluate("""() => JSON.stringify(
      [document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage },
       location.href, history.state])""")
    for secret in secrets:
        assert secret not in kept
    assert not re.search(r"\d{3}\*{4}\d{4}", kept), "not even masked"


def test_a_warning_comes_first_and_hides_what_was_there(
        kiosk: Kiosk, shop: RunningShop) -> None:
    quick_clock(kiosk)
    bought = shop.buy()
    kiosk.scan(bought["code"])
    kiosk.on("found")
    walk_away(kiosk.page, 58)
    expect(kiosk.page.locator(VEIL)).to_have_count(0)
    walk_away(kiosk.page, 4)
    dialog = kiosk.page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("还在吗")
    expect(kiosk.button("more-time")).to_be_focused()
    assert "138****8000" not in kiosk.page.content(), "grey bars, never the data"
    kiosk.press("more-time")
    expect(kiosk.on("found")).to_contain_text("138****8000")
    expect(kiosk.page.locator(VEIL)).to_have_count(0)


def test_after_the_warning_everything_is_gone(kiosk: Kiosk, shop: RunningShop) -> None:
    quick_clock(kiosk)
    bought = shop.buy()
    kiosk.scan(bought["code"])
    kiosk.on("found")
    kiosk.choose("choice-open")
    kiosk.on("phone")
    for digit in "13911118888":
        kiosk.press(f"key-{digit}")
    expect(kiosk.button("go")).to_be_enabled(timeout=WAIT)
    walk_away(kiosk.page, 62)
    expect(kiosk.page.locator(VEIL)).to_have_count(1)
    walk_away(kiosk.page, 16)
    kiosk.on("home")
    nothing_left(kiosk, "13911118888", bought["code"], "139****8888")
    kiosk.page.go_back()
    assert kiosk.page.url == "about:blank", "no page of the visit to go back to"


def test_it_can_be_cleared_at_once(kiosk: Kiosk, shop: RunningShop) -> None:
    quick_clock(kiosk)
    kiosk.scan(shop.buy()["code"])
    kiosk.on("found")
    walk_away(kiosk.page, 62)
    kiosk.press("clear-now")
    kiosk.on("home")
    nothing_left(kiosk)


def test_a_waiting_ticket_goes_on_without_its_member(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    bought = shop.buy()
    ref = kiosk.ask_for(bought["code"])
    kiosk.press("leave")
    kiosk.on("home")
    nothing_left(kiosk, ref, bought["code"])
    asked: list[str] = []
    kiosk.page.on("request", lambda request: asked.append(request.url))
    staff.confirm(ref)
    until(lambda: len(shop.ledger(bought["certificate_id"])["consumed"]) == 1, "the yes to count")
    kiosk.on("home")
    nothing_left(kiosk, ref, bought["code"])
    assert [url for url in asked if ref in url] == [], "nobody follows it here any more"


def test_a_result_returns_to_the_start_by_itself(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    ref = kiosk.ask_for(shop.buy()["code"])
    staff.confirm(ref)
    expect(kiosk.on("success")).to_contain_text("秒后自动返回")
    kiosk.on("home")
    nothing_left(kiosk, ref)


def test_the_next_member_finds_the_first_language(kiosk: Kiosk, shop: RunningShop) -> None:
    kiosk.page.locator("#language").click()
    expect(kiosk.on("home")).to_contain_text("Redeem")
    expect(kiosk.page.locator("html")).to_have_attribute("lang", "en")
    kiosk.scan(shop.buy()["code"])
    expect(kiosk.on("found")).to_contain_text("This voucher can be used")
    expect(kiosk.on("found")).to_contain_text("Open a new card")
    kiosk.page.locator("#language").click()
    expect(kiosk.on("found")).to_contain_text("办一张新的")
    kiosk.page.locator("#language").click()
    kiosk.on("found")
    kiosk.press("leave")
    expect(kiosk.on("home")).to_contain_text("扫码用券")
    expect(kiosk.page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_numbers_are_masked_in_the_page_itself(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    bought = shop.buy()
    staff.confirm(kiosk.ask_for(bought["code"], phone="13911117777"))
    kiosk.on("success")
    page = kiosk.page.content()
    assert "139****7777" in page
    assert "13911117777" not in page and bought["code"] not in page
