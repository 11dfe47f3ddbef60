"""Checkout and what becomes of an order over HTTP (design section 5; P105, P179)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.store.tables import Audit, PriceOrder
from tests.api.pricing.desk import Desk, cart


def paper_code(desk: Desk, **more: Any) -> str:
    shop = desk.shop
    made = desk.post("/voucher/batch/create", {
        "batchName": "纸券", "scenicId": shop.lake, "discountType": 2, "discountValue": 0.85,
        "totalCount": 1, "onPaper": True, **more}, shop.owner)
    (code,) = desk.post("/voucher/codes", {"batchId": made["id"]}, shop.owner)["items"]
    return str(code["voucherCode"])


def order(desk: Desk, *products: tuple[str, int], actor: Any = None, **more: Any) -> Any:
    return desk.post("/checkout", cart(*(products or (("PHOTO_SET", 1),)), **more),
                     actor or desk.shop.kiosk)


def test_a_quote_is_settled_exactly_as_shown(desk: Desk) -> None:
    shop = desk.shop
    asked = cart(("PHOTO_SET", 1), ("PHOTO_PRINT", 3), voucherCode=paper_code(desk))
    shown = desk.post("/calculate", asked, shop.kiosk)
    settled = desk.post("/checkout", {**asked, "quote": shown["quote"]}, shop.kiosk)
    for name in ("originalAmount", "discountAmount", "finalAmount"):
        assert settled[name] == shown[name]
    assert [one["finalAmount"] for one in settled["products"]] == [
        one["finalAmount"] for one in shown["products"]]
    assert (settled["status"], settled["statusText"], settled["payment"],
            settled["dueAmount"]) == ("awaiting_payment", "等付款", "counter", 139.4)
    assert desk.get(f"/orders/{settled['orderNo']}", shop.clerk) == settled


def test_a_changed_price_is_refused_with_the_new_one_and_what_changed(desk: Desk) -> None:
    shop = desk.shop
    code = paper_code(desk)
    asked = cart(("PHOTO_SET", 1), voucherCode=code)
    shown = desk.post("/calculate", asked, shop.kiosk)
    order(desk, voucherCode=code)
    answer = desk.call("POST", "/checkout", {**asked, "quote": shown["quote"]}, as_=shop.kiosk)
    assert (answer["code"], answer["error"]) == (409, "price_changed")
    assert answer["message"] == "价格变了，没有结账，看一下新的价格"
    facts = answer["facts"]
    assert (facts["before"], facts["finalAmount"]) == (108.8, 128.0)
    (change,) = facts["changes"]
    assert (change["discountType"], change["applied"], change["reason"]) == (
        "VOUCHER", False, "code_used")
    assert "用过了" in change["message"]
    again = desk.post("/checkout", {**asked, "quote": facts["quote"]["quote"]}, shop.kiosk)
    assert again["finalAmount"] == 128.0


def test_a_final_amount_alone_is_kept_to(desk: Desk) -> None:
    assert desk.refusal("POST", "/checkout", cart(("PHOTO_SET", 1), finalAmount=127.99),
                        as_=desk.shop.kiosk) == (409, "price_changed")
    assert order(desk, finalAmount=128)["finalAmount"] == 128.0


def test_preview_is_the_default_and_settles_nothing(desk: Desk) -> None:
    """P99, P223"""
    desk.post("/calculate", cart(("PHOTO_SET", 1)), desk.shop.kiosk)
    assert desk.shop.rows(PriceOrder) == []
    made = desk.post("/calculate", cart(("PHOTO_SET", 1), previewOnly=False), desk.shop.kiosk)
    assert [row.order_no for row in desk.shop.rows(PriceOrder)] == [made["orderNo"]]


def test_one_key_makes_one_order_and_one_refund(desk: Desk) -> None:
    shop = desk.shop
    first = desk.post("/checkout", cart(("PHOTO_PRINT", 3)), shop.clerk, key="o")
    assert desk.post("/checkout", cart(("PHOTO_PRINT", 3)), shop.clerk, key="o") == first
    assert desk.refusal("POST", "/checkout", cart(("PHOTO_PRINT", 4)), as_=shop.clerk,
                        key="o") == (409, "idempotency_conflict")
    path, body = f"/orders/{first['orderNo']}/refund", {"lines": [{"line": 1, "quantity": 1}]}
    for _ in range(2):
        back = desk.post(path, body, shop.manager, key="r")
    assert (back["refundedAmount"], len(back["refunds"])) == (12.0, 1)


@pytest.mark.parametrize(("what", "body", "status"), [
    ("pay", {}, "paid"), ("cancel", {"reason": "不要了"}, "cancelled")])
def test_one_key_pays_or_cancels_once(desk: Desk, what: str, body: dict[str, Any],
                                      status: str) -> None:
    """who repeats an answer that got lost hears the first one, not that it is too late"""
    shop = desk.shop
    code = paper_code(desk, maxUses=2)
    path = f"/orders/{order(desk, voucherCode=code)['orderNo']}/{what}"
    first = desk.post(path, body, shop.clerk, key="k")
    assert first["status"] == status
    written = len(shop.rows(Audit))
    assert desk.post(path, body, shop.clerk, key="k") == first
    assert len(shop.rows(Audit)) == written
    assert desk.refusal("POST", path, {**body, "reason": "算错了"}, as_=shop.clerk, key="k") == (
        409, "idempotency_conflict")
    assert desk.refusal("POST", path, body, as_=shop.clerk)[0] == 409


def test_a_key_of_one_order_is_not_another_s(desk: Desk) -> None:
    """the path is part of what was sent"""
    shop = desk.shop
    one, other = (order(desk)["orderNo"] for _ in range(2))
    desk.post(f"/orders/{one}/pay", {}, shop.clerk, key="k")
    assert desk.refusal("POST", f"/orders/{other}/pay", {}, as_=shop.clerk, key="k") == (
        409, "idempotency_conflict")
    assert desk.get(f"/orders/{other}", shop.clerk)["status"] == "awaiting_payment"


def test_paid_at_the_counter_then_given_back_line_by_line(desk: Desk) -> None:
    shop = desk.shop
    number = order(desk, ("PHOTO_SET", 1), ("PHOTO_PRINT", 2),
                   voucherCode=paper_code(desk))["orderNo"]
    path = f"/orders/{number}"
    assert desk.post(f"{path}/pay", {}, shop.clerk)["status"] == "paid"
    assert desk.refusal("POST", f"{path}/pay", {}, as_=shop.clerk) == (409, "already_paid")
    assert desk.refusal("POST", f"{path}/cancel", {}, as_=shop.clerk) == (409, "already_paid")
    part = desk.post(f"{path}/refund", {"lines": [{"line": 2, "quantity": 1}],
                                        "reason": "少洗一张"}, shop.manager)
    assert (part["status"], part["refundedAmount"]) == ("partly_refunded", 10.2)
    assert part["refunds"][0] == {
        "number": 1, "lines": [{"line": 2, "quantity": 1, "amount": 10.2}], "amount": 10.2,
        "reason": "少洗一张", "createdAt": part["refunds"][0]["createdAt"]}
    assert part["givenBackAt"] is None
    whole = desk.post(f"{path}/refund", {}, shop.manager)
    assert (whole["status"], whole["refundedAmount"]) == ("refunded", whole["finalAmount"])
    assert whole["givenBackAt"] is not None
    assert desk.refusal("POST", f"{path}/refund", {}, as_=shop.manager) == (409, "order_closed")


@pytest.mark.parametrize(("body", "status", "word"), [
    ({"lines": []}, 422, "invalid_input"),
    ({"lines": [{"line": 9, "quantity": 1}]}, 422, "no_such_line"),
    ({"lines": [{"line": 1, "quantity": 2}]}, 422, "refund_too_many"),
    ({"lines": [{"line": 1, "quantity": 1}] * 2}, 422, "refund_too_many"),
    ({"lines": [{"line": 1, "quantity": 0}]}, 422, "invalid_input"),
    ({"lines": [{"line": 1, "quantity": 0.5}]}, 422, "invalid_input")], ids=json.dumps)
def test_odd_refunds_are_refused(desk: Desk, body: dict[str, Any], status: int,
                                 word: str) -> None:
    number = order(desk, actor=desk.shop.clerk)["orderNo"]
    assert desk.refusal("POST", f"/orders/{number}/refund", body,
                        as_=desk.shop.manager) == (status, word)


def test_a_cancelled_order_gives_the_code_back(desk: Desk) -> None:
    shop = desk.shop
    code = paper_code(desk)
    number = order(desk, voucherCode=code)["orderNo"]
    cancelled = desk.post(f"/orders/{number}/cancel", {"reason": "不要了"}, shop.kiosk)
    assert (cancelled["status"], cancelled["dueAmount"]) == ("cancelled", 0.0)
    assert desk.refusal("POST", f"/orders/{number}/cancel", {}, as_=shop.kiosk) == (
        409, "order_closed")
    assert order(desk, voucherCode=code)["finalAmount"] == 108.8


def test_orders_are_seen_by_who_they_concern(desk: Desk) -> None:
    shop = desk.shop
    mine = order(desk, actor=shop.lin, scenicId=shop.lake)["orderNo"]
    kiosks = order(desk)["orderNo"]
    hill = order(desk, actor=shop.hill_manager)["orderNo"]

    def seen(actor: Any, **query: Any) -> list[str]:
        return [one["orderNo"] for one in desk.get("/orders", actor, **query)["items"]]

    assert seen(shop.owner) == [hill, kiosks, mine]
    assert seen(shop.clerk) == [kiosks, mine]
    assert seen(shop.lin) == [mine]
    assert seen(shop.wang) == []
    assert seen(shop.owner, status="paid") == [hill]
    assert seen(shop.owner, scenicId=shop.lake, pageNum=2, pageSize=1) == [mine]
    assert seen(shop.owner, userId=shop.lin.id) == [mine]
    assert desk.refusal("GET", "/orders", as_=shop.clerk, scenicId=shop.hill)[0] == 403
    assert desk.refusal("GET", "/orders", as_=shop.owner, status="lost")[0] == 422
    for actor in (shop.wang, shop.hill_manager):
        assert desk.refusal("GET", f"/orders/{mine}", as_=actor) == (404, "order_not_found")
    assert desk.refusal("POST", f"/orders/{kiosks}/refund", {}, as_=shop.hill_manager) == (
        404, "order_not_found")
    assert desk.refusal("POST", f"/orders/{hill}/refund", {}, as_=shop.clerk) == (
        404, "order_not_found")


def test_money_back_is_a_managers_word(desk: Desk) -> None:
    number = order(desk, actor=desk.shop.clerk)["orderNo"]
    for actor in (desk.shop.clerk, desk.shop.kiosk, desk.shop.lin):
        assert desk.refusal("POST", f"/orders/{number}/refund", {}, as_=actor)[0] == 403


@pytest.mark.parametrize("more", [
    {"products": []}, {"quote": 7}, {"quote": "x" * 201}, {"finalAmount": -1},
    {"finalAmount": 1.001}], ids=str)
def test_odd_checkouts_are_refused(desk: Desk, more: dict[str, Any]) -> None:
    body = {**cart(("PHOTO_SET", 1)), **more}
    assert desk.refusal("POST", "/checkout", body, as_=desk.shop.kiosk)[0] == 422
    assert desk.shop.rows(PriceOrder) == []
