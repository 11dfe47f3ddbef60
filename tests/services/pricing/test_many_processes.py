"""Real processes on one database: a thousand claimers on a hundred codes, a generator killed at
its work (issue 4, "Show")."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from core.config import Settings
from core.store.tables import PriceOrder, PriceVoucherCode
from core.vouchers import owncode
from tests.services.pricing.photo_shop import PhotoShop
from tests.services.pricing.process import ROOT
from tests.services.pricing.test_claiming_codes import a_batch, counters

PROCESSES = 8


class Processes:
    """Starts processes of the same installation."""

    def __init__(self, environment: dict[str, str], settings: Settings) -> None:
        self._environ = {**os.environ, **environ_of(environment, settings)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.services.pricing.process", *words], cwd=ROOT,
            env=self._environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def environ_of(environment: dict[str, str], settings: Settings) -> dict[str, str]:
    return {**environment, "DATABASE_URL": settings.database_url}


@pytest.fixture
def processes(environment: dict[str, str], settings: Settings) -> Processes:
    return Processes(environment, settings)


def test_a_thousand_claimers_on_a_hundred_codes(shop: PhotoShop, processes: Processes) -> None:
    batch = a_batch(shop, 100)
    each = 1000 // PROCESSES
    running = [processes.start("claim", str(shop.lake), str(first), str(first + each))
               for first in range(0, 1000, each)]
    heard: Counter[str] = Counter()
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        heard.update(json.loads(out))
    assert heard == {"claimed": 100, "codes_gone": 900}
    assert counters(shop, batch) == (100, 100, 0)
    codes = shop.rows(PriceVoucherCode)
    assert {row.status for row in codes} == {1}
    assert len({row.face_id for row in codes}) == 100
    assert shop.pricing.upkeep.drift() == []


def test_every_code_is_settled_once_however_many_tills_try(shop: PhotoShop,
                                                           processes: Processes) -> None:
    """the others hear that it was used: before they pay, or when their price has changed"""
    batch = a_batch(shop, 40, on_paper=True)
    codes = [row.code for row in shop.rows(PriceVoucherCode, PriceVoucherCode.batch == batch)]
    running = [processes.start("settle", str(shop.lake), *codes) for _ in range(4)]
    heard: Counter[str] = Counter()
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        heard.update(json.loads(out))
    assert heard == {"settled": 40, "code_used": 120}
    assert counters(shop, batch) == (40, 40, 40)
    assert {row.final_fen.fen for row in shop.rows(PriceOrder)} == {10880}
    assert shop.pricing.upkeep.drift() == []


@pytest.mark.parametrize("point", ["batch.generate.before", "batch.generate.inside",
                                   "batch.generate.after"])
def test_a_generator_killed_half_way_is_taken_over(shop: PhotoShop, processes: Processes,
                                                   point: str) -> None:
    batch = a_batch(shop, 21_000)
    killed = processes.start("generate", "2000", point, "5")
    killed.communicate(timeout=300)
    assert killed.returncode == -signal.SIGKILL
    made, _, _ = counters(shop, batch)
    assert made == 1000 + 2000 * (5 if point.endswith("after") else 4)
    assert made == len(shop.rows(PriceVoucherCode))
    followers = [processes.start("generate", "2000") for _ in range(2)]
    for process in followers:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    codes = [row.code for row in shop.rows(PriceVoucherCode)]
    assert counters(shop, batch) == (21_000, 0, 0)
    assert len(codes) == len(set(codes)) == 21_000
    assert all(owncode.check(code) for code in codes[::97])
    assert shop.pricing.upkeep.drift() == []
