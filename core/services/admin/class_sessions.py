"""The class calendar of a venue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from core.clock import Clock, day_ends, day_starts, zone
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import mask_name, mask_phone
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey, once
from core.store import audit
from core.store.admin import class_sessions, venues
from core.store.db import Store
from core.store.tables import ClassSession

MOST_WEEKS = 26
MOST_HOURS = 12


@dataclass(frozen=True, slots=True)
class SessionChange:
    """`family`: class vouchers of this family may take a seat. Times are aware."""

    title: str
    family: str
    coach: str
    starts_at: datetime
    ends_at: datetime
    capacity: int


@dataclass(frozen=True, slots=True)
class SessionView(SessionChange):
    """A session; `taken` seats are held or booked. status: open, cancelled."""

    id: int = 0
    venue_id: int = 0
    taken: int = 0
    status: str = "open"


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits there; masked. status: held, booked, attended."""

    name: str
    phone: str
    status: str
    booked_at: datetime | None


class ClassSessions:
    """Any staff of the venue may look; managers add and change."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def between(self, venue_id: int, first: date, last: date, actor: Actor) -> list[SessionView]:
        """The sessions of these days, both included, at the venue. Raises NotAllowed."""
        actor.require(Role.CLERK, venue_id)
        with self._store.connection():
            name = self._zone(venue_id)
            return [_view(row) for row in class_sessions.between(
                venue_id, day_starts(first, name), day_ends(last, name))]

    def one(self, session_id: int, actor: Actor) -> SessionView:
        """Raises NotFound, NotAllowed."""
        with self._store.connection():
            row = _row(session_id)
            actor.require(Role.CLERK, row.venue_id)
            return _view(row)

    def seats(self, session_id: int, actor: Actor) -> list[Seat]:
        """Who comes. Raises NotFound, NotAllowed."""
        with self._store.connection():
            row = _row(session_id)
            actor.require(Role.CLERK, row.venue_id)
            return [Seat(mask_name(seat.member.name) if seat.member else "",
                         mask_phone(seat.member.phone or "") if seat.member else "",
                         seat.status, seat.booked_at)
                    for seat in class_sessions.seats(session_id)]

    def add(self, venue_id: int, wanted: SessionChange, actor: Actor, *, weeks: int = 1,
            key: SentKey | None = None) -> list[int]:
        """One session, or the same one in each of `weeks` weeks; times at which it exists already
        are left out. Returns the new ids. Raises NotAllowed, NotFound, InvalidInput."""
        actor.require(Role.MANAGER, venue_id)
        _check(wanted)
        if not 1 <= weeks <= MOST_WEEKS:
            raise InvalidInput("too_many_weeks", field="weeks")
        at = self._clock.now()

        def work() -> list[int]:
            local = zone(self._zone(venue_id))
            starts = [_weeks_later(wanted.starts_at, week, local) for week in range(weeks)]
            known = class_sessions.same_time(venue_id, starts, wanted.title.strip())
            made = [class_sessions.add(at, venue=venue_id, **_columns(wanted) | {
                "starts_at": begins, "ends_at": begins + (wanted.ends_at - wanted.starts_at)})
                for begins in starts if begins not in known]
            for session_id in made:
                audit.add(actor, "class.added", "class_session", session_id, at,
                          venue_id=venue_id, to_state="open", title=wanted.title)
            return made

        with self._store.connection():
            made: list[int] = self._store.transact("admin.class_added",
                                                   lambda: once(key, at, work))
        return made

    def change(self, session_id: int, wanted: SessionChange, actor: Actor) -> SessionView:
        """Raises NotFound, NotAllowed, InvalidInput, Conflict("seats_taken", taken) when there
        are more seats taken than wanted."""
        _check(wanted)
        at = self._clock.now()

        def work() -> None:
            row = _row(session_id)
            actor.require(Role.MANAGER, row.venue_id)
            if not class_sessions.change(session_id, **_columns(wanted)):
                raise Conflict("seats_taken", taken=row.taken, field="capacity")
            audit.add(actor, "class.changed", "class_session", session_id, at,
                      venue_id=row.venue_id, title=wanted.title, capacity=wanted.capacity,
                      starts_at=wanted.starts_at.isoformat())

        self._store.transact("admin.class", work)
        return self.one(session_id, actor)

    def cancel(self, session_id: int, actor: Actor) -> SessionView:
        """Take a session out of the calendar while nobody has a seat. Raises NotFound,
        NotAllowed, Conflict("seats_taken", taken)."""
        at = self._clock.now()

        def work() -> None:
            row = _row(session_id)
            actor.require(Role.MANAGER, row.venue_id)
            if row.status == "cancelled":
                return
            if not class_sessions.cancel(session_id):
                raise Conflict("seats_taken", taken=row.taken)
            audit.add(actor, "class.cancelled", "class_session", session_id, at,
                      venue_id=row.venue_id, from_state="open", to_state="cancelled",
                      title=row.title)

        self._store.transact("admin.class_cancelled", work)
        return self.one(session_id, actor)

    def _zone(self, venue_id: int) -> str:
        venue = venues.one(venue_id)
        if venue is None:
            raise NotFound("venue_not_found")
        return str(venue.zone)


def _weeks_later(at: datetime, weeks: int, local: tzinfo) -> datetime:
    """The same time of day at the venue, so that a change of the clocks moves no class."""
    return at.astimezone(local) + timedelta(weeks=weeks)


def _check(wanted: SessionChange) -> None:
    if not wanted.title.strip():
        raise InvalidInput("needed", field="title")
    lasts = wanted.ends_at - wanted.starts_at
    if not timedelta() < lasts <= timedelta(hours=MOST_HOURS):
        raise InvalidInput("ends_before_start", field="ends")
    if not 1 <= wanted.capacity <= 1000:
        raise InvalidInput("capacity_unclear", field="capacity")


def _row(session_id: int) -> ClassSession:
    row = class_sessions.one(session_id)
    if row is None:
        raise NotFound("class_not_found")
    return row


def _columns(wanted: SessionChange) -> dict[str, object]:
    return dict(title=wanted.title.strip(), family=wanted.family.strip(),
                coach=wanted.coach.strip(), starts_at=wanted.starts_at, ends_at=wanted.ends_at,
                capacity=wanted.capacity)


def _view(row: ClassSession) -> SessionView:
    return SessionView(
        id=row.id, venue_id=row.venue_id, title=row.title, family=row.family, coach=row.coach,
        starts_at=row.starts_at, ends_at=row.ends_at, capacity=row.capacity, taken=row.taken,
        status=row.status)
