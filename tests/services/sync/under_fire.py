"""A first sync of many orders under faults, killed on the way, while buyers go on (issue 3, Show).

Used by the suite with two thousand orders and by `tests.bench.bench_sync_killed` with fifty.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import requests
from flask import Flask

from core.sandbox.sandbox import Sandbox
from core.store.tables import Platform, SyncedOrder, Voucher
from tests.builders import Chain

ROOT = Path(__file__).parents[3]
FAULTS = (("http_500", 0.04), ("garbage", 0.02), ("rate_limited", 0.02), ("timeout_before", 0.01),
          ("timeout_after_commit", 0.01))
"""One call in ten fails, each in a way of its own."""


@dataclass
class Fire:
    """`environ`: settings of the worker processes; `app`: the sandbox, served by this process."""

    chain: Chain
    app: Flask
    environ: dict[str, str]
    seed: int = 1
    killed: int = 0
    changed: int = 0
    sold: int = 0
    seconds: float = 0.0
    said: list[str] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        found: Sandbox = self.app.extensions["sandbox"]
        return found

    def sell(self, count: int) -> None:
        """Half of them on each platform, some of several certificates, some times cards."""
        sandbox, chance = self.sandbox, random.Random(self.seed)
        with sandbox.ledger.change():
            for number in range(count):
                platform = ("meituan", "douyin")[number % 2]
                key = chance.choices(["month_card", "lessons", "times_card"], [90, 7, 3])[0]
                sku = sandbox.world.sku(platform, key)
                assert sku is not None
                sandbox.certificates.issue(sku, quantity=chance.choices([1, 2, 3], [94, 4, 2])[0])
        self.sold += count

    def lift_budgets(self) -> None:
        """As fast as it goes: the sandbox has no quota."""
        with self.chain.store.connection():
            for row in Platform.select():
                Platform.update(config={**row.config, "rates": {"listing": 0, "asking": 0}}).where(
                    Platform.id == row.id).execute()

    def misbehave(self) -> None:
        for mode, probability in FAULTS:
            self.chain.control("faults", {"platform": "*", "endpoint": "*", "mode": mode,
                                          "probability": probability, "delay": 0.2})

    def live(self, stop: threading.Event, pause: float) -> None:
        """Buyers use, refund and buy while the sync runs."""
        sandbox, chance = self.sandbox, random.Random(self.seed + 1)
        while not stop.wait(pause):
            row = sandbox.ledger.row(
                "SELECT certificate_id FROM certificates ORDER BY random() LIMIT 1")
            one = sandbox.certificates.get(row["certificate_id"]) if row else None
            if one is None or one.refund:
                continue
            with sandbox.ledger.change():
                if chance.random() < 0.4:
                    sandbox.certificates.refund(one)
                elif one.left:
                    sandbox.certificates.consume(one, key=str(self.changed), venue=1,
                                                 operator="收银机")
                else:
                    continue
                self.changed += 1
                if self.changed % 10 == 0:
                    sku = sandbox.world.sku(chance.choice(["meituan", "douyin"]), "month_card")
                    assert sku is not None
                    sandbox.certificates.issue(sku)
                    self.sold += 1

    def worker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.services.sync.process",
             str(self.chain.clock.shift.total_seconds())],
            cwd=ROOT, env={**os.environ, **self.environ})

    def run(self, kills: int, pause: float, patience: float) -> None:
        """Sync everything, killing the worker at even parts of the way, while buyers go on."""
        stop = threading.Event()
        buyers = threading.Thread(target=self.live, args=(stop, pause))
        buyers.start()
        began = time.monotonic()
        try:
            for number in range(1, kills + 1):
                process = self.worker()
                self._until(process, number / (kills + 1), patience)
                process.kill()
                process.wait()
                self.killed += 1
                self.said.append(f"killed at {self.progress():.0%}")
                self.chain.pass_time(timedelta(minutes=4))  # leases of the dead end
            process = self.worker()
            self._until(process, 0.97, patience)
        finally:
            stop.set()
            buyers.join()
        self.chain.behave()
        assert process.wait(patience) == 0
        self.seconds = time.monotonic() - began

    def _until(self, process: subprocess.Popen[bytes], share: float, patience: float) -> None:
        """Wait for that share of the certificates, or for the worker to be done."""
        late = time.monotonic() + patience
        while self.progress() < share:
            assert process.poll() is None or process.returncode == 0, "the worker broke"
            if process.poll() == 0:
                return
            assert time.monotonic() < late, f"stuck at {self.progress():.0%}"
            time.sleep(0.1)

    def progress(self) -> float:
        with self.chain.store.connection():
            return float(Voucher.select().count()) / max(self.sold, 1)

    def settle(self) -> None:
        """The hours after: every kind of run has had its turn."""
        platforms = self.chain.services.platforms
        for _ in range(3):
            self.chain.pass_time(timedelta(minutes=20))
            for kind in ("incremental", "sweep", "status"):
                platforms.sync.run(kind, 3600)
            platforms.checks.run(600)

    def differences(self) -> list[str]:
        """Our vouchers beside the ledger, row by row."""
        answer = requests.get(f"{self.chain.sandbox_url}/_sandbox/ledger", timeout=600)
        found = self.chain.services.platforms.ledger.compare(answer.json()["certificates"])
        with self.chain.store.connection():
            orders = SyncedOrder.select().count()
        self.said.append(f"{found.rows} certificates of {orders} orders compared")
        return [str(one) for one in found.differences]
