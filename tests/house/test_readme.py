"""What the README promises and a program can check."""

from __future__ import annotations

import re

from core.config import describe
from tests.house.processes import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_configuration_table_is_that_of_the_settings() -> None:
    for row in describe():
        assert f"| `{row.name}` | {row.about} | {row.default} |" in README, row.name


def test_every_file_it_shows_or_names_exists() -> None:
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    named = re.findall(r"`((?:core|kiosk|bot|jobs|tests)/[\w./-]+)`", README)
    assert shown
    for path in shown + named:
        assert (ROOT / path).exists(), path
