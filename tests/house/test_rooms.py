"""The rooms keep to themselves (design section 2); the contracts stand in pyproject.toml."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter"}
RULES = sorted(path for room in ("pricing", "vouchers")
               for path in (ROOT / "core" / room).rglob("*.py"))


def test_every_import_contract_is_kept() -> None:
    ran = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT,
                         capture_output=True, text=True)

    assert "0 broken" in ran.stdout and ran.returncode == 0, ran.stdout + ran.stderr


def clock_readings(source: str) -> list[int]:
    """Lines that call something like datetime.now()."""
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS]


@pytest.mark.parametrize("path", RULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_rules_get_the_time_as_an_argument(path: Path) -> None:
    assert clock_readings("a = 1\nb = datetime.now(UTC)\n") == [2]

    assert not clock_readings(path.read_text())


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "manager"])
def test_file_names_say_what_is_inside(name: str) -> None:
    rooms = ("bot", "core", "jobs", "kiosk", "tests")

    assert not [path for room in rooms for path in (ROOT / room).rglob(f"{name}.*")]
