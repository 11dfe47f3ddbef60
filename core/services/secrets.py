"""Re-encrypts every stored credential under the newest key, while the system runs.

Put the new key first in SECRET_KEYS and restart; all keys still decrypt. `app.py rotate-secrets`
then rewrites what an older key encrypted; afterwards the old key can be dropped (S216).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from core.clock import Clock
from core.services.actor import SYSTEM
from core.store import audit, secrets
from core.store.db import Store
from core.store.tables import Row
from core.store.vault import KeyVault, WrongKey


@dataclass(slots=True)
class Rotation:
    """`left`: values that no key opens; they were encrypted with a key that is gone."""

    rewritten: int = 0
    already: int = 0
    left: int = 0

    def __str__(self) -> str:
        return (f"{self.rewritten} re-encrypted, {self.already} were up to date, "
                f"{self.left} cannot be opened by any of SECRET_KEYS")


class Secrets:
    """`vault` holds the keys of this process."""

    def __init__(self, store: Store, clock: Clock, vault: KeyVault) -> None:
        self._store = store
        self._clock = clock
        self._vault = vault

    def rotate(self) -> Rotation:
        """Go over every encrypted column until nothing is left under an older key. May run
        twice, be killed and run again; a value written meanwhile is never overwritten."""
        whole = Rotation()
        for table, name in secrets.columns():
            while (seen := self._column(table, name)).rewritten:
                whole.rewritten += seen.rewritten
            whole.already += seen.already
            whole.left += seen.left
        whole.already -= min(whole.rewritten, whole.already)
        at = self._clock.now()
        self._store.transact("secrets.rotated", lambda: audit.add(
            SYSTEM, "secrets.rotated", "system", 0, at, rewritten=whole.rewritten,
            left=whole.left))
        return whole

    def _column(self, table: type[Row], name: str) -> Rotation:
        """One pass over a column."""
        seen = Rotation()
        for rows in secrets.ciphertexts(self._store, table, name):
            fresh = []
            for row_id, old in rows:
                if self._vault.is_newest(old):
                    seen.already += 1
                    continue
                try:
                    fresh.append((row_id, old, self._vault.rotate(old)))
                except WrongKey:
                    seen.left += 1
            if fresh:
                seen.rewritten += self._store.transact(
                    "secrets.batch", partial(self._write, table, name, fresh))
        return seen

    def _write(self, table: type[Row], name: str,
               fresh: Iterable[tuple[int, str, str]]) -> int:
        return sum(secrets.replace(self._store, table, name, *one) for one in fresh)
