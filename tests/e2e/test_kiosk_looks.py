"""Seen and touched: every screen at every size, in both themes, within reach of a finger, and
without a word from axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.axe import complaints
from tests.e2e.kiosk import Kiosk, new_phone
from tests.e2e.test_kiosk_cart import choose, photo_shop
from tests.e2e.test_kiosk_endings import CONSUME, platforms_behave_again
from tests.e2e.test_kiosk_privacy import quick_clock, walk_away
from tests.running import RunningShop

__all__ = ["photo_shop", "platforms_behave_again"]

SIZES = {
    "portrait": {"viewport": {"width": 1080, "height": 1920}},
    "landscape": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "200 % zoom": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}

SMALL = """() => [...document.querySelectorAll("button, [role=button]")]
  .filter((each) => each.offsetParent && !each.closest("[inert]"))
  .map((each) => [each.dataset.act ?? each.id, each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 56 || box.height < 56)
  .map(([name, box]) => `${name} ${Math.round(box.width)} x ${Math.round(box.height)}`)"""

SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"

TOO_TALL = "() => document.documentElement.scrollHeight - innerHeight"

CUT_OFF = """() => [...document.querySelectorAll("#main *")]
  .filter((each) => each.children.length === 0 && each.textContent.trim()
    && each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.textContent)"""

PALE = """() => {
  const colour = (text) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const paint = colour(getComputedStyle(each).backgroundColor);
      if (paint[3] === 255) return paint;
    }
    return [255, 255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter((each) =>
    each.offsetParent && !each.closest("[disabled], [aria-hidden], svg, .hx-skip")
    && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((each) => {
      const [front, back] = [light(colour(getComputedStyle(each).color)), light(ground(each))];
      const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
      return [each.textContent.trim().slice(0, 20), Math.round(contrast * 10) / 10];
    }).filter(([, contrast]) => contrast < 4.5).map(String);
}"""


@pytest.fixture(scope="module", params=list(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(browser: Browser, shop: RunningShop, size: str, theme: str) -> Iterator[Kiosk]:
    """A kiosk of that size and theme; without motion, so that nothing is caught in flight."""
    context = browser.new_context(**SIZES[size], locale="zh-CN", color_scheme=theme,
                                  permissions=["camera"], reduced_motion="reduce")
    kiosk = Kiosk(context.new_page(), shop)
    kiosk.open()
    yield kiosk
    assert kiosk.faults == []
    context.close()


def looked_at(kiosk: Kiosk, screen: str) -> None:
    """It is that screen, and nothing is wrong with it."""
    expect(kiosk.on(screen)).to_be_visible()
    page = kiosk.page
    assert page.evaluate(SIDEWAYS) <= 0, f"{screen}: scrolls sideways"
    assert page.evaluate(CUT_OFF) == [], screen
    assert page.evaluate(SMALL) == [], f"{screen}: too small to touch"
    assert page.evaluate(PALE) == [], f"{screen}: too pale to read"
    assert complaints(page) == [], screen


def back(kiosk: Kiosk) -> None:
    kiosk.press("leave")
    kiosk.on("home")


@contextmanager
def held(kiosk: Kiosk, addresses: str) -> Iterator[None]:
    """The server has not answered yet."""
    waiting: list[Route] = []
    kiosk.page.route(addresses, lambda route: waiting.append(route))
    yield
    for each in waiting:
        each.continue_()
    kiosk.page.unroute(addresses)


def test_every_way_in_fits_and_can_be_touched_and_read(member: Kiosk, shop: RunningShop) -> None:
    looked_at(member, "home")
    member.page.locator("#call").click()
    expect(member.page.locator("#note")).not_to_be_empty()
    looked_at(member, "home")
    member.press("entry")
    looked_at(member, "entry")
    member.press("key-letters")
    looked_at(member, "entry")
    back(member)
    member.press("camera")
    looked_at(member, "camera")
    back(member)
    for code, screen in (("wxp://f2f0abcdefghijklmnop", "error"), ("wrong_venue", "error"),
                         ("expired", "error"), ("multi_certificate_order", "certificates"),
                         ("times_card", "times")):
        member.scan(shop.demo["codes"].get(code, code))
        looked_at(member, screen)
        back(member)
    with held(member, "**/redemptions/inspect"):
        member.scan(shop.demo["codes"]["douyin_class"])
        looked_at(member, "checking")
    looked_at(member, "found")
    member.press("more")
    looked_at(member, "found")


def test_every_step_to_the_result_fits_and_can_be_touched_and_read(
        member: Kiosk, shop: RunningShop) -> None:
    member.scan(shop.buy()["code"])
    looked_at(member, "found")
    member.choose("choice-open")
    looked_at(member, "phone")
    member.give_phone(new_phone())
    looked_at(member, "waiting")
    ref = member.ref
    member.page.context.set_offline(True)
    looked_at(member, "offline")
    member.page.context.set_offline(False)
    member.press("retry")
    member.on("waiting")
    shop.control("POST", "faults", {"platform": "meituan", "endpoint": CONSUME["meituan"],
                                    "mode": "timeout_before"})
    shop.call("POST", f"/api/v1/redemptions/{ref}/confirm", {},
              token=shop.staff("linxiaoman")["token"])
    looked_at(member, "unknown")
    shop.control("DELETE", "faults")
    looked_at(member, "success")
    back(member)
    member.ask_for(shop.buy()["code"])
    member.press("withdraw")
    looked_at(member, "ended")


def test_the_cart_fits_and_can_be_touched_and_read(
        photo_shop: RunningShop, member: Kiosk) -> None:
    looked_at(member, "home")
    member.press("buy")
    looked_at(member, "shelf")
    back(member)
    choose(member, photos=1, vlogs=1, prints=7)
    looked_at(member, "cart")
    member.press("go")
    looked_at(member, "order")


def test_the_warning_before_everything_is_cleared_fits_and_can_be_read(
        member: Kiosk, shop: RunningShop) -> None:
    quick_clock(member)
    member.scan(shop.buy()["code"])
    member.on("found")
    walk_away(member.page, 62)
    expect(member.page.get_by_role("alertdialog")).to_be_visible()
    looked_at(member, "found")


@pytest.mark.parametrize("size", ["portrait", "landscape"], indirect=True, scope="module")
@pytest.mark.parametrize("theme", ["light"], indirect=True, scope="module")
def test_a_whole_screen_needs_no_scrolling(member: Kiosk, shop: RunningShop, size: str) -> None:
    member.open(query="?lang=en")
    assert member.page.evaluate(TOO_TALL) <= 0, "the start page in English"
    member.open()
    assert member.page.evaluate(TOO_TALL) <= 0, "the start page"
    for name in ("meituan_card", "douyin_class", "times_card", "wrong_venue"):
        member.scan(shop.demo["codes"][name])
        expect(member.page.locator("body")).not_to_have_attribute("data-screen", "home")
        expect(member.page.locator("body")).not_to_have_attribute("data-screen", "checking")
        tall = member.page.evaluate(TOO_TALL)
        assert tall <= 0, f"{name} in {size} is {tall} px too tall"
        member.press("leave")
        member.on("home")
