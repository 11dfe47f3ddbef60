"""Addresses, questions and forms that no page made: a page that says so, and never a 500."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.builders import Chain
from tests.desk.conftest import Desk
from tests.desk.test_who_may_open import routes

QUERIES = (
    "page=-1", "page=99999999999999999999", "page=x", "start_date=2026-02-30", "start_date=%00",
    "end_date=9999-12-31", "range=x", "keyword=%00", "keyword=%ED%A0%80", "status=x", "status=99",
    "venue_id=99999999999999999999999", "venue_id=x", "date_field=x", "sort=x", "platform_id=%00",
    "voucher_type=99999999999999999999", "day=x", "code=%00", "q=" + "x" * 5000)
VALUES = ("", "x", "-1", "99999999999999999999999", "\x00", "🎫" * 300, "2026-02-30", "0.001")
LEAVE = re.compile(r"/(logout|sign-out|account/sessions)")
_FORM = re.compile(r'<form\b([^>]*method="post"[^>]*)>(.*?)</form>', re.DOTALL | re.IGNORECASE)


def forms(path: str, page: str) -> Iterator[tuple[str, list[str]]]:
    """(address, names of its fields) of every form on a page that changes something."""
    for attributes, inside in _FORM.findall(page):
        action = re.search(r'action="([^"]+)"', attributes)
        address = action[1].replace("&amp;", "&") if action else path
        if not LEAVE.search(address):
            yield address, re.findall(r'name="([^"]+)"', inside)


@pytest.mark.parametrize("query", QUERIES)
def test_no_question_breaks_a_page(desk: Desk, chain: Chain, app: Flask, query: str) -> None:
    chain.redeem(chain.buy())
    client = desk.of(chain.owner).client
    assert [(path, status) for _, path in routes(app, "GET")
            if (status := client.get(path, query_string=query).status_code) >= 500] == []


@pytest.mark.parametrize("number", ["0", "9223372036854775808", "99999999999999999999999"])
def test_no_number_breaks_an_address(desk: Desk, chain: Chain, app: Flask, number: str) -> None:
    client = desk.of(chain.owner).client
    assert [(path, status) for _, path in routes(app, "GET") if "/1" in path
            if (status := client.get(re.sub(r"(?<=/)1(?=/|$)", number, path)).status_code)
            >= 500] == []


@pytest.mark.parametrize("value", VALUES)
def test_no_form_breaks_a_page(desk: Desk, chain: Chain, app: Flask, value: str) -> None:
    chain.redeem(chain.buy())
    browser = desk.of(chain.owner)
    csrf, sent, broken = browser.csrf(), set[str](), []
    for _, path in routes(app, "GET"):
        for address, names in forms(path, browser.client.get(path).text):
            if address in sent:
                continue
            sent.add(address)
            form = dict.fromkeys(names, value) | {"csrf": csrf}
            if (status := browser.client.post(address, data=form).status_code) >= 500:
                broken.append((address, status))
    assert broken == [] and len(sent) > 20
