"""The pricing module's table of promises: complete, and every place it names is there."""

from __future__ import annotations

import re

import pytest

from tests.house.processes import ROOT

TABLE = "tests/pricing/COVERAGE.md"
PROMISES = 268
ROWS = re.findall(r"^\| (P\d+) \| (.+?) \| (.+?) \|", (ROOT / TABLE).read_text(encoding="utf-8"),
                  flags=re.MULTILINE)


def test_every_promise_has_its_row_once_and_in_order() -> None:
    assert [row[0] for row in ROWS] == [f"P{number}" for number in range(1, PROMISES + 1)]


@pytest.mark.parametrize(("promise", "where"), [(row[0], row[2]) for row in ROWS],
                         ids=[row[0] for row in ROWS])
def test_every_place_it_names_is_there(promise: str, where: str) -> None:
    places = re.findall(r"`([^`]+)`", where)
    assert places, promise
    for place in places:
        path, _, name = place.partition("::")
        file = ROOT / path
        assert file.is_file(), f"{promise}: {path}"
        assert name in file.read_text(encoding="utf-8"), f"{promise}: {place}"


def test_the_readme_leads_to_it() -> None:
    assert TABLE in (ROOT / "README.md").read_text(encoding="utf-8")
