"""A worker process that syncs until everything is asked for; made to be killed.

python -m tests.services.sync.process SHIFT_SECONDS, settings in the environment.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from core.config import Settings
from core.store.tables import SyncedOrder, SyncRun
from core.wiring import build
from tests.builders import ShiftedClock


def main(shift: float) -> None:
    clock = ShiftedClock()
    clock.shift = timedelta(seconds=shift)
    services = build(Settings.read(), clock=clock)
    work, turns = services.platforms, 0
    while True:
        work.sync.run("incremental", 30)
        work.checks.run(30)
        turns += 1
        with services.store.connection():
            open_runs = SyncRun.select().where(SyncRun.state.in_(["waiting", "running"])).count()
            due = SyncedOrder.select().where(SyncedOrder.check_at.is_null(False)).count()
        if not open_runs and (not due or turns > 20):
            return
        clock.shift += timedelta(seconds=30)  # put off orders come due


if __name__ == "__main__":
    main(float(sys.argv[1]))
