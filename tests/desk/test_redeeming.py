"""A code comes over the counter: looked up, shown, redeemed once, printed, undone."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import qrcode
from werkzeug.test import TestResponse

from core.ids import new_key
from core.store.tables import Member, Redemption, Venue
from core.vouchers.redemption import State
from tests.builders import OTHER_PHONE, PHONE, Bought, Chain
from tests.desk.conftest import Browser, Desk


def looked_up(browser: Browser, code: str) -> TestResponse:
    return browser.send("/desk/redeem", {"code": code})


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def confirmed(browser: Browser, page: str, **more: Any) -> TestResponse:
    """Press the confirming button of the page that shows what was found."""
    chosen = re.search(r'name="choice" value="([^"]+)"[^>]* checked', page)
    only = {"certificate": "0"} if 'name="certificate"' in page else {"certificates": "0"}
    return browser.send("/desk/redeem/confirm", {
        "inspection": hidden(page, "inspection"), **only,
        "key": hidden(page, "key"), "choice": chosen[1] if chosen else "", "phone": PHONE,
        "shown_for": hidden(page, "shown_for"), **more})


def found_for(browser: Browser, code: str, phone: str = PHONE) -> str:
    """The page with what a code is worth to this member."""
    page = looked_up(browser, code).text
    return browser.send("/desk/redeem", {"inspection": hidden(page, "inspection"),
                                         "phone": phone}).text


def redeemed(browser: Browser, bought: Bought, **more: Any) -> str:
    """The ref of a redemption made on the pages."""
    answer = confirmed(browser, found_for(browser, bought.code), **more)
    found = re.search(r"/desk/redemptions/(\w+)", answer.request.path)
    assert found is not None, answer.text
    return found[1]


def test_a_code_is_shown_with_what_it_is_worth_before_anything_happens(
        clerk: Browser, chain: Chain) -> None:
    chain.card(ends_in=3)
    bought = chain.buy()
    found = found_for(clerk, bought.code)
    for text in ("美团", "月卡 30 天", "¥199.00", "¥299.00", "未核销", "滨江店", "138****8000",
                 "续上现在的卡", "核销并续卡", "老会员"):
        assert text in found, text
    assert chain.consumed(bought) == 0
    assert bought.code not in found


def test_one_press_redeems_and_says_what_the_member_has_now(
        clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    answer = confirmed(clerk, found_for(clerk, bought.code))
    assert "月卡 30 天开好了" in answer.text and "已核销" in answer.text
    assert chain.consumed(bought) == 1


def test_pressing_twice_redeems_once(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy("douyin", "lessons")
    page = found_for(clerk, bought.code)
    first, second = confirmed(clerk, page), confirmed(clerk, page)
    assert first.request.path == second.request.path
    assert chain.consumed(bought) == 1
    assert len(chain.rows(Redemption)) == 1


def test_a_phone_typed_in_the_last_moment_shows_that_members_choices_first(
        clerk: Browser, chain: Chain) -> None:
    chain.card(ends_in=3)
    bought = chain.buy()
    page = looked_up(clerk, bought.code).text
    assert "续上现在的卡" not in page
    answer = confirmed(clerk, page, phone=PHONE)
    assert "续上现在的卡" in answer.text and chain.consumed(bought) == 0


def test_a_new_phone_becomes_a_member_with_the_name_that_was_given(
        clerk: Browser, chain: Chain) -> None:
    page = found_for(clerk, chain.buy(phone=OTHER_PHONE).code, OTHER_PHONE)
    confirmed(clerk, page, phone=OTHER_PHONE, name="王一鸣")
    with chain.store.connection():
        member = Member.get(Member.phone == OTHER_PHONE)
    assert member.name == "王一鸣"


def test_a_phone_that_is_none_keeps_the_voucher_on_the_page(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    page = looked_up(clerk, bought.code).text
    answer = confirmed(clerk, page, phone="12345")
    assert answer.status_code == 422 and "手机号要 11 位" in answer.text
    assert "月卡 30 天" in answer.text and chain.consumed(bought) == 0


def test_an_unknown_code_says_so_and_keeps_what_was_typed(clerk: Browser, chain: Chain) -> None:
    answer = looked_up(clerk, "123456789012")
    assert answer.status_code == 422
    assert "平台查不到这张券" in answer.text and 'value="123456789012"' in answer.text


def test_an_unmapped_product_leads_managers_to_where_it_is_mapped(
        desk: Desk, clerk: Browser, manager: Browser, chain: Chain) -> None:
    bought = chain.buy("douyin", "unmapped")
    for browser, link in ((clerk, False), (manager, True)):
        page = looked_up(browser, bought.code).text
        assert "券店里还没设好，券没动" in page
        assert ('href="/desk/skus"' in page.split("券店里还没设好")[1]) is link
    assert chain.consumed(bought) == 0


def test_a_ticket_number_in_the_scan_box_opens_that_redemption(
        clerk: Browser, chain: Chain) -> None:
    view = chain.redeem(chain.buy())
    answer = clerk.send("/desk/redeem", {"code": view.ticket.lower()})
    assert answer.request.path == f"/desk/redemptions/{view.ref}"
    assert view.ticket in answer.text


def test_a_photo_of_the_code_does_as_well(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    picture = io.BytesIO()
    qrcode.make(bought.code).save(picture, format="PNG")
    picture.seek(0)
    answer = clerk.client.post("/desk/redeem", data={
        "csrf": clerk.csrf(), "code": "", "image": (picture, "code.png")})
    assert answer.status_code == 200 and "月卡 30 天" in answer.text


def test_a_photo_without_a_code_says_what_to_do(clerk: Browser) -> None:
    picture = io.BytesIO()
    qrcode.make("x").get_image().crop((0, 0, 30, 30)).save(picture, format="PNG")
    picture.seek(0)
    answer = clerk.client.post("/desk/redeem", data={
        "csrf": clerk.csrf(), "code": "", "image": (picture, "nothing.png")})
    assert answer.status_code == 422 and "照片里没找到码" in answer.text


def test_one_of_several_certificates_is_chosen(clerk: Browser, chain: Chain) -> None:
    chain.class_tonight()
    several = chain.buy_all("douyin", "class", quantity=3)
    page = found_for(clerk, several[0].qr)
    numbers = re.findall(r'name="certificates" value="(\d)"', page)
    assert numbers == ["0", "1", "2"]
    answer = confirmed(clerk, page.replace(" checked", "", 1), certificates="2",
                       choice=re.findall(r'name="choice" value="([^"]+)"', page)[0])
    assert "约好了" in answer.text
    assert sum(chain.consumed(one) for one in several) == 1


def test_two_of_several_certificates_are_used_together_and_one_is_taken_back(
        clerk: Browser, chain: Chain) -> None:
    several = chain.buy_all("douyin", quantity=3)
    page = found_for(clerk, several[0].qr)
    answer = confirmed(clerk, page, certificates=["0", "1"])
    assert (chain.today + timedelta(days=60)).isoformat() in answer.text
    assert sum(chain.consumed(one) for one in several) == 2
    (ref,) = re.findall(r"/desk/redemptions/(\w+)/undo", answer.text)[:1]
    undo = clerk.text(f"/desk/redemptions/{ref}/undo")
    numbers = re.findall(r'name="uses" value="(\d+)"', undo)
    assert len(numbers) == 2
    none = clerk.send(f"/desk/redemptions/{ref}/undo", {
        "reason": "核错人了", "seen": "1", "choosing": "1"})
    assert none.status_code == 422 and sum(chain.consumed(one) for one in several) == 2
    clerk.send(f"/desk/redemptions/{ref}/undo", {
        "reason": "核错人了", "seen": "1", "choosing": "1", "uses": numbers[:1]})
    assert sum(chain.consumed(one) for one in several) == 1


def test_where_staff_must_confirm_the_desk_waits_for_a_second_person(
        clerk: Browser, manager: Browser, chain: Chain) -> None:
    with chain.store.connection():
        Venue.update(confirm_policy={"desk": "staff"}).where(Venue.id == chain.binjiang).execute()
    bought = chain.buy()
    ref = redeemed(clerk, bought)
    assert "等店员确认" in clerk.text(f"/desk/redemptions/{ref}")
    assert chain.consumed(bought) == 0
    assert clerk.send(f"/desk/redemptions/{ref}/confirm", {"back": "result"}).status_code == 403
    manager.send(f"/desk/redemptions/{ref}/confirm", {"back": "result"})
    assert chain.consumed(bought) == 1


def test_a_lost_answer_is_shown_as_being_checked_until_it_is_known(
        clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    page = found_for(clerk, bought.code)
    chain.fault("meituan", "consume", "timeout_after_commit", count=5)
    answer = confirmed(clerk, page)
    assert "还没回话" in answer.text and "data-live" in answer.text
    assert "开好了" not in answer.text
    chain.behave()


def test_the_state_part_answers_304_while_nothing_changed(clerk: Browser, chain: Chain) -> None:
    view = chain.redeem(chain.buy())
    path = f"/desk/redemptions/{view.ref}/state"
    first = clerk.open(path)
    again = clerk.open(path, headers={"If-None-Match": first.headers["ETag"]})
    assert first.status_code == 200 and again.status_code == 304 and not again.data


def test_a_second_slip_says_that_it_is_one_and_an_undone_one_is_void(
        clerk: Browser, manager: Browser, chain: Chain) -> None:
    ref = redeemed(clerk, chain.buy())
    slip = f"/desk/redemptions/{ref}/slip"
    first = clerk.send(slip).text
    assert "data-print-now" in first and "补打" not in first.split("hx-slip__title")[1]
    assert "补打 2" in clerk.send(slip).text
    chain.services.redeem.undo(ref, chain.manager, "核错人了")
    assert "作废" in clerk.text(slip)


def test_a_voucher_of_the_list_is_redeemed_without_typing_its_code(
        clerk: Browser, chain: Chain) -> None:
    view = chain.ask(chain.buy())
    chain.services.redeem.withdraw(view.ref, chain.kiosk)
    page = clerk.text(f"/desk/redeem?voucher={view.voucher_id}")
    assert "月卡 30 天" in page and "核销并" in page


def test_another_venues_redemption_is_not_shown(desk: Desk, chain: Chain) -> None:
    view = chain.redeem(chain.buy())
    western = desk.of(chain.western_clerk)
    assert western.open(f"/desk/redemptions/{view.ref}").status_code == 403
    assert western.open(f"/desk/vouchers/{view.voucher_id}").status_code == 404
    assert western.open(f"/desk/redeem?voucher={view.voucher_id}").status_code == 422


def undo_form(**more: str) -> dict[str, str]:
    return {"key": new_key(), "reason": "核错人了", "seen": "1", **more}


def test_undoing_shows_first_what_it_will_reverse(clerk: Browser, chain: Chain) -> None:
    chain.card(ends_in=3)
    ref = redeemed(clerk, chain.buy())
    page = clerk.text(f"/desk/redemptions/{ref}/undo")
    assert "撤销后会变成这样" in page and "会员的卡，到期日" in page
    assert "大约还能撤" in page and "alert" in page


def test_undoing_needs_a_reason_and_a_second_yes(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    path = f"/desk/redemptions/{redeemed(clerk, bought)}/undo"
    for missing in ("reason", "seen"):
        form = undo_form()
        del form[missing]
        assert clerk.send(path, form).status_code == 422
    assert chain.consumed(bought) == 1
    answer = clerk.send(path, undo_form())
    assert "撤销了" in answer.text and chain.consumed(bought) == 0


def test_a_refused_undo_leaves_everything_and_says_why(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    ref = redeemed(clerk, bought)
    chain.fault("meituan", "cancel", "cancel_refused")
    answer = clerk.send(f"/desk/redemptions/{ref}/undo", undo_form())
    chain.behave()
    assert "没撤成" in answer.text and "撤不了" in answer.text
    assert chain.consumed(bought) == 1
    assert chain.services.redeem.view(ref, chain.clerk).state is State.COMPLETED


def test_the_list_leads_to_the_undo(clerk: Browser, chain: Chain) -> None:
    ref = redeemed(clerk, chain.buy())
    voucher = chain.services.redeem.view(ref, chain.clerk).voucher_id
    answer = clerk.open(f"/desk/vouchers/{voucher}/undo")
    assert answer.request.path == f"/desk/redemptions/{ref}/undo"
