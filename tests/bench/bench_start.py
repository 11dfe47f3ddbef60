"""`app.py demo` from the command to the first page (design section 8).

Run: python -m tests.bench.bench_start. The first start makes the database and its data; the second
one finds them.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import requests

from tests.running import RunningShop, until


def started(shop: RunningShop) -> float:
    """Seconds until the kiosk's page is there."""
    def page() -> bool:
        try:
            return shop.http.get(f"{shop.web_url}/kiosk", timeout=5).ok
        except requests.RequestException:
            return False

    began = time.monotonic()
    shop.start("demo")
    until(page, "the first page")
    return time.monotonic() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = RunningShop(Path(folder))
        shop.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a newcomer has no such setting
        try:
            for which in ("first", "second"):
                print(f"{which} start to first page: {started(shop):.1f} s (target 5 s)")
                shop.stop()
        finally:
            shop.stop()


if __name__ == "__main__":
    main()
