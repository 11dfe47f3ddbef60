"""Seen and touched: every screen at every size, in both themes, within reach of a finger."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.kiosk import Kiosk, new_phone
from tests.running import RunningShop

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


def test_every_screen_fits_and_can_be_touched_and_read(
        member: Kiosk, shop: RunningShop, size: str, theme: str) -> None:
    def looked_at(screen: str) -> None:
        expect(member.on(screen)).to_be_visible()
        where = f"{screen}, {size}, {theme}"
        assert member.page.evaluate(SIDEWAYS) <= 0, f"{where}: scrolls sideways"
        assert member.page.evaluate(CUT_OFF) == [], where
        assert member.page.evaluate(SMALL) == [], f"{where}: too small to touch"
        assert member.page.evaluate(PALE) == [], f"{where}: too pale to read"

    def again(do: Callable[[], None]) -> None:
        if member.button("leave").count():
            member.press("leave")
            member.on("home")
        do()

    looked_at("home")
    again(lambda: member.press("entry"))
    looked_at("entry")
    member.press("key-letters")
    looked_at("entry")
    again(lambda: member.press("camera"))
    looked_at("camera")
    again(lambda: member.scan("wxp://f2f0abcdefghijklmnop"))
    looked_at("error")
    again(lambda: member.scan(shop.demo["codes"]["wrong_venue"]))
    looked_at("error")
    again(lambda: member.scan(shop.demo["codes"]["multi_certificate_order"]))
    looked_at("certificates")
    again(lambda: member.scan(shop.demo["codes"]["times_card"]))
    looked_at("times")
    again(lambda: member.scan(shop.demo["codes"]["douyin_class"]))
    looked_at("found")
    member.press("more")
    looked_at("found")
    again(lambda: member.scan(shop.buy()["code"]))
    looked_at("found")
    member.choose("choice-open")
    looked_at("phone")
    member.give_phone(new_phone())
    looked_at("waiting")
    ref = member.ref
    member.page.context.set_offline(True)
    looked_at("offline")
    member.page.context.set_offline(False)
    member.press("retry")
    member.on("waiting")
    shop.call("POST", f"/api/v1/redemptions/{ref}/confirm", {},
              token=shop.staff("linxiaoman")["token"])
    looked_at("success")
    again(lambda: member.ask_for(shop.buy()["code"]))
    member.press("withdraw")
    looked_at("ended")


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
