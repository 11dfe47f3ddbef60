"""Products, tiers and bundles over HTTP (P126–P137, P190–P214)."""

from __future__ import annotations

from typing import Any

import pytest

from core.pricing.kinds import ProductType
from tests.api.pricing.desk import Desk, cart

PRODUCTS, TIERS, BUNDLES = "/config/products", "/config/tiers", "/config/bundles"
ALBUM = {"productType": "PHOTO_SET", "productId": "album", "productName": "相册",
         "basePrice": 168.5, "unit": "本"}
TOGETHER = {"bundleName": "照相集 + 视频一起买", "discountType": "FIXED_PRICE",
            "discountValue": 199,
            "bundleProducts": [{"productType": "PHOTO_SET"},
                               {"productType": "VLOG_VIDEO", "quantity": 1}],
            "canUseWithCoupon": False, "canUseWithVoucher": False, "canUseWithOnePrice": False}


def final(desk: Desk, *products: tuple[str, int]) -> Any:
    return desk.post("/calculate", cart(*products), desk.shop.kiosk)["finalAmount"]


def test_a_product_is_added_and_sold(desk: Desk) -> None:
    """P126, P127"""
    shop = desk.shop
    album = desk.post(PRODUCTS, ALBUM, shop.owner)
    assert {name: album[name] for name in ALBUM} == ALBUM
    assert (album["scenicId"], album["isActive"]) == (None, True)
    assert album in desk.get(PRODUCTS, shop.kiosk)
    assert desk.get(PRODUCTS, shop.lin, scenicId=shop.lake, productType="PHOTO_SET")[-1] in (
        album, desk.get(PRODUCTS, shop.kiosk, productType="PHOTO_SET")[-1])
    body = {"products": [{"productType": "PHOTO_SET", "productId": "album", "quantity": 2}]}
    assert desk.post("/calculate", body, shop.kiosk)["finalAmount"] == 337.0
    assert desk.refusal("POST", PRODUCTS, ALBUM, as_=shop.owner) == (409, "product_exists")


def test_every_type_of_the_seed_is_sold_under_its_name(desk: Desk) -> None:
    """P131–P135, P246"""
    sold = {one["productType"]: one["productName"] for one in desk.get(PRODUCTS, desk.shop.kiosk)}
    assert sold == {"VLOG_VIDEO": "Vlog视频", "RECORDING_SET": "录像集", "PHOTO_SET": "照相集",
                    "PHOTO_PRINT": "照片打印", "MACHINE_PRINT": "一体机打印"}
    assert set(sold) == {kind.code for kind in ProductType}


def test_a_product_changes_its_price_and_is_switched_off(desk: Desk) -> None:
    """P128, P62"""
    shop = desk.shop
    (vlog,) = desk.get(PRODUCTS, shop.owner, productType="VLOG_VIDEO")
    path = f"{PRODUCTS}/{vlog['id']}"
    assert desk.put(path, {"basePrice": 88}, shop.owner)["basePrice"] == 88.0
    assert final(desk, ("VLOG_VIDEO", 1)) == 88.0
    desk.put(path, {"isActive": False}, shop.owner)
    answer = desk.call("POST", "/calculate", cart(("VLOG_VIDEO", 1)), as_=shop.kiosk)
    assert (answer["code"], answer["error"]) == (422, "product_config_not_found")
    assert desk.get(PRODUCTS, shop.owner, productType="VLOG_VIDEO") == []
    assert len(desk.get(PRODUCTS, shop.owner, productType="VLOG_VIDEO", all=1)) == 1
    assert desk.refusal("GET", PRODUCTS, as_=shop.lin, scenicId=shop.lake, all=1)[0] == 403
    assert desk.refusal("PUT", f"{PRODUCTS}/999999", {"basePrice": 1}, as_=shop.owner) == (
        404, "not_found")


@pytest.mark.parametrize("change", [
    {"productType": "SOUP"}, {"productType": None}, {"basePrice": None}, {"basePrice": -1},
    {"basePrice": 1.005}, {"basePrice": "x"}, {"basePrice": 10**12}, {"productName": "x" * 101},
    {"scenicId": -4}, {"productId": ""}, {"status": 3}], ids=str)
def test_odd_products_are_not_saved(desk: Desk, change: dict[str, Any]) -> None:
    assert desk.refusal("POST", PRODUCTS, {**ALBUM, **change}, as_=desk.shop.owner)[0] == 422
    assert len(desk.get(PRODUCTS, desk.shop.owner)) == 5


def test_only_who_answers_for_prices_changes_them(desk: Desk) -> None:
    shop = desk.shop
    (vlog,) = desk.get(PRODUCTS, shop.owner, productType="VLOG_VIDEO")
    for actor in (shop.clerk, shop.manager, shop.hill_manager, shop.kiosk, shop.lin):
        assert desk.refusal("POST", PRODUCTS, ALBUM, as_=actor)[0] == 403
        assert desk.refusal("PUT", f"{PRODUCTS}/{vlog['id']}", {"basePrice": 1},
                            as_=actor)[0] == 403
    own = desk.post(PRODUCTS, {**ALBUM, "scenicId": shop.lake}, shop.manager)
    assert desk.refusal("PUT", f"{PRODUCTS}/{own['id']}", {"basePrice": 1},
                        as_=shop.hill_manager)[0] == 403


def test_tiers_are_added_changed_replaced_and_dropped(desk: Desk) -> None:
    """P129, P136"""
    owner = desk.shop.owner
    key = {"productType": "PHOTO_PRINT"}
    first = desk.post(TIERS, {**key, "minQuantity": 1, "maxQuantity": 7, "unitPrice": 15}, owner)
    desk.post(TIERS, {**key, "minQuantity": 8, "unitPrice": 12}, owner)
    assert [final(desk, ("PHOTO_PRINT", count)) for count in (7, 8)] == [105.0, 96.0]
    desk.put(f"{TIERS}/{first['id']}", {"minQuantity": 1, "maxQuantity": 7, "unitPrice": 14},
             owner)
    assert final(desk, ("PHOTO_PRINT", 7)) == 98.0
    shown = desk.get(f"{TIERS}/PHOTO_PRINT", desk.shop.kiosk)
    assert [(one["minQuantity"], one["maxQuantity"], one["unitPrice"]) for one in shown] == [
        (1, 7, 14.0), (8, None, 12.0)]
    assert desk.get(TIERS, desk.shop.kiosk, productType="PHOTO_PRINT") == shown
    desk.put(TIERS, {**key, "tiers": [{"minQuantity": 1, "unitPrice": 10}]}, owner)
    (last,) = desk.get(f"{TIERS}/PHOTO_PRINT", owner)
    desk.delete(f"{TIERS}/{last['id']}", owner)
    assert (desk.get(TIERS, owner), final(desk, ("PHOTO_PRINT", 7))) == ([], 84.0)
    assert desk.refusal("DELETE", f"{TIERS}/{last['id']}", as_=owner) == (404, "not_found")


@pytest.mark.parametrize(("tiers", "word"), [
    ([(1, 7), (9, None)], "tier_gap"), ([(1, 7), (7, None)], "tier_overlap"),
    ([(3, 2)], "tier_ends_before_it_starts")], ids=str)
def test_gaps_and_overlaps_are_refused_with_their_place(
        desk: Desk, tiers: list[tuple[int, int | None]], word: str) -> None:
    body = {"productType": "PHOTO_PRINT", "tiers": [
        {"minQuantity": first, "maxQuantity": last, "unitPrice": 9} for first, last in tiers]}
    assert desk.refusal("PUT", TIERS, body, as_=desk.shop.owner) == (422, word)
    assert desk.get(TIERS, desk.shop.owner) == []


@pytest.mark.parametrize("change", [
    {"minQuantity": 0}, {"minQuantity": 1.5}, {"unitPrice": None}, {"unitPrice": -1},
    {"maxQuantity": 10**9}, {"productType": "SOUP"}], ids=str)
def test_odd_tiers_are_refused(desk: Desk, change: dict[str, Any]) -> None:
    body = {"productType": "PHOTO_PRINT", "minQuantity": 1, "unitPrice": 9, **change}
    assert desk.refusal("POST", TIERS, body, as_=desk.shop.owner)[0] == 422


def test_a_bundle_lives_its_life(desk: Desk) -> None:
    """P130, P202–P214"""
    owner = desk.shop.owner
    made = desk.post(BUNDLES, TOGETHER, owner)
    assert {name: made[name] for name in TOGETHER if name != "bundleProducts"} == {
        name: value for name, value in TOGETHER.items() if name != "bundleProducts"}
    assert made["bundleProducts"] == [{"productType": "PHOTO_SET", "quantity": 1},
                                      {"productType": "VLOG_VIDEO", "quantity": 1}]
    path = f"{BUNDLES}/{made['bundleConfigId']}"
    assert final(desk, ("PHOTO_SET", 1), ("VLOG_VIDEO", 1)) == 199.0
    desk.put(path, {"discountType": "FIXED_PRICE", "discountValue": 180}, owner)
    assert final(desk, ("PHOTO_SET", 1), ("VLOG_VIDEO", 1)) == 180.0
    desk.put(f"{path}/status", {"status": 0}, owner)
    assert final(desk, ("PHOTO_SET", 1), ("VLOG_VIDEO", 1)) == 227.0
    assert [one["status"] for one in desk.get(BUNDLES, owner)] == [0]
    assert desk.get(f"{BUNDLES}/page", owner, name="一起", status=0)["total"] == 1
    assert desk.get(path, owner)["discountValue"] == 180.0
    desk.delete(path, owner)
    assert desk.get(BUNDLES, owner) == []


@pytest.mark.parametrize(("body", "word"), [
    ({**TOGETHER, "discountType": "HALF"}, "invalid_input"),
    ({**TOGETHER, "bundleProducts": None, "minQuantity": 2}, "fixed_price_without_combination"),
    ({**TOGETHER, "bundleProducts": [{"productType": "SOUP"}]}, "unknown_product_type"),
    ({**TOGETHER, "applicableProducts": ["PHOTO_SET"]}, "combination_with_product_types"),
    ({**TOGETHER, "bundleProducts": [{"productType": "PHOTO_SET"}] * 2}, "combination_overlaps"),
    ({"bundleName": "空", "discountType": "FIXED_DISCOUNT", "discountValue": 5}, "no_trigger"),
    ({"bundleName": "或", "discountType": "FIXED_DISCOUNT", "discountValue": 5,
      "minQuantity": 2, "anyTrigger": True}, "any_trigger_needs_two"),
    ({"bundleName": "折", "discountType": "PERCENTAGE_DISCOUNT", "discountValue": 85,
      "minQuantity": 2}, "percentage_out_of_range")],
    ids=lambda value: value if isinstance(value, str) else "")
def test_an_unclear_bundle_is_refused_and_says_why(desk: Desk, body: dict[str, Any],
                                                   word: str) -> None:
    answer = desk.call("POST", BUNDLES, body, as_=desk.shop.owner)
    assert (answer["code"], answer["error"]) == (422, word)
    assert answer["message"]
    assert desk.get(BUNDLES, desk.shop.owner) == []


@pytest.mark.parametrize(("path", "body"), [
    (PRODUCTS, ALBUM), (BUNDLES, TOGETHER),
    (TIERS, {"productType": "PHOTO_PRINT", "minQuantity": 1, "unitPrice": 9})],
    ids=["product", "bundle", "tier"])
def test_one_key_makes_one(desk: Desk, path: str, body: dict[str, Any]) -> None:
    owner = desk.shop.owner
    before = len(desk.get(path, owner))
    first = desk.post(path, body, owner, key="k")
    assert desk.post(path, body, owner, key="k")["id"] == first["id"]
    assert len(desk.get(path, owner)) == before + 1
    assert desk.refusal("POST", path, {**body, "status": 1, "unitPrice": 8}, as_=owner,
                        key="k") == (409, "idempotency_conflict")
