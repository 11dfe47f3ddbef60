"""The first day of a new clerk, and of the manager who set the shop up: nine tasks, done with what
is to be seen on the pages (roles, labels, texts), without an address or an id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from core.config import Settings
from core.store.tables import Redemption, SkuMapping, VerificationLog, Voucher
from core.wiring import Services, build
from tests.e2e.desk import DESKTOP, Desk
from tests.e2e.kiosk import new_phone
from tests.running import RunningShop

A_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def behind(shop: RunningShop) -> Iterator[Services]:
    """The same shop's services, for what happened before the day began."""
    services = build(Settings.read(shop.environ))
    yield services
    services.store.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=DESKTOP, locale="zh-CN", accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def clerk(window: BrowserContext, shop: RunningShop) -> Iterator[Desk]:
    desk = Desk(window.new_page(), shop).sign_in("linxiaoman")
    yield desk
    assert desk.faults == []


@pytest.fixture
def manager(window: BrowserContext, shop: RunningShop) -> Iterator[Desk]:
    desk = Desk(window.new_page(), shop).sign_in("meixue")
    yield desk
    assert desk.faults == []


@pytest.fixture
def forgotten(behind: Services) -> Iterator[str]:
    """A product that nobody mapped; nobody has mapped it for the tests that follow, either."""
    name = "运动水壶礼盒"
    yield name
    with behind.store.connection():
        SkuMapping.update(product=None).where(SkuMapping.title == name).execute()


def redeemed_yesterday(shop: RunningShop, services: Services, phone: str) -> dict[str, str]:
    """A redemption at the counter, a day ago by our clocks."""
    bought = shop.buy("douyin", sku="month_card", phone=phone)
    token = shop.staff("linxiaoman")["token"]
    seen = shop.call("POST", "/api/v1/redemptions/inspect",
                     {"code": bought["code"], "phone": phone}, token=token).json()["data"]
    done = shop.call("POST", "/api/v1/redemptions", {
        "inspection": seen["inspection"], "phone": phone}, token=token, key=phone).json()["data"]
    with services.store.connection():
        row = Redemption.get(Redemption.ref == done["ref"])
        Redemption.update(created_at=row.created_at - A_DAY, completed_at=row.completed_at - A_DAY,
                          consumed_at=row.consumed_at - A_DAY).where(
            Redemption.id == row.id).execute()
        Voucher.update(verified_at=row.completed_at - A_DAY).where(
            Voucher.id == row.voucher_id).execute()
        VerificationLog.update(created_at=row.created_at - A_DAY).where(
            VerificationLog.voucher == row.voucher_id).execute()
    return bought


def test_the_clerks_first_day(clerk: Desk, shop: RunningShop, behind: Services) -> None:
    page, phone = clerk.page, new_phone()
    old = redeemed_yesterday(shop, behind, phone)

    # 1. Redeem a code.
    fresh = shop.buy()
    clerk.redeem(fresh["code"], new_phone())
    assert shop.ledger(fresh["certificate_id"])["consumed"][0]["live"]
    clerk.button("关上", clerk.dialog).or_(clerk.link("关上", clerk.dialog)).first.click()

    # 2. Find yesterday's redemption of a phone.
    clerk.go("券")
    with page.expect_navigation():
        page.get_by_label("按哪个日期").select_option(label="按核销日")
    with page.expect_navigation():
        clerk.link("昨天").click()
    search = page.get_by_role("searchbox", name="券号、手机号，或后四位")
    search.fill(phone)
    search.press("Enter")
    row = page.get_by_role("table").get_by_role("row").filter(has_text="健身月卡 30 天")
    expect(row).to_have_count(1)

    # 3. Undo it.
    clerk.link("撤销", row).click()
    clerk.dialog.get_by_text("选错用法").click()
    clerk.dialog.get_by_label("我看过了，会员也知道").check()
    clerk.button("撤销核销", clerk.dialog).click()
    expect(clerk.dialog.get_by_text("撤销了，券回到未核销").first).to_be_visible()
    assert not shop.ledger(old["certificate_id"])["consumed"][0]["live"]
    clerk.link("关上", clerk.dialog).click()

    # 4. Export last week.
    clerk.go("券")
    clerk.link("上周").click()
    with page.expect_download() as waited:
        clerk.link("导出表格").click()
    with ZipFile(waited.value.path()) as book:
        assert "券号" in "".join(book.read(name).decode() for name in book.namelist())


def test_the_managers_first_day(manager: Desk, shop: RunningShop, forgotten: str) -> None:
    page = manager.page

    # 5. Map a SKU that a member brought.
    manager.scan(shop.buy("douyin", sku="unmapped")["code"])
    expect(manager.dialog.get_by_text("券店里还没设好，券没动")).to_be_visible()
    manager.link("去配商品", manager.dialog).click()
    unmapped = page.get_by_role("region", name="会员拿来过，还没对应")
    unmapped.get_by_label(f"对应的商品 {forgotten}").select_option(label="私教课 10 节")
    manager.button(f"对应上 {forgotten}", unmapped).click()
    expect(page.get_by_text("都对应好了")).to_be_visible()

    # 6. Add a class.
    manager.go("课表")
    manager.link("加一节课").click()
    manager.dialog.get_by_label("什么课").fill("晨间拉伸")
    manager.dialog.get_by_label("教练").fill("周岚")
    manager.dialog.get_by_label("几点开始").fill("21:00")
    manager.dialog.get_by_label("几点结束").fill("21:45")
    manager.button("加进课表", manager.dialog).click()
    expect(manager.link("晨间拉伸")).to_be_visible()

    # 7. Bind a clerk's chat.
    manager.go("员工与设备")
    manager.button("绑定聊天 林小满").click()
    expect(manager.dialog.get_by_role("img", name="绑定口令的二维码")).to_be_visible()
    expect(manager.dialog.get_by_text("10 分钟内有效，只能用一次")).to_be_visible()
    manager.link("发过了", manager.dialog).click()

    # 8. Make a batch of codes.
    manager.go("价格与券码")
    tabs = page.get_by_role("navigation", name="价格与券码")
    manager.link("券码", tabs).click()
    manager.link("做一批券码").click()
    manager.dialog.get_by_label("名字").fill("开业券")
    manager.dialog.get_by_label("给什么").select_option(label="打折")
    manager.dialog.get_by_label("做几张").fill("50")
    manager.dialog.get_by_label("打折：按原价的百分之几收").fill("85")
    manager.button("做这批券码", manager.dialog).click()
    expect(manager.dialog.get_by_role("heading", name="开业券")).to_be_visible()
    manager.link("关上", manager.dialog).last.click()
    expect(page.get_by_role("row").filter(has_text="开业券")).to_contain_text("8.5")

    # 9. Read why a price is what it is.
    manager.link("试一车", tabs).click()
    page.get_by_label("照相集").fill("2")
    page.get_by_label("Vlog 视频").fill("1")
    manager.button("算一下价格").click()
    why = page.get_by_role("region", name="价格怎么来的")
    expect(why).to_contain_text("355.00")
    expect(why.get_by_role("region", name="没用上的")).to_be_visible()
