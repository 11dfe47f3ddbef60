"""The first day of a new clerk, and of the manager who set the shop up: ten tasks, done with what
is to be seen on the pages (roles, labels, texts), without an address or an id."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Locator, expect

from core.money import Money
from core.store.tables import SkuMapping
from core.wiring import Services
from tests.e2e.desk import DESKTOP, Desk
from tests.e2e.kiosk import new_phone
from tests.e2e.past import redeemed
from tests.running import RunningShop


@pytest.fixture
def clerk(browser: Browser, shop: RunningShop) -> Iterator[Desk]:
    with seated(browser, shop, "linxiaoman") as desk:
        yield desk


@pytest.fixture
def manager(browser: Browser, shop: RunningShop) -> Iterator[Desk]:
    with seated(browser, shop, "meixue") as desk:
        yield desk


@contextmanager
def seated(browser: Browser, shop: RunningShop, username: str) -> Iterator[Desk]:
    """Somebody at a computer of her own."""
    window = browser.new_context(viewport=DESKTOP, locale="zh-CN", accept_downloads=True)
    desk = Desk(window.new_page(), shop).sign_in(username)
    yield desk
    assert desk.faults == []
    window.close()


@pytest.fixture
def forgotten(behind: Services) -> Iterator[str]:
    """A product that nobody mapped; nobody has mapped it for the tests that follow, either."""
    name = "运动水壶礼盒"
    yield name
    with behind.store.connection():
        SkuMapping.update(product=None).where(SkuMapping.title == name).execute()


def test_ten_tasks_of_the_first_day(clerk: Desk, manager: Desk, shop: RunningShop,
                                    behind: Services, forgotten: str,
                                    wrong_amount: Money) -> None:
    phone = new_phone()
    yesterdays = redeemed(shop, behind, phone)

    redeem_a_code(clerk)
    find_yesterdays_redemption_of_a_phone(clerk, phone)
    undo_it(clerk)
    assert not shop.ledger(yesterdays["certificate_id"])["consumed"][0]["live"]
    export_last_week(clerk)

    map_a_sku_that_a_member_brought(manager, forgotten)
    add_a_class(manager)
    bind_a_clerks_chat(manager)
    make_a_batch(manager)
    read_why_a_price_is_what_it_is(manager)
    fix_what_reconciliation_found(manager, wrong_amount)


def redeem_a_code(clerk: Desk) -> None:
    bought = clerk.shop.buy()
    clerk.redeem(bought["code"], new_phone())
    assert clerk.shop.ledger(bought["certificate_id"])["consumed"][0]["live"]
    clerk.button("关上", clerk.dialog).or_(clerk.link("关上", clerk.dialog)).first.click()


def find_yesterdays_redemption_of_a_phone(clerk: Desk, phone: str) -> None:
    page = clerk.page
    clerk.go("券")
    with page.expect_navigation():
        page.get_by_label("按哪个日期").select_option(label="按核销日")
    with page.expect_navigation():
        clerk.link("昨天").click()
    search = page.get_by_role("searchbox", name="券号、手机号，或后四位")
    search.fill(phone)
    with page.expect_navigation():
        search.press("Enter")
    expect(the_row(clerk)).to_have_count(1)


def the_row(clerk: Desk) -> Locator:
    return clerk.page.get_by_role("table").get_by_role("row").filter(has_text="健身月卡 30 天")


def undo_it(clerk: Desk) -> None:
    clerk.link("撤销", the_row(clerk)).click()
    clerk.dialog.get_by_text("选错用法").click()
    clerk.dialog.get_by_label("我看过了，会员也知道").check()
    clerk.button("撤销核销", clerk.dialog).click()
    expect(clerk.dialog.get_by_text("撤销了，券回到未核销").first).to_be_visible()
    clerk.link("关上", clerk.dialog).click()


def export_last_week(clerk: Desk) -> None:
    clerk.go("券")
    with clerk.page.expect_navigation():
        clerk.link("上周").click()
    with clerk.page.expect_download() as waited:
        clerk.link("导出表格").click()
    with ZipFile(waited.value.path()) as book:
        assert "券号" in "".join(book.read(name).decode() for name in book.namelist())


def map_a_sku_that_a_member_brought(manager: Desk, product: str) -> None:
    manager.scan(manager.shop.buy("douyin", sku="unmapped")["code"])
    expect(manager.dialog.get_by_text("券店里还没设好，券没动")).to_be_visible()
    manager.link("去配商品", manager.dialog).click()
    unmapped = manager.page.get_by_role("region", name="会员拿来过，还没对应")
    unmapped.get_by_label(f"对应的商品 {product}").select_option(label="私教课 10 节")
    manager.button(f"对应上 {product}", unmapped).click()
    expect(manager.page.get_by_text("都对应好了")).to_be_visible()


def add_a_class(manager: Desk) -> None:
    manager.go("课表")
    manager.link("加一节课").click()
    manager.dialog.get_by_label("什么课").fill("晨间拉伸")
    manager.dialog.get_by_label("教练").fill("周岚")
    manager.dialog.get_by_label("几点开始").fill("21:00")
    manager.dialog.get_by_label("几点结束").fill("21:45")
    manager.button("加进课表", manager.dialog).click()
    expect(manager.link("晨间拉伸")).to_be_visible()


def bind_a_clerks_chat(manager: Desk) -> None:
    manager.go("员工与设备")
    manager.button("绑定聊天 林小满").click()
    expect(manager.dialog.get_by_role("img", name="绑定口令的二维码")).to_be_visible()
    expect(manager.dialog.get_by_text("10 分钟内有效，只能用一次")).to_be_visible()
    manager.link("发过了", manager.dialog).click()


def make_a_batch(manager: Desk) -> None:
    open_prices(manager, "券码")
    manager.link("做一批券码").click()
    manager.dialog.get_by_label("名字").fill("开业券")
    manager.dialog.get_by_label("给什么").select_option(label="打折")
    manager.dialog.get_by_label("做几张").fill("50")
    manager.dialog.get_by_label("打折：按原价的百分之几收").fill("85")
    manager.button("做这批券码", manager.dialog).click()
    expect(manager.dialog.get_by_role("heading", name="开业券")).to_be_visible()
    manager.link("关上", manager.dialog).last.click()
    expect(manager.page.get_by_role("row").filter(has_text="开业券")).to_contain_text("8.5")


def open_prices(manager: Desk, tab: str) -> None:
    manager.go("价格与券码")
    manager.link(tab, manager.page.get_by_role("navigation", name="价格与券码")).click()


def read_why_a_price_is_what_it_is(manager: Desk) -> None:
    open_prices(manager, "试一车")
    manager.page.get_by_label("照相集").fill("2")
    manager.page.get_by_label("Vlog 视频").fill("1")
    manager.button("算一下价格").click()
    why = manager.page.get_by_role("region", name="价格怎么来的")
    expect(why).to_contain_text("355.00")
    expect(why.get_by_role("region", name="没用上的")).to_be_visible()


def fix_what_reconciliation_found(manager: Desk, amount: Money) -> None:
    page = manager.page
    manager.go("对账")
    found = page.get_by_role("region", name="1 处要处理").get_by_role("article")
    expect(found).to_contain_text("金额对不上")
    expect(found).to_contain_text(f"我们 {amount}，平台 ¥199.00")
    manager.link("以平台为准", found).click()
    expect(manager.dialog.get_by_role("heading", name="金额对不上")).to_be_visible()
    expect(manager.dialog.get_by_text("只改我们的账，平台的已经发生了")).to_be_visible()
    manager.button("以平台为准", manager.dialog).click()
    expect(page.get_by_role("region", name="没有要处理的")).to_be_visible()
    settled = page.get_by_role("region", name="处理过的")
    expect(settled).to_contain_text("金额对不上")
    expect(settled).to_contain_text("以平台为准，今天")

    manager.go("设置")
    manager.link("审计").click()
    line = page.get_by_role("row").filter(has_text="对账的差异：处理了").first
    expect(line).to_contain_text("梅雪")
    expect(line).to_contain_text("以平台为准")
