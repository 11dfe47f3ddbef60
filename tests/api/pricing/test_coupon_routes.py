"""Coupons over HTTP (P100, P106–P125): administration, claims, records, statistics."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import business_day
from tests.api.pricing.desk import Desk, cart

CONFIGS = "/admin/coupons/configs"
COUPON = {"couponName": "满 200 减 20", "couponType": "fixed_amount", "discountValue": 20,
          "minAmount": 200, "totalQuantity": 5, "claimLimit": 2}
SHARE = {"couponName": "照片 8.5 折", "couponType": "percentage", "discountValue": 0.85,
         "maxDiscount": 30, "applicableProducts": ["PHOTO_SET", "PHOTO_PRINT"]}


def made(desk: Desk, **more: Any) -> int:
    return int(desk.post(CONFIGS, {**COUPON, **more}, desk.shop.owner)["id"])


def claimed(desk: Desk, coupon: int, **more: Any) -> Any:
    return desk.post(f"/coupons/{coupon}/claim", {"scenicId": desk.shop.lake, **more},
                     desk.shop.lin)


def test_a_coupon_is_kept_as_it_was_written(desk: Desk) -> None:
    """P106, P116, P117, P121–P124"""
    owner = desk.shop.owner
    fixed = desk.post(CONFIGS, {**COUPON, "validUntil": "2027-01-31"}, owner)
    assert {name: fixed[name] for name in COUPON} == {**COUPON, "discountValue": 20.0,
                                                      "minAmount": 200.0}
    assert fixed["validUntil"].startswith("2027-01-31T16:00")  # until 24:00 at the venue
    share = desk.post(CONFIGS, SHARE, owner)
    assert (share["discountValue"], share["maxDiscount"], share["applicableProducts"]) == (
        0.85, 30.0, ["PHOTO_SET", "PHOTO_PRINT"])
    assert (share["status"], share["isActive"], share["scenicId"]) == (1, True, None)
    assert desk.get(f"{CONFIGS}/{share['id']}", owner) == share


def test_a_change_leaves_the_rest_alone(desk: Desk) -> None:
    """P107"""
    coupon = made(desk)
    changed = desk.put(f"{CONFIGS}/{coupon}", {"couponName": "新名字"}, desk.shop.owner)
    assert (changed["couponName"], changed["discountValue"], changed["minAmount"]) == (
        "新名字", 20.0, 200.0)


def test_a_deleted_coupon_is_in_no_list_and_counts_for_nothing(desk: Desk) -> None:
    """P108"""
    coupon = made(desk, minAmount=None)
    claimed(desk, coupon)
    desk.delete(f"{CONFIGS}/{coupon}", desk.shop.owner)
    assert desk.get(CONFIGS, desk.shop.owner) == []
    assert desk.refusal("GET", f"{CONFIGS}/{coupon}", as_=desk.shop.owner) == (404, "not_found")
    assert desk.refusal("DELETE", f"{CONFIGS}/{coupon}", as_=desk.shop.owner) == (
        404, "not_found")
    shown = desk.post("/calculate", cart(("PHOTO_SET", 1), scenicId=desk.shop.lake),
                      desk.shop.lin)
    assert shown["usedCoupon"] is None


@pytest.mark.parametrize("sent", [{"status": 0}, {"isActive": False}], ids=str)
@pytest.mark.parametrize("in_query", [False, True], ids=["body", "query"])
def test_a_coupon_is_switched_off(desk: Desk, sent: dict[str, Any], in_query: bool) -> None:
    """P109"""
    coupon = made(desk)
    path = f"{CONFIGS}/{coupon}/status"
    answer = desk.call("PUT", path, {} if in_query else sent, as_=desk.shop.owner,
                       **({name: str(value) for name, value in sent.items()} if in_query else {}))
    assert (answer["code"], answer["data"]["status"]) == (200, 0)
    assert desk.refusal("PUT", path, {}, as_=desk.shop.owner) == (422, "invalid_input")
    assert desk.refusal("PUT", path, {"status": 2}, as_=desk.shop.owner) == (
        422, "invalid_input")
    assert [one["status"] for one in desk.get(CONFIGS, desk.shop.owner)] == [0]  # P110


def test_pages_and_filters(desk: Desk) -> None:
    """P111, P7: the seed's pageNum and pageSize and the design's names mean the same"""
    ids = [made(desk, couponName=f"券 {number}", status=number % 2) for number in range(5)]
    owner, path = desk.shop.owner, f"{CONFIGS}/page"
    first = desk.get(path, owner, pageNum=1, pageSize=2)
    assert (first["total"], first["page"], first["page_size"]) == (5, 1, 2)
    assert first == desk.get(path, owner, page=1, page_size=2)
    assert [one["id"] for one in desk.get(path, owner, pageNum=3, pageSize=2)["items"]] == [ids[0]]
    assert desk.get(path, owner, pageNum=9, pageSize=2)["items"] == []
    assert desk.get(path, owner, status=1)["total"] == 2
    assert [one["couponName"] for one in desk.get(path, owner, name="券 3")["items"]] == ["券 3"]
    assert desk.get(path, owner, pageSize=5000)["page_size"] == 100
    for odd in ({"pageNum": 0}, {"pageSize": -1}, {"pageNum": "x"}, {"status": 7}):
        assert desk.refusal("GET", path, as_=owner, **odd) == (422, "invalid_input")


@pytest.mark.parametrize(("change", "field"), [
    ({"couponName": ""}, "couponName"), ({"couponType": "half"}, "couponType"),
    ({"discountValue": None}, "discountValue"), ({"discountValue": -1}, "discountValue"),
    ({"discountValue": 1.234}, "discountValue"), ({"minAmount": -0.01}, "minAmount"),
    ({"minAmount": "NaN"}, "minAmount"), ({"totalQuantity": 0}, "totalQuantity"),
    ({"claimLimit": 0}, "claimLimit"), ({"validFrom": "soon"}, "validFrom"),
    ({"maxDiscount": 5}, "maxDiscount"),
    ({"applicableProducts": ["SOUP"]}, "applicableProducts"),
    ({"applicableProducts": "[oops"}, "applicableProducts"),
    ({"couponType": "percentage", "discountValue": 1.5}, "discountValue")], ids=str)
def test_what_nobody_could_explain_is_not_saved(desk: Desk, change: dict[str, Any],
                                                field: str) -> None:
    answer = desk.call("POST", CONFIGS, {**COUPON, **change}, as_=desk.shop.owner)
    assert answer["code"] == 422
    assert field in str(answer["facts"]), answer
    assert desk.get(CONFIGS, desk.shop.owner) == []


def test_the_end_comes_after_the_beginning(desk: Desk) -> None:
    assert desk.refusal("POST", CONFIGS, {**COUPON, "validFrom": "2027-02-01",
                                          "validUntil": "2027-01-01"}, as_=desk.shop.owner) == (
        422, "ends_before_it_starts")


def test_managers_keep_to_their_venue(desk: Desk) -> None:
    shop = desk.shop
    own = {**COUPON, "scenicId": shop.lake}
    coupon = desk.post(CONFIGS, own, shop.manager)["id"]
    assert desk.refusal("POST", CONFIGS, COUPON, as_=shop.manager)[0] == 403
    assert desk.refusal("POST", CONFIGS, own, as_=shop.clerk)[0] == 403
    assert desk.refusal("PUT", f"{CONFIGS}/{coupon}", {"status": 0}, as_=shop.hill_manager) == (
        404, "not_found")
    assert desk.get(CONFIGS, shop.hill_manager) == []
    assert [one["id"] for one in desk.get(CONFIGS, shop.clerk)] == [coupon]


def test_my_coupons_are_mine(desk: Desk) -> None:
    """P100: the current user's only"""
    shop = desk.shop
    coupon = made(desk)
    record = claimed(desk, coupon)
    (mine,) = desk.get("/coupons/my-coupons", shop.lin)
    assert mine == record
    assert (mine["couponId"], mine["status"], mine["discountValue"], mine["userId"]) == (
        coupon, "claimed", 20.0, shop.lin.id)
    assert desk.get("/coupons/my-coupons", shop.wang) == []
    assert desk.get("/coupons/my-coupons", shop.lin, status="used") == []
    assert len(desk.get("/coupons/my-coupons", shop.kiosk, faceId="face-lin")) == 1
    assert desk.refusal("GET", "/coupons/my-coupons", as_=shop.wang, faceId="face-lin") == (
        403, "other_face")
    assert desk.refusal("GET", "/coupons/my-coupons", as_=shop.kiosk) == (422, "claimer_needed")
    assert desk.refusal("GET", "/coupons/my-coupons", as_=shop.lin, status="x")[0] == 422


def test_claims_are_limited_and_say_so(desk: Desk) -> None:
    coupon = made(desk, claimLimit=1, totalQuantity=2)
    claimed(desk, coupon)
    again = desk.call("POST", f"/coupons/{coupon}/claim", {}, as_=desk.shop.lin)
    assert (again["error"], again["message"]) == ("coupon_claimed", "你已经领过了，最多领 1 张")
    desk.post(f"/coupons/{coupon}/claim", {}, desk.shop.wang)
    gone = desk.call("POST", f"/coupons/{coupon}/claim", {"faceId": "f"}, as_=desk.shop.kiosk)
    assert (gone["code"], gone["error"], gone["message"]) == (409, "coupon_gone", "已领完")
    assert desk.refusal("POST", "/coupons/999999/claim", {}, as_=desk.shop.lin) == (
        404, "not_found")


def test_one_key_claims_once(desk: Desk) -> None:
    coupon = made(desk)
    path, lin = f"/coupons/{coupon}/claim", desk.shop.lin
    first = desk.post(path, {}, lin, key="k-1")
    assert desk.post(path, {}, lin, key="k-1") == first
    assert desk.refusal("POST", path, {"scenicId": desk.shop.lake}, as_=lin, key="k-1") == (
        409, "idempotency_conflict")
    assert len(desk.get("/coupons/my-coupons", lin)) == 1


def some_records(desk: Desk) -> tuple[int, int]:
    """Two coupons; lin claims both and uses the first, wang claims the second."""
    shop = desk.shop
    first, second = made(desk, minAmount=None), made(desk, minAmount=500)
    claimed(desk, first)
    desk.post("/checkout", cart(("PHOTO_SET", 1), scenicId=shop.lake), shop.lin)
    claimed(desk, second)
    desk.post(f"/coupons/{second}/claim", {"scenicId": shop.hill}, shop.wang)
    return first, second


def test_claim_records_by_every_condition(desk: Desk) -> None:
    """P112, P113"""
    shop = desk.shop
    first, second = some_records(desk)
    records = "/admin/coupons/claim-records"
    assert len(desk.get(records, shop.owner)) == 3
    today = business_day(shop.clock.now())
    for condition, count in (
            ({"couponId": first}, 1), ({"userId": shop.lin.id}, 2), ({"status": "used"}, 1),
            ({"faceId": "face-wang"}, 1), ({"scenicId": shop.hill}, 1),
            ({"startTime": str(today)}, 3), ({"endTime": str(today)}, 3),
            ({"startTime": str(today + timedelta(days=1))}, 0),
            ({"couponId": second, "status": "claimed"}, 2)):
        assert len(desk.get(records, shop.owner, **condition)) == count, condition
        page = desk.get(f"{records}/page", shop.owner, pageNum=1, pageSize=1, **condition)
        assert (page["total"], len(page["items"])) == (count, min(count, 1)), condition
    assert len(desk.get(f"{records}/user/{shop.lin.id}", shop.owner)) == 2
    assert len(desk.get(f"{records}/coupon/{second}", shop.owner)) == 2
    assert len(desk.get(records, shop.hill_manager)) == 1
    assert desk.refusal("GET", records, as_=shop.owner, status="lost")[0] == 422
    (used,) = desk.get(records, shop.owner, status="used")
    assert used["orderNo"].startswith("P") and used["discountAmount"] == 20.0


def test_how_coupons_do(desk: Desk) -> None:
    """P114, P115, P125"""
    shop = desk.shop
    first, second = some_records(desk)
    stats = "/admin/coupons/stats"
    one = desk.get(f"{stats}/{first}", shop.owner)
    assert {name: one[name] for name in (
        "claimedCount", "usedCount", "expiredCount", "availableCount", "remainingQuantity",
        "usageRate", "totalDiscountAmount")} == {
        "claimedCount": 1, "usedCount": 1, "expiredCount": 0, "availableCount": 0,
        "remainingQuantity": 4, "usageRate": 1.0, "totalDiscountAmount": 20.0}
    assert desk.get(f"{stats}/{first}/overview", shop.owner) == one
    detail = desk.get(f"{stats}/{first}/detail", shop.owner)
    assert detail["days"] == [{"day": str(business_day(shop.clock.now())), "claimedCount": 1,
                               "usedCount": 1, "discountAmount": 20.0}]
    every = desk.get(f"{stats}/overview", shop.owner)
    assert (every["claimedCount"], every["usedCount"], every["usageRate"]) == (3, 1, 0.3333)
    assert desk.get(f"{stats}/overview", shop.hill_manager)["claimedCount"] == 1
    assert desk.refusal("GET", f"{stats}/999999", as_=shop.owner) == (404, "not_found")
    shop.coupon(5, scenic_id=shop.lake)
    own = desk.get(CONFIGS, shop.owner)[0]["id"]
    assert desk.refusal("GET", f"{stats}/{own}", as_=shop.hill_manager) == (404, "not_found")
    assert second != first


def test_a_coupon_that_is_over_counts_as_expired(desk: Desk) -> None:
    coupon = made(desk, validUntil=(desk.shop.clock.now() + timedelta(hours=1)).isoformat())
    claimed(desk, coupon)
    desk.shop.pass_time(hours=2)
    stats = desk.get(f"/admin/coupons/stats/{coupon}", desk.shop.owner)
    assert (stats["availableCount"], stats["expiredCount"]) == (0, 1)
