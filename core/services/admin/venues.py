"""Venues: what they are called, where and when they are open, and who confirms there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.money import Money
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey, once
from core.services.policy import AUTO, DEFAULT, STAFF
from core.store import audit
from core.store.admin import venues
from core.store.db import Store
from core.store.tables import Venue

DOORS = tuple(DEFAULT)
OPEN, CLOSED = 1, 2
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class VenueChange:
    """`policy`: door → auto or staff, for the doors of `DOORS`; `auto_limit`: above this paid
    price even an automatic door asks staff; None: no limit. `kiosk_cart`: its kiosks sell too.
    `opens` and `closes`: times of day at the venue, after midnight when `closes` is the earlier;
    outside them a silent kiosk is no trouble."""

    name: str
    brand: str
    zone: str
    address: str
    phone: str
    policy: Mapping[str, str]
    auto_limit: Money | None
    active: bool = True
    kiosk_cart: bool = False
    opens: str = "09:00"
    closes: str = "22:00"


@dataclass(frozen=True, slots=True)
class VenueView(VenueChange):
    """A venue; `policy` has every door, defaults filled in."""

    id: int = 0


class Venues:
    """Administrators add and change; a manager changes the venues he manages."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def listed(self, actor: Actor) -> list[VenueView]:
        """The venues this person may look after. Raises NotAllowed."""
        actor.require(Role.MANAGER)
        ids = None if actor.role is Role.ADMIN else actor.venues
        with self._store.connection():
            return [_view(row) for row in venues.every(ids)]

    def one(self, venue_id: int, actor: Actor) -> VenueView:
        """Raises NotFound, NotAllowed."""
        actor.require(Role.MANAGER, venue_id)
        with self._store.connection():
            return _view(_row(venue_id))

    def add(self, wanted: VenueChange, actor: Actor, *, key: SentKey | None = None) -> VenueView:
        """Open a venue. Raises NotAllowed, InvalidInput, Conflict("taken")."""
        actor.require(Role.ADMIN)
        _check(wanted)
        at = self._clock.now()

        def work() -> int:
            _free(wanted.name, 0)
            venue_id = venues.add(at, **_columns(wanted))
            audit.add(actor, "venue.added", "venue", venue_id, at, venue_id=venue_id,
                      to_state="open", name=wanted.name)
            return venue_id

        venue_id = int(self._store.transact("admin.venue_added", lambda: once(key, at, work)))
        return self.one(venue_id, actor)

    def change(self, venue_id: int, wanted: VenueChange, actor: Actor) -> VenueView:
        """Only an administrator opens or closes one. Raises NotFound, NotAllowed, InvalidInput,
        Conflict("taken")."""
        actor.require(Role.MANAGER, venue_id)
        _check(wanted)
        at = self._clock.now()

        def work() -> None:
            row = _row(venue_id)
            if (row.status == OPEN) != wanted.active:
                actor.require(Role.ADMIN)
            _free(wanted.name, venue_id)
            columns = _columns(wanted)
            changed = [name for name, value in columns.items() if getattr(row, name) != value]
            venues.change(venue_id, **columns)
            audit.add(actor, "venue.changed", "venue", venue_id, at, venue_id=venue_id,
                      from_state=_word(row.status), to_state=_word(columns["status"]),
                      changed=changed, policy=columns["confirm_policy"])

        self._store.transact("admin.venue", work)
        return self.one(venue_id, actor)


def _check(wanted: VenueChange) -> None:
    if not wanted.name.strip():
        raise InvalidInput("needed", field="name")
    try:
        ZoneInfo(wanted.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput("zone_unknown", field="zone") from error
    for field in ("opens", "closes"):
        if not _TIME.fullmatch(getattr(wanted, field)):
            raise InvalidInput("time_of_day_wrong", field=field)
    for door, policy in wanted.policy.items():
        if door not in DOORS or policy not in (AUTO, STAFF):
            raise InvalidInput("policy_unknown", field="policy")


def _free(name: str, venue_id: int) -> None:
    other = venues.named(name.strip())
    if other is not None and other.id != venue_id:
        raise Conflict("taken", field="name")


def _row(venue_id: int) -> Venue:
    row = venues.one(venue_id)
    if row is None:
        raise NotFound("venue_not_found")
    return row


def _columns(wanted: VenueChange) -> dict[str, object]:
    return dict(
        name=wanted.name.strip(), brand=wanted.brand.strip(), zone=wanted.zone,
        address=wanted.address.strip(), phone=wanted.phone.strip(),
        confirm_policy=dict(wanted.policy), auto_limit_fen=wanted.auto_limit,
        opens=wanted.opens, closes=wanted.closes,
        status=OPEN if wanted.active else CLOSED, kiosk_cart=wanted.kiosk_cart)


def _word(status: object) -> str:
    return "open" if status == OPEN else "closed"


def _view(row: Venue) -> VenueView:
    return VenueView(
        id=row.id, name=row.name, brand=row.brand, zone=row.zone, address=row.address,
        phone=row.phone, policy={door: row.confirm_policy.get(door, DEFAULT[door])
                                 for door in DOORS},
        auto_limit=row.auto_limit_fen, active=row.status == OPEN, kiosk_cart=row.kiosk_cart,
        opens=row.opens, closes=row.closes)
