"""`app.py demo`: everything with one command, and nothing left of it afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.demo_keys import new_keys
from jobs.redis_server import answers_ping
from jobs.supervisor import answers
from tests.house.processes import ROOT, descendants, runs, until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A demo, or a shop, in its own folder and on its own ports."""

    def __init__(self, folder: Path, command: str = "demo", **environ: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if name != "HX_MODE"}
        self.program = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), command], cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=inherited | {"DATA_DIR": str(folder), "PORT": str(self.port),
                             "SANDBOX_PORT": str(free_port())} | environ)

    def serves(self) -> bool:
        return answers(f"{self.url}/healthz")()

    def wait(self) -> None:
        """Until pages and Redis answer; if the demo gives up, its last words are the failure."""
        until(lambda: self.program.poll() is not None or (
            self.serves() and answers_ping(self.folder / "redis" / "redis.sock")), 120)
        if self.program.poll() is not None:
            raise AssertionError(self.program.communicate()[0][-3000:])

    def end(self) -> None:
        self.program.kill()
        self.program.wait()
        assert self.program.stdout is not None
        self.program.stdout.close()

    def family(self) -> set[int]:
        return descendants(self.program.pid)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Running]:
    demo = Running(tmp_path)
    try:
        demo.wait()
        yield demo
    finally:
        demo.end()


def test_ctrl_c_ends_the_demo_cleanly(demo: Running) -> None:
    family = demo.family()
    demo.program.send_signal(signal.SIGINT)

    demo.program.communicate(timeout=30)
    assert demo.program.returncode == 0
    assert len(family) >= 3 and not [pid for pid in family if runs(pid)]


def test_killing_the_demo_leaves_no_orphan_and_it_starts_again_in_the_same_folder(
        demo: Running) -> None:
    family = demo.family()
    demo.program.kill()

    until(lambda: not [pid for pid in family if runs(pid)])
    assert not demo.serves()

    again = Running(demo.folder)
    try:
        again.wait()
    finally:
        again.end()


def test_any_process_may_be_killed_and_the_shop_serves_again(demo: Running) -> None:
    for pid in sorted(demo.family()):
        if not runs(pid):
            continue  # it went with a parent killed before it
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: not runs(pid))
        demo.wait()


def test_a_shop_in_production_starts_with_one_command_too(tmp_path: Path) -> None:
    shop = Running(tmp_path, "serve", HX_MODE="production", PUBLIC_URL="https://shop.example",
                   **new_keys())
    try:
        shop.wait()
        assert answers(f"{shop.url}/readyz")()
        assert (tmp_path / "hexiaotai.db").exists()
        assert not (tmp_path / "demo.json").exists() and not (tmp_path / "sandbox.json").exists()
        family = shop.family()
        shop.program.send_signal(signal.SIGTERM)
        assert shop.program.wait(30) == 0
    finally:
        shop.end()
    assert not [pid for pid in family if runs(pid)]


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ran = subprocess.run([sys.executable, str(ROOT / "app.py"), "demo"], text=True,
                             env={**os.environ, "HX_MODE": "demo", "DATA_DIR": str(tmp_path),
                                  "PORT": port}, capture_output=True)

    assert ran.returncode == 1
    assert f"127.0.0.1:{port}" in ran.stderr and "set PORT" in ran.stderr


def test_the_demo_refuses_to_run_as_production() -> None:
    ran = subprocess.run([sys.executable, str(ROOT / "app.py"), "demo"], text=True,
                         env={**os.environ, "HX_MODE": "production"}, capture_output=True)

    assert ran.returncode == 1 and "HX_MODE" in ran.stderr


def test_wrong_settings_are_listed_not_thrown(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, str(ROOT / "app.py"), "web"], text=True,
                         env={**os.environ, "HX_MODE": "production", "PORT": "x"},
                         capture_output=True)

    assert ran.returncode == 1
    assert "PORT:" in ran.stderr and "SECRET_KEYS:" in ran.stderr
    assert "Traceback" not in ran.stderr
