"""The seed's own routes, names and sentences (checklist S61–S64, S89–S91, S100–S103, S224–S240)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.running import RunningShop

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


@pytest.fixture
def manager(shop: RunningShop) -> str:
    token: str = shop.staff("meixue")["token"]
    return token


@PLATFORMS
def test_a_code_is_asked_of_one_platform_and_stays_unused(
        shop: RunningShop, manager: str, platform: str) -> None:
    bought = shop.buy(platform)
    answer = shop.call("GET", f"/api/v1/{platform}/voucher/{bought['code']}", token=manager).json()
    assert (answer["code"], answer["message"]) == (200, "success")
    (found,) = answer["data"]["certificates"]
    assert (found["platform"], found["status"], found["voucher_type"]) == (platform, 1, 1)
    assert (found["original_price"], found["paid_price"]) == (299.0, 199.0)
    assert shop.ledger(bought["certificate_id"])["consumed"] == []


@PLATFORMS
def test_a_code_is_verified_and_cancelled_at_its_platform(
        shop: RunningShop, manager: str, platform: str) -> None:
    bought = shop.buy(platform)
    sent = {"voucher_code": bought["code"], "operator_id": shop.staff("meixue")["id"]}
    verified = shop.call("POST", f"/api/v1/{platform}/verify", sent, token=manager).json()
    assert verified["code"] == 200, verified
    given = verified["data"]
    assert (given["result_type"], given["state"]) == (1, "completed")
    assert given["user_id"] and given["result_id"]
    assert given["message"] == "核销成功,已为用户开通健身月卡 30 天"
    assert len(shop.ledger(bought["certificate_id"])["consumed"]) == 1

    back = shop.call("POST", f"/api/v1/{platform}/cancel", sent, token=manager).json()
    assert (back["code"], back["data"]["message"]) == (200, "已撤销核销")
    assert not [use for use in shop.ledger(bought["certificate_id"])["consumed"] if use["live"]]


@PLATFORMS
def test_another_platforms_code_is_not_verified_here(
        shop: RunningShop, manager: str, platform: str) -> None:
    other = "douyin" if platform == "meituan" else "meituan"
    bought = shop.buy(other)
    answer = shop.call("POST", f"/api/v1/{platform}/verify", {"voucher_code": bought["code"]},
                       token=manager)
    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["error"] in ("voucher_not_found", "wrong_platform", "wrong_length")
    assert shop.ledger(bought["certificate_id"])["consumed"] == []


def test_one_voucher_answers_with_the_seeds_fields_and_kinds(
        shop: RunningShop, manager: str) -> None:
    bought = shop.buy("meituan", paid=199, original=299)
    shop.call("POST", "/api/v1/vouchers/verify",
              {"voucher_code": bought["code"], "phone": "13800138000"}, token=manager)
    answer = shop.call("GET", f"/api/v1/vouchers/no/{bought['code']}", token=manager).json()
    assert (answer["code"], answer["message"]) == (200, "success")
    told = answer["data"]
    assert {name: told[name] for name in (
        "voucher_no", "platform_name", "voucher_type", "product_name", "original_price",
        "paid_price", "user_phone", "status")} == {
        "voucher_no": bought["code"], "platform_name": "美团", "voucher_type": 1,
        "product_name": "健身月卡 30 天", "original_price": 299.0, "paid_price": 199.0,
        "user_phone": "13800138000", "status": 2}
    assert date.fromisoformat(told["expire_date"]) > date.today() - timedelta(days=1)


@pytest.mark.parametrize(("sample", "status", "error", "said"), [
    (None, 404, "voucher_not_found", "券码错误"),
    ("used", 409, "already_redeemed", "重复核销"),
    ("expired", 409, "expired", "券已过期"),
])
def test_what_cannot_be_redeemed_is_said_in_the_seeds_words(
        shop: RunningShop, manager: str, sample: str | None, status: int, error: str,
        said: str) -> None:
    code = shop.demo["codes"][sample] if sample else "123456789012"
    answer = shop.call("POST", "/api/v1/vouchers/verify", {"voucher_code": code}, token=manager)
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"], body["error"]) == (status, status, error)
    assert body["message"].startswith(said)
    assert body["data"] is None and body["request_id"]


@pytest.mark.parametrize("route", ["verify", "cancel"])
def test_nobody_signs_for_somebody_else(shop: RunningShop, manager: str, route: str) -> None:
    code = shop.buy()["code"]
    answer = shop.call("POST", f"/api/v1/vouchers/{route}", {
        "voucher_code": code, "operator_id": shop.staff("linxiaoman")["id"]}, token=manager)
    assert (answer.status_code, answer.json()["error"]) == (403, "operator_mismatch")


def test_only_staff_use_these_routes(shop: RunningShop, kiosk: str) -> None:
    for token, status in ((None, 401), (kiosk, 403)):
        for path in ("meituan/verify", "douyin/cancel", "vouchers/verify", "vouchers/cancel"):
            answer = shop.call("POST", f"/api/v1/{path}", {"voucher_code": "1234567890"},
                               token=token)
            assert answer.status_code == status, (path, answer.text)
        assert shop.call("GET", "/api/v1/meituan/voucher/1234567890",
                         token=token).status_code == status
