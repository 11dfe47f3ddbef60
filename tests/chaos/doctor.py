"""The doctor as a process of its own, some minutes ahead, so that no lease or retry is waited for.

Run with the settings in the environment; `KILL_AT` ends it there. Not more than ten minutes:
Meituan's gateway refuses signatures that are further off.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import SystemClock
from core.config import Settings
from core.wiring import build

ROOT = Path(__file__).parents[2]
EXPIRED_AFTER = 11


class Ahead:
    """The time so many minutes from now."""

    def __init__(self, minutes: int) -> None:
        self._ahead = timedelta(minutes=minutes)

    def now(self) -> datetime:
        return SystemClock().now() + self._ahead


def visit(environ: dict[str, str], minutes: int = 1, *, kill_at: str = "",
          expire: bool = False) -> int:
    """Run the doctor once; its exit code (-9 when it was killed)."""
    words = [sys.executable, "-m", "tests.chaos.doctor",
             str(EXPIRED_AFTER if expire else minutes)]
    more = {"KILL_AT": kill_at} if kill_at else {}
    return subprocess.run(words, cwd=ROOT, env={**environ, **more}, check=False,
                          capture_output=True).returncode


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    ahead = int(sys.argv[1])
    settle = build(Settings.read(), clock=Ahead(ahead)).settle
    print(settle.expire_waiting() if ahead == EXPIRED_AFTER else settle.run())
