"""What the OpenAPI document shows of an operation, held against what it describes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

Operation = tuple[str, str, dict[str, Any]]


def operations(document: dict[str, Any], below: str) -> list[Operation]:
    """(path, method, operation) of the paths that begin so."""
    return [(path, method, operation) for path, methods in document["paths"].items()
            if path.startswith(below) for method, operation in methods.items()
            if method in ("get", "post", "put", "delete")]


def without_examples(operation: dict[str, Any], method: str) -> list[str]:
    """What of an operation has no example: its answer, its body."""
    missing = []
    answer = operation["responses"]["200"]["content"]["application/json"].get("example", {})
    if answer.get("code") != 200 or not answer.get("request_id"):
        missing.append("answer")
    if method in ("post", "put") and "requestBody" in operation \
            and not operation["requestBody"]["content"]["application/json"].get("example"):
        missing.append("body")
    return missing


def misfits(operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Where the examples of an operation differ from their schemas."""
    bodies = [(operation["responses"]["200"]["content"]["application/json"], True)]
    if "requestBody" in operation:
        bodies.append((operation["requestBody"]["content"]["application/json"], False))
    return [misfit for body, whole in bodies if "schema" in body
            for misfit in unlike(body["example"], body["schema"], document, "$", whole)]


def unlike(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str,
           whole: bool) -> Iterator[str]:
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
            yield from unlike(item, schema.get("items", {}), document, f"{at}[{number}]", whole)


TYPES: dict[str, Any] = {"string": str, "integer": int, "number": (int, Decimal), "boolean": bool,
                         "array": list, "object": dict, "null": type(None)}
