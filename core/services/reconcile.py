"""Reconciliation: every day of every shop, our journal against each platform's history (S179).

A day is compared once it is over for two hours at the venue, missed days are caught up, and a
day with something pending is compared again. A run changes no book: it finds; people fix.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from core.clock import Clock, business_day, day_ends, day_starts
from core.errors import InvalidInput, NotFound, PlatformError, PlatformMisconfigured
from core.money import Money
from core.platforms.books import Verified
from core.services import alarm
from core.services.actor import Actor, Role
from core.services.compare import FOUND, FRESH, PENDING, Comparison, Difference, OurUse, compare
from core.services.platform_books import Books
from core.services.platform_ports import shop_of
from core.services.reconciliation_views import ReconciliationView, finding_view, view_of
from core.services.slots import Slots
from core.services.tasks import seen_venues
from core.store import audit, catalogue, reconciliations
from core.store.db import Store
from core.store.reconciliations import Line
from core.store.tables import Finding, Platform, Venue
from core.vouchers.redemption import OPEN, UNDO_UNSETTLED

log = logging.getLogger(__name__)

JOB = "reconcile_day"
LOOK_BACK = timedelta(days=31)
LEASE_SECONDS = 900
NEAR_MIDNIGHT = timedelta(minutes=15)
"""A use this near a day's border may stand on the other day in the platform's book."""
SHEET_MISSING = "sheet_missing"
"""Why a day of a platform without interface cannot be compared yet: nothing failed, somebody has
to import the sheet."""
IN_WORK = frozenset(state.value for state in OPEN | UNDO_UNSETTLED)


class Reconcile:
    """`books` gives the verification history of a platform code."""

    def __init__(self, store: Store, clock: Clock, books: Books, slots: Slots,
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._books = books
        self._slots = slots
        self._nudge = nudge

    def due(self, seconds: float = 240.0) -> str:
        """Compare every day that is over and was not compared yet, for about `seconds`: what is
        left goes on at the next run. Run by a job."""
        compared = failed = 0
        began, ends = self._clock.now(), time.monotonic() + seconds
        with self._store.connection():
            for venue, platform in reconciliations.pairs():
                for day in self._missed(venue, platform):
                    if time.monotonic() > ends:
                        return f"{compared} days compared, {failed} failed, more to come"
                    name = f"{day.isoformat()}:{venue.id}:{platform.id}"
                    known = reconciliations.of(venue.id, platform.id, day)
                    if known is not None and known.ran_at >= began:
                        continue  # another run was quicker
                    again = known is not None
                    slot = self._slots.take_named(
                        JOB, f"{name}:{self._clock.now():%m%d%H}" if again else name,
                        LEASE_SECONDS)
                    if slot is None:
                        continue
                    ok = self._day(venue, platform, day)
                    if ok or again:
                        self._slots.finish(slot, "done" if ok else "failed")
                    compared, failed = compared + ok, failed + (not ok)
        return f"{compared} days compared, {failed} failed"

    def _missed(self, venue: Venue, platform: Platform) -> list[date]:
        """Days that are over and not compared (or with something pending), oldest first."""
        last = business_day(self._clock.now() - FRESH, venue.zone) - timedelta(days=1)
        begun = max(last - LOOK_BACK + timedelta(days=1),
                    business_day(venue.created_at, venue.zone))
        done = reconciliations.done_days(venue.id, platform.id, begun)
        days = [begun + timedelta(days=n) for n in range((last - begun).days + 1)]
        return [day for day in days if day not in done]

    def run(self, venue_id: int, platform: str, day: date, actor: Actor) -> ReconciliationView:
        """Compare one day now. Raises NotFound, NotAllowed, InvalidInput("day_to_come"), the
        platform's error when its book cannot be read."""
        actor.require(Role.MANAGER, venue_id)
        with self._store.connection():
            found = next(((venue, one) for venue, one in reconciliations.pairs()
                          if venue.id == venue_id and one.platform_code == platform), None)
            if found is None:
                raise NotFound("not_connected")
            if day > business_day(self._clock.now(), found[0].zone):
                raise InvalidInput("day_to_come")
            try:
                self._compared(*found, day, actor)
            except PlatformError as error:
                self._failed(*found, day, error)
                raise
            row = reconciliations.of(venue_id, found[1].id, day)
            assert row is not None, "just written"
            return self.one(row.id, actor)

    def _day(self, venue: Venue, platform: Platform, day: date) -> bool:
        """One day by the job; False when the platform's book could not be read."""
        try:
            self._compared(venue, platform, day, None)
        except PlatformError as error:
            log.warning("reconciliation of %s %s: %s", platform.platform_code, day, error.word)
            self._failed(venue, platform, day, error)
            return False
        return True

    def _failed(self, venue: Venue, platform: Platform, day: date, error: PlatformError) -> None:
        """The other book could not be read: keep why, and tell people what they can do."""
        at, missing = self._clock.now(), error.facts.get("reason") == SHEET_MISSING
        facts = {"venue_name": venue.name, "platform_name": platform.platform_name,
                 "day": day.isoformat(), "label": f"{platform.platform_name}{day:%m-%d}"}

        def failed() -> None:
            known = reconciliations.of(venue.id, platform.id, day)
            if known is None or known.state != "done":
                reconciliations.write(
                    venue.id, platform.id, day, at, state="failed",
                    error=SHEET_MISSING if missing else error.word[:80],
                    our_fen=Money.zero(), platform_fen=Money.zero())
            alarm.sound(SHEET_MISSING if missing else "reconcile_failed",
                        _alarm_key(venue, platform, day), venue_id=venue.id, facts=facts, at=at)

        self._store.transact("reconcile.failed", failed)

    def _compared(self, venue: Venue, platform: Platform, day: date,
                  actor: Actor | None) -> None:
        """Read both books, compare, write down. Raises PlatformError."""
        theirs = {line.verify_id: line for line in self._history(venue, platform, day)}
        since, until = day_starts(day, venue.zone), day_ends(day, venue.zone)
        lines = reconciliations.uses_of_day(venue.id, platform.id, since, until)
        lines += reconciliations.uses_of(platform.id,
                                         theirs.keys() - {line[0] for line in lines})
        ours = _by_verify_id(lines)
        ours = self._without_neighbours(ours, theirs, venue, platform, since, until)
        compared = compare(ours, theirs, reconciliations.in_work(platform.id), self._clock.now())

        def write() -> None:
            self._write(venue, platform, day, compared, ours, theirs, actor)
            for kind in ("reconcile_failed", SHEET_MISSING):
                alarm.over(kind, _alarm_key(venue, platform, day), self._clock.now())

        self._store.transact("reconcile.write", write)
        self._nudge("outbox")

    def _history(self, venue: Venue, platform: Platform, day: date) -> list[Verified]:
        books = self._books(platform.platform_code)
        shop = catalogue.shop(platform.platform_code, venue.id)
        if books is None or shop is None:
            raise PlatformMisconfigured(platform.platform_code, reason="not_connected")
        return list(books.history.records(day, shop_of(shop)))

    def _without_neighbours(self, ours: dict[str, OurUse], theirs: dict[str, Verified],
                            venue: Venue, platform: Platform, since: datetime,
                            until: datetime) -> dict[str, OurUse]:
        """Leave out uses around midnight that the platform books on the other day."""
        missing = {key: one for key, one in ours.items() if key not in theirs}
        for border, first in ((since, since - timedelta(seconds=1)), (until, until)):
            near = {key for key, one in missing.items() if abs(one.at - border) < NEAR_MIDNIGHT}
            if near and first < self._clock.now():
                other = business_day(first, venue.zone)
                there = {line.verify_id for line in self._history(venue, platform, other)}
                ours = {key: one for key, one in ours.items() if key not in near & there}
        return ours

    def _write(self, venue: Venue, platform: Platform, day: date, compared: Comparison,
               ours: dict[str, OurUse], theirs: dict[str, Verified],
               actor: Actor | None) -> None:
        at = self._clock.now()
        mine = [one.amount for one in ours.values() if one.cancelled_at is None]
        told = [one for one in theirs.values() if not one.cancelled]
        amounts = [one.amount if one.amount is not None else
                   ours[one.verify_id].amount if one.verify_id in ours else Money.zero()
                   for one in told]
        row_id = reconciliations.write(
            venue.id, platform.id, day, at, state="done", error="", our_count=len(mine),
            our_fen=Money(sum(one.fen for one in mine)), platform_count=len(told),
            platform_fen=Money(sum(one.fen for one in amounts)), counts=_counts(compared))
        known = {row.verify_id: row for row in reconciliations.findings(row_id)}
        for one in compared.differences:
            _note(row_id, one, known.pop(one.verify_id, None), at)
        for row in known.values():
            if row.state == "open":
                reconciliations.change_finding(row.id, state="gone")
        if actor is not None:
            audit.add(actor, "reconciliation.run", "reconciliation", row_id, at,
                      venue_id=venue.id, platform=platform.platform_code, day=day.isoformat())
        self._tell(venue, platform, day, row_id, at)

    @staticmethod
    def _tell(venue: Venue, platform: Platform, day: date, row_id: int, at: datetime) -> None:
        key = str(row_id)
        left = reconciliations.open_counts([row_id]).get(row_id, 0)
        if not left:
            alarm.over("books_differ", key, at)
            return
        alarm.sound("books_differ", key, venue_id=venue.id, at=at, facts={
            "venue_name": venue.name, "platform_name": platform.platform_name,
            "day": day.isoformat(), "open": left, "reconciliation": row_id,
            "label": f"{venue.name}{platform.platform_name}{day:%m-%d}"})

    def listed(self, actor: Actor, *, page: int = 1, page_size: int = 20,
               **wanted: Any) -> dict[str, Any]:
        """One page, the newest day first, without findings; `wanted` as in
        `reconciliations.listed`. Raises NotAllowed."""
        actor.require(Role.CLERK, wanted.get("venue_id"))
        with self._store.connection():
            query = reconciliations.listed(seen_venues(actor), **wanted)
            rows = list(query.paginate(page, page_size))
            left = reconciliations.open_counts([row.id for row in rows])
            return {"items": [view_of(row, left.get(row.id, 0)) for row in rows],
                    "total": query.count(), "page": page, "page_size": page_size}

    def one(self, reconciliation_id: int, actor: Actor) -> ReconciliationView:
        """A day with its findings. Raises NotFound, NotAllowed."""
        with self._store.connection():
            row = reconciliations.by_id(reconciliation_id)
            if row is None:
                raise NotFound("reconciliation_not_found")
            actor.require(Role.CLERK, row.venue_id)
            found = tuple(finding_view(one) for one in reconciliations.findings(row.id))
            return view_of(row, reconciliations.open_counts([row.id]).get(row.id, 0), found)


def _alarm_key(venue: Venue, platform: Platform, day: date) -> str:
    return f"{venue.id}:{platform.id}:{day}"


def _by_verify_id(lines: Iterable[Line]) -> dict[str, OurUse]:
    """Uses under one id are one; of a use noted twice the standing one counts."""
    found: dict[str, OurUse] = {}
    for verify_id, use_id, redemption_id, voucher_id, amount, at, cancelled_at, state in lines:
        one = OurUse(verify_id, use_id, redemption_id, voucher_id, amount, at, cancelled_at,
                     state in IN_WORK)
        known = found.get(verify_id)
        if known is None or known.cancelled_at is not None:
            found[verify_id] = one
        elif cancelled_at is None:
            found[verify_id] = OurUse(verify_id, known.use_id, redemption_id, voucher_id,
                                      known.amount + amount, at, None, one.in_work)
    return found


def _counts(compared: Comparison) -> dict[str, int]:
    counts = dict.fromkeys(("matched", *FOUND, PENDING), 0)
    counts["matched"] = compared.matched
    for one in compared.differences:
        counts[one.kind] += 1
    return counts


def _note(row_id: int, one: Difference, known: Finding | None, at: datetime) -> None:
    """Write a difference down. One that a person left as it is, or noted as used elsewhere, stays
    so while it is the same difference; any other that is there again is open again."""
    our, their = one.ours, one.theirs
    columns: dict[str, Any] = {
        "kind": one.kind, "voucher": our.voucher_id if our else None,
        "redemption_id": our.redemption_id if our else None,
        "use_id": our.use_id if our else None,
        "our_fen": our.amount if our else None, "platform_fen": their.amount if their else None,
        "used_at": their.at if their else our.at if our else at}
    if their is not None:
        columns |= {"certificate_id": their.certificate_id, "code": their.code or "",
                    "sku_id": their.sku_id, "title": their.title[:100]}
    if known is None:
        reconciliations.add_finding(row_id, at, verify_id=one.verify_id, **columns)
    elif known.state == "fixed" and known.fix in ("accept", "used_elsewhere") \
            and known.kind == one.kind:
        pass
    else:
        reconciliations.change_finding(known.id, state="open", fix="", fixed_at=None,
                                       fixed_by=None, reason="", **columns)


