"""In CI a check that was skipped has failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.processes import ROOT

SUITES = {
    "test": "import pytest\ndef test_it(): pytest.skip('no browser here')\n",
    "module": "import pytest\npytest.importorskip('no_such_library')\ndef test_it(): pass\n",
    "none": "def test_it(): pass\n",
}


@pytest.mark.parametrize(("skipped", "ci", "code"), [
    ("test", "true", 1), ("test", "", 0), ("module", "true", 1), ("none", "true", 0),
])
def test_a_skip_fails_the_run_in_ci_only(
        tmp_path: Path, skipped: str, ci: str, code: int) -> None:
    (tmp_path / "test_shop.py").write_text(f"def test_other(): pass\n{SUITES['none']}")
    (tmp_path / "test_skipping.py").write_text(SUITES[skipped])

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider",
         f"--rootdir={tmp_path}", "-c", os.devnull, str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}, text=True,
        capture_output=True)

    assert ran.returncode == code, ran.stdout
    assert ("SKIPPED" in ran.stdout) == (code == 1)
