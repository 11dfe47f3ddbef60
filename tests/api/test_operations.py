"""Tasks, alerts, reconciliations and health over HTTP, as the desk page reads them."""

from __future__ import annotations

from datetime import timedelta

import requests

from core.clock import SystemClock, business_day
from tests.running import RunningShop

TODAY = business_day(SystemClock().now()).isoformat()


def call(shop: RunningShop, token: str, method: str, path: str,
         **more: object) -> requests.Response:
    return requests.request(method, f"{shop.web_url}{path}", timeout=30,
                            headers={"Authorization": f"Bearer {token}"}, **more)  # type: ignore[arg-type]  # json or params


def test_tasks_and_alerts_are_listed_and_closed(shop: RunningShop, kiosk: str) -> None:
    manager = shop.staff("meixue")["token"]
    order = requests.post(f"{shop.sandbox_url}/_sandbox/orders", timeout=10,
                          json={"platform": "meituan", "sku": "unmapped"}).json()
    code = order["certificates"][0]["code"]
    refused = call(shop, kiosk, "POST", "/api/v1/redemptions/inspect", json={"code": code})
    assert refused.json()["error"] == "unmapped_sku"
    tasks = call(shop, manager, "GET", "/api/v1/tasks?state=open&kind=map_sku").json()["data"]
    (task,) = tasks["items"]
    assert task["ticket"] == refused.json()["facts"]["ticket"] and "运动水壶礼盒" in task["text"]
    alerts = call(shop, manager, "GET", "/api/v1/alerts?open=true&kind=map_sku").json()["data"]
    assert alerts["items"][0]["severity"] == "warning"
    path = f"/api/v1/tasks/{task['id']}"
    assert call(shop, manager, "POST", f"{path}/close", json={}).status_code == 422
    assert call(shop, kiosk, "POST", f"{path}/close", json={"resolution": "x"}).status_code == 403
    assert call(shop, manager, "POST", f"{path}/take").json()["data"]["taken_by_name"] == "梅雪"
    closed = call(shop, manager, "POST", f"{path}/close", json={"resolution": "配好了"}).json()
    assert closed["data"]["state"] == "done" and closed["data"]["resolution"] == "配好了"


def test_a_day_is_compared_listed_and_exported(shop: RunningShop, clerk: str) -> None:
    manager = shop.staff("meixue")["token"]
    wanted = {"venue_id": 1, "platform": "meituan", "day": TODAY}
    assert call(shop, clerk, "POST", "/api/v1/reconciliations", json=wanted).status_code == 403
    done = call(shop, manager, "POST", "/api/v1/reconciliations", json=wanted).json()["data"]
    assert done["state"] == "done" and isinstance(done["findings"], list)
    listed = call(shop, clerk, "GET", f"/api/v1/reconciliations?day={TODAY}").json()["data"]
    assert [one["id"] for one in listed["items"]] == [done["id"]]
    assert call(shop, clerk, "GET",
                f"/api/v1/reconciliations/{done['id']}").json()["data"]["counts"]["matched"] >= 0
    for kind, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        file = call(shop, manager, "GET", f"/api/v1/reconciliations/export?format={kind}")
        assert file.status_code == 200 and file.content.startswith(start)
    later = (business_day(SystemClock().now()) + timedelta(days=2)).isoformat()
    refused = call(shop, manager, "POST", "/api/v1/reconciliations", json={**wanted, "day": later})
    assert (refused.status_code, refused.json()["error"]) == (422, "day_to_come")


def test_health_and_metrics_answer(shop: RunningShop, clerk: str, kiosk: str) -> None:
    assert call(shop, kiosk, "GET", "/api/v1/health").status_code == 403
    report = call(shop, clerk, "GET", "/api/v1/health").json()["data"]
    assert report["state"] in ("green", "amber", "red") and report["database"] == "sqlite"
    assert [one["id"] for one in report["venues"]] == [1]
    assert {one["platform"] for one in report["platforms"]} == {"meituan", "douyin"}
    text = requests.get(f"{shop.web_url}/metrics", timeout=10)
    assert text.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "hexiaotai_platform_calls_total{" in text.text
    ready = requests.get(f"{shop.web_url}/readyz", timeout=10)
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")
