"""One export in a fresh process, for `bench_vouchers`.

Run: python -m tests.bench.export_memory URL csv|xlsx ROWS; prints resident MB before and the most
while it ran, seconds, seconds to the first byte, bytes.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from os import environ
from pathlib import Path
from threading import Thread
from time import perf_counter, sleep

from core.clock import FixedClock
from core.config import Settings
from core.services.actor import Actor, Role
from core.wiring import build

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
OWNER = Actor("staff", 1, "desk", 1, Role.ADMIN, "老李")


def resident() -> float:
    """The memory this process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main(url: str, kind: str, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        services = build(Settings.read({
            "HX_MODE": "test", "DATA_DIR": folder, "DATABASE_URL": url,
            "DATA_KEY": environ["DATA_KEY"], "SECRET_KEYS": environ["SECRET_KEYS"],
            "SESSION_KEY": environ["SESSION_KEY"]}), clock=FixedClock(AT))
        total = services.vouchers.page(OWNER, page=1)["total"]
        start = (AT - timedelta(days=400 * rows // total)).date()
        before, began, first, size, lines = resident(), perf_counter(), 0.0, 0, 0
        most = [before]
        watch = Thread(target=watched, args=(most,), daemon=True)
        watch.start()
        for chunk in services.exports.vouchers(OWNER, kind, start_date=start).chunks:
            first = first or perf_counter() - began
            size += len(chunk)
            lines += chunk.count(b"\n")
        assert kind == "xlsx" or lines > rows * 0.98, "fewer rows than wanted"
        print(before, most[0], perf_counter() - began, first, size)
        services.store.close()


def watched(most: list[float]) -> None:
    """Note the most that is resident, every 20 ms."""
    while True:
        most[0] = max(most[0], resident())
        sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
