"""A person of the demo in front of the desk's pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.e2e.kiosk import WAIT
from tests.running import RunningShop

DESK, PHONE = (1440, 900), (390, 844)


@contextmanager
def at_the_desk(browser: Browser, shop: RunningShop, username: str, path: str,
                size: tuple[int, int] = DESK) -> Iterator[Page]:
    """Signed in through the page, then at `path`."""
    context = browser.new_context(base_url=shop.web_url, locale="zh-CN",
                                  viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    person = shop.staff(username)
    page.goto(f"/desk/login?next={path}")
    page.locator("input[name=username]").fill(person["username"])
    page.locator("input[name=password]").fill(person["password"])
    page.locator("input[name=password]").press("Enter")
    page.locator("h1").wait_for()
    yield page
    context.close()
