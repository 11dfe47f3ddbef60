"""From a code to what it gives, through every part that will be there in a shop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.camera import Camera
from tests.e2e.kiosk import WAIT, Kiosk, new_phone
from tests.e2e.staff import StaffChat
from tests.running import RunningShop, until

RESULTS = [
    pytest.param("month_card", "choice-open", 1, r"开好了", id="card opened"),
    pytest.param("renewal", "choice-renew", 2, r"续好了", id="card renewed"),
    pytest.param("lessons", "choice-course", 3, r"到账了", id="lessons bought"),
    pytest.param("class", "choice-class", 4, r"约好了", id="class booked"),
]
MEMBER = "13800138000"
"""林知夏, who has a card to renew."""


def bring_in(kiosk: Kiosk, camera: Camera, bought: dict[str, str], way: str) -> None:
    if way == "gun":
        kiosk.scan(bought["code"])
    elif way == "camera":
        camera.see(bought["qr"])
        kiosk.press("camera")
    else:
        kiosk.press("entry")
        for digit in bought["code"]:
            kiosk.press(f"key-{digit}")
        kiosk.press("go")


@pytest.mark.parametrize("way", ["gun", "camera"])
@pytest.mark.parametrize("platform", ["meituan", "douyin"])
@pytest.mark.parametrize(("sku", "choice", "result", "said"), RESULTS)
def test_staff_say_yes_in_chat_and_the_member_gets_it(
        kiosk: Kiosk, staff: StaffChat, camera: Camera, shop: RunningShop, platform: str,
        sku: str, choice: str, result: int, said: str, way: str) -> None:
    bought = shop.buy(platform, sku=sku)
    bring_in(kiosk, camera, bought, way)
    kiosk.on("found")
    if choice == "choice-renew":
        kiosk.choose("renew")
        kiosk.give_phone(MEMBER)
        expect(kiosk.on("found")).to_contain_text(re.compile(r"到 \d{4}-\d\d-\d\d"))
        kiosk.choose(choice)
    else:
        kiosk.choose(choice)
        kiosk.give_phone(new_phone())
    ticket = kiosk.on("waiting").locator(".hx-ticketno__no").inner_text()
    assert re.fullmatch(r"H \d{4}", ticket)
    ref = kiosk.ref
    assert shop.ledger(bought["certificate_id"])["consumed"] == [], "nothing before the yes"

    staff.confirm(ref)

    done = kiosk.on("success")
    expect(done.get_by_role("heading", level=1)).to_have_text(re.compile(said))
    expect(done).to_have_attribute("data-torn", "")
    assert len(shop.ledger(bought["certificate_id"])["consumed"]) == 1
    view = shop.call("GET", f"/api/v1/redemptions/{ref}",
                     token=shop.staff("linxiaoman")["token"]).json()["data"]
    assert (view["state"], view["result"]["result_type"]) == ("completed", result)
    assert kiosk.ref == "", "the ticket is settled: nothing is left to find again"


def test_a_code_is_typed_on_the_screen(kiosk: Kiosk, camera: Camera, shop: RunningShop) -> None:
    bring_in(kiosk, camera, shop.buy(), "keypad")
    expect(kiosk.on("found")).to_contain_text("健身月卡 30 天")


def test_uses_of_a_times_card_are_taken_one_by_one(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    bought = shop.buy("douyin", sku="times_card")
    kiosk.scan(bought["code"])
    main = kiosk.on("times")
    expect(main.locator("[data-use=now]")).to_have_count(1)
    expect(kiosk.button("less")).to_be_disabled()
    kiosk.press("more")
    expect(main.locator("[data-use=now]")).to_have_count(2)
    expect(main).to_contain_text("还剩 8 次")
    kiosk.press("go")
    kiosk.give_phone(new_phone())
    kiosk.on("waiting")
    staff.confirm(kiosk.ref)
    kiosk.on("success")
    assert len(shop.ledger(bought["certificate_id"])["consumed"]) == 2
    kiosk.press("again")
    kiosk.on("home")
    kiosk.scan(bought["code"])
    expect(kiosk.on("times").locator("[data-use=used]")).to_have_count(2)


def test_friends_use_certificates_of_one_order_each_for_themselves(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    order = shop.control("POST", "orders", {"platform": "douyin", "sku": "month_card",
                                            "quantity": 3, "phone": MEMBER})
    kiosk.scan(order["certificates"][0]["qr"])
    main = kiosk.on("certificates")
    expect(main.get_by_role("checkbox")).to_have_count(3)
    kiosk.press("certificate-1")
    expect(kiosk.button("go")).to_contain_text("2")
    kiosk.press("each")
    for number in (1, 2):
        phone = new_phone()
        kiosk.on("found")
        kiosk.choose("choice-open")
        expect(kiosk.on("phone")).to_contain_text(f"第 {number} 张，共 2 张")
        kiosk.give_phone(phone)
        expect(kiosk.on("waiting")).to_contain_text(f"139****{phone[-4:]}")
        staff.confirm(kiosk.ref)
        kiosk.on("success")
        if number == 1:
            kiosk.press("next")
    expect(kiosk.button("next")).to_have_count(0)
    used = [shop.ledger(each["certificate_id"])["consumed"] for each in order["certificates"]]
    assert sorted(len(each) for each in used) == [0, 1, 1]


@pytest.mark.parametrize("platform", ["douyin", "meituan"])
def test_two_certificates_of_an_order_go_to_one_member(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop, platform: str) -> None:
    order = shop.control("POST", "orders", {"platform": platform, "sku": "month_card",
                                            "quantity": 3, "phone": MEMBER})
    kiosk.scan(order["certificates"][0]["code"])
    main = kiosk.on("certificates")
    expect(main.get_by_role("checkbox")).to_have_count(3)
    kiosk.press("certificate-1")
    kiosk.press("go")
    expect(kiosk.on("found")).to_contain_text("60 天")
    kiosk.choose("choice-open")
    kiosk.give_phone(new_phone())
    kiosk.on("waiting")
    staff.confirm(kiosk.ref)
    kiosk.on("success")
    expect(kiosk.button("next")).to_have_count(0)
    used = [shop.ledger(each["certificate_id"])["consumed"] for each in order["certificates"]]
    assert sorted(len(each) for each in used) == [0, 1, 1]


def test_the_result_goes_along_on_the_members_phone(
        kiosk: Kiosk, staff: StaffChat, phone: Page, shop: RunningShop) -> None:
    number = new_phone()
    ref = kiosk.ask_for(shop.buy()["code"], phone=number)
    phone.goto(f"/m/r/{ref}")
    main = phone.locator("#main")
    expect(main).to_contain_text("等店员点一下确认")
    expect(main).to_contain_text(f"139****{number[-4:]}")
    assert number not in phone.content()
    staff.confirm(ref)
    expect(main).to_contain_text("卡开好了", timeout=WAIT)
    expect(main.locator("[data-torn]")).to_have_count(1)


def test_the_phone_takes_it_back_and_the_kiosk_knows(
        kiosk: Kiosk, phone: Page, shop: RunningShop) -> None:
    bought = shop.buy()
    ref = kiosk.ask_for(bought["code"])
    phone.goto(f"/m/r/{ref}")
    phone.get_by_role("button", name="撤回，先不用了").click()
    expect(phone.locator("#main")).to_contain_text("券没有用掉")
    expect(kiosk.on("ended")).to_contain_text("撤回了")
    assert shop.ledger(bought["certificate_id"])["consumed"] == []


def test_a_slip_is_printed_as_long_as_it_is(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    kiosk.page.add_init_script("window.print = () => { window.prints = (window.prints ?? 0) + 1; }")
    kiosk.open(query="?slip=58")
    staff.confirm(kiosk.ask_for(shop.buy()["code"]))
    kiosk.on("success")
    for _ in range(2):
        before = kiosk.page.evaluate("window.prints ?? 0")
        kiosk.press("print")
        until(lambda count=before: kiosk.page.evaluate("window.prints") == count + 1, "a slip")
    slip = kiosk.page.locator(".hx-slip")
    expect(slip).to_contain_text("补打 2")
    expect(slip).to_contain_text(re.compile(r"有效期到\d{4}-\d\d-\d\d"))
    paper = kiosk.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
    [(width, _)] = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert round(float(width) * 25.4 / 72) == 58
    kiosk.press("done")
    kiosk.on("home")
    expect(slip).to_have_count(0)
