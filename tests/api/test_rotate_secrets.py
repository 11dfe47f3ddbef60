"""`app.py rotate-secrets` beside a web server that goes on redeeming."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from core.config import Settings
from core.demo_keys import new_keys
from jobs.demo_world import environment, sandbox_world
from tests.running import PATIENCE, RunningShop

OLD, NEW = (new_keys()["SECRET_KEYS"] for _ in range(2))


@pytest.fixture
def rotating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """A shop of its own, under the old key."""
    shop = RunningShop(tmp_path_factory.mktemp("rotating"), SECRET_KEYS=OLD)
    shop.environ.update(environment(sandbox_world(Settings.read(shop.environ))))
    try:
        shop.open()
        yield shop
    finally:
        shop.stop()


def restart_with(shop: RunningShop, keys: str) -> None:
    """As the runbook says: change SECRET_KEYS, restart."""
    shop.stop("web")
    shop.environ["SECRET_KEYS"] = keys
    shop.start_web()


def redeemed(shop: RunningShop, platform: str) -> bool:
    """Whether one voucher could be redeemed at the desk."""
    answer = shop.call("POST", "/api/v1/vouchers/verify", {
        "voucher_code": shop.buy(platform)["code"], "phone": "13800138000"},
        token=shop.staff("linxiaoman")["token"])
    return answer.status_code == 200


def test_the_shop_redeems_before_while_and_after(rotating: RunningShop) -> None:
    shop = rotating
    assert redeemed(shop, "meituan")
    restart_with(shop, f"{NEW},{OLD}")
    stop, fates = threading.Event(), list[bool]()

    def busy() -> None:
        while not stop.is_set() or not fates:
            fates.append(redeemed(shop, ("meituan", "douyin")[len(fates) % 2]))

    clerk = threading.Thread(target=busy)
    clerk.start()
    for _ in range(2):
        assert shop.command("rotate-secrets").wait(PATIENCE) == 0, shop.log()[-2000:]
    stop.set()
    clerk.join()
    assert all(fates), fates
    assert " 0 cannot be opened" in shop.log() and "0 re-encrypted" in shop.log()
    restart_with(shop, NEW)
    assert redeemed(shop, "meituan") and redeemed(shop, "douyin")


def test_a_key_that_is_gone_is_told_by_the_exit_code(rotating: RunningShop) -> None:
    rotating.environ["SECRET_KEYS"] = NEW
    assert rotating.command("rotate-secrets").wait(PATIENCE) == 1
    assert "cannot be opened by any of SECRET_KEYS" in rotating.log()
