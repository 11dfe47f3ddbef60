"""The sync over HTTP: a run by hand with its progress, and the platforms' orders (S65, S104)."""

from __future__ import annotations

from typing import Any

import pytest

from core.config import Settings
from core.wiring import build
from tests.running import RunningShop


def ask(shop: RunningShop, method: str, path: str, token: str, body: Any = None) -> Any:
    answer = shop.call(method, f"/api/v1/{path}", body, token=token)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.fixture
def manager(shop: RunningShop) -> str:
    token: str = shop.staff("meixue")["token"]
    return token


def the_worker_comes(shop: RunningShop, seconds: float = 60.0) -> None:
    """What the job does that the route nudges."""
    services = build(Settings.read(shop.environ))
    services.platforms.sync.go_on(seconds)
    services.store.close()


@pytest.mark.parametrize("platform", ["meituan", "douyin"])
def test_orders_are_listed_by_hand_and_the_run_is_watched(shop: RunningShop, manager: str,
                                                          clerk: str, platform: str) -> None:
    bought = shop.buy(platform)
    order_id = shop.ledger(bought["certificate_id"])["order_id"]
    asked = ask(shop, "POST", "sync", clerk, {"platform": platform})
    (waiting,) = asked["runs"]
    assert (waiting["id"], waiting["state"], waiting["percent"]) == (asked["run_id"], "waiting", 0)
    again = ask(shop, "POST", "sync", clerk, {"platform": platform})
    assert again["run_id"] == asked["run_id"]
    the_worker_comes(shop, 0.0)  # its time is over after the first batch
    halfway = ask(shop, "GET", f"sync/runs/{asked['run_id']}", clerk)
    assert halfway["state"] in ("running", "done") and min(halfway["percent"], halfway["pages"]) > 0
    the_worker_comes(shop)
    done = ask(shop, "GET", f"sync/runs/{asked['run_id']}", clerk)
    assert (done["state"], done["percent"], done["error"]) == ("done", 100, "")
    assert ask(shop, "GET", f"sync/runs?platform={platform}&kind=manual", clerk)["total"] >= 1
    found = ask(shop, "GET", f"{platform}/orders?order_id={order_id}", manager)
    (order,) = found["items"]
    assert order["paid"] == 199.00 and order["status"] == "unused"
    assert [one["status"] for one in order["certificates"]] == [1]
    seen = ask(shop, "GET", f"{platform}/orders?order_id={order_id}", clerk)["items"][0]
    assert bought["code"] not in str(seen)


def test_days_that_make_no_sense_are_refused(shop: RunningShop, clerk: str) -> None:
    for body, status in (({"start_date": "2026-05-02", "end_date": "2026-05-01"}, 422),
                         ({"start_date": "2020-01-01", "end_date": "2026-01-01"}, 422),
                         ({"platform": "nobody"}, 422)):
        answer = shop.call("POST", "/api/v1/sync", body, token=clerk)
        assert answer.status_code == status, answer.text


def test_who_is_no_staff_sees_no_orders(shop: RunningShop, kiosk: str) -> None:
    for method, path in (("POST", "sync"), ("GET", "sync/runs"), ("GET", "meituan/orders")):
        assert shop.call(method, f"/api/v1/{path}", {}, token=kiosk).status_code == 403
        assert shop.call(method, f"/api/v1/{path}", {}).status_code == 401
    assert shop.call("GET", "/api/v1/nobody/orders", token=kiosk).status_code == 404
