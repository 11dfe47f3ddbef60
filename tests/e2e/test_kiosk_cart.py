"""A photo shop's kiosk: fill a cart, read where its price comes from, check out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desk import at_the_desk
from tests.e2e.kiosk import WAIT, Kiosk
from tests.e2e.staff import StaffChat
from tests.e2e.test_kiosk_privacy import nothing_left, quick_clock, walk_away
from tests.running import RunningShop, until

PHOTOS, VLOG, PRINTS = ("PHOTO_SET-default", "VLOG_VIDEO-default", "PHOTO_PRINT-default")
SMALLEST = 56
VENUE = "/api/v1/venues/1"


def sells(shop: RunningShop, wanted: bool) -> None:
    """The venue's setting, as its administrator sets it."""
    token = shop.staff("laoli")["token"]
    kept = shop.call("GET", VENUE, token=token).json()["data"]
    answer = shop.call("PUT", VENUE, {**kept, "kiosk_cart": wanted}, token=token)
    assert answer.json()["data"]["kiosk_cart"] is wanted


@pytest.fixture
def photo_shop(shop: RunningShop) -> Iterator[RunningShop]:
    """Venue 1 while its kiosks sell; other tests find it as it was."""
    sells(shop, True)
    yield shop
    sells(shop, False)


@pytest.fixture
def till(photo_shop: RunningShop, kiosk: Kiosk) -> Kiosk:
    """Its kiosk at the start page."""
    expect(kiosk.button("buy")).to_be_visible(timeout=WAIT)
    return kiosk


def choose(kiosk: Kiosk, **counts: int) -> None:
    """From the start page to the price: so many of each."""
    kiosk.press("buy")
    kiosk.on("shelf")
    for product, count in ((PHOTOS, counts.get("photos", 0)), (VLOG, counts.get("vlogs", 0)),
                           (PRINTS, counts.get("prints", 0))):
        for _ in range(count):
            kiosk.press(f"more-{product}")
    kiosk.press("go")
    kiosk.on("cart")
    priced(kiosk)


def priced(kiosk: Kiosk) -> None:
    expect(kiosk.page.locator(".hx-pay__sum")).to_be_visible(timeout=WAIT)


def yuan(text: str) -> float:
    return float(re.sub(r"[^0-9.]", "", text))


def amounts(kiosk: Kiosk) -> list[float]:
    return [yuan(text) for text in kiosk.page.locator(".hx-fall__amt").all_inner_texts()]


def code_of(shop: RunningShop, discount_type: int, **more: object) -> str:
    """A fresh code on paper, made at the desk."""
    token = shop.staff("laoli")["token"]
    batch = shop.call("POST", "/api/pricing/voucher/batch/create", {
        "batchName": f"自助机券 {os.urandom(3).hex()}", "scenicId": 1, "totalCount": 1,
        "discountType": discount_type, "onPaper": True, **more}, token=token).json()["data"]
    found = shop.call("POST", "/api/pricing/voucher/codes", {"batchId": batch["id"]},
                      token=token).json()["data"]["items"]
    return str(found[0]["voucherCode"]).replace(" ", "")


def shot(page: Page, name: str) -> None:
    """For a look: set SHOTS to a folder."""
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"cart-{name}.png"))


def test_a_gyms_kiosk_offers_no_cart(kiosk: Kiosk) -> None:
    kiosk.page.evaluate("fetch('/healthz')")
    expect(kiosk.button("camera")).to_be_visible()
    expect(kiosk.button("buy")).to_be_hidden()


def test_the_price_falls_step_by_step_from_original_to_final(till: Kiosk) -> None:
    choose(till, photos=1, vlogs=1, prints=7)
    expect(till.page.locator("h1")).to_have_text("你选了 3 样")
    original, *steps, final = amounts(till)
    assert original == 332.00 and steps and abs(original - sum(steps) - final) < 0.005
    expect(till.page.locator(".hx-skipped")).to_contain_text("还差")
    shot(till.page, "kiosk")
    till.press(f"more-{PHOTOS}")
    priced(till)
    assert amounts(till)[0] == 460.00


def test_a_code_scanned_at_the_start_page_leads_into_the_cart(
        till: Kiosk, photo_shop: RunningShop) -> None:
    code = code_of(photo_shop, 2, discountValue=0.5)
    till.scan(code)
    expect(till.on("shelf")).to_contain_text("扫到 1 张券码")
    till.press(f"more-{PHOTOS}")
    till.press("go")
    till.on("cart")
    priced(till)
    expect(till.page.locator(".hx-codes")).to_contain_text(code[-4:])
    assert amounts(till) == [128.00, 64.00, 64.00]
    assert code not in till.page.content(), "the last four characters only"


def test_an_order_waits_through_a_reload_until_a_clerk_takes_the_money(
        till: Kiosk, browser: Browser, photo_shop: RunningShop) -> None:
    choose(till, photos=2)
    till.press("go")
    till.on("order")
    number = till.page.locator(".hx-ticketno__no").inner_text()
    expect(till.page.locator("#main")).not_to_contain_text("付好了")
    shot(till.page, "order")
    till.page.reload()
    till.ready()
    till.on("order")
    expect(till.page.locator(".hx-ticketno__no")).to_have_text(number)
    with at_the_desk(browser, photo_shop, "linxiaoman", "/desk/prices/orders") as desk:
        desk.get_by_role("link", name=f"收款 {number}").click()
        shot(desk, "desk-order")
        desk.get_by_role("button", name=re.compile("收到了")).click()
        expect(desk.get_by_role("dialog")).to_contain_text("已付")
    expect(till.on("order")).to_contain_text("付好了", timeout=WAIT)
    expect(till.page.locator("#main")).to_have_attribute("data-torn", "")
    shot(till.page, "paid")
    till.press("done")
    till.on("home")


def test_the_clerks_chat_says_what_to_collect_and_leads_there(
        till: Kiosk, browser: Browser, photo_shop: RunningShop) -> None:
    choose(till, photos=2)
    till.press("go")
    till.on("order")
    number = till.page.locator(".hx-ticketno__no").inner_text()
    with at_the_desk(browser, photo_shop, "linxiaoman", "/desk") as desk:
        chat = StaffChat(desk.context.new_page(), photo_shop, "linxiaoman")
        card = chat.about(f"报号 {number}，")
        expect(card).to_contain_text("收 ¥256.00")
        shot(chat.page, "chat")
        with desk.context.expect_page() as opened:
            card.get_by_test_id("card-link").click()
        shot(opened.value, "chat-order")
        opened.value.get_by_role("button", name=re.compile("收到了")).click()
        expect(till.on("order")).to_contain_text("付好了", timeout=WAIT)
        expect(card.get_by_test_id("card-replaced")).to_contain_text("林小满")
        expect(card).to_contain_text("已付")
        shot(chat.page, "chat-paid")
    till.press("done")


def test_a_cart_with_nothing_to_pay_is_done_at_once(
        till: Kiosk, photo_shop: RunningShop) -> None:
    till.scan(code_of(photo_shop, 0))
    till.on("shelf")
    till.press(f"more-{PHOTOS}")
    till.press("go")
    till.on("cart")
    priced(till)
    expect(till.button("go")).to_have_text("不用付，直接拿")
    till.press("go")
    expect(till.on("order")).to_contain_text("付好了")


def test_a_price_that_changed_is_shown_instead_of_settled(
        till: Kiosk, photo_shop: RunningShop) -> None:
    code = code_of(photo_shop, 2, discountValue=0.5)
    till.scan(code)
    till.on("shelf")
    till.press(f"more-{PHOTOS}")
    till.press("go")
    till.on("cart")
    priced(till)
    other = photo_shop.call(
        "POST", "/api/pricing/checkout",
        {"products": [{"productType": "PHOTO_SET"}], "voucherCode": code, "scenicId": 1},
        token=photo_shop.demo["kiosk"]["token"])
    assert other.status_code == 200
    till.press("go")
    note = till.page.locator("#main [role=alert]")
    expect(note).to_contain_text("原来 ¥64.00", timeout=WAIT)
    expect(note).to_contain_text("用不上了")
    assert till.screen == "cart"
    till.press("go")
    expect(till.on("order")).to_contain_text("¥128.00")


def test_walking_away_leaves_nothing(till: Kiosk, photo_shop: RunningShop) -> None:
    quick_clock(till)
    expect(till.button("buy")).to_be_visible(timeout=WAIT)
    code = code_of(photo_shop, 2, discountValue=0.5)
    till.scan(code)
    till.on("shelf")
    walk_away(till.page, 80)
    till.on("home")
    nothing_left(till, code, code[-4:])


def test_the_keyboard_alone_buys(till: Kiosk) -> None:
    page = till.page
    till.button("buy").focus()
    page.keyboard.press("Enter")
    till.on("shelf")
    till.button(f"more-{PHOTOS}").focus()
    page.keyboard.press("Enter")
    expect(till.button(f"more-{PHOTOS}")).to_be_focused()
    till.button("go").focus()
    page.keyboard.press("Enter")
    till.on("cart")
    priced(till)
    till.button("go").focus()
    page.keyboard.press("Enter")
    till.on("order")
    page.keyboard.press("Escape")
    till.on("home")
    until(lambda: page.evaluate("localStorage.getItem('hx.order')") is None, "the order forgotten")


@pytest.mark.parametrize("width, height", [(1080, 1920), (1280, 800), (540, 960), (390, 844)],
                         ids=["kiosk", "landscape", "200 %", "phone size"])
def test_everything_fits_and_can_be_touched(till: Kiosk, width: int, height: int) -> None:
    till.page.set_viewport_size({"width": width, "height": height})
    shot(till.page, f"home-{width}")
    choose(till, photos=1, vlogs=1, prints=8)
    big_enough(till)
    till.press("again")
    till.on("shelf")
    big_enough(till)


def big_enough(kiosk: Kiosk) -> None:
    """Nothing to scroll sideways for, nothing cut off, and nothing smaller than a finger."""
    shot(kiosk.page, f"{kiosk.screen}-{kiosk.page.viewport_size['width']}")
    assert kiosk.page.evaluate("document.documentElement.scrollWidth"
                               " - document.documentElement.clientWidth") <= 0
    ends = kiosk.page.locator(".hx-line__sum, .hx-fall__amt").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().right)")
    assert all(end < kiosk.page.viewport_size["width"] for end in ends)
    for target in kiosk.page.locator("#main button, #main summary").all():
        box = target.bounding_box()
        assert box is not None and box["x"] + box["width"] <= kiosk.page.viewport_size["width"]
        assert min(box["width"], box["height"]) >= SMALLEST, (
            target.inner_text(), box)
