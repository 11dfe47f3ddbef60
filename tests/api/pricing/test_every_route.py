"""Every route that the checklist promises: its exact path, and who may call it (P9–P14,
P99–P239)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.pricing.desk import Desk, cart

ANYBODY = {"staff", "kiosk", "member"}
STAFF = {"staff"}
C, CFG, ONE, V = "/admin/coupons", "/config", "/admin/one-price", "/voucher"

ROUTES: list[tuple[str, str, str, set[str]]] = [
    ("P99", "POST", "/calculate", ANYBODY),
    ("P100", "GET", "/coupons/my-coupons", ANYBODY),
    ("P106", "POST", f"{C}/configs", STAFF),
    ("P107", "PUT", f"{C}/configs/7", STAFF),
    ("P108", "DELETE", f"{C}/configs/7", STAFF),
    ("P109", "PUT", f"{C}/configs/7/status", STAFF),
    ("P110", "GET", f"{C}/configs", STAFF),
    ("P111", "GET", f"{C}/configs/page", STAFF),
    ("P112", "GET", f"{C}/claim-records", STAFF),
    ("P113 paged", "GET", f"{C}/claim-records/page", STAFF),
    ("P113 by user", "GET", f"{C}/claim-records/user/7", STAFF),
    ("P113 by coupon", "GET", f"{C}/claim-records/coupon/7", STAFF),
    ("P114", "GET", f"{C}/stats/7", STAFF),
    ("P115 detail", "GET", f"{C}/stats/7/detail", STAFF),
    ("P115 overview", "GET", f"{C}/stats/7/overview", STAFF),
    ("P126", "GET", f"{CFG}/products", ANYBODY),
    ("P127", "POST", f"{CFG}/products", STAFF),
    ("P128", "PUT", f"{CFG}/products/7", STAFF),
    ("P129", "GET", f"{CFG}/tiers", ANYBODY),
    ("P129 of a type", "GET", f"{CFG}/tiers/PHOTO_PRINT", ANYBODY),
    ("P130", "GET", f"{CFG}/bundles", STAFF),
    ("P130 one", "GET", f"{CFG}/bundles/7", STAFF),
    ("P158", "POST", f"{V}/batch/create", STAFF),
    ("P159", "POST", f"{V}/batch/create/v2", STAFF),
    ("P160", "POST", f"{V}/batch/list", STAFF),
    ("P161", "GET", f"{V}/batch/7", STAFF),
    ("P162", "GET", f"{V}/batch/7/stats", STAFF),
    ("P163", "PUT", f"{V}/batch/7/status", STAFF),
    ("P164", "POST", f"{V}/codes", STAFF),
    ("P165", "PUT", f"{V}/code/7/use", STAFF),
    ("P166", "GET", f"{V}/scenic/7/users", STAFF),
    ("P167", "POST", f"{V}/mobile/claim", ANYBODY),
    ("P168", "GET", f"{V}/mobile/my-codes", ANYBODY),
    ("P169", "POST", f"{V}/usage/history", STAFF),
    ("P170", "GET", f"{V}/usage/K7M49XRT2AHC/records", STAFF),
    ("P171", "GET", f"{V}/usage/K7M49XRT2AHC/stats", STAFF),
    ("P172", "GET", f"{V}/usage/user/face-lin/scenic/7", ANYBODY),
    ("P173", "GET", f"{V}/usage/batch/7/stats", STAFF),
    ("P231", "GET", f"{ONE}/", STAFF),
    ("P232", "GET", f"{ONE}/all", STAFF),
    ("P233", "GET", f"{ONE}/7", STAFF),
    ("P234", "POST", f"{ONE}/", STAFF),
    ("P235", "PUT", f"{ONE}/7", STAFF),
    ("P236", "DELETE", f"{ONE}/7", STAFF),
    ("P237", "PUT", f"{ONE}/7/status", STAFF),
    ("P238", "GET", f"{ONE}/scenic/7", STAFF),
    ("P239", "GET", f"{ONE}/check/7", STAFF),
    ("claim a coupon", "POST", "/coupons/7/claim", ANYBODY),
    ("checkout", "POST", "/checkout", ANYBODY),
    ("refund", "POST", "/orders/P7/refund", STAFF),
    ("print", "POST", f"{V}/print", ANYBODY),
    ("P39", "POST", f"{V}/validate", ANYBODY),
]

BATCH = {"batchName": "春游", "scenicId": 7, "discountType": 0, "totalCount": 1}
BODIES: dict[str, dict[str, Any]] = {
    "P106": {"couponName": "减 5", "couponType": "fixed_amount", "discountValue": 5},
    "P127": {"productType": "PHOTO_SET", "productId": "album", "basePrice": 5},
    "P158": BATCH, "P159": BATCH, "P234": {"configName": "一口价", "onePrice": 5},
    "checkout": cart(("PHOTO_SET", 1), scenicId=7), "P39": {"voucherCode": "K7M4", "scenicId": 7},
    "P99": cart(("PHOTO_SET", 1), scenicId=7),
}
"""Of routes that read their body before they ask who sent it."""


def test_every_path_is_served_under_its_method(desk: Desk) -> None:
    served = desk.client.application.url_map.bind("localhost")
    for name, method, path, _ in ROUTES:
        assert served.test(f"/api/pricing{path}", method=method), name


@pytest.mark.parametrize(("name", "method", "path", "callers"), ROUTES,
                         ids=[route[0] for route in ROUTES])
def test_who_may_call(desk: Desk, name: str, method: str, path: str, callers: set[str]) -> None:
    """nobody unknown; members and kiosks only where the route is theirs too"""
    shop, body = desk.shop, BODIES.get(name, {})
    answer: Any = desk.call(method, path, body)
    assert (answer["code"], answer["error"]) == (401, "not_signed_in")
    for kind, actor in (("kiosk", shop.kiosk), ("member", shop.lin)):
        answer = desk.call(method, path, body, as_=actor)
        if kind not in callers:
            assert answer["code"] == 403, (kind, answer)
            assert answer["message"]
        elif answer["code"] == 403:
            assert answer["error"].startswith("other_")
