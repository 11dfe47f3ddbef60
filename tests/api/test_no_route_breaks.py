"""Whatever is sent to whichever route: an answer in the envelope, and never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.shelf import Shelf
from tests.web import rest_of

BODIES: dict[str, bytes] = {
    "nothing": b"", "text": b'"text"', "list": b"[]", "list of texts": b'["a"]', "null": b"null",
    "number": b"7", "true": b"true", "empty": b"{}", "broken": b'{"a":', "no utf-8": b'"\xff"',
    "deep": b"[" * 5000 + b"]" * 5000,
    "odd values": b'{"code": [], "phone": {}, "name": 7, "items": {"a": 1}, "products": "x", '
                  b'"status": "x", "uses": "x", "page": -1, "venue_id": 1e400, "days": null}',
    "huge numbers": b'{"id": 99999999999999999999999, "venue_id": 99999999999999999999999, '
                    b'"scenicId": 99999999999999999999999, "uses": 99999999999999999999999}',
    "NUL": b'{"name": "a\\u0000b", "code": "\\u0000", "username": "\\u0000", "text": "\\u0000"}'
,
    "lone surrogate": b'{"name": "\\ud800", "code": "\\ud800", "keyword": "\\ud800"}',
}
PLACES = ("1", "9223372036854775808", "99999999999999999999999")
TEXTS = ("x", "%00", "%F0%9F%8E%AB", "..%2f..%2fetc", "x" * 3000)
ODD_QUERIES = ("page=-1", "page=99999999999999999999", "page_size=x", "start_date=2026-02-30",
               "start_date=0001-01-01&end_date=9999-12-31",
               "keyword=%00", "keyword=%ED%A0%80", "venue_id=99999999999999999999999", "status=x",
               "state=%00", "date_field=x", "pageNum=0&pageSize=0", "q=" + "x" * 5000)


@pytest.fixture
def app(shelf: Shelf) -> Flask:
    return rest_of(shelf.services)


def rules(app: Flask, *methods: str) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & set(methods)):
            yield method, rule


def addresses(rule: Rule) -> Iterator[str]:
    """The rule's address with its gaps filled: a plain way, and odd ones."""
    if not rule.arguments:
        yield rule.rule
        return
    for place, text in ((PLACES[0], TEXTS[0]), (PLACES[1], TEXTS[1]), (PLACES[2], TEXTS[2]),
                        (PLACES[0], TEXTS[3]), (PLACES[0], TEXTS[4])):
        path = "".join(part if not dynamic else place if "int:" in part else
                       "meituan" if "any(" in part else text for dynamic, part in pieces(rule.rule))
        yield path


def pieces(rule: str) -> Iterator[tuple[bool, str]]:
    """The address in parts, each with whether it is a gap."""
    while "<" in rule:
        before, _, rest = rule.partition("<")
        gap, _, rule = rest.partition(">")
        yield False, before
        yield True, gap
    yield False, rule


def broken(app: Flask, shelf: Shelf, sent: Iterator[tuple[str, str, dict[str, Any]]]) -> list[str]:
    """The requests that were answered with a 5xx or outside the envelope."""
    client, token, found = app.test_client(), "", []
    for method, path, more in sent:
        for _ in range(2):  # some routes sign the caller out
            answer = client.open(path, method=method,
                                 headers={"Authorization": f"Bearer {token}"}, **more)
            if answer.status_code != 401:
                break
            with shelf.services.store.connection():
                token = shelf.services.sign_in.open_for_staff(shelf.owner.id, "api").token
        body = answer.get_json(silent=True)
        # 503: this shop has no platform that could be asked.
        if answer.status_code >= 500 and answer.status_code != 503 or (
                answer.status_code >= 400 and (not body or body["code"] != answer.status_code)):
            found.append(f"{method} {path[:90]} {str(more)[:60]}: {answer.status_code}")
        answer.close()
    return found


@pytest.mark.parametrize("body", BODIES)
def test_no_body_breaks_a_route(app: Flask, shelf: Shelf, body: str) -> None:
    assert broken(app, shelf, (
        (method, next(addresses(rule)), {"data": BODIES[body], "content_type": "application/json"})
        for method, rule in rules(app, "POST", "PUT", "PATCH", "DELETE")
        if not rule.rule.startswith("/callbacks/"))) == []


def test_no_address_breaks_a_route(app: Flask, shelf: Shelf) -> None:
    assert broken(app, shelf, (
        (method, path, {}) for method, rule in rules(app, "GET", "POST", "PUT", "DELETE")
        for path in addresses(rule) if not rule.rule.startswith("/callbacks/"))) == []


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_no_query_breaks_a_route(app: Flask, shelf: Shelf, query: str) -> None:
    assert broken(app, shelf, (
        (method, next(addresses(rule)), {"query_string": query})
        for method, rule in rules(app, "GET") if not rule.rule.startswith("/callbacks/"))) == []
