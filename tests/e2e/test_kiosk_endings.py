"""When it does not simply work: every ending says what became of the voucher, and is true."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.kiosk import WAIT, Kiosk
from tests.e2e.staff import StaffChat
from tests.running import RunningShop


@pytest.fixture(autouse=True)
def platforms_behave_again(shop: RunningShop) -> Iterator[None]:
    yield
    shop.control("DELETE", "faults")


def test_staff_say_no(kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    bought = shop.buy()
    ref = kiosk.ask_for(bought["code"])
    ticket = kiosk.on("waiting").locator(".hx-ticketno__no").inner_text()
    staff.say(f"拒绝 {ticket.replace(' ', '')} 要本人来")
    main = kiosk.on("ended")
    expect(main).to_contain_text("店员没同意：要本人来")
    expect(main).to_contain_text("券没有用掉")
    expect(main.get_by_role("alert")).to_have_attribute("data-state", "unused")
    assert shop.ledger(bought["certificate_id"])["consumed"] == []
    kiosk.press("again")
    kiosk.on("found")
    assert kiosk.ref != ref


def test_the_no_button_of_the_card_works_too(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    staff.reject(kiosk.ask_for(shop.buy()["code"]))
    expect(kiosk.on("ended")).to_contain_text("店员没同意")


def test_the_member_takes_it_back(kiosk: Kiosk, shop: RunningShop) -> None:
    bought = shop.buy("douyin")
    kiosk.ask_for(bought["code"])
    kiosk.press("withdraw")
    expect(kiosk.on("ended")).to_contain_text("撤回了")
    assert shop.ledger(bought["certificate_id"])["consumed"] == []
    assert kiosk.ref == ""


def test_nobody_comes(kiosk: Kiosk, shop: RunningShop) -> None:
    bought = shop.buy()
    ref = kiosk.ask_for(bought["code"])
    with sqlite3.connect(shop.folder / "hexiaotai.db", timeout=30) as database:
        database.execute("UPDATE redemptions SET expires_at = datetime(expires_at, '-10 minutes') "
                         "WHERE ref = ?", [ref])
    main = kiosk.on("ended")
    expect(main).to_contain_text("没等到店员，自动取消了")
    assert shop.ledger(bought["certificate_id"])["consumed"] == []


CONSUME = {"meituan": "/ddzh/tuangou/receipt/consume",
           "douyin": "/goodlife/v1/fulfilment/certificate/verify/"}
"""Not every endpoint: notices of a sale make jobs look orders up, and would meet the fault."""


@pytest.mark.parametrize("platform", ["meituan", "douyin"])
def test_a_lost_answer_is_shown_as_unknown_and_settles_by_itself(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop, platform: str) -> None:
    bought = shop.buy(platform)
    ref = kiosk.ask_for(bought["code"])
    shop.control("POST", "faults", {"platform": platform, "endpoint": CONSUME[platform],
                                    "count": 2, "mode": "timeout_after_commit"})
    staff.confirm(ref)
    main = kiosk.on("unknown")
    expect(main).to_contain_text("确认中")
    expect(main).to_contain_text("还没回话")
    expect(main).to_contain_text("最多只会用掉一次")
    assert main.get_attribute("data-torn") is None
    assert len(shop.ledger(bought["certificate_id"])["consumed"]) == 1, "it is used by now"
    expect(kiosk.on("success")).to_have_attribute("data-torn", "")
    assert len(shop.ledger(bought["certificate_id"])["consumed"]) == 1


def test_somebody_else_used_it_meanwhile(
        kiosk: Kiosk, staff: StaffChat, shop: RunningShop) -> None:
    bought = shop.buy()
    ref = kiosk.ask_for(bought["code"])
    shop.control("POST", "refunds", {"certificate_id": bought["certificate_id"]})
    staff.confirm(ref)
    main = kiosk.on("error")
    expect(main.get_by_role("alert")).to_have_attribute("data-state", "refunded")
    expect(main).not_to_contain_text("没有被用掉")


def test_an_undone_redemption_is_undone_on_the_phone(
        kiosk: Kiosk, staff: StaffChat, phone: Page, shop: RunningShop) -> None:
    ref = kiosk.ask_for(shop.buy()["code"])
    staff.confirm(ref)
    kiosk.on("success")
    manager = shop.staff("meixue")["token"]
    answer = shop.call("POST", f"/api/v1/redemptions/{ref}/undo", {"reason": "点错了"},
                       token=manager)
    assert answer.json()["data"]["state"] == "undone", answer.text
    phone.goto(f"/m/r/{ref}")
    expect(phone.locator("#main")).to_contain_text("撤销了")
    expect(phone.locator("#main")).to_contain_text("券回到未核销")


@pytest.mark.parametrize(("name", "state", "said"), [
    ("expired", "expired", "到期了"),
    ("used", "redeemed", "用过了"),
    ("refunded", "refunded", "已经退款"),
    ("wrong_venue", "unused", "滨江店用不了"),
    ("unmapped", "unused", "店里还没设好"),
])
def test_a_code_that_cannot_be_used_says_why(
        kiosk: Kiosk, shop: RunningShop, name: str, state: str, said: str) -> None:
    kiosk.scan(shop.demo["codes"][name])
    main = kiosk.on("error")
    expect(main.get_by_role("alert")).to_have_attribute("data-state", state)
    expect(main.get_by_role("heading", level=1)).to_contain_text(said)


def test_the_wrong_shop_names_the_right_one(kiosk: Kiosk, shop: RunningShop) -> None:
    kiosk.scan(shop.demo["codes"]["wrong_venue"])
    main = kiosk.on("error")
    expect(main.locator("li")).to_have_text(["城西店"])
    expect(main.get_by_role("alert")).to_have_text("券没事，没有被用掉")


def test_an_unmapped_voucher_gets_a_number_for_the_desk(kiosk: Kiosk, shop: RunningShop) -> None:
    kiosk.scan(shop.demo["codes"]["unmapped"])
    expect(kiosk.on("error")).to_contain_text("报号 H 0")


@pytest.mark.parametrize(("scanned", "said"), [
    ("wxp://f2f0abcdefghijklmnop", "这是付款码"),
    ("13800138000", "这像手机号"),
    ("https://example.com/item/1", "这不是美团或抖音的券码"),
    ("WIFI:S:shop;T:WPA;P:secret;;", "这不是券码"),
    ("hello world", "不是券码"),
])
def test_rubbish_is_told_apart_from_vouchers(
        kiosk: Kiosk, shop: RunningShop, scanned: str, said: str) -> None:
    since = len(shop.control("GET", "requests?since=0")["requests"])
    kiosk.scan(scanned)
    main = kiosk.on("error")
    expect(main.get_by_role("heading", level=1)).to_contain_text(said)
    expect(main.get_by_role("alert")).to_contain_text("没有动任何券")
    later = shop.control("GET", "requests?since=0")["requests"][since:]
    assert [each["path"] for each in later if "prepare" in each["path"]] == []
    kiosk.press("type")
    kiosk.on("entry")


def test_too_late_to_take_back(kiosk: Kiosk, shop: RunningShop) -> None:
    ref = kiosk.ask_for(shop.buy()["code"])
    kiosk.page.route("**/withdraw", lambda route: (
        shop.call("POST", f"/api/v1/redemptions/{ref}/confirm", {},
                  token=shop.staff("linxiaoman")["token"]), route.continue_()))
    kiosk.press("withdraw")
    kiosk.on("success")
    expect(kiosk.page.locator("#note")).to_have_text("店员刚刚处理过了", timeout=WAIT)
