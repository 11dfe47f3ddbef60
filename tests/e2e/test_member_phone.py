"""A member's browser: signed in by the desk; classes, the pass at the kiosk, a voucher."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import qrcode
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import complaints
from tests.e2e.camera import Camera
from tests.e2e.desk import Desk, at_the_desk
from tests.e2e.kiosk import WAIT, Kiosk, new_phone
from tests.e2e.staff import StaffChat
from tests.e2e.test_kiosk_cart import shot
from tests.running import RunningShop

PAGES = ("cards", "classes", "pass", "history", "use")


def code_from_the_desk(browser: Browser, shop: RunningShop, ref: str) -> str:
    """The sign-in code that a clerk hands to the member of a redemption."""
    with at_the_desk(browser, shop, "linxiaoman", f"/desk/redemptions/{ref}") as desk:
        desk.get_by_role("button", name="给会员登录码").click()
        return desk.locator(".hx-phonecode__text").inner_text()


@pytest.fixture
def code(kiosk: Kiosk, staff: StaffChat, browser: Browser, shop: RunningShop) -> str:
    """For somebody who has just got a card at the kiosk."""
    ref = kiosk.ask_for(shop.buy()["code"])
    staff.confirm(ref)
    kiosk.on("success")
    return code_from_the_desk(browser, shop, ref)


def signed_in(phone: Page, code: str) -> None:
    phone.goto(f"/m/in?code={code}")
    phone.get_by_role("button", name="登录").click()
    expect(phone).to_have_url(re.compile("/m/cards"), timeout=WAIT)


def fits(phone: Page) -> None:
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing sticks out of the screen"


def test_the_pass_opens_the_kiosks_gate_once(kiosk: Kiosk, phone: Page, code: str) -> None:
    signed_in(phone, code)
    phone.get_by_role("link", name="出示会员码").first.click()
    text = phone.locator("[data-pass]").get_attribute("data-pass") or ""
    kiosk.open()
    kiosk.scan(text)
    expect(kiosk.on("visit")).to_contain_text("进场记好了")
    kiosk.open()  # the scanner itself lets the same text through only after a pause
    kiosk.scan(text)
    expect(kiosk.page.locator("#main")).to_contain_text("刚才已经记过了", timeout=WAIT)
    phone.goto("/m/history")
    expect(phone.locator("#main")).to_contain_text("滨江店")


def test_the_kiosk_lets_nobody_in_with_a_made_up_pass(kiosk: Kiosk) -> None:
    kiosk.scan("HXP" + "A" * 52)
    expect(kiosk.page.locator("#main")).to_contain_text("这不是会员码", timeout=WAIT)
    kiosk.scan(kiosk.shop.buy()["code"])
    kiosk.on("found")


def test_a_pass_shot_at_the_desk_counts_and_a_mistake_is_given_back(
        phone: Page, code: str, browser: Browser, shop: RunningShop) -> None:
    signed_in(phone, code)
    phone.goto("/m/pass")
    text = phone.locator("[data-pass]").get_attribute("data-pass") or ""
    with at_the_desk(browser, shop, "linxiaoman", "/desk/stats") as page:
        page.wait_for_load_state("load")
        desk = Desk(page, shop)
        desk.shoot(text, "Enter")
        expect(desk.dialog).to_contain_text("进场记好了")
        desk.link("记错了", desk.dialog).click()
        desk.dialog.get_by_label("为什么撤").fill("扫错了人")
        desk.button("撤掉", desk.dialog).click()
        expect(desk.dialog).to_have_count(0)
        desk.go("进店")
        expect(page.locator("main")).to_contain_text("已撤")
        assert complaints(page) == [] and desk.faults == []
    phone.goto("/m/history")
    expect(phone.locator("#main")).to_contain_text("已撤，没有算")


def test_the_shown_code_changes_by_itself(phone: Page, code: str) -> None:
    phone.clock.install()
    signed_in(phone, code)
    phone.goto("/m/pass")
    drawn = phone.locator("[data-pass]")
    first = drawn.get_attribute("data-pass") or ""
    for _ in range(31):
        phone.clock.run_for(1000)
    expect(drawn).not_to_have_attribute("data-pass", first, timeout=WAIT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_vouchers_class_is_exchanged_for_another(
        kiosk: Kiosk, phone: Page, staff: StaffChat, browser: Browser, shop: RunningShop,
        scheme: str) -> None:
    phone.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    kiosk.scan(shop.buy("douyin", sku="class")["code"])
    kiosk.on("found")
    kiosk.page.locator('[data-act^="choice-class"]:enabled').last.click()
    kiosk.give_phone(new_phone())
    kiosk.on("waiting")
    ref = kiosk.ref
    staff.confirm(ref)
    kiosk.on("success")
    signed_in(phone, code_from_the_desk(browser, shop, ref))
    phone.get_by_role("link", name="约课").first.click()
    expect(phone.get_by_text("已约", exact=True)).to_have_count(1)
    shot(phone, f"member-classes-booked-{scheme}")
    phone.get_by_role("button", name="退位子").click()
    expect(phone.get_by_text("位子退了，可以换一节约")).to_be_visible()
    fits(phone)
    assert complaints(phone) == []
    shot(phone, f"member-classes-back-{scheme}")
    phone.get_by_role("button", name=re.compile("^约 ")).last.click()
    expect(phone.get_by_text("已约", exact=True)).to_have_count(1)
    expect(phone.get_by_role("heading", name="我约的课")).to_be_visible()
    expect(phone.get_by_role("button", name=re.compile("^约 "))).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_a_voucher_is_used(
        phone: Page, code: str, staff: StaffChat, shop: RunningShop, scheme: str) -> None:
    phone.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    signed_in(phone, code)
    for page in PAGES:
        phone.goto(f"/m/{page}")
        fits(phone)
        assert complaints(phone) == [], page
        shot(phone, f"member-{page}-{scheme}")
    phone.get_by_label("把券码贴在这里").fill(shop.buy()["code"])
    phone.get_by_role("button", name="看看值什么").click()
    phone.get_by_role("button", name="就办这个").click()
    expect(phone).to_have_url(re.compile("/m/r/"), timeout=WAIT)
    staff.confirm(phone.url.rsplit("/", 1)[-1])
    expect(phone.locator("#main")).to_contain_text("已核销", timeout=WAIT)


def test_the_phones_camera_reads_the_code(phone: Page, code: str, shop: RunningShop,
                                          camera: Camera) -> None:
    signed_in(phone, code)
    phone.goto("/m/use")
    camera.see_nothing()
    phone.get_by_role("button", name="对准镜头扫").click()
    expect(phone.get_by_role("status")).to_contain_text("把码放进方框")
    expect(phone.get_by_label("摄像头画面")).to_be_visible()
    fits(phone)
    assert complaints(phone) == []
    shot(phone, "member-use-camera")
    phone.get_by_role("button", name="对准镜头扫").click()
    expect(phone.get_by_label("摄像头画面")).to_be_hidden()
    camera.see(shop.buy()["code"])
    phone.get_by_role("button", name="对准镜头扫").click()
    expect(phone.get_by_role("button", name="就办这个")).to_be_visible(timeout=WAIT)
    camera.see_nothing()


def test_a_camera_that_may_not_be_used_says_what_else_to_do(phone: Page, code: str,
                                                            shop: RunningShop) -> None:
    signed_in(phone, code)
    phone.add_init_script("navigator.mediaDevices.getUserMedia = async () => {"
                          " throw new DOMException('', 'NotAllowedError'); }")
    phone.goto("/m/use")
    phone.get_by_role("button", name="对准镜头扫").click()
    expect(phone.get_by_role("status")).to_contain_text("选一张截图")
    picture = BytesIO()
    qrcode.make(shop.buy()["code"]).save(picture, format="PNG")
    phone.get_by_label("拍券码").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    expect(phone.get_by_role("button", name="就办这个")).to_be_visible(timeout=WAIT)


def test_a_code_signs_in_once_and_signing_out_ends_it(phone: Page, code: str) -> None:
    signed_in(phone, code)
    phone.get_by_role("button", name="退出登录").click()
    phone.goto("/m/cards")
    expect(phone).to_have_url(re.compile("/m/in"))
    phone.goto(f"/m/in?code={code}")
    phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_role("alert")).to_contain_text("登录码不对")
