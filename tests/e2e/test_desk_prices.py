"""Prices and codes at the desk, by what is visible on the pages; at desk and phone size."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.desk import DESKTOP, HAND, at_the_desk
from tests.e2e.kiosk import WAIT
from tests.e2e.test_kiosk_cart import shot
from tests.running import RunningShop

SIZES = pytest.mark.parametrize("size", [DESKTOP, HAND], ids=["desk", "phone"])


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth"
                         " - document.documentElement.clientWidth") <= 0


@SIZES
def test_a_clerk_reads_why_a_price_is_what_it_is(
        browser: Browser, shop: RunningShop, size: ViewportSize) -> None:
    with at_the_desk(browser, shop, "linxiaoman", "/desk/prices", size) as page:
        page.get_by_label(re.compile("^照相集")).fill("1")
        page.get_by_label(re.compile("^Vlog 视频")).fill("1")
        page.get_by_role("button", name="算一下价格").click()
        price = page.locator("#price")
        expect(price).to_contain_text("原价", timeout=WAIT)
        expect(price).to_contain_text("要付")
        expect(price).to_contain_text("没用上的，为什么")
        expect(price.locator("[data-focus]")).to_be_focused()
        fits(page)
        shot(page, f"desk-try-{size['width']}")


@SIZES
def test_a_manager_makes_a_batch_and_sees_its_codes(
        browser: Browser, shop: RunningShop, size: ViewportSize) -> None:
    name = f"开业券 {os.urandom(3).hex()}"
    with at_the_desk(browser, shop, "meixue", "/desk/prices/batches", size) as page:
        page.get_by_role("link", name="做一批券码").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("名字").fill(name)
        dialog.get_by_label("做几张").fill("1500")
        dialog.get_by_label(re.compile("^打折")).fill("120")
        shot(page, f"desk-batch-form-{size['width']}")
        dialog.get_by_role("button", name="做这批券码").click()
        expect(dialog).to_contain_text("填 0 到 100", timeout=WAIT)
        dialog.get_by_label(re.compile("^打折")).fill("85")
        dialog.get_by_role("button", name="做这批券码").click()
        expect(dialog).to_contain_text("1,500 张都做好了", timeout=WAIT)
        dialog.get_by_role("link", name="看这批券码").click()
        expect(page.locator("h1")).to_have_text(name)
        expect(page.locator("td.hx-code")).to_have_count(20)
        fits(page)
        shot(page, f"desk-batch-{size['width']}")


@SIZES
def test_a_manager_gives_money_back_and_sees_how_much_first(
        browser: Browser, shop: RunningShop, size: ViewportSize) -> None:
    with at_the_desk(browser, shop, "meixue", "/desk/prices/orders", size) as page:
        number = paid_order(shop)
        page.goto(f"{shop.web_url}/desk/prices/orders/{number}")
        page.get_by_role("link", name="退款").click()
        dialog = page.get_by_role("alertdialog")
        dialog.get_by_label(re.compile("还能退 3 件")).fill("1")
        dialog.get_by_role("button", name="看看退多少").click()
        back = dialog.get_by_role("button", name=re.compile("^退 ¥"))
        expect(back).to_be_visible(timeout=WAIT)
        back.click()
        expect(dialog).to_contain_text("选一个原因，或自己写", timeout=WAIT)
        dialog.get_by_text("照片没洗出来").click()
        dialog.get_by_label("钱数对过了，从柜台退给会员").check()
        fits(page)
        shot(page, f"desk-refund-{size['width']}")
        dialog.get_by_role("button", name=re.compile("^退 ¥")).click()
        expect(page.get_by_role("dialog")).to_contain_text("第 1 次退款", timeout=WAIT)
        expect(page.get_by_role("dialog")).to_contain_text("部分退款")


def paid_order(shop: RunningShop) -> str:
    """Three prints that a member bought at the counter of 梅雪's venue; its number."""
    manager = shop.staff("meixue")

    def post(path: str, body: dict[str, object]) -> dict[str, str]:
        answer = shop.http.post(f"{shop.web_url}/api/pricing{path}", json=body, timeout=30,
                                headers={"Authorization": f"Bearer {manager['token']}"})
        assert answer.status_code == 200, answer.text
        found: dict[str, str] = answer.json()["data"]
        return found

    number = post("/checkout", {"scenicId": manager["venue_id"], "products": [
        {"productType": "PHOTO_PRINT", "quantity": 3}]})["orderNo"]
    if shop.http.get(f"{shop.web_url}/api/pricing/orders/{number}", timeout=30, headers={
            "Authorization": f"Bearer {manager['token']}"}).json()["data"]["status"] != "paid":
        post(f"/orders/{number}/pay", {})
    return number
