"""A generated TypeScript client compiles, and a sample that uses it. Needs node and npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

CLIENT = Path(__file__).parent / "client"


@pytest.mark.node
def test_the_generated_client_and_its_sample_compile(app: Flask, tmp_path: Path) -> None:
    here = shutil.copytree(CLIENT, tmp_path / "client",
                           ignore=shutil.ignore_patterns("node_modules"))
    (here / "openapi.json").write_bytes(app.test_client().get("/openapi.json").data)
    for command in (["npm", "ci", "--ignore-scripts"], ["npm", "run", "check"]):
        ran = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=600)
        assert ran.returncode == 0, f"{command}\n{ran.stdout[-4000:]}\n{ran.stderr[-2000:]}"
    assert "/api/v1/mini/{platform}/login" in (here / "api.d.ts").read_text(encoding="utf-8")


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
