"""`app.py web` with a platform that answers at once, an empty route and, if asked, a meter.

Run with the settings in the environment: python -m tests.bench.served CODES LATENCY METERED
"""

from __future__ import annotations

import multiprocessing
import sys
from datetime import timedelta
from typing import Any

from flask import Flask

import app
from core import wiring
from core.clock import SystemClock
from core.config import Settings
from core.money import Money
from core.services.metrics import Board
from core.store.db import Store
from core.vouchers.certificate import Certificate, CertificateStatus
from jobs import web_server
from jobs.commands import begin
from tests.platforms.instant import InstantPlatform

FIRST_CODE = 1_000_000_000
MONTH_CARD = "900000101"
VENUES = frozenset({1, 2})


def stocked(codes: int, latency: float) -> InstantPlatform:
    """A Meituan that has sold so many month cards."""
    clock = SystemClock()
    platform = InstantPlatform(clock, "meituan", latency)
    expires = clock.now() + timedelta(days=30)
    for number in range(codes):
        code = str(FIRST_CODE + number)
        platform.sell(Certificate(
            platform="meituan", certificate_id=code, order_id=f"o{number}", sku_id=MONTH_CARD,
            title="健身月卡 30 天", status=CertificateStatus.UNUSED, original=Money(299_00),
            paid=Money(199_00), uses_total=1, uses_left=1, use_amounts=(Money(199_00),),
            handle=code, code=code, expires=expires, buyer_phone="138****8000"), code, VENUES)
    return platform


STATEMENTS, COMMITS = multiprocessing.Value("q"), multiprocessing.Value("q")
"""Of all serving processes, which are forked from this one."""


def add_one(to: Any) -> None:
    with to.get_lock():
        to.value += 1


def meter(store: Store) -> None:
    """Count what a store does, but for its looks at an edition, which read one number."""
    commit = store.database.commit

    def counted() -> None:
        add_one(COMMITS)
        commit()

    store.database.commit = counted
    store.database.query_hooks.append(lambda event: add_one(STATEMENTS))


def load(board: Board | None = None) -> Flask:
    """The product's own application; only the platform is the instant one."""
    platform = stocked(int(sys.argv[1]), float(sys.argv[2]))

    def makers(*known: Any) -> dict[str, Any]:
        return {"meituan": lambda row: platform}

    wiring._makers = makers
    web = app.create_app(begin(), board)
    if int(sys.argv[3]):
        meter(web.extensions["hexiaotai"].store)

    @web.get("/bench/empty")
    def empty() -> dict[str, Any]:
        return {}

    @web.get("/bench/spent")
    def spent() -> dict[str, Any]:
        return {"statements": STATEMENTS.value, "commits": COMMITS.value}

    return web


if __name__ == "__main__":
    web_server.serve(Settings.read(), load)
