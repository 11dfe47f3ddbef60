"""Batches, codes, claims and prints over HTTP (P152–P168, P174–P179, and what the design adds)."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest

from core.store.tables import PriceVoucherCode, PriceVoucherUsage
from core.vouchers import owncode
from tests.api.pricing.desk import Desk, cart

ROOT = "/voucher"


def batch(desk: Desk, **more: Any) -> Any:
    return desk.post(f"{ROOT}/batch/create", {
        "batchName": "春游", "scenicId": desk.shop.lake, "discountType": 2,
        "discountValue": 0.85, "totalCount": 3, **more}, desk.shop.owner)


def claim(desk: Desk, face: str = "face-lin", **more: Any) -> Any:
    return desk.post(f"{ROOT}/mobile/claim", {"faceId": face, **more}, desk.shop.kiosk)


@pytest.mark.parametrize("path", ["/batch/create", "/batch/create/v2"])
def test_a_batch_is_kept_as_it_was_ordered(desk: Desk, path: str) -> None:
    """P158, P159, P161"""
    shop = desk.shop
    body = {"batchName": "推客甲", "scenicId": shop.lake, "brokerId": 77, "discountType": 1,
            "discountValue": 5, "applicableProducts": ["PHOTO_PRINT"], "totalCount": 4,
            "validUntil": "2027-03-31", "claimDays": 7, "maxUses": 2, "releaseOnExpiry": True}
    made = desk.post(f"{ROOT}{path}", body, shop.owner)
    assert {name: made[name] for name in body if name != "validUntil"} == {
        name: value for name, value in body.items() if name != "validUntil"}
    assert (made["generatedCount"], made["progress"], made["discountTypeName"]) == (
        4, 1.0, "商品降价")
    assert desk.get(f"{ROOT}/batch/{made['id']}", shop.owner) == made


def test_a_large_batch_shows_its_progress(desk: Desk) -> None:
    shop = desk.shop
    made = batch(desk, totalCount=2500)
    assert (made["generatedCount"], made["progress"]) == (1000, 0.4)
    assert shop.nudged == ["generate_codes"]
    shop.pricing.batches.generate()
    assert desk.get(f"{ROOT}/batch/{made['id']}", shop.owner)["progress"] == 1.0


@pytest.mark.parametrize("change", [
    {"batchName": ""}, {"scenicId": None}, {"totalCount": 0}, {"totalCount": 1_000_001},
    {"totalCount": 1.5}, {"discountType": 3}, {"discountType": "2"}, {"discountValue": None},
    {"discountValue": 1.2}, {"maxUses": 0}, {"claimDays": -1},
    {"applicableProducts": ["SOUP"]}, {"onPaper": True, "claimDays": 3},
    {"discountType": 0, "applicableProducts": ["PHOTO_SET"]}], ids=str)
def test_odd_batches_are_refused(desk: Desk, change: dict[str, Any]) -> None:
    body = {"batchName": "春游", "scenicId": desk.shop.lake, "discountType": 2,
            "discountValue": 0.85, "totalCount": 3, **change}
    answer = desk.call("POST", f"{ROOT}/batch/create", body, as_=desk.shop.owner)
    assert answer["code"] == 422 and answer["message"]
    assert desk.post(f"{ROOT}/batch/list", {}, desk.shop.owner)["total"] == 0


def test_batches_are_paged_and_filtered(desk: Desk) -> None:
    """P160, P7"""
    shop = desk.shop
    ids = [batch(desk, batchName=f"批 {number}", brokerId=number % 2 + 1, totalCount=1)["id"]
           for number in range(5)]
    desk.put(f"{ROOT}/batch/{ids[0]}/status", {"status": 0}, shop.owner)

    def found(**wanted: Any) -> tuple[int, list[int]]:
        page = desk.post(f"{ROOT}/batch/list", wanted, shop.owner)
        return page["total"], [one["id"] for one in page["items"]]

    assert found(pageNum=1, pageSize=2) == (5, ids[:-3:-1])
    assert found(pageNum=3, pageSize=2) == (5, ids[:1])
    assert found(brokerId=2) == (2, [ids[3], ids[1]])
    assert found(status=0) == (1, ids[:1])
    assert found(batchName="批 4") == (1, ids[4:])
    assert found(scenicId=shop.hill) == (0, [])
    assert desk.refusal("POST", f"{ROOT}/batch/list", {"pageSize": 0}, as_=shop.owner)[0] == 422


def test_a_batch_is_switched_off_and_on(desk: Desk) -> None:
    """P154, P163, P175"""
    made = batch(desk)
    path = f"{ROOT}/batch/{made['id']}/status"
    assert desk.put(path, {"status": 0}, desk.shop.manager)["status"] == 0
    gone = desk.call("POST", f"{ROOT}/mobile/claim", {"faceId": "f", "batchId": made["id"]},
                     as_=desk.shop.kiosk)
    assert (gone["code"], gone["error"]) == (409, "batch_disabled")
    desk.put(path, {"isActive": True}, desk.shop.manager)
    claim(desk)
    assert desk.refusal("PUT", path, {}, as_=desk.shop.manager)[0] == 422
    assert desk.refusal("PUT", path, {"status": 0}, as_=desk.shop.clerk)[0] == 403
    assert desk.refusal("PUT", path, {"status": 0}, as_=desk.shop.hill_manager)[0] == 404


def test_the_figures_of_a_batch(desk: Desk) -> None:
    """P153, P162"""
    made = batch(desk, totalCount=4)
    code = claim(desk)
    claim(desk, "face-2")
    desk.put(f"{ROOT}/code/{code['id']}/use", {}, desk.shop.clerk)
    stats = desk.get(f"{ROOT}/batch/{made['id']}/stats", desk.shop.clerk)
    assert {name: stats[name] for name in (
        "totalCount", "claimedCount", "usedCount", "availableCount", "usableCount",
        "exhaustedCount", "expiredCount", "claimedRate", "usageRate")} == {
        "totalCount": 4, "claimedCount": 2, "usedCount": 1, "availableCount": 2,
        "usableCount": 1, "exhaustedCount": 1, "expiredCount": 0, "claimedRate": 0.5,
        "usageRate": 0.25}
    assert desk.refusal("GET", f"{ROOT}/batch/999999/stats", as_=desk.shop.owner) == (
        404, "not_found")


def test_a_claim_hands_out_a_whole_code(desk: Desk) -> None:
    """P147–P148, P155–P157, P167, P174"""
    batch(desk)
    code = claim(desk)
    assert owncode.check(owncode.normalise(code["voucherCode"]))
    assert (code["status"], code["faceId"], code["remainingUseCount"]) == (1, "face-lin", 1)
    assert code["claimedTime"] is not None
    again = desk.call("POST", f"{ROOT}/mobile/claim", {"faceId": "face-lin"},
                      as_=desk.shop.kiosk)
    assert (again["code"], again["error"], again["message"]) == (
        409, "already_claimed", "你在这家店已经领过了")
    assert desk.get(f"{ROOT}/mobile/my-codes", desk.shop.lin) == [code]  # P168
    assert desk.get(f"{ROOT}/mobile/my-codes", desk.shop.wang) == []
    assert desk.refusal("GET", f"{ROOT}/mobile/my-codes", as_=desk.shop.kiosk) == (
        422, "claimer_needed")


def test_the_last_code_gone_is_said_in_both_languages(desk: Desk) -> None:
    """P176"""
    batch(desk, totalCount=1)
    claim(desk)
    for language, text in (("zh", "已领完"), ("en", "All claimed")):
        gone = desk.call("POST", f"{ROOT}/mobile/claim", {"faceId": "face-2"},
                         as_=desk.shop.kiosk, language=language)
        assert (gone["code"], gone["error"], gone["message"]) == (409, "codes_gone", text)


def test_the_status_of_a_code_follows_its_life(desk: Desk) -> None:
    """P147–P151"""
    shop = desk.shop
    batch(desk, totalCount=2, maxUses=2, validUntil=(
        shop.clock.now() + timedelta(hours=1)).isoformat())
    code = claim(desk)

    def names() -> set[str]:
        return {one["statusName"] for one in desk.post(
            f"{ROOT}/codes", {"scenicId": shop.lake}, shop.owner)["items"]}

    seen = [names()]
    for _ in range(2):
        desk.put(f"{ROOT}/code/{code['id']}/use", {}, shop.clerk)
        seen.append(names())
    shop.pass_time(hours=2)
    assert [*seen, names()] == [{"未领取", "可使用"}, {"未领取", "可使用"}, {"未领取", "已用完"},
                                {"已过期", "已用完"}]


def test_codes_are_paged_filtered_and_masked(desk: Desk) -> None:
    """P164, I8"""
    shop = desk.shop
    one, two = batch(desk), batch(desk, batchName="秋游")
    code = claim(desk)

    def total(**wanted: Any) -> int:
        return int(desk.post(f"{ROOT}/codes", wanted, shop.owner)["total"])

    assert total() == 6
    assert total(batchId=two["id"]) == 3
    assert total(batchId=one["id"], status=1) == 1
    assert total(faceId="face-lin") == total(voucherCode=code["voucherCode"].lower()) == 1
    assert total(scenicId=shop.hill) == 0
    assert len(desk.post(f"{ROOT}/codes", {"pageNum": 2, "pageSize": 4}, shop.owner)["items"]) == 2
    (seen,) = desk.post(f"{ROOT}/codes", {"status": 1}, shop.clerk)["items"]
    assert "*" in seen["voucherCode"]
    assert desk.refusal("POST", f"{ROOT}/codes", {"status": 9}, as_=shop.owner)[0] == 422
    assert desk.post(f"{ROOT}/codes", {}, shop.hill_manager)["total"] == 0


def test_staff_use_a_code_and_take_the_use_back(desk: Desk) -> None:
    """P149, P165"""
    shop = desk.shop
    batch(desk)
    code = claim(desk)
    path = f"{ROOT}/code/{code['id']}"
    used = desk.put(f"{path}/use", {"reason": "现场用"}, shop.clerk)
    assert (used["status"], used["useCount"]) == (2, 1)
    again = desk.call("PUT", f"{path}/use", {}, as_=shop.clerk)
    assert (again["code"], again["error"]) == (409, "code_used")
    assert "用过了" in again["message"]
    assert desk.refusal("PUT", f"{path}/undo", {}, as_=shop.clerk)[0] == 403
    assert desk.put(f"{path}/undo", {"reason": "点错了"}, shop.manager)["status"] == 1
    assert desk.refusal("PUT", f"{path}/undo", {}, as_=shop.manager) == (409, "code_not_used")
    for actor, status in ((shop.hill_manager, 404), (shop.kiosk, 403), (shop.lin, 403)):
        assert desk.refusal("PUT", f"{path}/use", {}, as_=actor)[0] == status


def test_who_holds_codes_of_a_venue(desk: Desk) -> None:
    """P166"""
    shop = desk.shop
    batch(desk, totalCount=5)
    for face in ("face-a", "face-b", "face-lin"):
        code = claim(desk, face)
    desk.put(f"{ROOT}/code/{code['id']}/use", {}, shop.clerk)
    path = f"{ROOT}/scenic/{shop.lake}/users"
    page = desk.get(path, shop.clerk, pageNum=1, pageSize=2)
    assert (page["total"], len(page["items"])) == (3, 2)
    (lin,) = [one for one in desk.get(path, shop.clerk)["items"] if one["faceId"] == "face-lin"]
    assert (lin["userId"], lin["claimedCount"], lin["usedCount"], lin["availableCount"]) == (
        shop.lin.id, 1, 1, 0)
    assert desk.refusal("GET", path, as_=shop.hill_manager)[0] == 403


def test_a_code_in_the_hand_is_looked_at_before_the_cart(desk: Desk) -> None:
    """P39"""
    shop = desk.shop
    batch(desk, onPaper=True, totalCount=1)
    (row,) = shop.rows(PriceVoucherCode)

    def look(code: str, actor: Any = None, **more: Any) -> Any:
        return desk.post(f"{ROOT}/validate", {"voucherCode": code, **more}, actor or shop.kiosk)

    good = look(row.code.lower())
    assert (good["valid"], good["reason"], good["message"], good["discountValue"],
            good["discountTypeName"], good["usesLeft"]) == (True, None, None, 0.85, "商品打折", 1)
    desk.post("/checkout", cart(("PHOTO_SET", 1), voucherCode=row.code), shop.kiosk)
    used = look(row.code)
    assert (used["valid"], used["reason"], used["discountValue"]) == (False, "code_used", None)
    assert "用过了" in used["message"] and row.code not in str(used)
    assert look("1234567890")["reason"] == "voucher_not_found"
    assert desk.refusal("POST", f"{ROOT}/validate", {}, as_=shop.kiosk)[0] == 422
    assert desk.refusal("POST", f"{ROOT}/validate", {"voucherCode": "x"}, as_=shop.lin) == (
        422, "scenic_needed")


def test_guessing_codes_one_by_one_is_slowed_down(desk: Desk) -> None:
    for number in range(31):
        answer = desk.call("POST", f"{ROOT}/validate", {"voucherCode": f"K7M4 {number}"},
                           as_=desk.shop.kiosk)
    assert answer["error"] == "too_many_requests"


@pytest.mark.parametrize(("form", "starts"), [
    ("png", b"\x89PNG"), ("pdf", b"%PDF-"), ("escpos", b"\x1b@\x1c&")])
def test_a_code_is_printed_once_and_then_as_a_reprint(desk: Desk, form: str,
                                                      starts: bytes) -> None:
    """P43, P54, P94"""
    batch(desk)
    claim(desk)
    body = {"faceId": "face-lin", "format": form, "paper": 80}
    first = desk.post(f"{ROOT}/print", body, desk.shop.kiosk, key="print-1")
    assert b64decode(first["content"]).startswith(starts)
    assert (first["printNumber"], first["reprint"], first["format"]) == (1, False, form)
    assert desk.post(f"{ROOT}/print", body, desk.shop.kiosk, key="print-1")["printNumber"] == 1
    second = desk.post(f"{ROOT}/print", body, desk.shop.kiosk)
    assert (second["printNumber"], second["reprint"]) == (2, True)


@pytest.mark.parametrize(("body", "status", "word"), [
    ({"voucherCode": "K7M4 9XRT 2AH0"}, 404, "voucher_not_found"),
    ({"faceId": "face-nobody"}, 404, "voucher_not_found"), ({}, 422, "claimer_needed"),
    ({"faceId": "f", "format": "gif"}, 422, "invalid_input"),
    ({"faceId": "f", "paper": 57}, 422, "invalid_input")], ids=str)
def test_what_cannot_be_printed(desk: Desk, body: dict[str, Any], status: int,
                                word: str) -> None:
    assert desk.refusal("POST", f"{ROOT}/print", body, as_=desk.shop.kiosk) == (status, word)


def test_one_key_makes_one_batch_and_one_claim(desk: Desk) -> None:
    shop = desk.shop
    body = {"batchName": "春游", "scenicId": shop.lake, "discountType": 0, "totalCount": 2}
    first = desk.post(f"{ROOT}/batch/create", body, shop.owner, key="b")
    assert desk.post(f"{ROOT}/batch/create", body, shop.owner, key="b")["id"] == first["id"]
    assert desk.refusal("POST", f"{ROOT}/batch/create", {**body, "totalCount": 3},
                        as_=shop.owner, key="b") == (409, "idempotency_conflict")
    mine = desk.post(f"{ROOT}/mobile/claim", {"scenicId": shop.lake}, shop.lin, key="c")
    assert desk.post(f"{ROOT}/mobile/claim", {"scenicId": shop.lake}, shop.lin, key="c") == mine
    assert desk.get(f"{ROOT}/batch/{first['id']}", shop.owner)["claimedCount"] == 1


def test_one_key_is_one_use(desk: Desk) -> None:
    """P165: a code of three uses loses one, however often the same mark is sent"""
    shop = desk.shop
    made = batch(desk, maxUses=3, totalCount=1)
    code = claim(desk)["id"]
    path = f"{ROOT}/code/{code}/use"
    first = desk.put(path, {"reason": "拍照"}, shop.clerk, key="u")
    assert first["useCount"] == 1
    for _ in range(2):
        assert desk.put(path, {"reason": "拍照"}, shop.clerk, key="u") == first
    assert len(shop.rows(PriceVoucherUsage)) == 1
    assert desk.get(f"{ROOT}/batch/{made['id']}", shop.owner)["usedCount"] == 1
    assert desk.refusal("PUT", path, {"reason": "合影"}, as_=shop.clerk, key="u") == (
        409, "idempotency_conflict")
    assert desk.put(path, {"reason": "拍照"}, shop.clerk, key="v")["useCount"] == 2
