"""Real processes for tests: a supervised family described by a few lines, and its pids."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]

CHILD = """
    import os, signal, sys, time
    from pathlib import Path
    from jobs import tether
    tether.follow_parent()
    folder, name = Path(sys.argv[1]), sys.argv[2]
    def note(who):
        with open(folder / f"{who}.pids", "a") as file:
            print(os.getpid(), file=file, flush=True)
"""
"""Begins every child: follows its parent and can note its pid."""

FAMILY = """
    import sys
    from pathlib import Path
    from jobs import supervisor, tether
    from jobs.supervisor import Child, Supervisor
    tether.follow_parent()
    folder = Path(sys.argv[1])
    def child(name, **more):
        return Child(name, [sys.executable, str(folder / f"{name}.py"), str(folder), name], **more)
    def exists(name):
        return (folder / name).exists
    def ready():
        return "all ready"
"""
"""Begins every supervising program."""


def write(path: Path, *parts: str) -> None:
    """A program made of the parts, each dedented by itself."""
    path.write_text("".join(textwrap.dedent(part) for part in parts))


def start(path: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    """Run a program with the product importable; its output is readable on `stdout`. It hears
    SIGHUP even when the tests themselves run under nohup, which children inherit."""
    return subprocess.Popen(
        ["env", "--default-signal=HUP", sys.executable, str(path), *arguments], cwd=path.parent,
        text=True, env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait for it; a test that waits in vain fails by this, never by being slow."""
    late_at = time.monotonic() + seconds
    while not true():
        if time.monotonic() > late_at:
            raise AssertionError(f"waited {seconds} s in vain")
        time.sleep(0.02)


def pids(folder: Path, name: str) -> list[int]:
    """Every process that noted itself under the name, oldest first."""
    path = folder / f"{name}.pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def runs(pid: int) -> bool:
    """Whether the process is there and not merely waiting to be buried."""
    return pid in _living()


def descendants(pid: int) -> set[int]:
    """Every living process below this one."""
    parents = _living()
    found: set[int] = set()
    while more := {each for each, parent in parents.items() if parent in {pid, *found}} - found:
        found |= more
    return found


def _living() -> dict[int, int]:
    """Parents by pid, without zombies."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True,
                            text=True, check=True).stdout if sys.platform != "linux" else _proc()
    rows = (line.split() for line in listed.splitlines())
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def _proc() -> str:
    """What ps would say, where the smallest systems have none."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended while we looked
        lines.append(f"{path.parent.name} {parent} {state}")
    return "\n".join(lines)
