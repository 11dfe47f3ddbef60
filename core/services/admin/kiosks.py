"""Self-service machines: where they stand, whether they are alive, and their pairing codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import InvalidInput, NotFound
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey, once
from core.services.sign_in import SignIn
from core.store import audit, sessions
from core.store.admin import kiosks, venues
from core.store.db import Store
from core.store.tables import Kiosk

SILENT_AFTER = timedelta(minutes=5)
"""Without a heartbeat for this long a machine counts as off line (issue 3, alerts)."""
ON, OFF = 1, 2


@dataclass(frozen=True, slots=True)
class KioskView:
    """A machine. `online`: heard of within five minutes."""

    id: int
    name: str
    venue_id: int
    venue_name: str
    paired_at: datetime | None
    last_seen_at: datetime | None
    online: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """A code that turns a browser into this kiosk; shown this once."""

    kiosk: KioskView
    code: str
    minutes: int


class Kiosks:
    """Any staff of the venue may look; managers add, rename, switch and pair."""

    def __init__(self, store: Store, clock: Clock, sign_in: SignIn) -> None:
        self._store = store
        self._clock = clock
        self._sign_in = sign_in

    def listed(self, actor: Actor) -> list[KioskView]:
        """The machines of this person's venues. Raises NotAllowed."""
        actor.require(Role.CLERK)
        ids = None if actor.role is Role.ADMIN else actor.venues
        at = self._clock.now()
        with self._store.connection():
            return [_view(row, at) for row in kiosks.every(ids)]

    def one(self, kiosk_id: int, actor: Actor) -> KioskView:
        """Raises NotFound, NotAllowed."""
        with self._store.connection():
            row = _row(kiosk_id)
            actor.require(Role.CLERK, row.venue_id)
            return _view(row, self._clock.now())

    def add(self, venue_id: int, name: str, actor: Actor, *,
            key: SentKey | None = None) -> KioskView:
        """Raises NotFound, NotAllowed, InvalidInput."""
        actor.require(Role.MANAGER, venue_id)
        at = self._clock.now()
        if not name.strip():
            raise InvalidInput("needed", field="name")

        def work() -> int:
            if venues.one(venue_id) is None:
                raise NotFound("venue_not_found")
            kiosk_id = kiosks.add(at, venue=venue_id, name=name.strip())
            audit.add(actor, "kiosk.added", "kiosk", kiosk_id, at, venue_id=venue_id,
                      name=name.strip())
            return kiosk_id

        kiosk_id = int(self._store.transact("admin.kiosk_added", lambda: once(key, at, work)))
        return self.one(kiosk_id, actor)

    def change(self, kiosk_id: int, name: str, active: bool, actor: Actor) -> KioskView:
        """A machine that is switched off loses its token at once. Raises NotFound, NotAllowed,
        InvalidInput."""
        at = self._clock.now()
        if not name.strip():
            raise InvalidInput("needed", field="name")

        def work() -> None:
            row = _row(kiosk_id)
            actor.require(Role.MANAGER, row.venue_id)
            kiosks.change(kiosk_id, name=name.strip(), status=ON if active else OFF)
            if not active:
                sessions.revoke_all("kiosk", kiosk_id, at)
            audit.add(actor, "kiosk.changed", "kiosk", kiosk_id, at, venue_id=row.venue_id,
                      from_state="on" if row.status == ON else "off",
                      to_state="on" if active else "off", name=name.strip())

        self._store.transact("admin.kiosk", work)
        return self.one(kiosk_id, actor)

    def pairing(self, kiosk_id: int, actor: Actor) -> Pairing:
        """A fresh code, good for a quarter of an hour and one use. Raises NotFound,
        NotAllowed."""
        view = self.one(kiosk_id, actor)
        code = self._sign_in.offer_pairing(kiosk_id, actor)
        self._store.transact("admin.kiosk_pairing", lambda: audit.add(
            actor, "kiosk.pairing_offered", "kiosk", kiosk_id, self._clock.now(),
            venue_id=view.venue_id))
        return Pairing(view, code, 15)


def _row(kiosk_id: int) -> Kiosk:
    row = kiosks.one(kiosk_id)
    if row is None:
        raise NotFound("kiosk_not_found")
    return row


def _view(row: Kiosk, at: datetime) -> KioskView:
    seen = row.last_seen_at
    return KioskView(
        id=row.id, name=row.name, venue_id=row.venue_id, venue_name=row.venue.name,
        paired_at=row.paired_at, last_seen_at=seen,
        online=seen is not None and at - seen < SILENT_AFTER, active=row.status == ON)
