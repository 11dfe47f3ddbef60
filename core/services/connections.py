"""The platforms as they are configured now: adapters made from the rows of the administration.

A change in the administration counts within seconds, in every process, without a restart.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from core.store import catalogue
from core.store.db import Store
from core.store.tables import Platform
from core.vouchers.reading import MANUAL

LOOK_AGAIN = 5.0
"""Seconds for which a row that was read counts."""

P = TypeVar("P")


class Connections(Generic[P]):
    """Call it with a platform code. `makers` build an adapter from a row, by code; `keyless`
    platforms need no credentials."""

    def __init__(self, store: Store, makers: Mapping[str, Callable[[Platform], P]],
                 seconds: Callable[[], float] = time.monotonic,
                 keyless: frozenset[str] = frozenset({MANUAL})) -> None:
        self._store = store
        self._makers = makers
        self._keyless = keyless
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, object, P | None]] = {}

    def __call__(self, code: str) -> P | None:
        """The adapter of a platform that is set up; None when it is unknown or not set up."""
        kept = self._kept.get(code)
        if kept is not None and self._seconds() - kept[0] < LOOK_AGAIN:
            return kept[2]
        with self._lock:
            kept = self._kept.get(code)
            if kept is not None and self._seconds() - kept[0] < LOOK_AGAIN:
                return kept[2]
            self._kept[code] = fresh = self._read(code, kept)
            return fresh[2]

    def _read(self, code: str, kept: tuple[float, object, P | None] | None,
              ) -> tuple[float, object, P | None]:
        maker = self._makers.get(code)
        with self._store.connection():
            row = catalogue.platform(code) if maker is not None else None
        if maker is None or row is None or not (
                code in self._keyless or (row.app_id and row.app_secret)):
            return self._seconds(), None, None
        setup = (row.app_id, row.app_secret, row.api_url, row.config)
        if kept is not None and kept[1] == setup:
            return self._seconds(), setup, kept[2]
        return self._seconds(), setup, maker(row)
