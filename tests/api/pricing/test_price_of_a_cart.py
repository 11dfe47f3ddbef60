"""Pricing a cart over HTTP: the seed's fields, the mock-up's sum, odd inputs (P15–P29, P99,
P101–P105, P219–P230)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.api.pricing.schemas.price import PriceResultSchema
from core.store.tables import ALL_TABLES
from tests.api.pricing.desk import Desk, cart
from tests.services.pricing.photo_shop import PhotoShop

KIOSK_CART = cart(("PHOTO_SET", 1), ("VLOG_VIDEO", 1), ("PHOTO_PRINT", 8))


def offers_of_the_mock_up(desk: Desk) -> str:
    """The kiosk's mock-up: a set price, 8.5 折, two coupons, a one-price; returns the code."""
    shop = desk.shop
    shop.bundle("照相集 + 视频一起买", discount_type="FIXED_PRICE", amount_fen=199,
                combination='[{"productType": "PHOTO_SET"}, {"productType": "VLOG_VIDEO"}]')
    shop.one_price(299)
    for off, minimum in ((20, 200), (40, 300)):
        coupon = shop.coupon(off, minimum, name=f"满 {minimum} 减 {off}")
        desk.post(f"/coupons/{coupon}/claim", {}, shop.lin)
    desk.post("/voucher/batch/create", {
        "batchName": "春游", "scenicId": shop.lake, "discountType": 2, "discountValue": 0.85,
        "totalCount": 5}, shop.owner)
    claimed = desk.post("/voucher/mobile/claim", {"scenicId": shop.lake}, shop.lin)
    return str(claimed["voucherCode"])


def test_the_mock_up_costs_what_it_shows(desk: Desk) -> None:
    shop = desk.shop
    code = offers_of_the_mock_up(desk)
    shown = desk.post("/calculate", {**KIOSK_CART, "scenicId": shop.lake}, shop.lin)
    assert (shown["originalAmount"], shown["discountAmount"], shown["finalAmount"]) == (
        323.0, 92.25, 230.75)
    assert [one["discountAmount"] for one in shown["discountDetails"]] == [28.0, 44.25, 20.0]
    assert [one["finalAmount"] for one in shown["products"]] == [87.77, 67.89, 75.09]
    assert shown["usedVoucher"]["voucherCode"] == code.replace(" ", "")
    assert shown["usedVoucher"]["actualDiscountAmount"] == 44.25
    assert shown["usedCoupon"]["couponName"] == "满 200 减 20"
    assert shown["explanation"] == [
        "原价 ¥323.00", "照相集 + 视频一起买 −¥28.00 (组合价 ¥199)", "春游 −¥44.25 (券码 8.5 折)",
        "满 200 减 20 −¥20.00 (打完折 ¥250.75，够了)", "要付 ¥230.75",
        "一口价：不能和“照相集 + 视频一起买”一起用，现在这样最便宜",
        "满 300 减 40：打完折还差 ¥49.25"]
    reasons = {one["discountName"]: one["reason"] for one in shown["skippedDiscounts"]}
    assert reasons == {"一口价": "not_together", "满 300 减 40": "spend_too_low"}


def test_english_callers_read_english(desk: Desk) -> None:
    offers_of_the_mock_up(desk)
    answer = desk.call("POST", "/calculate", {**KIOSK_CART, "scenicId": desk.shop.lake},
                       as_=desk.shop.lin, language="en")
    assert answer["data"]["explanation"][0] == "Original price ¥323.00"
    assert "49.25 more to spend after discounts" in answer["data"]["explanation"][-1]


def test_the_answer_is_what_the_document_says(desk: Desk) -> None:
    """the answer is made by hand for speed; the documented schema must know every field"""
    offers_of_the_mock_up(desk)
    shown = desk.post("/calculate", {**KIOSK_CART, "scenicId": desk.shop.lake}, desk.shop.lin)

    def check(value: Any, schema: Any, where: str) -> None:
        known = {field.data_key: field for field in schema.fields.values()}
        assert set(value) == set(known), where
        for name, part in value.items():
            field = known[name]
            nested = getattr(getattr(field, "inner", field), "schema", None)
            for one in part if isinstance(part, list) else [part]:
                if nested is not None and isinstance(one, dict):
                    check(one, nested, f"{where}.{name}")

    check(shown, PriceResultSchema(), "result")


def test_amounts_have_two_decimals_on_the_wire(desk: Desk) -> None:
    shop = desk.shop
    text = desk.client.post(
        "/api/pricing/calculate", json=cart(("PHOTO_SET", 1), scenicId=shop.lake),
        headers={"Authorization": f"Bearer {desk.token(shop.lin)}"}).get_data(as_text=True)
    assert '"finalAmount":128.00' in text


def test_a_preview_changes_nothing(desk: Desk) -> None:
    """P99, P222: not a row, in any table"""
    shop = desk.shop
    code = offers_of_the_mock_up(desk)
    desk.token(shop.lin)

    def books() -> dict[str, list[Any]]:
        return {table.__name__: [row.__data__ for row in shop.rows(table)]
                for table in ALL_TABLES if table.__name__ != "Session"}

    before = books()
    for more in ({}, {"previewOnly": True}, {"voucherCode": code}):
        desk.post("/calculate", {**KIOSK_CART, "scenicId": shop.lake, **more}, shop.lin)
    assert books() == before


def test_without_preview_a_calculation_settles(desk: Desk) -> None:
    shop = desk.shop
    offers_of_the_mock_up(desk)
    body = {**KIOSK_CART, "scenicId": shop.lake, "previewOnly": False}
    settled = desk.post("/calculate", body, shop.lin, key="one-order")
    assert (settled["finalAmount"], settled["previewOnly"]) == (230.75, False)
    order = desk.get(f"/orders/{settled['orderNo']}", shop.lin)
    assert order["finalAmount"] == 230.75
    again = desk.post("/calculate", body, shop.lin, key="one-order")
    assert again["orderNo"] == settled["orderNo"]


def test_the_member_may_forbid_what_he_holds(desk: Desk) -> None:
    """P222–P224"""
    shop = desk.shop
    code = offers_of_the_mock_up(desk)
    body = {**KIOSK_CART, "scenicId": shop.lake}

    def used(**flags: Any) -> tuple[bool, bool]:
        shown = desk.post("/calculate", {**body, **flags}, shop.lin)
        return shown["usedVoucher"] is not None, shown["usedCoupon"] is not None

    assert used() == (True, True)
    assert used(autoUseVoucher=False) == (False, True)
    assert used(autoUseCoupon=False) == (True, False)
    assert used(autoUseVoucher=False, autoUseCoupon=False) == (False, False)
    assert used(autoUseVoucher=False, autoUseCoupon=False, voucherCode=code) == (True, False)


def test_codes_are_read_as_people_type_them_and_in_any_order(desk: Desk) -> None:
    shop = desk.shop
    code = offers_of_the_mock_up(desk)
    desk.post("/voucher/batch/create", {
        "batchName": "纸券", "scenicId": shop.lake, "discountType": 1, "discountValue": 3,
        "totalCount": 1, "onPaper": True}, shop.owner)
    paper = desk.post("/voucher/codes", {"status": 1, "scenicId": shop.lake},
                      shop.owner)["items"][0]["voucherCode"]
    answers = [desk.post("/calculate", {**KIOSK_CART, "scenicId": shop.lake,
                                        "autoUseVoucher": False, "voucherCodes": codes}, shop.lin)
               for codes in ([code, paper], [paper.lower(), code.replace(" ", "-")],
                             [paper, code, paper, code])]
    assert [one["quote"] for one in answers] == [answers[0]["quote"]] * 3
    assert answers[0]["usedVoucher"]["voucherCode"] == code.replace(" ", "")


def test_the_kiosk_prices_for_the_face_it_sees(desk: Desk) -> None:
    shop = desk.shop
    offers_of_the_mock_up(desk)
    nobody = desk.post("/calculate", KIOSK_CART, shop.kiosk)
    assert (nobody["usedVoucher"], nobody["usedCoupon"]) == (None, None)
    lin = desk.post("/calculate", {**KIOSK_CART, "faceId": "face-lin"}, shop.kiosk)
    assert lin["finalAmount"] == 230.75
    stranger = desk.post("/calculate", {**KIOSK_CART, "faceId": 4711}, shop.kiosk)
    assert (stranger["faceId"], stranger["usedVoucher"]) == ("4711", None)


def test_nobody_prices_with_somebody_elses_face(desk: Desk) -> None:
    shop = desk.shop
    body = {**KIOSK_CART, "scenicId": shop.lake}
    assert desk.refusal("POST", "/calculate", {**body, "faceId": "face-lin"}, as_=shop.wang) == (
        403, "other_face")
    assert desk.refusal("POST", "/calculate", {**body, "scenicId": shop.hill},
                        as_=shop.kiosk) == (403, "other_venue")
    assert desk.refusal("POST", "/calculate", {**body, "scenicId": shop.hill},
                        as_=shop.clerk) == (403, "other_venue")
    assert desk.refusal("POST", "/calculate", KIOSK_CART, as_=shop.lin) == (422, "scenic_needed")
    assert desk.call("POST", "/calculate", body)["code"] == 401


GOOD = {"productType": "PHOTO_SET", "quantity": 1}


@pytest.mark.parametrize("products", [
    [], None, "PHOTO_SET", [None], [[]], [{}], [{**GOOD, "productType": "SOUP"}],
    [{**GOOD, "productType": 7}], [{**GOOD, "quantity": 0}], [{**GOOD, "quantity": -1}],
    [{**GOOD, "quantity": 1.5}], [{**GOOD, "quantity": "1e9"}], [{**GOOD, "quantity": 10**9}],
    [{**GOOD, "quantity": True}], [{**GOOD, "quantity": None}], [{**GOOD, "productId": ""}],
    [{**GOOD, "productId": "x" * 65}], [{**GOOD, "productId": "a\u0000"}], [GOOD] * 201],
    ids=lambda value: json.dumps(value)[:40])
def test_odd_products_are_refused_with_a_reason(desk: Desk, products: Any) -> None:
    """P101"""
    assert desk.refusal("POST", "/calculate", {"products": products}, as_=desk.shop.kiosk) == (
        422, "invalid_input")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'"x"', b"null", b"\xff\xfe",
                                  b'{"products": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_cart_is_no_crash(desk: Desk, body: bytes) -> None:
    answer = desk.client.post(
        "/api/pricing/calculate", data=body, content_type="application/json",
        headers={"Authorization": f"Bearer {desk.token(desk.shop.kiosk)}"})
    assert answer.status_code in (400, 422)
    assert answer.get_json()["error"] in ("bad_request", "invalid_input")


@pytest.mark.parametrize("more", [
    {"scenicId": 0}, {"scenicId": "x"}, {"scenicId": 2**70}, {"faceId": ""}, {"faceId": True},
    {"faceId": "@7"}, {"faceId": "f" * 129}, {"voucherCode": "x" * 65},
    {"voucherCode": {"a": 1}}, {"voucherCodes": ["a"] * 11}, {"autoUseCoupon": "perhaps"},
    {"previewOnly": 3}], ids=str)
def test_odd_fields_are_refused(desk: Desk, more: dict[str, Any]) -> None:
    status, _ = desk.refusal("POST", "/calculate", {**KIOSK_CART, **more}, as_=desk.shop.owner)
    assert status == 422


def test_ten_thousand_units_are_priced_and_a_million_lines_are_not(desk: Desk) -> None:
    shown = desk.post("/calculate", cart(("PHOTO_PRINT", 10_000)), desk.shop.kiosk)
    assert shown["finalAmount"] == 120_000.0
    desk.shop.product("PHOTO_PRINT", 99_999_999_999, product_id="gold")
    assert desk.refusal("POST", "/calculate", {"products": [
        {"productType": "PHOTO_PRINT", "productId": "gold", "quantity": 1_000_000}]},
        as_=desk.shop.kiosk) == (422, "bad_price")


@pytest.mark.parametrize(("typed", "reason"), [
    ("K7M4 9XRT 2AHC", "voucher_not_found"), ("K7M4 9XRT 2AHH", "own_code_typo"),
    ("1234567890", "voucher_not_found"), ("'; drop table", "voucher_not_found")])
def test_an_unknown_code_is_named_and_the_price_stands(desk: Desk, typed: str,
                                                       reason: str) -> None:
    from core.vouchers import owncode
    if reason == "voucher_not_found" and typed.startswith("K"):
        body = "K7M49XRT2AH"
        typed = body + owncode.check_character(body)
    shown = desk.post("/calculate", {**KIOSK_CART, "voucherCode": typed}, desk.shop.kiosk)
    assert shown["finalAmount"] == 323.0
    (skipped,) = shown["skippedDiscounts"]
    assert (skipped["discountType"], skipped["reason"]) == ("VOUCHER", reason)
    assert skipped["message"] in shown["explanation"][-1]


def test_guessing_codes_is_slowed_down(desk: Desk, shop: PhotoShop) -> None:
    for number in range(31):
        answer = desk.call("POST", "/calculate", {**KIOSK_CART, "voucherCode": f"K7M4 {number}"},
                           as_=shop.kiosk)
    assert answer["error"] == "too_many_requests"
    assert desk.post("/calculate", KIOSK_CART, shop.kiosk)["finalAmount"] == 323.0
