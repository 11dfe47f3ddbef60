"""The machine itself: reloads, power cuts, lost networks, scanners, pairing, who is there."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.kiosk import WAIT, Kiosk
from tests.e2e.staff import StaffChat
from tests.running import RunningShop, until


def requests_of(page: Page, path: str) -> list[dict[str, str | None]]:
    """Headers and bodies of what the page sends there from now on."""
    seen: list[dict[str, str | None]] = []
    page.on("request", lambda request: seen.append(
        {"key": request.headers.get("idempotency-key"), "body": request.post_data})
        if request.method == "POST" and request.url.endswith(path) else None)
    return seen


def test_a_reload_finds_the_ticket_again(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    ref = kiosk.ask_for(shop.buy()["code"])
    ticket = kiosk.on("waiting").locator(".hx-ticketno__no").inner_text()
    kiosk.page.reload()
    kiosk.ready()
    expect(kiosk.on("waiting").locator(".hx-ticketno__no")).to_have_text(ticket)
    staff.confirm(ref)
    kiosk.on("success")


def test_a_power_cut_finds_the_ticket_again(
        kiosk: Kiosk, browser: Browser, staff: StaffChat, shop: RunningShop) -> None:
    ref = kiosk.ask_for(shop.buy()["code"])
    disk = kiosk.page.context.storage_state()
    assert "sessionStorage" not in json.dumps(disk), "memory is gone, the disk is not"
    kiosk.page.close()
    after = browser.new_context(storage_state=disk)
    again = Kiosk(after.new_page(), shop)
    again.open(token=False)
    again.on("waiting")
    assert again.ref == ref
    staff.confirm(ref)
    again.on("success")
    after.close()


def test_an_old_ticket_is_nobodys_business_any_more(kiosk: Kiosk, shop: RunningShop) -> None:
    kiosk.ask_for(shop.buy()["code"])
    kiosk.page.evaluate("""() => {
      for (const store of [sessionStorage, localStorage]) {
        const kept = JSON.parse(store.getItem("hx.open"));
        store.setItem("hx.open", JSON.stringify({ ...kept, at: kept.at - 16 * 60 * 1000 }));
      }
    }""")
    kiosk.page.reload()
    kiosk.ready()
    kiosk.on("home")


def test_a_reload_before_the_answer_repeats_the_same_request(
        kiosk: Kiosk, shop: RunningShop) -> None:
    bought = shop.buy()
    sent = requests_of(kiosk.page, "/api/v1/redemptions")
    kiosk.page.route("**/api/v1/redemptions", lambda route: None, times=1)
    kiosk.scan(bought["code"])
    kiosk.on("found")
    kiosk.choose("choice-open")
    kiosk.give_phone("13911119001")
    until(lambda: kiosk.page.evaluate("1") and sent, "the request to leave")
    kiosk.page.reload()
    kiosk.ready()
    kiosk.on("waiting")
    assert len(sent) == 2 and sent[0] == sent[1] and sent[0]["key"]
    assert kiosk.page.evaluate('sessionStorage.getItem("hx.sending")') is None


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
        kiosk: Kiosk, shop: RunningShop) -> None:
    bought = shop.buy()
    sent = requests_of(kiosk.page, "/api/v1/redemptions")

    def arrives_but_is_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    kiosk.page.route("**/api/v1/redemptions", arrives_but_is_lost, times=1)
    kiosk.scan(bought["code"])
    kiosk.on("found")
    kiosk.choose("choice-open")
    kiosk.give_phone("13911119002")
    expect(kiosk.on("offline")).to_contain_text("不知道到没到")
    kiosk.press("retry")
    kiosk.on("waiting")
    assert len(sent) == 2 and sent[0] == sent[1]
    waiting = shop.call("GET", "/api/v1/redemptions?state=awaiting_staff&page_size=100",
                        token=shop.staff("linxiaoman")["token"]).json()["data"]["items"]
    assert [each["ref"] for each in waiting if each["code_tail"] == bought["code"][-4:]] \
        == [kiosk.ref]


def test_without_a_network_it_says_so_and_the_ticket_stays(
        kiosk: Kiosk, device: BrowserContext, staff: StaffChat, shop: RunningShop) -> None:
    ref = kiosk.ask_for(shop.buy()["code"])
    ticket = kiosk.on("waiting").locator(".hx-ticketno__no").inner_text()
    device.set_offline(True)
    main = kiosk.on("offline")
    expect(main).to_contain_text("网络断了，先别扫")
    expect(main).to_contain_text(f"你的申请 {ticket} 还在。")
    expect(main.get_by_role("alert")).to_contain_text("暂时联不上网")
    expect(main).to_contain_text("秒后再试")
    staff.confirm(ref)
    device.set_offline(False)
    kiosk.on("success")


def test_without_a_network_the_start_page_asks_not_to_scan(
        kiosk: Kiosk, device: BrowserContext) -> None:
    device.set_offline(True)
    expect(kiosk.on("offline")).to_contain_text("断网的时候我们不会动你的券")
    device.set_offline(False)
    kiosk.press("retry")
    kiosk.on("home")


def test_a_machine_that_starts_without_a_network_says_so(
        kiosk: Kiosk, device: BrowserContext) -> None:
    until(lambda: kiosk.page.evaluate("caches.match('/kiosk').then(Boolean)"), "a kept page")
    device.set_offline(True)
    kiosk.page.goto(f"{kiosk.shop.web_url}/kiosk")
    kiosk.ready()
    expect(kiosk.on("offline")).to_contain_text("网络断了，先别扫")
    device.set_offline(False)
    kiosk.press("retry")
    kiosk.on("home")


@pytest.mark.parametrize("end", [("Enter",), ("Tab",), ()], ids=["enter", "tab", "silence"])
def test_any_scanner_ends_as_it_likes(kiosk: Kiosk, shop: RunningShop, end: tuple[str]) -> None:
    kiosk.scan(shop.buy()["code"], end)
    kiosk.on("found")


def test_a_slow_scanner_is_understood_too(kiosk: Kiosk, shop: RunningShop) -> None:
    kiosk.page.keyboard.type(shop.buy()["code"], delay=90)
    kiosk.page.keyboard.press("Enter")
    kiosk.on("found")


def test_a_scan_fed_twice_is_looked_up_once(kiosk: Kiosk, shop: RunningShop) -> None:
    asked = requests_of(kiosk.page, "/inspect")
    code = shop.buy()["code"]
    kiosk.scan(code)
    kiosk.scan(code)
    kiosk.on("found")
    kiosk.scan(code)
    kiosk.page.wait_for_timeout(500)
    assert len(asked) == 1
    kiosk.press("leave")
    kiosk.scan(shop.buy()["code"] * 2)
    kiosk.on("found")


def test_a_scan_presses_no_button_and_types_no_digit(kiosk: Kiosk, shop: RunningShop) -> None:
    code = shop.buy()["code"]
    kiosk.press("entry")
    kiosk.press("key-7")
    kiosk.button("key-clear").or_(kiosk.button("clear")).first.focus()
    asked = requests_of(kiosk.page, "/inspect")
    kiosk.scan(f"{code[:5]} {code[5:]}")
    kiosk.on("found")
    assert [json.loads(each["body"] or "")["code"] for each in asked] == [f"{code[:5]} {code[5:]}"]


def test_the_next_voucher_waits_until_this_one_is_settled(
        kiosk: Kiosk, shop: RunningShop) -> None:
    ref = kiosk.ask_for(shop.buy()["code"])
    kiosk.scan(shop.buy()["code"])
    expect(kiosk.page.locator("#note")).to_have_text("先等这张有结果，再扫下一张")
    kiosk.on("waiting")
    assert kiosk.ref == ref


def test_a_pasted_share_text_is_read(kiosk: Kiosk, shop: RunningShop) -> None:
    bought = shop.buy("douyin")
    kiosk.page.evaluate("""text => {
      const data = new DataTransfer();
      data.setData("text", text);
      document.body.dispatchEvent(new ClipboardEvent("paste",
        { clipboardData: data, bubbles: true, cancelable: true }));
    }""", f"【抖音】我买了一张券，打开看看 {bought['qr']} 复制此链接")
    kiosk.on("found")


def test_everything_works_by_keyboard_alone(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    keys = kiosk.page.keyboard

    def go_to(act: str) -> None:
        """Tab until that button has the focus; it must show."""
        for _ in range(30):
            keys.press("Tab")
            if kiosk.page.evaluate("document.activeElement.dataset.act ?? ''").startswith(act):
                outline = kiosk.page.evaluate(
                    "getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                return
        raise AssertionError(f"{act} is out of reach")

    for digit in shop.buy()["code"]:
        keys.press(digit, delay=0)
        kiosk.page.wait_for_timeout(80)
    keys.press("Enter")
    kiosk.on("found")
    go_to("choice-open")
    keys.press("ArrowDown")
    assert kiosk.page.evaluate("document.activeElement.dataset.act") == "renew"
    keys.press("ArrowUp")
    keys.press("Enter")
    kiosk.on("phone")
    for digit in "13911119093":
        keys.press(digit)
        kiosk.page.wait_for_timeout(80)
    keys.press("Backspace")
    keys.press("4")
    expect(kiosk.button("go")).to_be_enabled(timeout=WAIT)
    keys.press("Enter")
    kiosk.on("waiting")
    staff.confirm(kiosk.ref)
    kiosk.on("success")
    keys.press("Escape")
    kiosk.on("home")


def test_buttons_are_off_while_a_request_is_under_way(kiosk: Kiosk, shop: RunningShop) -> None:
    held: list[Route] = []
    kiosk.page.route("**/api/v1/redemptions", lambda route: held.append(route), times=1)
    kiosk.scan(shop.buy()["code"])
    kiosk.on("found")
    kiosk.choose("choice-open")
    kiosk.give_phone("13911119011")
    main = kiosk.page.locator("#main")
    expect(main).to_have_attribute("aria-busy", "true")
    expect(main.locator("button:enabled")).to_have_count(0)
    kiosk.page.keyboard.press("Enter")
    until(lambda: kiosk.page.evaluate("1") and held, "the request to leave")
    held[0].continue_()
    kiosk.on("waiting")
    expect(main.locator("button:enabled")).to_have_count(2)
    assert len(held) == 1


def test_staff_are_asked_once_more(kiosk: Kiosk, shop: RunningShop) -> None:
    asked = requests_of(kiosk.page, "/remind")
    kiosk.ask_for(shop.buy()["code"])
    kiosk.press("remind")
    expect(kiosk.button("remind")).to_be_disabled()
    expect(kiosk.button("remind")).to_have_text("又提醒了一次")
    until(lambda: kiosk.page.evaluate("1") and asked, "the reminder to leave")
    assert len(asked) == 1


def test_a_number_typed_in_one_go_is_a_number(kiosk: Kiosk, shop: RunningShop) -> None:
    kiosk.scan(shop.buy()["code"])
    kiosk.on("found")
    kiosk.choose("choice-open")
    digits = kiosk.on("phone").locator(".hx-digits")
    kiosk.scan(shop.buy()["code"])
    expect(digits).to_have_attribute("aria-label", "手机号，还没输入")
    kiosk.scan("13911119012")
    expect(digits).to_have_text("13911119012")
    kiosk.press("go")
    kiosk.on("waiting")


@pytest.mark.parametrize(("error", "said"), [
    ("NotAllowedError", "摄像头没打开"), ("NotFoundError", "这台机器没有摄像头")])
def test_without_a_camera_there_are_two_other_ways(
        kiosk: Kiosk, error: str, said: str) -> None:
    kiosk.page.evaluate("""name => {
      navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", name); };
    }""", error)
    kiosk.press("camera")
    expect(kiosk.on("error")).to_contain_text(said)
    kiosk.press("type")
    kiosk.on("entry")


def test_the_camera_is_off_as_soon_as_one_leaves_it(kiosk: Kiosk) -> None:
    kiosk.press("camera")
    kiosk.on("camera")
    expect(kiosk.page.locator(".hx-band")).to_have_text("正在找码")
    kiosk.page.evaluate("window.film = document.querySelector('video').srcObject")
    kiosk.press("leave")
    kiosk.on("home")
    assert kiosk.page.evaluate("film.getTracks().every(track => track.readyState === 'ended')")


def test_somebody_calls_for_staff(kiosk: Kiosk) -> None:
    call = kiosk.page.locator("#call")
    call.click()
    expect(kiosk.page.locator("#note")).to_have_text("叫了，店员马上来")
    expect(call).to_be_disabled()


def test_a_new_machine_is_paired(browser: Browser, shop: RunningShop) -> None:
    manager = next(each for each in shop.demo["staff"] if each["role"] == "admin")
    offered = shop.call("POST", "/api/v1/kiosks/2/pairing", {}, token=manager["token"])
    code = offered.json()["data"]["pairing_code"]
    context = browser.new_context(viewport={"width": 1080, "height": 1920})
    kiosk = Kiosk(context.new_page(), shop)
    kiosk.open(token=False)
    main = kiosk.on("pairing")
    expect(main).to_contain_text("把这台机器配到店里")
    kiosk.page.keyboard.type("22222222", delay=80)
    kiosk.press("go")
    expect(kiosk.page.locator("#note")).to_have_text("配对码不对，或过期了")
    kiosk.on("pairing")
    for character in code:
        if kiosk.button(f"key-{character}").count() == 0:
            kiosk.press("key-letters")
        kiosk.press(f"key-{character}")
    kiosk.press("go")
    kiosk.on("home")
    expect(kiosk.page.locator("#place")).to_contain_text("城西店")
    kiosk.page.reload()
    kiosk.ready()
    kiosk.on("home")
    context.close()


def test_a_machine_whose_token_ended_asks_to_be_paired_again(
        kiosk: Kiosk, shop: RunningShop) -> None:
    kiosk.page.evaluate("localStorage.setItem('hx.token', 'ended')")
    kiosk.scan(shop.buy()["code"])
    expect(kiosk.on("pairing")).to_contain_text("这台机器要重新配对")
    assert kiosk.page.evaluate("localStorage.getItem('hx.token')") is None


def test_the_token_leaves_the_address_at_once(kiosk: Kiosk) -> None:
    assert kiosk.page.url.endswith("/kiosk")
    assert kiosk.page.evaluate("history.length") <= 2, "nothing to go back to but the blank page"
