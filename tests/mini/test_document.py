"""The OpenAPI document of the members' door: whole, with true examples."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from tests.openapi import misfits, operations, unlike, without_examples

HERE = "/api/v1/mini/"
PRICING = "/api/pricing"
OF_MEMBERS = {
    ("/calculate", "post"), ("/checkout", "post"), ("/orders", "get"),
    ("/orders/{order_no}", "get"), ("/orders/{order_no}/cancel", "post"),
    ("/coupons/my-coupons", "get"), ("/coupons/{coupon_id}/claim", "post"),
    ("/config/products", "get"), ("/config/tiers", "get"), ("/config/tiers/{product_type}", "get"),
    ("/voucher/validate", "post"), ("/voucher/mobile/claim", "post"),
    ("/voucher/mobile/my-codes", "get"), ("/voucher/print", "post"),
    ("/voucher/usage/user/{face_id}/scenic/{scenic_id}", "get")}
"""What of the pricing routes a front end for members uses."""


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return dict(app.test_client().get("/openapi.json").get_json())


def for_members(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    priced = [one for one in operations(document, PRICING)
              if (one[0].removeprefix(PRICING), one[1]) in OF_MEMBERS]
    assert len(priced) == len(OF_MEMBERS)
    return operations(document, HERE) + priced


def test_every_route_of_the_door_is_in_it(document: dict[str, Any], app: Flask) -> None:
    routes = {(re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", str(rule)), method.lower())
              for rule in app.url_map.iter_rules() if str(rule).startswith(HERE)
              for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}}
    described = {(path, method) for path, method, _ in operations(document, HERE)}
    assert described == routes and len(described) > 25


def test_every_operation_says_what_it_is_and_shows_an_example(document: dict[str, Any]) -> None:
    for path, method, operation in for_members(document):
        where = f"{method} {path}"
        assert operation["summary"] and operation["tags"], where
        if not path.endswith("/login"):
            assert operation["security"] == [{"bearer": []}], where
        assert without_examples(operation, method) == [], where


def test_every_example_is_of_the_shape_that_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in for_members(document):
        assert misfits(operation, document) == [], (path, method)


def test_an_example_that_lies_is_found(document: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Joined"}
    assert list(unlike({"token": 5, "more": 1}, schema, document, "$", True))
