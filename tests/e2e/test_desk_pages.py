"""Every page of the desk, for every role, at desk and phone size, light and dark: it fits, it is
quiet in the console, and axe-core has nothing to say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from core.money import Money
from core.services.actor import Actor, Role
from core.services.manual_records import Evidence
from core.services.redeem import RedeemRequest
from core.store.tables import Member, Printer, Product
from core.wiring import Services
from tests.e2e.axe import complaints
from tests.e2e.desk import DESKTOP, HAND, SIDEWAYS, Desk
from tests.e2e.kiosk import new_phone
from tests.e2e.past import booked_wrong
from tests.running import ROOT, RunningShop
from tests.services.test_manual_platform import photo

PEOPLE = {"admin": "laoli", "manager": "meixue", "clerk": "linxiaoman"}
LOOKS = {"desk, light": (DESKTOP, "light"), "desk, dark": (DESKTOP, "dark"),
         "phone, light": (HAND, "light"), "phone, dark": (HAND, "dark")}
SEEN = [*(("admin", look) for look in LOOKS), ("manager", "desk, light"),
        ("clerk", "phone, dark")]
"""An administrator meets every page; of the others' every one is among those."""
SMALL_TARGETS = """() => [...document.querySelectorAll("main a.hx-btn, main button, main summary")]
  .filter((each) => each.offsetParent && !each.closest("[inert]"))
  .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([name, box]) => `${name} ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
LEFT_OUT = re.compile(
    r"/desk/(redemptions/|redeem\?|account/(sessions|look)|.*export)")
"""Opened by hand below, or no pages."""
TELL_RULES = """if True:
    import json
    from app import create_app
    from core.config import Settings
    print(json.dumps([[rule.endpoint, rule.rule] for rule in
                      create_app(Settings.read()).url_map.iter_rules() if "GET" in rule.methods]))
"""
NOT_LINKED = {"desk.home", "desk.sign_in.login", "desk.waiting.now", "desk.waiting.listed",
              "desk.health.state", "desk.sync.progress", "desk.sync.state",
              "desk.prices.orders.changing", "desk.prices.batches.progress",
              "desk.manual.picture", "desk.manual.refund"}
"""Parts that a script asks for, what comes before or after the pages, and what only a voucher of
platform `manual` has: below."""


@pytest.fixture(scope="module")
def lived_in(shop: RunningShop, behind: Services) -> Iterator[RunningShop]:
    """A shop in which something has happened today, and yesterday."""
    manager = shop.staff("meixue")
    token = manager["token"]
    for platform in ("meituan", "douyin"):
        code = shop.buy(platform)["code"]
        seen = shop.call("POST", "/api/v1/redemptions/inspect",
                         {"code": code, "phone": "13800138000"}, token=token).json()["data"]
        shop.call("POST", "/api/v1/redemptions", {
            "inspection": seen["inspection"], "phone": "13800138000"}, token=token, key=code)
    forgotten = shop.call("POST", "/api/v1/redemptions/inspect", {
        "code": shop.demo["codes"]["unmapped"]}, token=shop.demo["kiosk"]["token"])
    assert forgotten.json()["error"] == "unmapped_sku", "a task for the manager"
    order = shop.call("POST", "/api/pricing/checkout", {
        "products": [{"productType": "PHOTO_SET"}], "scenicId": manager["venue_id"]},
        token=shop.demo["kiosk"]["token"])
    assert order.status_code == 200, order.text
    with behind.store.connection():
        guest = Actor("member", Member.get(Member.phone == "13800138000").id, "mini")
        shown = behind.visits.show(guest)
        came = shop.call("POST", "/api/v1/visits", {"text": shown.text}, token=token)
        assert came.status_code == 200, came.text
        printer = Printer.create(venue=manager["venue_id"], name="前台小票机",
                                 address="192.168.1.50", created_at=behind.clock.now())
    with booked_wrong(shop, behind, Money(1_00)):
        yield shop
    with behind.store.connection():
        printer.delete_instance()


@pytest.fixture(scope="module")
def pages(shop: RunningShop) -> set[str]:
    """The address of every page of the desk, every number in it a 1. Of an application in another
    process: here it would take the tables away from `behind`."""
    told = subprocess.run([sys.executable, "-c", TELL_RULES], cwd=ROOT, env=shop.environ,
                          check=True, capture_output=True)
    addresses = {re.sub("<int:[a-z_]+>", "1", rule) for endpoint, rule in json.loads(told.stdout)
                 if endpoint.startswith("desk.") and endpoint not in NOT_LINKED}
    return {address for address in addresses if "<" not in address}


@pytest.fixture(params=SEEN, ids=" ".join)
def somebody(request: pytest.FixtureRequest, browser: Browser,
             lived_in: RunningShop) -> Iterator[Desk]:
    role, look = request.param
    size, theme = LOOKS[look]
    context = browser.new_context(viewport=size, locale="zh-CN", color_scheme=theme,
                                  reduced_motion="reduce")
    desk = Desk(context.new_page(), lived_in).sign_in(PEOPLE[role])
    yield desk
    assert desk.faults == []
    context.close()


def wrong(page: Page) -> list[str]:
    """Everything that is wrong with the page as it stands."""
    over = page.evaluate(SIDEWAYS)
    # As a whole: what the bar at the bottom covers now can be scrolled to.
    window = page.viewport_size or HAND
    tall = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": window["width"], "height": max(window["height"], tall)})
    return [*([f"scrolls sideways by {over}"] if over > 0 else []),
            *page.evaluate(SMALL_TARGETS), *complaints(page)]


def told(bad: dict[str, str]) -> str:
    """Each complaint once, with the first page that has it."""
    return "\n".join(f"{page}: {complaint}" for complaint, page in bad.items())


def test_every_page_fits_and_is_accessible(somebody: Desk, pages: set[str]) -> None:
    page, todo = somebody.page, ["/desk/vouchers", "/desk/account/more"]
    seen: set[str] = set()
    bad: dict[str, str] = {}
    dialogs = 0
    while todo:
        path = todo.pop()
        alike = re.sub(r"\d+", "1", path.partition("?")[0])
        if alike in seen:
            continue
        seen.add(alike)
        somebody.open(path)
        page.wait_for_load_state("load")
        for complaint in wrong(page):
            bad.setdefault(complaint, path)
        links = page.locator("a[href^='/desk']").evaluate_all(
            "all => all.map((each) => [each.getAttribute('href'), each.hasAttribute('data-dialog'),"
            " each.target, each.hasAttribute('download')])")
        for href, in_dialog, target, file in links:
            if target or file or LEFT_OUT.match(href):
                continue
            dialogs += in_dialog
            todo.append(href)
    assert not bad, told(bad)
    assert len(seen) > 5 and dialogs >= 1
    if somebody.username == PEOPLE["admin"]:
        assert pages - seen == set()


def test_the_dialogs_of_a_redemption_fit_and_are_accessible(somebody: Desk) -> None:
    page = somebody.page
    bad: dict[str, str] = {}

    def looked_at(name: str) -> None:
        for complaint in wrong(page):
            bad.setdefault(complaint, name)

    somebody.scan("123456789012")
    looked_at("unknown code")
    page.keyboard.press("Escape")
    somebody.scan(somebody.shop.buy()["code"])
    somebody.dialog.get_by_role("button", name="核销").last.wait_for()
    looked_at("found")
    page.keyboard.press("Escape")
    somebody.redeem(somebody.shop.buy()["code"], new_phone())
    looked_at("redeemed")
    somebody.link("撤销", somebody.dialog).click()
    somebody.dialog.get_by_text("撤销后会变成这样").wait_for()
    looked_at("undo")
    page.keyboard.press("Escape")
    somebody.open("/desk/vouchers")
    page.locator("table a.hx-code").first.click()
    somebody.dialog.get_by_text("发生过什么").wait_for()
    looked_at("voucher")
    assert not bad, told(bad)


def test_what_only_a_voucher_without_interface_has_fits_and_is_accessible(
        somebody: Desk, behind: Services) -> None:
    code, staff = f"KS{new_phone()}", somebody.shop.staff(PEOPLE["manager"])
    manager = Actor("staff", staff["id"], "desk", staff["venue_id"], Role.MANAGER, "梅雪",
                    frozenset({staff["venue_id"]}))
    with behind.store.connection():
        card = Product.get(Product.name == "健身月卡 30 天").id
    behind.manual.record(Evidence(code, card, Money(188_00), picture=photo(80, 120)), manager)
    done = behind.redeem.at_once(RedeemRequest(code=code, phone=new_phone()), manager,
                                 platform="manual")
    bad: dict[str, str] = {}
    for path in (f"/desk/vouchers/{done.voucher_id}", f"/desk/manual/{done.voucher_id}/refund"):
        somebody.open(path)
        for complaint in wrong(somebody.page):
            bad.setdefault(complaint, path)
    assert not bad, told(bad)


@pytest.mark.parametrize("look", list(LOOKS))
def test_the_sign_in_page_is_accessible(browser: Browser, shop: RunningShop, look: str) -> None:
    size, theme = LOOKS[look]
    context = browser.new_context(viewport=size, locale="zh-CN", color_scheme=theme)
    page = context.new_page()
    page.goto(f"{shop.web_url}/desk/login")
    assert wrong(page) == []
    context.close()
