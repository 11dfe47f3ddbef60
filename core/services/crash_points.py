"""Every point of the main flow at which the process may die: crash tests kill it at each one.

`before` and `after` surround a transaction or a platform call; `inside` is the last moment
before a commit. tests/services/test_crash_points.py proves that nothing of the flow is missing.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from core.store.db import Probe, no_probe

TRANSACTIONS = (
    "inspect.unmapped",
    "redeem.call_staff",
    "redeem.confirm",
    "redeem.reject",
    "redeem.remind",
    "redeem.request",
    "redeem.withdraw",
    "settle.claim",
    "settle.expire",
    "undo.begin",
    "undo.finish",
    "undo.stands",
    "undo.uncertain",
    "verify.prepared",
    "verify.refuse",
    "verify.settle",
    "verify.uncertain",
)
PLATFORM_CALLS = (
    "inspect.elsewhere",
    "inspect.prepare",
    "undo.cancel",
    "undo.find",
    "verify.consume",
    "verify.find",
    "verify.prepare",
)
POINTS = tuple(
    [f"{name}.{when}" for name in TRANSACTIONS for when in ("before", "inside", "after")]
    + [f"{name}.{when}" for name in PLATFORM_CALLS for when in ("before", "after")])


def killer(point: str | None) -> Probe:
    """Ends the process without a word at one named point: how crash tests stop it there.

    `@FILE` reads the point from a file at each one, so that a running process can be told.
    """
    if point is None:
        return no_probe

    def probe(here: str) -> None:
        if here == (_read(Path(point[1:])) if point.startswith("@") else point):
            os.kill(os.getpid(), signal.SIGKILL)

    return probe


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""
