"""Vouchers over REST: list, one, statistics and files (S114–S125, S191–S211)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.running import RunningShop

LIST = "/api/v1/vouchers"
FIELDS = {"id", "voucher_no", "platform_id", "platform_order_no", "voucher_type", "product_id",
          "product_name", "original_price", "paid_price", "user_phone", "user_name", "status",
          "expire_date", "verified_at", "verified_by", "user_id", "remark", "created_at",
          "updated_at"}
"""The seed's columns (S22–S40)."""


@pytest.fixture(scope="module")
def redeemed(shop: RunningShop) -> str:
    """A code that was redeemed at the desk of venue 1."""
    code = shop.buy("meituan")["code"]
    answer = shop.call("POST", "/api/v1/vouchers/verify",
                       {"voucher_code": code, "phone": "13800138000"},
                       token=shop.staff("meixue")["token"])
    assert answer.status_code == 200, answer.text
    return code


@pytest.mark.parametrize("platform", ["meituan", "douyin"])
def test_the_seeds_verify_needs_a_code_and_nothing_else(shop: RunningShop, platform: str) -> None:
    manager = shop.staff("meixue")["token"]
    members = set()
    for _ in range(2):
        code = shop.buy(platform)["code"]
        answer = shop.call("POST", "/api/v1/vouchers/verify", {"voucher_code": code},
                           token=manager).json()
        assert (answer["code"], answer["data"]["result_type"]) == (200, 1), answer
        assert answer["data"]["message"].startswith("核销成功")
        members.add(answer["data"]["user_id"])
    assert len(members) == 2 and None not in members


def test_staff_say_later_whose_it_is(shop: RunningShop) -> None:
    manager = shop.staff("meixue")["token"]
    given = set()
    for _ in range(2):
        code = shop.buy("meituan")["code"]
        nobody = shop.call("POST", "/api/v1/vouchers/verify", {"voucher_code": code},
                           token=manager).json()["data"]["user_id"]
        one = data(shop, f"{LIST}/no/{code}", manager)
        assert one["nameless"] is True
        named = shop.call("POST", f"{LIST}/{one['id']}/owner", {"phone": "13900001234"},
                          token=manager).json()["data"]["user_id"]
        given.add(named)
        now = data(shop, f"{LIST}/no/{code}", manager)
        assert (now["nameless"], now["user_id"], now["user_phone"]) == (
            False, named, "13900001234")
        again = shop.call("POST", f"{LIST}/{one['id']}/owner", {"phone": "13900009999"},
                          token=manager)
        assert (again.status_code, again.json()["error"]) == (409, "owner_known")
    assert len(given) == 1 and nobody not in given  # the second one's nobody is now the first


def data(shop: RunningShop, path: str, token: str) -> Any:
    answer = shop.call("GET", path, token=token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["code"] == 200
    return answer.json()["data"]


def test_the_list_has_the_seeds_fields_and_the_page_frame(
        shop: RunningShop, clerk: str, redeemed: str) -> None:
    page = data(shop, f"{LIST}?keyword={redeemed}&page_size=5", clerk)
    assert (page["total"], page["page"], page["page_size"]) == (1, 1, 5)
    assert page["by_status"] == {"2": 1}
    (one,) = page["items"]
    assert one.keys() >= FIELDS
    assert (one["status"], one["status_text"], one["user_phone"]) == (2, "已核销", "138****8000")
    assert redeemed not in str(page)


def test_the_seeds_names_of_the_page_work_too(shop: RunningShop, clerk: str,
                                              redeemed: str) -> None:
    page = data(shop, f"{LIST}?pageNum=2&pageSize=1&status=2", clerk)
    assert (page["page"], page["page_size"]) == (2, 1)
    assert data(shop, f"{LIST}?page_size=5000", clerk)["page_size"] == 100


@pytest.mark.parametrize("query", [
    "status=9", "voucher_type=7", "platform_id=0", "date_field=born", "sort=price",
    "start_date=yesterday", "start_date=2026-02-02&end_date=2026-02-01", "page=0",
    "venue_id=99999999999999999999"])
def test_a_filter_that_is_none_is_refused(shop: RunningShop, clerk: str, query: str) -> None:
    answer = shop.call("GET", f"{LIST}?{query}", token=clerk)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"] == "invalid_input"


def test_days_beyond_any_calendar_are_answered(shop: RunningShop, clerk: str) -> None:
    for path in (LIST, f"{LIST}/stats"):
        for field in ("created", "verified", "expire"):
            data(shop, f"{path}?date_field={field}&start_date=0001-01-01&end_date=9999-12-31",
                 clerk)


def test_strangers_kiosks_and_members_see_nothing(shop: RunningShop, kiosk: str) -> None:
    member = shop.demo["members"][0]["token"]
    for path in ("", "/stats", "/export", "/stats/export", "/no/123456789012", "/1"):
        assert shop.call("GET", LIST + path).status_code == 401
        assert shop.call("GET", LIST + path, token=kiosk).status_code == 403
        assert shop.call("GET", LIST + path, token=member).status_code == 403


def test_one_voucher_by_id_and_by_number(shop: RunningShop, clerk: str, redeemed: str) -> None:
    by_code = data(shop, f"{LIST}/no/{redeemed}", clerk)
    assert by_code == data(shop, f"{LIST}/{by_code['id']}", clerk)
    (line,) = by_code["history"]
    assert (line["operation_type"], line["actor"]["name"], line["door"]) == (1, "梅雪", "api")
    assert line["platform_log_id"] and line["venue"]["id"] == 1
    assert shop.call("GET", f"{LIST}/99999999", token=clerk).status_code == 404


def test_a_number_that_nobody_scanned_yet_is_asked_of_the_platform(
        shop: RunningShop, clerk: str) -> None:
    code = shop.buy("douyin", sku="lessons")["code"]
    seen = data(shop, f"{LIST}/no/{code}", clerk)
    assert (seen["id"], seen["status"], seen["platform_code"]) == (None, 1, "douyin")
    assert data(shop, f"{LIST}?keyword={code}", clerk)["total"] == 0


def test_statistics_count_what_was_redeemed(shop: RunningShop, clerk: str,
                                            redeemed: str) -> None:
    before = data(shop, f"{LIST}/stats?date_field=verified", clerk)
    code = shop.buy("meituan")["code"]
    shop.call("POST", "/api/v1/vouchers/verify", {"voucher_code": code, "phone": "13800138000"},
              token=clerk)
    found = data(shop, f"{LIST}/stats?date_field=verified", clerk)
    assert found["totals"]["redeemed"] == before["totals"]["redeemed"] + 1
    assert found["totals"]["redemption_rate"] == 1.0
    assert {share["name"] for share in found["platforms"]} >= {"美团"}
    assert found["types"][0]["name"] in ("会员卡", "私教课", "团课")
    assert found["doors"]["redemptions"] == before["doors"]["redemptions"] + 1
    assert found["doors"]["by_door"][0]["name"] == "接口"
    assert found["trend"][-1]["redeemed"] >= 2
    assert isinstance(found["totals"]["sales_amount"], float)


def test_files_leave_streamed_with_name_and_type(shop: RunningShop, clerk: str,
                                                 redeemed: str) -> None:
    for path, name in (("/export", "vouchers"), ("/stats/export", "statistics")):
        for kind, type_, start in (
                ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"),
                ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                 b"PK")):
            answer = shop.call("GET", f"{LIST}{path}?format={kind}&start_date=2020-01-01",
                               token=clerk)
            assert answer.status_code == 200 and answer.content.startswith(start)
            assert answer.headers["Content-Type"] == type_
            assert answer.headers["Content-Disposition"].startswith(
                f'attachment; filename="{name}-20')
            assert "Content-Length" not in answer.headers
            assert redeemed.encode() not in answer.content
    assert shop.call("GET", f"{LIST}/export?format=pdf", token=clerk).status_code == 422


def test_the_document_describes_the_routes(shop: RunningShop) -> None:
    paths = shop.call("GET", "/openapi.json").json()["paths"]
    for path in (LIST, f"{LIST}/stats", f"{LIST}/export", f"{LIST}/stats/export"):
        assert "get" in paths[path], path
    assert paths[f"{LIST}/export"]["get"]["responses"]["200"]["content"].keys() == {"text/csv"}
