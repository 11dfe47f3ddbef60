"""What a role may not use is absent from its pages and refused by the server."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.services.actor import Role
from kiosk.desk.access import role_of
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk

MENUS = {
    Role.CLERK: {"券", "待确认", "进店", "待办", "统计", "价格与券码", "课表"},
    Role.MANAGER: {"券", "待确认", "进店", "待办", "统计", "对账", "价格与券码", "课表",
                   "员工与设备", "运行状况", "设置"},
    Role.ADMIN: {"券", "待确认", "进店", "待办", "统计", "对账", "价格与券码", "课表",
                 "员工与设备", "运行状况", "设置"},
}
SETTINGS = {
    Role.MANAGER: {"门店", "商品", "平台商品对照", "打印机", "通知", "同步记录", "告警", "审计"},
    Role.ADMIN: {"平台", "门店", "商品", "平台商品对照", "打印机", "通知", "同步记录", "告警",
                 "审计"},
}


def routes(app: Flask, method: str) -> list[tuple[str, str]]:
    """(endpoint, address) of every page of the desk, with 1 for every number."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("desk.") and method in (rule.methods or ()):
            address = re.sub(r"<(?:string[^:]*|path):(\w+)>", "x", re.sub(r"<int:\w+>", "1",
                                                                         rule.rule))
            found.append((rule.endpoint, address))
    return found


def person(chain: Chain, role: Role) -> object:
    return {Role.CLERK: chain.clerk, Role.MANAGER: chain.manager, Role.ADMIN: chain.owner}[role]


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.word)
def test_the_menu_has_what_the_role_may_use_and_no_more(
        desk: Desk, chain: Chain, role: Role) -> None:
    page = desk.of(person(chain, role)).text("/desk/vouchers")
    shown = {words.strip() for words in re.findall(
        r'class="hx-nav__item"[^>]*>.*?</svg>([^<]+)', page)}
    assert shown == MENUS[role]


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.word)
def test_no_page_links_to_what_is_refused(desk: Desk, chain: Chain, role: Role) -> None:
    chain.class_tonight()
    chain.redeem(chain.buy())
    browser = desk.of(person(chain, role))
    seen, todo = set(), ["/desk/vouchers"]
    while todo:
        path = todo.pop()
        if path in seen or "/export." in path or len(seen) > 120:
            continue
        seen.add(path)
        answer = browser.open(path)
        assert answer.status_code not in (403, 404, 500), (path, answer.status_code)
        todo += [link.replace("&amp;", "&") for link in re.findall(r'href="(/desk[^"]*)"',
                                                                  answer.text)]
    assert len(seen) > 20


def test_the_settings_of_a_manager_leave_the_platforms_out(desk: Desk, chain: Chain) -> None:
    for role, names in SETTINGS.items():
        page = desk.of(person(chain, role)).text("/desk/settings")
        shown = set(re.findall(r"<h2>([^<]+?)\s*(?:<|$)", page))
        assert names <= shown, role
    assert "平台" not in set(re.findall(r"<h2>([^<]+)</h2>", desk.of(chain.manager).text(
        "/desk/settings")))


def test_every_page_refuses_a_role_below_its_own(app: Flask, desk: Desk, chain: Chain) -> None:
    refused = 0
    for endpoint, address in routes(app, "GET") + routes(app, "POST"):
        with app.app_context():
            needed = role_of(endpoint)
        if needed is None or needed is Role.CLERK:
            continue
        for role in Role:
            if role < needed:
                browser = desk.of(person(chain, role))
                method = "GET" if (endpoint, address) in routes(app, "GET") else "POST"
                answer = browser.open(address) if method == "GET" else browser.send(address)
                assert answer.status_code == 403, (role.word, endpoint)
                refused += 1
    assert refused > 40


def test_nobody_opens_anything_without_signing_in(app: Flask, desk: Desk) -> None:
    for endpoint, address in routes(app, "GET"):
        with app.app_context():
            if role_of(endpoint) is None:
                continue
        answer = desk.nobody().client.get(address)
        assert answer.status_code == 303 and "/desk/login" in answer.location, endpoint


def test_every_form_refuses_a_missing_and_a_foreign_token(
        app: Flask, desk: Desk, chain: Chain) -> None:
    owner, other = desk.of(chain.owner), desk.of(chain.manager)
    foreign = other.csrf()
    forms = routes(app, "POST")
    assert len(forms) > 30
    for endpoint, address in forms:
        for sent in ({}, {"csrf": ""}, {"csrf": foreign}):
            answer = owner.client.post(address, data=sent)
            assert answer.status_code == 403, (endpoint, sent)
            assert 'data-refused="csrf"' in answer.text or endpoint == "desk.sign_in.enter"


def test_a_signed_out_dialog_says_so_instead_of_showing_the_login_inside(desk: Desk) -> None:
    answer = desk.nobody().client.get("/desk/vouchers", headers={"X-Desk-Part": "1"})
    assert answer.status_code == 401


def test_an_address_that_is_none_says_so_in_words(clerk: Browser) -> None:
    answer = clerk.open("/desk/no/such/page")
    assert answer.status_code == 404 and "没有找到" in answer.text
