"""The first sync of many orders under faults, killed twice, while buyers go on (issue 3, Show).

Run: python -m tests.bench.bench_sync_killed [orders]. Prints how long it took and what the
command `app.py compare-ledger` says: whether our tables equal the sandbox's ledger row by row;
ends as it does. More than 10 000 orders of a platform are beyond its ordinary paging.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from core.demo_keys import new_keys
from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import Webhooks
from tests.builders import a_chain, ready, settings_for
from tests.sandbox.served import served
from tests.services.sync.under_fire import ROOT, Fire


def main(count: int) -> int:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line per call of a million
    world = replace(demo_world(), webhooks=Webhooks("", "", "", ""))
    with tempfile.TemporaryDirectory() as folder:
        app = create_sandbox(world, str(Path(folder, "sandbox.db")))
        with served(app) as url:
            environ = {"HX_MODE": "test", "DATA_DIR": folder, "LOG_LEVEL": "ERROR",
                       **new_keys()}
            database = f"sqlite:///{folder}/shop.db"
            settings = settings_for(environ, database, url)
            ready(settings)
            fire = Fire(a_chain(settings, world, url), app, environ | {
                "DATABASE_URL": database, "MEITUAN_BASE_URL": url, "DOUYIN_BASE_URL": url})
            fire.sell(count)
            fire.lift_budgets()
            fire.misbehave()
            fire.run(kills=2, pause=0.02, patience=7200)
            fire.settle()
            compared = subprocess.run(
                [sys.executable, "app.py", "compare-ledger"], cwd=ROOT, text=True,
                env={**os.environ, **fire.environ}, capture_output=True, timeout=1200)
    print(f"{count} orders sold first, {fire.changed} changes and "
          f"{fire.changed // 10} orders while it ran; {', '.join(fire.said)}")
    print(f"{fire.seconds:.0f} s until everything was asked, "
          f"{fire.sold / fire.seconds:.0f} orders/s")
    told = compared.stdout.splitlines()
    print("$ app.py compare-ledger", *told[:20], *told[20:][-1:], compared.stderr[-2000:], sep="\n")
    return compared.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
