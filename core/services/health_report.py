"""Health that an owner can read: red, amber or green, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import DEFAULT_ZONE, Clock
from core.platforms.traffic import Traffic
from core.services.actor import Actor, Role
from core.services.slots import Timed
from core.services.tasks import seen_venues
from core.services.watch import LATE, SILENT, is_open
from core.store import merchants, pulse
from core.store.db import Store

GREEN, AMBER, RED = "green", "amber", "red"
TOKEN_SOON = 7
"""Days."""
PATIENCE = timedelta(minutes=20)
"""With a job that is late, such as behind a long one."""
STUCK = timedelta(minutes=2)
"""A notice that is due for so long: nobody sends."""


@dataclass(frozen=True, slots=True)
class TokenHealth:
    """One authorisation. `days_left` None: it does not end."""

    venue_id: int
    venue_name: str
    business: str
    connected: bool
    days_left: int | None


@dataclass(frozen=True, slots=True)
class PlatformHealth:
    """`calls` and `success_rate` are of the process that answers, since it started."""

    platform: str
    name: str
    state: str
    why: tuple[str, ...]
    calls: int
    success_rate: float
    sync_age_seconds: int | None
    tokens: tuple[TokenHealth, ...]


@dataclass(frozen=True, slots=True)
class KioskHealth:
    id: int
    name: str
    silent: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class VenueHealth:
    """why: kiosk_silent, alerts, tasks, not_connected, token_ending, platform_red."""

    id: int
    name: str
    state: str
    why: tuple[str, ...]
    open: bool
    kiosks: tuple[KioskHealth, ...]
    open_tasks: int
    open_alerts: int


@dataclass(frozen=True, slots=True)
class JobHealth:
    """`last_finished_at` None: never yet; `next_at` None: it has no time of its own. `overdue`:
    it should have ended long ago, so that nobody runs jobs, or this one fails. `said`: the last
    run's line for the log."""

    name: str
    last_finished_at: datetime | None
    next_at: datetime | None
    overdue: bool
    said: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """`queues` None: Redis is away. `outbox_late_seconds`: how long the oldest due notice waits."""

    at: datetime
    state: str
    platforms: tuple[PlatformHealth, ...]
    venues: tuple[VenueHealth, ...]
    unknown_outcomes: int
    unknown_oldest_seconds: int
    manual_outcomes: int
    outbox_waiting: int
    outbox_late_seconds: int
    outbox_dead: int
    open_findings: int
    queues: dict[str, int] | None
    jobs: tuple[JobHealth, ...]
    database: str


class HealthReports:
    """Reads only; a dozen cheap queries."""

    def __init__(self, store: Store, clock: Clock, traffic: Traffic,
                 queues: Callable[[], dict[str, int] | None], timetable: Sequence[Timed] = (),
                 zone: str = DEFAULT_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._traffic = traffic
        self._queues = queues
        self._timetable = timetable
        self._zone = zone

    def report(self, actor: Actor) -> HealthReport:
        """For staff; venues are those that the actor may see. Raises NotAllowed."""
        actor.require(Role.CLERK)
        with self._store.connection():
            return self.now(seen_venues(actor))

    def now(self, seen: frozenset[int] | None = None) -> HealthReport:
        """The whole of it; `seen` None: every venue. Wants a connection."""
        at, queues = self._clock.now(), self._queues()
        unknown = pulse.unknown()
        waiting, due, dead = pulse.outbox()
        late = max(int((at - due).total_seconds()), 0) if due else 0
        platforms = self._platforms(at)
        venues = tuple(one for one in self._venues(at, platforms)
                       if seen is None or one.id in seen)
        jobs = tuple(self._jobs(at))
        stuck = (late > STUCK.total_seconds() or queues is None
                 or any(one.overdue for one in jobs))
        states = [*(one.state for one in platforms), *(one.state for one in venues),
                  RED if stuck else GREEN]
        return HealthReport(
            at=at, state=worst(states), platforms=platforms, venues=venues,
            unknown_outcomes=sum(count for _, count, _ in unknown),
            unknown_oldest_seconds=max((int((at - since).total_seconds())
                                        for _, _, since in unknown), default=0),
            manual_outcomes=sum(count for state, count, _ in unknown if state == "manual"),
            outbox_waiting=waiting, outbox_late_seconds=late, outbox_dead=dead,
            open_findings=pulse.open_findings(), queues=queues,
            jobs=jobs, database=self._store.engine)

    def _jobs(self, at: datetime) -> Iterator[JobHealth]:
        """Those of the timetable, then those that run within them, such as a day's books."""
        done = {name: (last, said) for name, last, said in pulse.last_jobs()}
        for job in self._timetable:
            (last, said), due = done.pop(job.name, (None, "")), job.due(at, self._zone)
            patience = max(timedelta(seconds=3 * (job.every or 0)), PATIENCE)
            yield JobHealth(job.name, last, job.next(at, self._zone),
                            last is not None and last < due and at - last > patience
                            and at - due > (timedelta() if job.every else PATIENCE), said)
        yield from (JobHealth(name, last, None, False, said)
                    for name, (last, said) in sorted(done.items()))

    def _platforms(self, at: datetime) -> tuple[PlatformHealth, ...]:
        shops, until, fates = pulse.shops(), pulse.synced(), pulse.fates(at - timedelta(minutes=10))
        found = []
        for one in pulse.platforms():
            tokens = tuple(TokenHealth(
                shop.venue_id, shop.venue.name, shop.business, shop.status == 1,
                (shop.token_expires_at - at).days if shop.token_expires_at else None)
                for shop in shops if shop.platform_id == one.id)
            ages = [at - last for merchant in merchants.merchants(one.platform_code)
                    if (last := until.get((one.id, merchant.account_id))) is not None]
            figures = [each for each in self._traffic.figures()
                       if each.platform == one.platform_code]
            calls = sum(each.calls for each in figures)
            good = sum(each.success_rate * each.calls for each in figures)
            moved, lost = fates.get(one.id, (0, 0))
            why = [word for word, true in (
                ("not_connected", not tokens or any(not each.connected for each in tokens)),
                ("token_over", any(each.days_left is not None and each.days_left < 0
                                   for each in tokens)),
                ("failing", lost >= 3 and 2 * lost >= moved),
                ("slow_answers", 0 < lost),
                ("sync_late", any(age > LATE for age in ages)),
                ("token_ending", any(each.days_left is not None and each.days_left < TOKEN_SOON
                                     for each in tokens))) if true]
            red = {"not_connected", "token_over", "failing"} & set(why)
            found.append(PlatformHealth(
                one.platform_code, one.platform_name, RED if red else AMBER if why else GREEN,
                tuple(why), calls, good / calls if calls else 1.0,
                int(max(ages).total_seconds()) if ages else None, tokens))
        return tuple(found)

    @staticmethod
    def _venues(at: datetime, platforms: tuple[PlatformHealth, ...]) -> list[VenueHealth]:
        kiosks, tasks, alerts = pulse.kiosks(), pulse.open_tasks(), pulse.open_alerts()
        found = []
        for venue in pulse.venues():
            open_now = is_open(venue, at)
            machines = tuple(KioskHealth(
                one.id, one.name, one.last_seen_at is None or at - one.last_seen_at > SILENT,
                one.last_seen_at) for one in kiosks if one.venue_id == venue.id)
            mine = [(severity, count) for venue_id, severity, count in alerts
                    if venue_id in (venue.id, None)]
            here = [token for one in platforms for token in one.tokens
                    if token.venue_id == venue.id]
            why = [word for word, true in (
                ("not_connected", any(not token.connected for token in here)),
                ("platform_red", any(one.state == RED for one in platforms)),
                ("urgent_alerts", any(severity == "urgent" for severity, _ in mine)),
                ("kiosk_silent", open_now and any(one.silent for one in machines)),
                ("alerts", any(severity == "warning" for severity, _ in mine)),
                ("tasks", tasks.get(venue.id, 0) > 0)) if true]
            red = {"not_connected", "platform_red", "urgent_alerts"} & set(why)
            found.append(VenueHealth(
                venue.id, venue.name, RED if red else AMBER if why else GREEN, tuple(why),
                open_now, machines, tasks.get(venue.id, 0), sum(count for _, count in mine)))
        return found


def worst(states: list[str]) -> str:
    return RED if RED in states else AMBER if AMBER in states else GREEN
