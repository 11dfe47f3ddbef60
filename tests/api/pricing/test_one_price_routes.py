"""One-prices over HTTP (P186–P188, P231–P239)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.pricing.desk import Desk, cart

ROOT = "/admin/one-price"
ONE = {"configName": "全场一口价", "onePrice": 99.0, "canUseCoupon": True, "canUseVoucher": False}


def test_a_one_price_lives_its_life(desk: Desk) -> None:
    """P231–P237"""
    owner = desk.shop.owner
    made = desk.post(f"{ROOT}/", ONE, owner)
    assert {name: made[name] for name in ONE} == ONE
    path = f"{ROOT}/{made['id']}"
    assert desk.get(path, owner) == made
    assert desk.get(f"{ROOT}/all", owner) == [made]
    assert desk.get(f"{ROOT}/", owner, pageNum=1, pageSize=5)["items"] == [made]
    assert desk.get(ROOT, owner, name="没有")["total"] == 0  # without the slash it is the same
    shown = desk.post("/calculate", cart(("PHOTO_SET", 1)), desk.shop.kiosk)
    assert (shown["finalAmount"], shown["discountDetails"][0]["discountType"]) == (
        99.0, "ONE_PRICE")
    assert desk.put(path, {"onePrice": 89}, owner)["onePrice"] == 89.0
    assert desk.put(f"{path}/status", {"status": 0}, owner)["isActive"] is False
    assert desk.post("/calculate", cart(("PHOTO_SET", 1)),
                     desk.shop.kiosk)["finalAmount"] == 128.0
    desk.delete(path, owner)
    assert desk.refusal("GET", path, as_=owner) == (404, "not_found")
    assert desk.refusal("PUT", path, {"onePrice": 1}, as_=owner) == (404, "not_found")


def test_which_one_prices_apply_at_a_venue(desk: Desk) -> None:
    """P238, P239: enabled ones; and whether one applies now"""
    shop = desk.shop
    desk.post(f"{ROOT}/", {**ONE, "scenicId": shop.hill}, shop.owner)
    off = desk.post(f"{ROOT}/", ONE, shop.owner)
    desk.put(f"{ROOT}/{off['id']}/status", {"isActive": False}, shop.owner)
    coming = desk.post(f"{ROOT}/", {**ONE, "scenicId": shop.lake, "validFrom": (
        shop.clock.now() + timedelta(hours=1)).isoformat()}, shop.owner)
    standing = desk.get(f"{ROOT}/scenic/{shop.lake}", shop.clerk)
    assert [one["id"] for one in standing] == [coming["id"]]

    def check() -> tuple[bool, int]:
        found = desk.get(f"{ROOT}/check/{shop.lake}", shop.clerk)
        return found["applicable"], len(found["configs"])

    assert check() == (False, 0)
    shop.pass_time(hours=1)
    assert check() == (True, 1)
    assert desk.refusal("GET", f"{ROOT}/check/{shop.hill}", as_=shop.clerk)[0] == 403
    assert desk.refusal("GET", f"{ROOT}/scenic/999999", as_=shop.owner) == (
        404, "venue_not_found")


@pytest.mark.parametrize(("change", "field"), [
    ({"onePrice": None}, "onePrice"), ({"onePrice": -1}, "onePrice"),
    ({"onePrice": 0.001}, "onePrice"), ({"configName": ""}, "configName"),
    ({"scenicId": "x"}, "scenicId"), ({"canUseCoupon": "maybe"}, "canUseCoupon"),
    ({"validUntil": "2020-13-01"}, "validUntil")], ids=str)
def test_odd_one_prices_are_refused(desk: Desk, change: dict[str, Any], field: str) -> None:
    answer = desk.call("POST", f"{ROOT}/", {**ONE, **change}, as_=desk.shop.owner)
    assert (answer["code"], field in str(answer["facts"])) == (422, True)


def test_one_prices_belong_to_managers_of_their_venue(desk: Desk) -> None:
    shop = desk.shop
    own = desk.post(f"{ROOT}/", {**ONE, "scenicId": shop.lake}, shop.manager)
    path = f"{ROOT}/{own['id']}"
    assert desk.refusal("POST", f"{ROOT}/", ONE, as_=shop.manager)[0] == 403
    for actor in (shop.clerk, shop.kiosk, shop.lin):
        assert desk.refusal("PUT", path, {"onePrice": 1}, as_=actor)[0] == 403
        assert desk.refusal("DELETE", path, as_=actor)[0] == 403
    for method, body in (("GET", None), ("PUT", {"onePrice": 1}), ("DELETE", None)):
        assert desk.refusal(method, path, body, as_=shop.hill_manager) == (404, "not_found")
    assert desk.get(f"{ROOT}/all", shop.hill_manager) == []


def test_one_key_makes_one(desk: Desk) -> None:
    owner = desk.shop.owner
    first = desk.post(f"{ROOT}/", ONE, owner, key="k")
    assert desk.post(f"{ROOT}/", ONE, owner, key="k")["id"] == first["id"]
    assert desk.get(f"{ROOT}/", owner)["total"] == 1
    assert desk.refusal("POST", f"{ROOT}/", {**ONE, "onePrice": 5}, as_=owner, key="k") == (
        409, "idempotency_conflict")
