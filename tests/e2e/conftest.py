"""The whole system as a newcomer starts it, and real browsers in front of it.

Everything here lives as long as this package's tests, so that no other room's browser meets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from core.config import Settings
from core.money import Money
from core.wiring import Services, build
from tests.e2e.camera import Camera
from tests.e2e.kiosk import Kiosk
from tests.e2e.past import booked_wrong
from tests.e2e.staff import StaffChat
from tests.running import RunningShop

BROWSER_ARGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
CALM = {"reduced_motion": "reduce"}
"""Without a graphics card an endless animation costs a whole core, which the pages then lack."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """`app.py demo` on free ports, with a folder of its own."""
    running = RunningShop(tmp_path_factory.mktemp("shop"))
    running.run_all()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def behind(shop: RunningShop) -> Iterator[Services]:
    """The same shop's services, for what pages do not show or was before."""
    services = build(Settings.read(shop.environ))
    yield services
    services.store.close()


@pytest.fixture
def wrong_amount(shop: RunningShop, behind: Services) -> Iterator[Money]:
    """What our book of yesterday says of a redemption, and the platform does not."""
    with booked_wrong(shop, behind, Money(1_00)):
        yield Money(1_00)


@pytest.fixture(scope="package")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """What every browser's camera sees."""
    return Camera(tmp_path_factory.mktemp("camera") / "picture.mjpeg")


@pytest.fixture(scope="package")
def browser(camera: Camera) -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*BROWSER_ARGS, *camera.browser_args])
        yield chromium
        chromium.close()


@pytest.fixture
def device(browser: Browser, shop: RunningShop) -> Iterator[BrowserContext]:
    """A kiosk's own browser profile: 1080 by 1920, Chinese, camera allowed."""
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, locale="zh-CN",
                                  permissions=["camera"], base_url=shop.web_url, **CALM)
    yield context
    context.close()


@pytest.fixture
def kiosk(device: BrowserContext, shop: RunningShop) -> Iterator[Kiosk]:
    """The kiosk of venue 1 at its start page; it must never log an error of its own."""
    kiosk = Kiosk(device.new_page(), shop)
    kiosk.open()
    yield kiosk
    assert kiosk.faults == []


@pytest.fixture
def staff(browser: Browser, shop: RunningShop) -> Iterator[StaffChat]:
    """林小满 at her chat."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **CALM)
    yield StaffChat(context.new_page(), shop, "linxiaoman")
    context.close()


@pytest.fixture
def phone(browser: Browser, shop: RunningShop) -> Iterator[Page]:
    """A member's phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN",
                                  base_url=shop.web_url, **CALM)
    yield context.new_page()
    context.close()
