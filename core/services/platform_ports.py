"""The one way from the flow to the platforms.

Each call is named for the crash tests (`<name>.before`, `<name>.after`), never happens inside a
transaction, and is refused plainly when the platform is not connected. `budget` bounds a door's
calls together.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TypeVar

from core.errors import VoucherError
from core.platforms.base import (
    Cancellation,
    Cancelled,
    CertificatePlatform,
    Consumed,
    Consumption,
    Shop,
)
from core.platforms.deadline import budget
from core.store.catalogue import ShopRow
from core.store.db import Probe, Store, no_probe
from core.vouchers.certificate import Certificate, Prepared
from core.vouchers.reading import Candidate

T = TypeVar("T")


def shop_of(row: ShopRow) -> Shop:
    """The shop as adapters take it."""
    return Shop(row.venue_id, row.shop_id, row.account_id, row.token or "")


class PlatformPorts:
    """`platforms` gives the adapter of a platform code, or None."""

    def __init__(self, platforms: Callable[[str], CertificatePlatform | None], store: Store,
                 probe: Probe = no_probe) -> None:
        self._platforms = platforms
        self._store = store
        self._probe = probe

    def budget(self, seconds: float) -> AbstractContextManager[None]:
        """Everything asked of platforms inside takes at most `seconds` together."""
        return budget(seconds)

    def knows(self, platform: str) -> bool:
        return self._platforms(platform) is not None

    def undo_window(self, platform: str) -> timedelta:
        """How long an undo usually works; only a hint."""
        known = self._platforms(platform)
        return known.undo_window if known else timedelta()

    def undoes_each_use(self, platform: str) -> bool:
        """Whether single uses of one consumption can be undone."""
        known = self._platforms(platform)
        return known is not None and known.undoes_each_use

    def prepare(self, name: str, platform: str, candidate: Candidate, shop: Shop) -> Prepared:
        return self._call(name, platform, lambda port: port.prepare(candidate, shop))

    def consume(self, name: str, platform: str, consumption: Consumption, shop: Shop) -> Consumed:
        return self._call(name, platform, lambda port: port.consume(consumption, shop))

    def find(self, name: str, platform: str, consumption: Consumption,
             shop: Shop) -> Consumed | None:
        return self._call(name, platform, lambda port: port.find(consumption, shop))

    def cancel(self, name: str, platform: str, cancellation: Cancellation,
               shop: Shop) -> Cancelled:
        return self._call(name, platform, lambda port: port.cancel(cancellation, shop))

    def find_cancelled(self, name: str, platform: str, cancellation: Cancellation,
                       shop: Shop) -> Cancelled | None:
        return self._call(name, platform, lambda port: port.find_cancelled(cancellation, shop))

    def look_up(self, name: str, platform: str, certificate_id: str, handle: str,
                shop: Shop) -> Certificate:
        return self._call(name, platform, lambda port: port.look_up(certificate_id, handle, shop))

    def _call(self, name: str, platform: str, ask: Callable[[CertificatePlatform], T]) -> T:
        if self._store.in_transaction():
            raise RuntimeError(f"platform call {name} inside a transaction")
        port = self._platforms(platform)
        if port is None:
            raise VoucherError("platform_disabled", platform=platform)
        self._probe(f"{name}.before")
        try:
            return ask(port)
        finally:
            self._probe(f"{name}.after")
