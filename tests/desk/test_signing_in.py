"""The way in: names, passwords, lock-out, cookies, and getting out everywhere."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from core.errors import NotSignedIn
from core.services.sign_in import SESSION_COOKIE
from core.store.tables import Session, Staff
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk

PASSWORD = "liang-shan-bo"


@pytest.fixture
def account(chain: Chain) -> str:
    """林小满's user name; her password is PASSWORD."""
    hashed = chain.services.sign_in.hash_password(PASSWORD)
    with chain.store.connection():
        Staff.update(password_hash=hashed).where(Staff.id == chain.clerk.id).execute()
    return "linxiaoman"


def visit_token(browser: Browser) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.open("/desk/login").text)
    assert found is not None
    return found[1]


def sign_in(browser: Browser, username: str, password: str, **more: str) -> object:
    return browser.client.post("/desk/login", data={
        "csrf": visit_token(browser), "username": username, "password": password, **more})


def test_the_right_password_opens_the_desk(desk: Desk, account: str) -> None:
    browser = desk.nobody()
    answer = sign_in(browser, account, PASSWORD)
    assert answer.status_code == 303
    assert "林小满" in browser.text("/desk/vouchers")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
        desk: Desk, account: str) -> None:
    answer = sign_in(desk.nobody(), account, PASSWORD)
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie"
                  and value.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


@pytest.mark.parametrize("username, password", [("linxiaoman", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(
        desk: Desk, account: str, username: str, password: str) -> None:
    answer = sign_in(desk.nobody(), username, password)
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text and SESSION_COOKIE not in str(answer.headers)


def test_five_wrong_passwords_lock_the_account_and_say_until_when(
        desk: Desk, account: str) -> None:
    for _ in range(5):
        sign_in(desk.nobody(), account, "wrong")
    answer = sign_in(desk.nobody(), account, PASSWORD)
    assert answer.status_code == 401 and "错了太多次" in answer.text


def test_signing_in_needs_the_token_of_the_form(desk: Desk, account: str) -> None:
    browser = desk.nobody()
    visit_token(browser)
    answer = browser.client.post("/desk/login", data={"username": account, "password": PASSWORD})
    assert answer.status_code == 403
    assert browser.client.get_cookie(SESSION_COOKIE) is None


def test_after_signing_in_one_goes_on_where_one_wanted_to_go(desk: Desk, account: str) -> None:
    browser = desk.nobody()
    sent_away = browser.client.get("/desk/stats?range=90")
    assert sent_away.status_code == 303
    assert "/desk/login?next=%2Fdesk%2Fstats%3Frange%3D90" in sent_away.location
    answer = sign_in(browser, account, PASSWORD, next="/desk/stats?range=90")
    assert answer.location == "/desk/stats?range=90"


@pytest.mark.parametrize("elsewhere", [
    "https://evil.example/desk", "//evil.example/desk", "/desk\\@evil.example", "/deskevil",
    "/desk/../../evil", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(desk: Desk, account: str, elsewhere: str) -> None:
    answer = sign_in(desk.nobody(), account, PASSWORD, next=elsewhere)
    assert answer.location.startswith("/desk") and "evil.example" not in answer.location
    assert not answer.location.startswith("//")


def test_signing_out_ends_the_session_on_the_server(desk: Desk, chain: Chain) -> None:
    browser = desk.of(chain.clerk)
    token = browser.client.get_cookie(SESSION_COOKIE).value
    browser.send("/desk/logout", follow=False)
    thief = desk.nobody()
    thief.client.set_cookie(SESSION_COOKIE, token)
    assert thief.client.get("/desk/vouchers").status_code == 303


def test_another_device_is_listed_and_can_be_signed_out(desk: Desk, chain: Chain) -> None:
    here, there = desk.of(chain.clerk), desk.of(chain.clerk)
    page = here.text("/desk/account")
    ids = re.findall(r"/desk/account/sessions/(\d+)/end", page)
    assert len(ids) == 1 and "就是这台" in page
    here.send(f"/desk/account/sessions/{ids[0]}/end")
    assert there.client.get("/desk/vouchers").status_code == 303
    assert here.client.get("/desk/vouchers").status_code == 200


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0"


@pytest.mark.parametrize(("agent", "said"), [
    (CHROME, "Chrome，Windows"), (f"{CHROME} Edg/130.0", "Edge，Windows"),
    (WECHAT, "WeChat，iPhone"), ("pos-till 2", "pos-till 2"), ("", "不知道是什么设备")])
def test_a_device_is_called_by_its_browser(
        desk: Desk, chain: Chain, agent: str, said: str) -> None:
    browser = desk.of(chain.clerk)
    with chain.store.connection():
        Session.update(agent=agent).execute()
    assert f">{said}</td>" in browser.text("/desk/account")


def test_nobody_ends_somebody_elses_session(desk: Desk, chain: Chain) -> None:
    mine, other = desk.of(chain.clerk), desk.of(chain.manager)
    with chain.store.connection():
        ids = {session.id for session in chain.services.sign_in.sessions_of(chain.manager.id)}
    answer = mine.send(f"/desk/account/sessions/{ids.pop()}/end")
    assert answer.status_code == 404
    assert other.client.get("/desk/vouchers").status_code == 200


def test_language_and_theme_are_kept_on_the_device(desk: Desk, chain: Chain) -> None:
    browser = desk.of(chain.clerk)
    browser.send("/desk/account/look", {"language": "en", "theme": "dark"})
    page = browser.text("/desk/vouchers")
    assert '<html lang="en"' in page and 'data-theme="dark"' in page and ">Vouchers<" in page


def test_whoever_works_in_two_venues_switches_between_them(desk: Desk, chain: Chain) -> None:
    browser = desk.of(chain.owner)
    browser.send("/desk/account/venue", {"venue_id": chain.chengxi})
    assert "城西店" in browser.text("/desk/account")
    clerk = desk.of(chain.clerk)
    assert clerk.send("/desk/account/venue", {"venue_id": chain.chengxi}).status_code == 403


def test_every_page_forbids_what_a_page_must_not_do(desk: Desk, chain: Chain) -> None:
    for path in ("/desk/login", "/desk/vouchers"):
        headers = desk.of(chain.clerk).client.get(path, follow_redirects=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


NEW = "绿-bicycle-22"


def changed(browser: Browser, **more: str) -> TestResponse:
    return browser.send("/desk/account/password", {"old": PASSWORD, "new": NEW, "again": NEW,
                                                   **more})


def test_a_new_password_takes_effect_and_signs_the_other_devices_out(
        desk: Desk, chain: Chain, account: str) -> None:
    here, there = desk.of(chain.clerk), desk.of(chain.clerk)
    assert changed(here).request.path == "/desk/account"
    assert here.client.get("/desk/vouchers").status_code == 200
    assert there.client.get("/desk/vouchers").status_code == 303
    with chain.store.connection():
        assert chain.services.sign_in.login(account, NEW).actor.id == chain.clerk.id
        with pytest.raises(NotSignedIn):
            chain.services.sign_in.login(account, PASSWORD)


@pytest.mark.parametrize("more, said", [
    ({"old": "wrong"}, "现在的密码不对"), ({"new": "short", "again": "short"}, "至少 10 位"),
    ({"again": "another one"}, "两遍不一样"), ({"new": PASSWORD, "again": PASSWORD}, "换一个")])
def test_a_password_change_that_makes_no_sense_is_refused(
        desk: Desk, chain: Chain, account: str, more: dict[str, str], said: str) -> None:
    answer = changed(desk.of(chain.clerk), **more)
    assert answer.status_code == 422 and said in answer.text


def test_guessing_the_old_password_locks_the_account(
        desk: Desk, chain: Chain, account: str) -> None:
    browser = desk.of(chain.clerk)
    for _ in range(5):
        changed(browser, old="wrong")
    assert "错了太多次" in changed(browser).text
