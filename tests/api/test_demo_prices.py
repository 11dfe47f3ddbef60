"""The demo's own codes, as `demo.json` names them, price a cart over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from core.vouchers import owncode
from tests.running import RunningShop

CART = [{"productType": "PHOTO_SET", "quantity": 1}, {"productType": "PHOTO_PRINT", "quantity": 3}]
OWN = {"own_free_all": 0, "own_reduce_price": 1, "own_discount": 2}
"""By their discount type (P31)."""


def post(shop: RunningShop, path: str, body: dict[str, Any]) -> Any:
    answer = shop.http.post(f"{shop.web_url}/api/pricing{path}", json=body, timeout=30, headers={
        "Authorization": f"Bearer {shop.demo['kiosk']['token']}"})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.parametrize(("name", "discount_type"), OWN.items())
def test_a_code_of_the_demo_is_good_and_makes_a_cart_cheaper(
        shop: RunningShop, name: str, discount_type: int) -> None:
    code = shop.demo["codes"][name]
    assert post(shop, "/voucher/validate", {"voucherCode": code})["valid"]
    without = post(shop, "/calculate", {"products": CART})
    priced = post(shop, "/calculate", {"products": CART, "voucherCode": code})
    assert priced["usedVoucher"]["discountType"] == discount_type
    assert owncode.normalise(priced["usedVoucher"]["voucherCode"]) == owncode.normalise(code)
    assert priced["usedVoucher"]["actualDiscountAmount"] > 0
    assert priced["finalAmount"] < without["finalAmount"]
    assert (priced["finalAmount"] == 0) is (name == "own_free_all")
