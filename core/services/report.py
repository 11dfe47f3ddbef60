"""Statistics over vouchers (S191–S211): any range of any million in a few milliseconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from core.clock import DEFAULT_ZONE, Clock, business_day
from core.money import Money
from core.services import statistics
from core.services.actor import Actor, Role
from core.services.statistics import Figures, Newcomers, Period, Statistics, Step
from core.services.vouchers import own_venues
from core.store import door_tallies, newcomers, voucher_search
from core.store.counted import CREATED, DAY, MONTH, VERIFIED, Sums
from core.store.db import Store
from core.store.tallies import Kind, Reading
from core.vouchers.redemption import VoucherStatus

MOST_DAYS = 186
"""A longer trend goes by months."""
ONE_DAY = timedelta(days=1)


class Report:
    """Reads only. Days are those of `zone`, one for the whole chain; staff see their own venues'
    vouchers and those of no venue yet."""

    def __init__(self, store: Store, clock: Clock, zone: str = DEFAULT_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def statistics(self, actor: Actor, *, start_date: date | None = None,
                   end_date: date | None = None, date_field: str = CREATED,
                   venue_id: int | None = None) -> Statistics:
        """A range with a start and no end goes to today; without a start it has no period before
        it. A voucher belongs to the venue that redeemed it: with `venue_id` those not redeemed
        are left out. Raises NotAllowed."""
        actor.require(Role.CLERK, venue_id)
        kind = Kind(venue_id=venue_id, venues=own_venues(actor))
        start_date, end_date = map(voucher_search.within_time, (start_date, end_date))
        if start_date is not None and end_date is None:
            end_date = business_day(self._clock.now(), self._zone)
        period = Period(start_date, end_date)
        earlier = _before(period)
        with self._store.snapshot():
            reading = Reading(self._store, self._zone)
            sums = reading.sums(
                date_field, kind, by=("platform_id", "voucher_type", "venue_id", "status"),
                first=start_date, last=end_date)
            step, trend = self._trend(reading, kind, period)
            platforms = voucher_search.platform_names()
            return Statistics(
                period=period, date_field=date_field, venue_id=venue_id, figures=_figures(sums),
                platforms=statistics.shares(sums, 0, platforms),
                types=statistics.shares(sums, 1, {}),
                venues=statistics.shares(sums, 2, voucher_search.venue_names()),
                trend_step=step, trend=trend,
                doors=statistics.doors(door_tallies.standing(start_date, end_date, kind,
                                                             self._zone)),
                new_members=tuple(
                    Newcomers(id, platforms[id], members) for id, members in sorted(
                        newcomers.by_platform(start_date, end_date, kind, self._zone).items())),
                before=_figures(reading.sums(
                    date_field, kind, by=("status",), first=earlier.start, last=earlier.end))
                if earlier is not None else None, before_period=earlier)

    def _trend(self, reading: Reading, kind: Kind,
               period: Period) -> tuple[str, tuple[Step, ...]]:
        start, end = period.start, period.end
        daily = start is not None and end is not None and (end - start).days < MOST_DAYS
        sums: dict[date, dict[VoucherStatus, Sums]] = {}
        # Status by status: the rows of one lie in the order of days.
        for status in (VoucherStatus.REDEEMED, VoucherStatus.PARTLY_REDEEMED):
            some = replace(kind, status=status.value)
            if daily:
                for (day,), each in reading.sums(
                        VERIFIED, some, by=("day",), first=start, last=end,
                        measures=("vouchers", "redeemed_fen")).items():
                    sums.setdefault(day, {})[status] = each
                continue
            for span, each in reading.pieces(VERIFIED, some, start, end):
                assert span.first is not None, "a piece has both ends"
                month = sums.setdefault(span.first.replace(day=1), {})
                month.setdefault(status, Sums()).add(each)
        days = _days(period) if daily else _months(sorted(sums))
        return DAY if daily else MONTH, tuple(_step(day, sums.get(day, {})) for day in days)


def _before(period: Period) -> Period | None:
    if period.start is None or period.end is None or period.end < period.start:
        return None
    length = period.end - period.start
    try:
        return Period(period.start - ONE_DAY - length, period.start - ONE_DAY)
    except OverflowError:
        return None


def _figures(sums: dict[tuple[Any, ...], Sums]) -> Figures:
    by_status: dict[int, Sums] = {}
    for key, each in sums.items():
        by_status.setdefault(key[-1], Sums()).add(each)
    return statistics.figures(by_status)


def _step(day: date, sums: dict[VoucherStatus, Sums]) -> Step:
    done = sums.get(VoucherStatus.REDEEMED, Sums())
    partly = sums.get(VoucherStatus.PARTLY_REDEEMED, Sums())
    return Step(day, done.vouchers, partly.vouchers, Money(done.redeemed_fen
                                                           + partly.redeemed_fen))


def _days(period: Period) -> list[date]:
    assert period.start is not None and period.end is not None, "a trend by days has both ends"
    return [period.start + timedelta(days=number)
            for number in range((period.end - period.start).days + 1)]


def _months(known: list[date]) -> list[date]:
    """From the first to the last, none left out."""
    found = known[:1]
    while found and found[-1] < known[-1]:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found
