"""Redemptions while a tenth of all platform calls fail (design section 8, seed acceptance).

Run: python -m tests.bench.bench_faults [count]. Real web server and sandbox; the faults are
refusals to answer before and after the commit, errors, garbage, slowness and rate limits. When
the clients are done the doctor comes, then every certificate's ledger is compared with our
tables.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import requests

from core.config import Settings
from core.vouchers.redemption import State
from jobs.demo_world import environment, sandbox_world
from tests.chaos.books import ours, unsettled
from tests.chaos.doctor import visit
from tests.running import RunningShop

CLIENTS = 8
MODES = ("timeout_before", "timeout_after_commit", "http_500", "garbage", "slow", "rate_limited")
SHARE = 0.10
AGAIN = 6
"""How often a member whose look-up failed scans again."""


class Seen:
    """What the clients saw."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.states: Counter[str] = Counter()
        self.lock = threading.Lock()


def call(shop: RunningShop, seen: Seen, path: str, body: Any, token: str,
         key: str = "") -> requests.Response:
    """One request on a connection of its own, timed."""
    headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}
    began = time.perf_counter()
    answer = requests.post(shop.web_url + path, json=body, headers=headers, timeout=30)
    with seen.lock:
        seen.seconds.append(time.perf_counter() - began)
    return answer


def member(shop: RunningShop, seen: Seen, bought: dict[str, str], tokens: tuple[str, str],
           number: int) -> None:
    """Scan (again, if the platform was away), ask, and have a clerk say yes."""
    phone = f"137{number:08}"
    for _ in range(AGAIN):
        found = call(shop, seen, "/api/v1/redemptions/inspect",
                     {"code": bought["code"], "phone": phone}, tokens[0])
        if found.status_code == 200:
            break
    else:
        seen.states["gave up scanning"] += 1
        return
    made = call(shop, seen, "/api/v1/redemptions", {
        "inspection": found.json()["data"]["inspection"], "choice": "open", "phone": phone},
        tokens[0], f"k{number}").json()
    done = call(shop, seen, f"/api/v1/redemptions/{made['data']['ref']}/confirm", {}, tokens[1])
    with seen.lock:
        seen.states[done.json()["data"]["state"]] += 1


def measure(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = RunningShop(Path(folder), LOG_LEVEL="ERROR")
        shop.environ.update(environment(sandbox_world(Settings.read(shop.environ))))
        try:
            shop.open()
            settings = Settings.read(shop.environ)
            tokens = shop.demo["kiosk"]["token"], shop.staff("linxiaoman")["token"]
            bought = [shop.buy(("meituan", "douyin")[n % 2]) for n in range(count)]
            for mode in MODES:
                shop.control("POST", "faults", {
                    "platform": "*", "endpoint": "*", "mode": mode, "delay": 3,
                    "probability": SHARE / len(MODES)})
            seen = Seen()

            def client(mine: range) -> None:
                for number in mine:
                    member(shop, seen, bought[number], tokens, number)

            threads = [threading.Thread(target=client, args=(range(n, count, CLIENTS),))
                       for n in range(CLIENTS)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            shop.control("DELETE", "faults")
            for minutes in (1, 2, 4, 6, 8):
                visit(shop.environ, minutes)
            report(shop, settings, bought, seen)
        finally:
            shop.stop()


def report(shop: RunningShop, settings: Settings, bought: list[dict[str, str]],
           seen: Seen) -> None:
    """Compare the books and print the figures."""
    right = double = lost = 0
    ends: Counter[str] = Counter()
    for one in bought:
        books = ours(settings, one["certificate_id"], one["code"])
        there = shop.ledger(one["certificate_id"])
        live = sum(1 for use in there["consumed"] if use["live"])
        double += live > 1 or books.standing_entitlements > 1
        lost += live != books.standing_uses
        settled = not unsettled(books) and live == books.standing_uses
        right += settled
        ends.update(state.value for state in books.states)
    print(f"{len(bought)} certificates, answers at the time: {dict(seen.states)}; in the end: "
          f"{dict(ends)}")
    print(f"settled correctly {100 * right / len(bought):.2f} % (target 99.9 %), double {double}, "
          f"lost {lost} (targets 0)")
    seconds = sorted(seen.seconds)
    print(f"answers: p50 {seconds[len(seconds) // 2]:.2f} s, p99 "
          f"{seconds[int(len(seconds) * 0.99)]:.2f} s, longest {seconds[-1]:.2f} s (target 2 s)")
    assert State.COMPLETED.value in ends


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
