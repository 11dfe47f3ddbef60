"""The seeds' tables of promises: complete, and every place they name is there."""

from __future__ import annotations

import re

import pytest

from tests.house.processes import ROOT

TABLES = {"S": ("tests/vouchers/COVERAGE.md", 255), "P": ("tests/pricing/COVERAGE.md", 268)}
ROWS = {letter: re.findall(rf"^\| ({letter}\d+) \| .+? \| ([^|]+?) \| [^|]*\|$",
                           (ROOT / table).read_text(encoding="utf-8"), flags=re.MULTILINE)
        for letter, (table, _) in TABLES.items()}


@pytest.mark.parametrize("letter", TABLES)
def test_every_promise_has_its_row_once_and_in_order(letter: str) -> None:
    assert [promise for promise, _ in ROWS[letter]] == [
        f"{letter}{number}" for number in range(1, TABLES[letter][1] + 1)]


@pytest.mark.parametrize(("promise", "where"), [row for rows in ROWS.values() for row in rows],
                         ids=[promise for rows in ROWS.values() for promise, _ in rows])
def test_every_place_it_names_is_there(promise: str, where: str) -> None:
    places = re.findall(r"`([^`]+)`", where)
    assert places, promise
    for place in places:
        path, _, name = place.partition("::")
        file = ROOT / path
        assert file.is_file(), f"{promise}: {path}"
        assert name in file.read_text(encoding="utf-8"), f"{promise}: {place}"


@pytest.mark.parametrize("table", [table for table, _ in TABLES.values()])
def test_the_readme_leads_to_it(table: str) -> None:
    assert table in (ROOT / "README.md").read_text(encoding="utf-8")
