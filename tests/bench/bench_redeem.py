"""Redemptions over HTTP (design section 8). Run: python -m tests.bench.bench_redeem [count]

The same server, clients and machine for the redemptions and for an empty JSON route, so that the
ratio means something. Durable commits, SQLite, instant platform, 16 clients; then the same with
50 ms platform latency.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench.http_load import Client, Load, empty, load, serving, statements
from tests.bench.served import FIRST_CODE
from tests.running import RunningShop

WARM_UP = 64


def redeem(client: Client, code: str, kiosk: str, clerk: str) -> None:
    """Inspect, request, confirm: three requests of two people, each for a new member."""
    phone = f"139{int(code) % 10**8:08}"
    found = client.call("POST", "/api/v1/redemptions/inspect", {"code": code, "phone": phone},
                        kiosk)["data"]
    made = client.call("POST", "/api/v1/redemptions", {
        "inspection": found["inspection"], "choice": "open", "phone": phone}, kiosk)["data"]
    done = client.call("POST", f"/api/v1/redemptions/{made['ref']}/confirm", {}, clerk)["data"]
    assert done["state"] == "completed", done


def redeemer(shop: RunningShop) -> Callable[[Client, str], None]:
    """`redeem` by the demo's kiosk and clerk."""
    kiosk, clerk = shop.demo["kiosk"]["token"], shop.staff("linxiaoman")["token"]
    return lambda client, code: redeem(client, code, kiosk, clerk)


def codes(count: int) -> list[str]:
    return [str(FIRST_CODE + n) for n in range(count)]


def metered() -> tuple[float, float]:
    """Statements and commits of one redemption, once everything has been asked for once."""
    with serving(WARM_UP, metered=True) as shop:
        work, some = redeemer(shop), codes(WARM_UP)
        load(shop, some[:WARM_UP // 2], work)
        return statements(shop, some[WARM_UP // 2:], work)


def measure(count: int, latency: float) -> tuple[Load, Load]:
    """The empty route, then the redemptions."""
    with serving(count + WARM_UP, latency) as shop:
        work, some = redeemer(shop), codes(count + WARM_UP)
        load(shop, some[:WARM_UP], work)
        return empty(shop), load(shop, some[WARM_UP:], work)


def main(count: int) -> None:
    asked, commits = metered()
    print(f"{asked:.0f} statements and {commits:.1f} commits a redemption (aim 3)")
    plain, at_once = measure(count, 0)
    print(f"{at_once.rate:.0f} redemptions/s, empty JSON {plain.rate:.0f}/s: "
          f"{100 * at_once.rate / plain.rate:.1f} % (target 8 %); server CPU "
          f"{at_once.cpu_ms:.1f} ms a redemption, {plain.cpu_ms:.2f} ms an empty request")
    _, slowed = measure(count, 0.05)
    print(f"with 50 ms platform latency: {slowed.rate:.0f} redemptions/s, "
          f"p50 {slowed.percentile(0.5):.0f} ms, p99 {slowed.percentile(0.99):.0f} ms (target "
          f"300), longest {slowed.percentile(1):.0f} ms (target 1000)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1500)
