"""A batch of 100 000 own codes (design section 8: under 10 s, unique, with progress), and the same
with its generator killed half-way (issue 4, Show).

Run: python -m tests.bench.bench_batch [codes] [database url]. The second generator is another
process; its start is counted. Ends with 1 unless every code is there once and counted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from time import perf_counter

from core.config import Settings
from core.demo_keys import new_keys
from core.services.pricing import batches
from core.store.tables import PriceVoucherCode
from core.vouchers import owncode
from tests.builders import empty
from tests.services.pricing.photo_shop import PhotoShop, a_photo_shop
from tests.services.pricing.process import ROOT
from tests.services.pricing.test_claiming_codes import a_batch, counters

TARGET = 10.0


def made_at_once(shop: PhotoShop, count: int) -> float:
    """Seconds from the order to the last code."""
    batches.WORK_SECONDS = 600.0
    began = perf_counter()
    batch = a_batch(shop, count)
    print(f"  at once: {counters(shop, batch)[0]} of {count}")
    shop.pricing.batches.generate()
    return perf_counter() - began


def made_after_a_kill(shop: PhotoShop, count: int, environ: dict[str, str]) -> float:
    batch = a_batch(shop, count)
    halfway = max(1, count // batches.PIECE // 2)
    process = [sys.executable, "-m", "tests.services.pricing.process", "generate",
               str(batches.PIECE)]
    killed = subprocess.run([*process, "batch.generate.inside", str(halfway)], cwd=ROOT,
                            env=environ, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    print(f"  killed at {counters(shop, batch)[0]} of {count}")
    began = perf_counter()
    subprocess.run(process, cwd=ROOT, env=environ, check=True, capture_output=True)
    return perf_counter() - began


def all_there(shop: PhotoShop, count: int) -> bool:
    """Every code once, well-formed and counted."""
    with shop.services.store.connection():
        found = [row.code for row in PriceVoucherCode.select(PriceVoucherCode.code)]
    return (len(found) == len(set(found)) == count and all(map(owncode.check, found))
            and shop.pricing.upkeep.drift() == [])


def main(count: int, url: str | None) -> int:
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "HX_MODE": "test", "DATA_DIR": folder, **new_keys(),
                   "LOG_LEVEL": "ERROR", "DATABASE_URL": url or f"sqlite:///{folder}/shop.db"}
        shop = a_photo_shop(Settings.read(environ))
        seconds = made_at_once(shop, count)
        good = all_there(shop, count)
        print(f"{count} codes: {seconds:.1f} s, target {TARGET:.0f} s; unique and counted: {good}")
        resumed = made_after_a_kill(shop, count, environ)
        good = all_there(shop, 2 * count) and good
        print(f"{count} codes, generator killed half-way: the rest {resumed:.1f} s after; "
              f"unique and counted: {good}")
        shop.services.store.close()
        if url:
            empty(shop.services.store)
    return 0 if good and seconds < TARGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
                  sys.argv[2] if len(sys.argv) > 2 else None))
