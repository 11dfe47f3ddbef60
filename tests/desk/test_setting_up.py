"""What a chain sets up without a developer, on the pages, and what it changes in the shop."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from core.ids import new_key
from core.services.actor import Role
from core.store.tables import Audit, ClassSession, Kiosk, Platform, SkuMapping, Staff, Task, Venue
from core.vouchers.redemption import State
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk

PART = {"X-Desk-Part": "1"}


def venue_form(**more: str) -> dict[str, str]:
    return {"name": "滨江店", "brand": "青屿健身", "zone": "Asia/Shanghai", "address": "",
            "phone": "", "policy_desk": "auto", "policy_bot": "auto", "policy_api": "auto",
            "policy_kiosk": "staff", "policy_mini": "staff", "auto_limit": "", "active": "1",
            "opens": "09:00", "closes": "22:00",
            **more}


def test_a_secret_goes_in_and_never_comes_out(owner: Browser, chain: Chain) -> None:
    with chain.store.connection():
        platform = Platform.get(Platform.platform_code == "meituan")
        old = platform.app_secret
    form = {"name": "美团", "app_id": platform.app_id, "api_url": platform.api_url, "active": "1"}
    owner.send(f"/desk/platforms/{platform.id}", {**form, "secret": ""})
    with chain.store.connection():
        assert Platform.get_by_id(platform.id).app_secret == old
    owner.send(f"/desk/platforms/{platform.id}", {**form, "secret": "new-and-secret"})
    with chain.store.connection():
        assert Platform.get_by_id(platform.id).app_secret == "new-and-secret"
    pages = owner.text("/desk/platforms") + owner.text(f"/desk/platforms/{platform.id}") \
        + owner.text("/desk/audit")
    assert old not in pages and "new-and-secret" not in pages and "app_secret" in pages


def tried(owner: Browser, chain: Chain) -> TestResponse:
    """What trying the connection to Meituan says."""
    return owner.send(f"/desk/platforms/{chain.platforms['meituan']}/try",
                      {"venue_id": chain.binjiang})


def test_a_connection_is_tried_without_consuming_anything(owner: Browser, chain: Chain) -> None:
    bought = chain.buy()
    assert "通了" in tried(owner, chain).text
    assert chain.consumed(bought) == 0


def test_a_wrong_secret_is_found_by_trying(owner: Browser, chain: Chain) -> None:
    with chain.store.connection():
        Platform.update(app_secret="wrong").where(
            Platform.platform_code == "meituan").execute()
    answer = tried(owner, chain)
    assert "没通" in answer.text and "授权有问题" in answer.text


def test_a_platform_that_does_not_answer_says_so(owner: Browser, chain: Chain) -> None:
    chain.fault("meituan", "prepare", "http_500", count=20)
    answer = tried(owner, chain)
    chain.behave()
    assert "没通" in answer.text and answer.status_code == 200


def test_a_venues_policy_decides_who_confirms(
        manager: Browser, clerk: Browser, chain: Chain) -> None:
    manager.send(f"/desk/venues/{chain.binjiang}", venue_form(policy_kiosk="auto",
                                                             auto_limit="150"))
    assert chain.ask(chain.buy(paid=99.0)).state is State.COMPLETED
    assert chain.ask(chain.buy(paid=199.0)).state is State.AWAITING_STAFF
    assert "¥150.00" in manager.text("/desk/venues")


def test_opening_hours_may_end_after_midnight(manager: Browser, chain: Chain) -> None:
    manager.send(f"/desk/venues/{chain.binjiang}", venue_form(opens="18:00", closes="02:00"))
    with chain.store.connection():
        venue = Venue.get_by_id(chain.binjiang)
    assert (venue.opens, venue.closes) == ("18:00", "02:00")
    assert 'value="18:00"' in manager.text(f"/desk/venues/{chain.binjiang}")


def test_a_manager_changes_only_his_own_venue_and_closes_none(
        manager: Browser, chain: Chain) -> None:
    assert manager.open(f"/desk/venues/{chain.chengxi}").status_code == 403
    assert manager.send(f"/desk/venues/{chain.chengxi}", venue_form()).status_code == 403
    form = venue_form()
    del form["active"]
    manager.send(f"/desk/venues/{chain.binjiang}", form)
    with chain.store.connection():
        assert Venue.get_by_id(chain.binjiang).status == 1


@pytest.mark.parametrize("field, value, said", [
    ("name", "", "要填"), ("zone", "Mars/Olympus", "没有这个时区"), ("auto_limit", "1.234", "金额"),
    ("auto_limit", "-1", "金额"), ("opens", "25:00", "钟点"), ("name", "城西店", "已经有了")])
def test_a_mistake_is_said_beside_its_field(
        owner: Browser, chain: Chain, field: str, value: str, said: str) -> None:
    answer = owner.send(f"/desk/venues/{chain.binjiang}", venue_form(**{field: value}))
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">([^<]+)', answer.text)
    assert error is not None and said in error[1]
    assert f'aria-describedby="{field}-error' in answer.text


def test_opening_a_venue_twice_by_a_double_click_opens_one(owner: Browser, chain: Chain) -> None:
    form = venue_form(name="武林店", key=new_key())
    for _ in range(2):
        assert owner.send("/desk/venues/new", form).status_code == 200
    assert len(chain.rows(Venue, Venue.name == "武林店")) == 1


def test_mapping_what_members_brought_lets_them_redeem_and_ends_the_task(
        manager: Browser, clerk: Browser, chain: Chain) -> None:
    bought = chain.buy("douyin", "unmapped")
    clerk.send("/desk/redeem", {"code": bought.code})
    (task,) = chain.rows(Task, Task.state == "open")
    page = manager.text("/desk/skus")
    (mapping,) = chain.rows(SkuMapping, SkuMapping.product.is_null())
    assert f"/desk/skus/{mapping.id}" in page.split("已经对应的")[0]
    manager.send(f"/desk/skus/{mapping.id}", {"product_id": chain.products["lessons"]})
    assert "都对应好了" in manager.text("/desk/skus")
    assert chain.rows(Task, Task.id == task.id)[0].state == "done"
    assert "私教课 10 节" in clerk.send("/desk/redeem", {"code": bought.code}).text


def test_a_product_needs_what_its_kind_gives(manager: Browser, chain: Chain) -> None:
    form = {"name": "体验周卡", "kind": "card", "price": "99", "family": "gym"}
    assert manager.send("/desk/products/new", form).status_code == 422
    assert manager.send("/desk/products/new", {**form, "days": "7"}).status_code == 200
    page = manager.text("/desk/products")
    assert "体验周卡" in page and "¥99.00" in page and "7 天" in page


def class_form(chain: Chain, **more: str) -> dict[str, str]:
    return {"title": "流瑜伽", "coach": "周岚", "family": "group", "capacity": "12", "weeks": "1",
            "day": (chain.today + timedelta(days=1)).isoformat(), "starts": "18:30",
            "ends": "19:30", "key": new_key(), **more}


def test_a_class_is_added_for_some_weeks_and_members_can_book_it(
        manager: Browser, chain: Chain) -> None:
    manager.send("/desk/classes/new", class_form(chain, weeks="3"))
    sessions = chain.rows(ClassSession)
    assert len(sessions) == 3
    assert (sessions[1].starts_at - sessions[0].starts_at) == timedelta(weeks=1)
    day = (chain.today + timedelta(days=1)).isoformat()
    assert "流瑜伽" in manager.text(f"/desk/classes?day={day}")
    manager.send("/desk/classes/new", class_form(chain, weeks="3"))
    assert len(chain.rows(ClassSession)) == 3


def test_a_class_never_has_fewer_seats_than_are_taken(manager: Browser, chain: Chain) -> None:
    session = chain.class_tonight(capacity=8)
    chain.redeem(chain.buy("douyin", "class"), choice=f"class:{session}")
    form = class_form(chain, capacity="0")
    assert manager.send(f"/desk/classes/{session}/edit", form).status_code == 422
    assert manager.send(f"/desk/classes/{session}/cancel").status_code == 409
    page = manager.text(f"/desk/classes/{session}")
    assert "1 人，共 8 位" in page and "138****8000" in page and "13800138000" not in page


def test_an_empty_class_can_be_cancelled(manager: Browser, chain: Chain) -> None:
    session = chain.class_tonight()
    assert manager.send(f"/desk/classes/{session}/cancel").status_code == 200
    assert chain.rows(ClassSession, ClassSession.id == session)[0].status == "cancelled"


def staff_form(chain: Chain, **more: object) -> dict[str, object]:
    return {"username": "xinren", "name": "新来的", "role": "clerk",
            "venue_ids": [chain.binjiang], "key": new_key(), **more}


def test_a_new_clerk_gets_a_password_once_and_can_sign_in(
        manager: Browser, chain: Chain) -> None:
    form = staff_form(chain)
    page = manager.send("/desk/staff/new", form).text
    found = re.search(r"data-password>([^<]+)<", page)
    assert found is not None
    with chain.store.connection():
        signed = chain.services.sign_in.login("xinren", found[1])
    assert signed.actor.role is Role.CLERK and signed.actor.venues == {chain.binjiang}
    again = manager.send("/desk/staff/new", form)
    assert "已经加过了" in again.text and found[1] not in again.text
    assert len(chain.rows(Staff, Staff.username == "xinren")) == 1


@pytest.mark.parametrize("wish", [{"role": "manager"}, {"role": "admin"}, {"venue_ids": "west"}])
def test_a_manager_makes_nobody_more_than_he_may(
        manager: Browser, chain: Chain, wish: dict[str, str]) -> None:
    more = {"venue_ids": [chain.chengxi]} if wish.get("venue_ids") else wish
    assert manager.send("/desk/staff/new", staff_form(chain, **more)).status_code == 403


def test_a_manager_cannot_touch_the_owner_or_another_venues_clerk(
        manager: Browser, chain: Chain) -> None:
    for other in (chain.owner, chain.western_clerk):
        for action in ("password", "sign-out"):
            assert manager.send(f"/desk/staff/{other.id}/{action}").status_code == 403
        assert manager.send(f"/desk/staff/{other.id}", staff_form(chain)).status_code == 403


def test_the_last_administrator_stays_one(owner: Browser, chain: Chain) -> None:
    answer = owner.send(f"/desk/staff/{chain.owner.id}", staff_form(
        chain, name="老李", role="manager", active="1"))
    assert answer.status_code == 422 and "不能改自己的角色" in answer.text


def test_who_leaves_is_signed_out_at_once(desk: Desk, owner: Browser, chain: Chain) -> None:
    browser = desk.of(chain.clerk)
    assert browser.client.get("/desk/vouchers").status_code == 200
    owner.send(f"/desk/staff/{chain.clerk.id}", staff_form(chain, name="林小满", active="0"))
    assert browser.client.get("/desk/vouchers").status_code == 303


def test_a_binding_code_is_shown_as_text_and_as_qr_and_works_once(
        manager: Browser, chain: Chain) -> None:
    page = manager.send(f"/desk/staff/{chain.clerk.id}/bind").text
    code = re.search(r"data-code>绑定 (\w{8})<", page)
    assert code is not None and 'role="img"' in page
    with chain.store.connection():
        person = chain.services.binding.bind(code[1], "wecom", "ww-test", "another-phone")
    assert person.actor.id == chain.clerk.id


def test_a_clerk_may_bind_his_own_chat(clerk: Browser) -> None:
    assert "data-code" in clerk.send("/desk/staff/me/bind").text


def test_a_kiosk_is_added_paired_and_switched_off(manager: Browser, chain: Chain) -> None:
    manager.send("/desk/kiosks/new", {"name": "2 号自助机", "venue_id": chain.binjiang,
                                      "key": new_key()})
    (kiosk,) = chain.rows(Kiosk, Kiosk.name == "2 号自助机")
    page = manager.send(f"/desk/kiosks/{kiosk.id}/pair").text
    code = re.search(r"data-code>(\w{4}) (\w{4})<", page)
    assert code is not None
    with chain.store.connection():
        token = chain.services.sign_in.pair(code[1] + code[2]).token
        assert chain.services.sign_in.recognise(token) is not None
    assert "在线" in manager.text("/desk/staff")
    manager.send(f"/desk/kiosks/{kiosk.id}", {"name": "2 号自助机"})
    with chain.store.connection():
        assert chain.services.sign_in.recognise(token) is None
    assert "停用" in manager.text("/desk/staff")


def test_everything_that_was_set_up_is_in_the_audit_book(
        owner: Browser, manager: Browser, chain: Chain) -> None:
    owner.send("/desk/venues/new", venue_form(name="武林店"))
    manager.send("/desk/classes/new", class_form(chain))
    chain.redeem(chain.buy())
    page = owner.text("/desk/audit")
    for line in ("门店：加了", "课表：加了", "核销：确认了"):
        assert line in page, line
    assert "门店：加了" not in manager.text("/desk/audit")
    only = owner.text("/desk/audit?action=class")
    assert "课表：加了" in only and "门店：加了" not in only
    assert len(chain.rows(Audit)) > 4


def test_a_dialog_closes_by_itself_when_its_form_is_done(owner: Browser, chain: Chain) -> None:
    answer = owner.client.post("/desk/products/new", headers=PART, data={
        "csrf": owner.csrf(), "name": "月卡", "kind": "card", "days": "30"})
    assert answer.status_code == 204
