"""The OpenAPI document of the members' door: whole, with true examples."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

HERE = "/api/v1/mini/"


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return dict(app.test_client().get("/openapi.json").get_json())


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, operation) for path, methods in document["paths"].items()
            if path.startswith(HERE) for method, operation in methods.items()
            if method in ("get", "post", "put", "delete")]


def test_every_route_of_the_door_is_in_it(document: dict[str, Any], app: Flask) -> None:
    routes = {(re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", str(rule)), method.lower())
              for rule in app.url_map.iter_rules() if str(rule).startswith(HERE)
              for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}}
    described = {(path, method) for path, method, _ in operations(document)}
    assert described == routes and len(described) > 25


def test_every_operation_says_what_it_is_and_shows_an_example(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"] and operation["tags"], where
        if not path.endswith("/login"):
            assert operation["security"] == [{"bearer": []}], where
        answer = operation["responses"]["200"]["content"]["application/json"]
        assert answer["example"]["code"] == 200 and answer["example"]["request_id"], where
        if method in ("post", "put") and "requestBody" in operation:
            assert operation["requestBody"]["content"]["application/json"]["example"], where


def test_every_example_is_of_the_shape_that_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        bodies = [(operation["responses"]["200"]["content"]["application/json"], True)]
        if "requestBody" in operation:
            bodies.append((operation["requestBody"]["content"]["application/json"], False))
        for body, whole in bodies:
            if "schema" in body:
                misfits = list(unlike(body["example"], body["schema"], document, "$", whole))
                assert not misfits, (path, method, misfits)


def unlike(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str,
           whole: bool) -> Any:
    """Where an example differs from its schema: unknown or missing fields, other types. `whole`:
    answers show every field, requests only what is needed."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if not any(not list(unlike(value, one, document, at, whole)) for one in schema["anyOf"]):
            yield at
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, TYPES[kind]) for kind in kinds):
        yield f"{at}: {value!r} is no {kinds}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r}"
    if isinstance(value, dict) and "properties" in schema:
        for name in set(value) - set(schema["properties"]):
            yield f"{at}.{name}: unknown"
        needed = schema["properties"] if whole else schema.get("required", [])
        for name in set(needed) - set(value):
            yield f"{at}.{name}: missing"
        for name in set(value) & set(schema["properties"]):
            yield from unlike(value[name], schema["properties"][name], document, f"{at}.{name}",
                              whole)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from unlike(item, schema["items"], document, f"{at}[{number}]", whole)


TYPES: dict[str, Any] = {"string": str, "integer": int, "number": (int, Decimal), "boolean": bool,
                         "array": list, "object": dict, "null": type(None)}


def test_an_example_that_lies_is_found(document: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Joined"}
    assert list(unlike({"token": 5, "more": 1}, schema, document, "$", True))
