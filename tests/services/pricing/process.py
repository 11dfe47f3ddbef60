"""One process of a shop, for tests that need several real ones.

    python -m tests.services.pricing.process claim VENUE FIRST LAST
    python -m tests.services.pricing.process settle VENUE CODE…
    python -m tests.services.pricing.process generate PIECE [POINT TIMES]

`claim`: faces FIRST to LAST claim a code each; prints how often each answer was heard.
`settle`: tries to buy a photo set with every code, at the price it was shown; prints what became
of each try.
`generate`: goes on with unfinished batches; with POINT kills itself there at its TIMES-th pass.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from core.config import Settings
from core.errors import HexiaotaiError
from core.pricing.kinds import ProductType
from core.services.actor import Actor
from core.services.pricing import batches
from core.services.pricing.checkout import PriceChanged
from core.services.pricing.price import PriceRequest, Wanted
from core.wiring import Services, build

ROOT = Path(__file__).parents[3]


def claim(services: Services, venue: int, first: int, last: int) -> None:
    kiosk = Actor("kiosk", 1, "kiosk", venue)
    heard: Counter[str] = Counter()
    for face in range(first, last):
        try:
            services.pricing.codes.claim(kiosk, face_id=f"face-{face}")
            heard["claimed"] += 1
        except HexiaotaiError as error:
            heard[error.word] += 1
    print(json.dumps(heard))


def settle(services: Services, venue: int, codes: list[str]) -> None:
    kiosk = Actor("kiosk", 1, "kiosk", venue)
    heard: Counter[str] = Counter()
    for code in codes:
        asked = PriceRequest((Wanted(ProductType.PHOTO_SET, "default", 1),), venue,
                             voucher_codes=(code,))
        priced = services.pricing.price.calculate(asked, kiosk)
        if priced.refused:
            heard[priced.refused[0].word] += 1
            continue
        try:
            services.pricing.checkout.settle(asked, kiosk, shown=priced.shown)
            heard["settled"] += 1
        except PriceChanged as error:
            heard[str(error.changes[0].why[0])] += 1  # type: ignore[index]
    print(json.dumps(heard))


def generate(services: Services, piece: int, point: str = "", times: str = "1") -> None:
    batches.PIECE = piece
    batches.WORK_SECONDS = 600.0
    passed = 0

    def probe(here: str) -> None:
        nonlocal passed
        passed += here == point
        if passed == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    if point:
        services.store._probe = probe
    print(services.pricing.batches.generate())


def main() -> None:
    services = build(Settings.read(os.environ))
    what, *rest = sys.argv[1:]
    if what == "claim":
        claim(services, *(int(one) for one in rest))
    elif what == "settle":
        settle(services, int(rest[0]), rest[1:])
    else:
        generate(services, int(rest[0]), *rest[1:])
    services.store.close()


if __name__ == "__main__":
    main()
