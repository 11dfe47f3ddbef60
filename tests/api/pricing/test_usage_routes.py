"""Who used which code: records and statistics over HTTP (P40–P42, P169–P173)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import business_day
from tests.api.pricing.desk import Desk, cart

ROOT = "/voucher/usage"


@pytest.fixture
def story(desk: Desk) -> dict[str, Any]:
    """A code of two uses: one in an order that was cancelled, one marked by staff."""
    shop = desk.shop
    batch = desk.post("/voucher/batch/create", {
        "batchName": "春游", "scenicId": shop.lake, "discountType": 2, "discountValue": 0.85,
        "totalCount": 3, "maxUses": 2}, shop.owner)
    code = desk.post("/voucher/mobile/claim", {"scenicId": shop.lake}, shop.lin)
    order = desk.post("/checkout", cart(("PHOTO_SET", 1), scenicId=shop.lake), shop.lin)
    desk.put(f"/voucher/code/{code['id']}/use", {"reason": "现场用"}, shop.clerk)
    desk.post(f"/orders/{order['orderNo']}/cancel", {"reason": "不要了"}, shop.lin)
    return {"batch": batch["id"], "code": code["voucherCode"], "order": order["orderNo"]}


def test_the_history_by_every_condition(desk: Desk, story: dict[str, Any]) -> None:
    """P169: given-back uses are marked, not hidden"""
    shop = desk.shop
    today = business_day(shop.clock.now())

    def found(**wanted: Any) -> int:
        page = desk.post(f"{ROOT}/history", wanted, shop.owner)
        assert page["total"] == len(page["items"])
        return int(page["total"])

    assert found() == 2
    for condition, count in (
            ({"voucherCode": story["code"].lower()}, 2), ({"batchId": story["batch"]}, 2),
            ({"scenicId": shop.lake}, 2), ({"scenicId": shop.hill}, 0),
            ({"faceId": "face-lin"}, 2), ({"faceId": "face-wang"}, 0),
            ({"orderNo": story["order"]}, 1), ({"endTime": str(today)}, 2),
            ({"startTime": str(today + timedelta(days=1))}, 0)):
        assert found(**condition) == count, condition
    page = desk.post(f"{ROOT}/history", {"pageNum": 2, "pageSize": 1}, shop.owner)
    assert (page["total"], page["items"][0]["orderNo"], page["items"][0]["discountAmount"]) == (
        2, story["order"], 19.2)
    assert page["items"][0]["reversedTime"] is not None
    assert desk.refusal("POST", f"{ROOT}/history", {"startTime": "x"}, as_=shop.owner)[0] == 422


def test_the_records_of_one_code(desk: Desk, story: dict[str, Any]) -> None:
    """P170"""
    records = desk.get(f"{ROOT}/{story['code']}/records", desk.shop.manager)
    assert [(one["reason"], one["reversedTime"] is None) for one in records] == [
        ("不要了", False), ("现场用", True)]
    assert {one["voucherCode"] for one in records} == {story["code"]}
    masked = desk.get(f"{ROOT}/{story['code']}/records", desk.shop.clerk)
    assert all("*" in one["voucherCode"] for one in masked)


def test_how_one_code_was_used(desk: Desk, story: dict[str, Any]) -> None:
    """P171"""
    stats = desk.get(f"{ROOT}/{story['code']}/stats", desk.shop.manager)
    assert (stats["status"], stats["maxUseCount"], stats["useCount"],
            stats["remainingUseCount"], stats["recordCount"], stats["totalDiscountAmount"]) == (
        1, 2, 1, 1, 2, 0.0)
    assert stats["firstUseTime"] == stats["lastUseTime"] is not None


@pytest.mark.parametrize("what", ["records", "stats"])
def test_an_unknown_code_has_no_story(desk: Desk, story: dict[str, Any], what: str) -> None:
    for code, actor in (("K7M49XRT2AHX", desk.shop.owner), ("12", desk.shop.owner),
                        (story["code"], desk.shop.hill_manager)):
        assert desk.refusal("GET", f"{ROOT}/{code}/{what}", as_=actor) == (
            404, "voucher_not_found")


def test_what_a_face_used_at_a_venue(desk: Desk, story: dict[str, Any]) -> None:
    """P172"""
    shop = desk.shop
    path = f"{ROOT}/user/face-lin/scenic/{shop.lake}"
    assert len(desk.get(path, shop.lin)) == len(desk.get(path, shop.clerk)) == 2
    assert desk.get(f"{ROOT}/user/face-lin/scenic/{shop.hill}", shop.lin) == []
    for actor in (shop.wang, shop.hill_manager):
        assert desk.refusal("GET", path, as_=actor)[0] == 403


def test_how_the_codes_of_a_batch_were_used(desk: Desk, story: dict[str, Any]) -> None:
    """P173"""
    stats = desk.get(f"{ROOT}/batch/{story['batch']}/stats", desk.shop.clerk)
    assert {name: stats[name] for name in (
        "totalCount", "claimedCount", "recordCount", "useCount", "usedCodeCount", "userCount",
        "totalDiscountAmount")} == {
        "totalCount": 3, "claimedCount": 1, "recordCount": 2, "useCount": 1,
        "usedCodeCount": 1, "userCount": 1, "totalDiscountAmount": 0.0}
    assert [one["day"] for one in stats["days"]] == [
        str(business_day(desk.shop.clock.now()))]
    assert desk.refusal("GET", f"{ROOT}/batch/{story['batch']}/stats",
                        as_=desk.shop.hill_manager) == (404, "not_found")
