"""A member's own pages in a browser: signed in by the desk's code, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
import qrcode
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.api import door
from core.services.decode_image import MOST_BYTES
from core.store.tables import Booking, ClassSession, CourseOrder
from kiosk.self_service import views
from tests.builders import OTHER_PHONE, PHONE, Chain
from tests.services.racing import together

ZH = {"Accept-Language": "zh-CN"}


Browser = Callable[..., FlaskClient]


@pytest.fixture
def app(chain: Chain) -> Flask:
    app = Flask("member-pages", static_folder=None)
    door.register(app, chain.services)
    views.register(app, chain.services)
    return app


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def signed_in(chain: Chain, app: Flask) -> Browser:
    """A browser of whoever has this phone number, with a course of `uses` group classes."""
    def make(phone: str = PHONE, uses: int = 10) -> FlaskClient:
        done = chain.redeem(chain.buy(), phone=phone)
        assert done.member is not None
        if uses:
            chain.course(done.member.id, uses)
        browser = app.test_client()
        browser.post("/m/in", data={"code": chain.services.phone_sign_in.offer(
            done.ref, chain.clerk)})
        return browser
    return make


def forms(page: str, field: str) -> list[dict[str, str]]:
    """What each button of this name on a page of classes sends."""
    return [{**dict(re.findall(r'name="(\w+)" value="([^"]*)"', one))}
            for one in re.findall(r'<form method="post".*?</form>', page)
            if f'name="{field}"' in one]


def press(browser: FlaskClient, field: str) -> TestResponse:
    """Open the classes and press the first such button."""
    return browser.post("/m/classes", headers=ZH,
                        data=forms(browser.get("/m/classes", headers=ZH).text, field)[0])


def stand(chain: Chain) -> tuple[list[int], list[int]]:
    """Seats taken of each class, uses spent of each course."""
    return ([row.taken for row in chain.rows(ClassSession)],
            [row.uses_used for row in chain.rows(CourseOrder)])


@pytest.fixture
def code(chain: Chain) -> str:
    """What the desk hands to a member who has just got a card."""
    return chain.services.phone_sign_in.offer(chain.redeem(chain.buy()).ref, chain.clerk)


def test_cards_pass_and_visits(chain: Chain, browser: FlaskClient, code: str) -> None:
    answer = browser.post("/m/in", data={"code": code}, headers=ZH)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/m/cards")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/m" in cookie
    assert "月卡 30 天" in browser.get("/m/cards", headers=ZH).text
    shown = browser.get("/m/pass", headers=ZH)
    text = re.search(r'data-pass="(HXP\w+)"', shown.text)
    assert text and 'data-renew="30"' in shown.text
    assert not chain.services.visits.record(text[1], chain.kiosk).repeated
    assert "月卡 30 天" in browser.get("/m/history", headers=ZH).text
    assert "把券码贴在这里" in browser.get("/m/use", headers=ZH).text
    browser.post("/m/out")
    assert browser.get("/m/cards").headers["Location"] == "/m/in"


def test_a_voucher_is_asked_for_and_waits_for_the_staff(chain: Chain, browser: FlaskClient,
                                                        code: str) -> None:
    browser.post("/m/in", data={"code": code})
    found = browser.post("/m/use", data={"code": chain.buy().code, "venue": chain.binjiang},
                         headers=ZH)
    assert "续月卡 30 天" in found.text and 'name="phone"' not in found.text
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found.text))
    choice = re.search(r'name="choice" value="([^"]+)" checked', found.text)
    assert choice
    asked = browser.post("/m/use/ask", data={**form, "choice": choice[1]})
    assert asked.headers["Location"].startswith("/m/r/")
    assert "等店员" in browser.get(asked.headers["Location"], headers=ZH).text


def test_the_language_that_was_chosen_stays(signed_in: Browser) -> None:
    lin = signed_in(uses=0)
    assert "我的卡" in lin.get("/m/cards", headers=ZH).text
    assert "My cards" in lin.get("/m/cards?lang=en", headers=ZH).text
    assert "My cards" in lin.get("/m/history", headers=ZH).text
    assert "我的卡" in lin.get("/m/pass?lang=zh", headers=ZH).text
    assert "我的卡" in lin.get("/m/cards", headers=ZH).text


def test_pictures_of_the_phones_camera_are_read_for_members_only(
        chain: Chain, signed_in: Browser, browser: FlaskClient) -> None:
    lin, bought = signed_in(uses=0), chain.buy()
    picture = BytesIO()
    qrcode.make(bought.code).save(picture, format="PNG")

    def read(who: FlaskClient, body: bytes) -> TestResponse:
        return who.post("/m/use/photo", data=body, content_type="image/jpeg")

    assert read(lin, picture.getvalue()).get_json() == {"texts": [bought.code]}
    for nothing in (b"", b"\xff\xd8 no picture", b"x" * (MOST_BYTES + 1)):
        assert read(lin, nothing).get_json() == {"texts": []}
    assert read(browser, picture.getvalue()).status_code == 403
    assert chain.consumed(bought) == 0


def test_a_wrong_code_signs_nobody_in(browser: FlaskClient) -> None:
    answer = browser.post("/m/in", data={"code": "ABCD2345"}, headers=ZH)
    assert answer.status_code == 422 and "登录码不对" in answer.text
    for page in ("cards", "classes", "pass", "history", "use"):
        assert browser.get(f"/m/{page}").headers["Location"] == "/m/in"
    assert browser.post("/m/classes", data={"book": "1"}).headers["Location"] == "/m/in"


def test_a_class_is_booked_and_given_back(chain: Chain, signed_in: Browser) -> None:
    browser = signed_in()
    chain.class_tonight()
    assert press(browser, "book").headers["Location"] == f"/m/classes?venue={chain.binjiang}"
    page = browser.get("/m/classes", headers=ZH).text
    assert "我约的课" in page and "已约" in page and not forms(page, "book")
    assert stand(chain) == ([1], [1])
    (back,) = forms(page, "give_back")
    for _ in range(2):
        assert browser.post("/m/classes", data=back).status_code == 303
    page = browser.get("/m/classes", headers=ZH).text
    assert "我约的课" not in page and len(forms(page, "book")) == 1
    assert stand(chain) == ([0], [0]), "given back once, however often it was pressed"


def test_a_vouchers_seat_given_back_is_exchanged(chain: Chain, signed_in: Browser) -> None:
    browser, tonight = signed_in(uses=0), chain.class_tonight()
    chain.class_tonight(starts_in=timedelta(hours=27))
    chain.redeem(chain.buy("meituan", "class"), choice=f"class:{tonight}")
    assert "没有能约这节的课包" in browser.get("/m/classes", headers=ZH).text
    press(browser, "give_back")
    page = browser.get("/m/classes", headers=ZH).text
    assert "位子退了，可以换一节约" in page
    browser.post("/m/classes", data=forms(page, "book")[1])
    assert stand(chain) == ([0, 1], [])


def test_the_last_seat_goes_to_one_browser(chain: Chain, signed_in: Browser) -> None:
    both = [signed_in(PHONE), signed_in(OTHER_PHONE)]
    chain.class_tonight(capacity=1)
    sent = [forms(each.get("/m/classes").text, "book")[0] for each in both]
    answers = together(*(partial(each.post, "/m/classes", data=data, headers=ZH)
                         for each, data in zip(both, sent, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    (late,) = [answer for answer in answers if answer.status_code == 422]
    assert "这节满了" in late.text and "满了" in late.text and not forms(late.text, "book")
    taken, used = stand(chain)
    assert (taken, sorted(used)) == ([1], [0, 1])


def test_a_double_click_books_once_and_looks_like_one(chain: Chain, app: Flask,
                                                      signed_in: Browser) -> None:
    browser = signed_in()
    chain.class_tonight()
    (data,) = forms(browser.get("/m/classes").text, "book")
    cookie = browser.get_cookie("hx_member", path="/m")
    assert cookie is not None
    hands = [app.test_client() for _ in range(3)]
    for hand in hands:
        hand.set_cookie("hx_member", cookie.value, path="/m")
    answers = together(*(partial(hand.post, "/m/classes", data=data) for hand in hands))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert stand(chain) == ([1], [1])
    again = browser.post("/m/classes", data=data | {"key": "another page"}, headers=ZH)
    assert again.status_code == 422 and "这节已经约过了" in again.text


def test_too_late_to_give_back(chain: Chain, signed_in: Browser) -> None:
    browser = signed_in()
    chain.class_tonight()
    press(browser, "book")
    (back,) = forms(browser.get("/m/classes").text, "give_back")
    chain.pass_time(timedelta(hours=1, minutes=5))
    answer = browser.post("/m/classes", data=back, headers=ZH)
    assert answer.status_code == 422 and "位子还是你的" in answer.text
    assert not forms(answer.text, "give_back"), "nor is it offered any more"
    assert stand(chain) == ([1], [1])
    chain.pass_time(timedelta(hours=3))
    assert "我约的课" not in browser.get("/m/classes", headers=ZH).text


def test_somebody_elses_seat_and_senseless_numbers(chain: Chain, signed_in: Browser) -> None:
    lin, wang = signed_in(PHONE), signed_in(OTHER_PHONE)
    chain.class_tonight()
    press(lin, "book")
    (seat,) = chain.rows(Booking)
    for data in ({"give_back": seat.id}, {"give_back": "9" * 30}, {"give_back": "-1"},
                 {"book": "9" * 30}, {"book": "x"}, {}):
        assert wang.post("/m/classes", data=data).status_code == 422
    assert wang.get("/m/classes?venue=999999999999999999999").status_code == 200
    taken, used = stand(chain)
    assert (taken, sorted(used)) == ([1], [0, 1])


def test_history_tells_each_voucher_and_how_it_went(chain: Chain, signed_in: Browser) -> None:
    lin, wang = signed_in(PHONE), signed_in(OTHER_PHONE)
    undone = chain.redeem(chain.buy())
    chain.services.redeem.undo(undone.ref, chain.manager, "会员不来了")
    waiting = chain.ask(chain.buy())
    page = lin.get("/m/history", headers=ZH).text
    told = re.findall(r'href="/m/r/(\w+)".*?<span class="hx-state".*?</svg>([^<]+)<', page)
    assert [words for _, words in told] == ["等店员", "撤销了", "办好了"]
    assert [ref for ref, _ in told][:2] == [waiting.ref, undone.ref]
    assert undone.ref not in wang.get("/m/history").text


def test_a_long_history_has_pages(chain: Chain, signed_in: Browser) -> None:
    browser, bought = signed_in(), chain.buy()
    for _ in range(20):
        chain.services.redeem.withdraw(chain.ask(bought).ref, chain.kiosk)
    first, second, beyond = (browser.get(f"/m/history?page={page}", headers=ZH).text
                             for page in ("", "2", "9" * 12))
    assert (first.count("/m/r/"), second.count("/m/r/"), beyond.count("/m/r/")) == (20, 1, 0)
    assert "/m/history?page=2" in first and "/m/history?page=1" in second
