"""What a clerk does all day, with her own hands: gun, camera, photo, keys, slips, live lists."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
import qrcode
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.camera import Camera
from tests.e2e.desk import DESKTOP, HAND, Desk
from tests.e2e.kiosk import Kiosk, new_phone
from tests.running import RunningShop


@pytest.fixture(params=["desk", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    size = DESKTOP if request.param == "desk" else HAND
    made = browser.new_context(viewport=size, locale="zh-CN", permissions=["camera"],
                               reduced_motion="reduce", accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def clerk(context: BrowserContext, shop: RunningShop) -> Iterator[Desk]:
    desk = Desk(context.new_page(), shop).sign_in("linxiaoman")
    yield desk
    assert desk.faults == []


def test_a_code_is_redeemed_and_undone(clerk: Desk, shop: RunningShop) -> None:
    bought = shop.buy()
    clerk.redeem(bought["code"], new_phone())
    assert shop.ledger(bought["certificate_id"])["consumed"][0]["live"]
    clerk.link("撤销", clerk.dialog).click()
    clerk.dialog.get_by_text("核错人了").click()
    clerk.dialog.get_by_label("我看过了，会员也知道").check()
    clerk.button("撤销核销", clerk.dialog).click()
    expect(clerk.dialog.get_by_text("撤销了，券回到未核销").first).to_be_visible()
    assert not shop.ledger(bought["certificate_id"])["consumed"][0]["live"]


def test_the_camera_reads_the_code(clerk: Desk, shop: RunningShop, camera: Camera) -> None:
    camera.see(shop.buy()["code"])
    clerk.open("/desk/redeem")
    clerk.button("拍照").click()
    expect(clerk.page.get_by_text("健身月卡 30 天").first).to_be_visible()
    camera.see_nothing()


def test_a_photo_of_the_code_does_as_well(clerk: Desk, shop: RunningShop) -> None:
    picture = BytesIO()
    qrcode.make(shop.buy()["code"]).save(picture, format="PNG")
    clerk.open("/desk/redeem")
    clerk.page.get_by_label("传图").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    expect(clerk.page.get_by_text("健身月卡 30 天").first).to_be_visible()


@pytest.mark.parametrize("end", [("Enter",), ()], ids=["with Enter", "without Enter"])
@pytest.mark.parametrize("gap", [5, 30])
def test_the_gun_loses_nothing_wherever_the_focus_is(
        clerk: Desk, shop: RunningShop, end: tuple[str, ...], gap: int) -> None:
    clerk.open("/desk/vouchers?keyword=13")
    field = clerk.page.get_by_role("searchbox")
    field.focus()
    clerk.shoot(shop.buy()["code"], *end, gap=gap)
    expect(clerk.dialog.get_by_text("健身月卡 30 天").first).to_be_visible()
    assert field.input_value() == "13"


def test_the_gun_in_the_code_field_is_left_alone_and_sent(clerk: Desk, shop: RunningShop) -> None:
    clerk.open("/desk/redeem")
    clerk.page.get_by_label("券码", exact=True).focus()
    clerk.shoot(shop.buy()["code"])
    expect(clerk.page.get_by_text("健身月卡 30 天").first).to_be_visible()


def test_a_person_who_types_is_no_gun(clerk: Desk) -> None:
    clerk.open("/desk/vouchers")
    field = clerk.page.get_by_role("searchbox")
    field.focus()
    clerk.shoot("138001380001", gap=90)
    clerk.page.wait_for_function("() => document.querySelector('[type=search]').value.length > 9")
    assert field.input_value() == "138001380001" and not clerk.dialog.is_visible()


def test_a_double_click_redeems_once(clerk: Desk, shop: RunningShop) -> None:
    bought = shop.buy()
    clerk.scan(bought["code"])
    clerk.dialog.get_by_label("换一个手机号").or_(
        clerk.dialog.get_by_label("会员手机号")).fill(new_phone())
    clerk.page.keyboard.press("Enter")
    confirm = clerk.dialog.get_by_role("button", name="核销并")
    expect(confirm).to_be_focused()
    confirm.dblclick()
    expect(clerk.dialog.get_by_text("已核销", exact=True)).to_be_visible()
    assert len(shop.ledger(bought["certificate_id"])["consumed"]) == 1


def test_a_dead_network_says_so_and_the_same_press_goes_on(
        clerk: Desk, shop: RunningShop, context: BrowserContext) -> None:
    clerk.open("/desk/redeem")
    clerk.open("/desk/vouchers")
    clerk.scan(shop.buy()["code"])
    clerk.dialog.get_by_label("换一个手机号").or_(
        clerk.dialog.get_by_label("会员手机号")).fill(new_phone())
    clerk.page.keyboard.press("Enter")
    confirm = clerk.dialog.get_by_role("button", name="核销并")
    expect(confirm).to_be_focused()
    context.set_offline(True)
    confirm.click()
    expect(clerk.dialog.get_by_text("没连上，不知道有没有提交")).to_be_visible()
    context.set_offline(False)
    confirm.click()
    expect(clerk.dialog.get_by_text("已核销", exact=True)).to_be_visible()


def test_a_slip_prints_from_the_browser(clerk: Desk, shop: RunningShop,
                                        context: BrowserContext) -> None:
    context.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    clerk.redeem(shop.buy()["code"], new_phone())
    with context.expect_page() as opened:
        clerk.link("打印小票", clerk.dialog).click()
    slip = opened.value
    slip.get_by_role("button", name="打印").click()
    slip.wait_for_function("() => window.printed === 1")
    slip.emulate_media(media="print")
    expect(slip.get_by_text("开好了")).to_be_visible()
    expect(slip.get_by_role("button")).to_have_count(0)


def test_three_keys_do_the_daily_actions(clerk: Desk) -> None:
    page = clerk.page
    page.keyboard.press("F8")
    expect(page.get_by_role("heading", level=1)).to_have_text("待确认")
    page.keyboard.press("F4")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("F2")
    expect(page.get_by_label("券码或单号")).to_be_focused()


def test_who_waits_appears_by_himself_and_is_confirmed_with_one_key(
        clerk: Desk, shop: RunningShop, browser: Browser) -> None:
    clerk.open("/desk/waiting")
    machine = browser.new_context(viewport={"width": 1080, "height": 1920}, locale="zh-CN")
    kiosk = Kiosk(machine.new_page(), shop)
    kiosk.open()
    ref = kiosk.ask_for(shop.buy()["code"])
    ask = clerk.page.locator(f'.hx-ask[data-ref="{ref}"]')
    expect(ask).to_be_visible()
    while ask.get_attribute("aria-current") is None:
        clerk.page.keyboard.press("ArrowDown")
    clerk.page.keyboard.press("y")
    expect(kiosk.on("success")).to_contain_text("开好了")
    machine.close()


def test_the_list_is_exported_as_it_is_shown(clerk: Desk) -> None:
    clerk.open("/desk/vouchers")
    for name, kind in (("导出表格", "xlsx"), ("CSV", "csv")):
        with clerk.page.expect_download() as waited:
            clerk.link(name).click()
        assert waited.value.suggested_filename.endswith(kind)


def test_a_bulk_sync_tells_how_far_it_is(clerk: Desk, shop: RunningShop) -> None:
    clerk.open("/desk/vouchers")
    clerk.link("同步").first.click()
    clerk.button("现在同步", clerk.dialog).click()
    expect(clerk.dialog.locator("[data-settled]")).to_be_attached()
    expect(clerk.dialog.get_by_text("100%", exact=True).first).to_be_visible()


def test_the_desk_speaks_english_and_goes_dark(clerk: Desk) -> None:
    clerk.open("/desk/account")
    clerk.page.get_by_label("语言").select_option("en")
    clerk.page.get_by_label("明暗").select_option("dark")
    clerk.button("就用这样").click()
    expect(clerk.page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    assert clerk.page.locator("html").get_attribute("data-theme") == "dark"
