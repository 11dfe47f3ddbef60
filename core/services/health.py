"""Whether the system can do its work."""

from __future__ import annotations

import logging

from peewee import PeeweeException

from core.store.db import Store

log = logging.getLogger(__name__)


class Health:
    """What `/readyz` asks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def readiness(self) -> dict[str, object]:
        """`{"ready": bool, "database": "ok" | "away"}`; a database that is away does not raise."""
        try:
            with self._store.connection():
                self._store.ping()
        except PeeweeException:
            log.exception("the database does not answer")
            return {"ready": False, "database": "away"}
        return {"ready": True, "database": "ok"}
