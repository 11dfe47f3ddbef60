"""Statistics: whatever the range, what counting the vouchers one by one gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.clock import business_day
from core.config import Settings
from core.errors import NotAllowed
from core.money import Money, total
from core.services.actor import Actor
from core.services.statistics import Figures, Period, Statistics
from core.services.tallies import Proof
from core.store.tables import Member, Redemption, Voucher
from core.vouchers.redemption import VoucherStatus as Is
from tests.builders import Chain
from tests.shelf import DATES, NOW, TODAY, Shelf, a_shelf, day_of


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Shelf]:
    made = a_shelf(settings)
    yield made
    made.services.store.close()


def used_up(row: Voucher) -> Money:
    """The paid price of what was used."""
    paid = row.paid_price_fen or Money(0)
    if row.status == Is.REDEEMED:
        return paid
    return Money(paid.fen * row.uses_used // row.uses_total) \
        if row.status == Is.PARTLY_REDEEMED else Money(0)


def given_back(row: Voucher) -> Money:
    if row.refunded_fen is not None:
        return row.refunded_fen
    return (row.paid_price_fen or Money(0)) if row.status == Is.REFUNDED else Money(0)


def counted(rows: Iterable[Voucher]) -> Figures:
    rows = list(rows)

    def of(*statuses: Is) -> int:
        return sum(row.status in statuses for row in rows)

    return Figures(
        vouchers=len(rows), unredeemed=of(Is.UNUSED), redeemed=of(Is.REDEEMED),
        partly=of(Is.PARTLY_REDEEMED), in_progress=of(Is.REDEEMING, Is.UNKNOWN),
        expired=of(Is.EXPIRED), refunded=of(Is.REFUNDED),
        refunded_unused=sum(row.status == Is.REFUNDED and row.verified_at is None
                            for row in rows),
        sales=total(row.paid_price_fen or Money(0) for row in rows),
        refunded_amount=total(map(given_back, rows)),
        redeemed_amount=total(map(used_up, rows)))


def inside(row: Voucher, dimension: str, period: Period) -> bool:
    day = day_of(row, dimension)
    return (day is not None and (period.start is None or day >= period.start)
            and (period.end is None or day <= period.end))


def check(found: Statistics, rows: list[Voucher]) -> None:
    """Everything but the doors."""
    cohort = [row for row in rows if inside(row, found.date_field, found.period)]
    assert found.figures == counted(cohort)
    for shares, column in ((found.platforms, "platform_id"), (found.types, "voucher_type"),
                           (found.venues, "venue_id")):
        assert {share.id: share.figures for share in shares} == {
            value or 0: counted(row for row in cohort if getattr(row, column) == value)
            for value in {getattr(row, column) for row in cohort}}
        assert sum(share.share for share in shares) == pytest.approx(1 if cohort else 0, abs=1e-3)
    if found.before_period is not None:
        assert found.before == counted(
            row for row in rows if inside(row, found.date_field, found.before_period))
    for step in found.trend:
        there = [row for row in rows if inside(row, "verified", found.period)
                 and (day_of(row, "verified") == step.day if found.trend_step == "day"
                      else (day_of(row, "verified") or TODAY).replace(day=1) == step.day)]
        assert (step.redeemed, step.partly, step.amount) == (
            sum(row.status == Is.REDEEMED for row in there),
            sum(row.status == Is.PARTLY_REDEEMED for row in there), total(map(used_up, there)))


def test_any_range_equals_counting_one_by_one_while_half_is_not_folded(shelf: Shelf) -> None:
    shelf.fill(300)
    shelf.services.tallies.fold()
    shelf.fill(80)
    shelf.change_some(60)
    rows = shelf.all()
    for number in range(40):
        start = TODAY - timedelta(days=shelf.random.randrange(90))
        wanted: dict[str, Any] = {
            "date_field": shelf.random.choice(DATES), "start_date": start,
            "end_date": start + timedelta(days=shelf.random.randrange(100))}
        if number % 4 == 0:
            del wanted["start_date"]
        venue = shelf.random.choice((None, None, 1))
        found = shelf.services.report.statistics(shelf.owner, venue_id=venue, **wanted)
        check(found, [row for row in rows if venue in (None, row.venue_id)])
        assert {share.name for share in found.platforms} <= {"美团", "抖音"}


def test_folding_changes_no_figure(shelf: Shelf) -> None:
    shelf.fill(120)
    before = shelf.services.report.statistics(shelf.owner)
    assert shelf.services.tallies.fold() == 120
    assert shelf.services.report.statistics(shelf.owner) == before
    assert before.figures.vouchers == 120


def test_the_rate_leaves_out_what_was_refunded_before_use(shelf: Shelf) -> None:
    for status, verified in ((2, NOW), (2, NOW), (2, NOW), (1, None), (4, None), (4, NOW)):
        shelf.add(status=status, verified_at=verified)
    figures = shelf.services.report.statistics(shelf.owner).figures
    assert (figures.redeemed, figures.vouchers, figures.refunded, figures.refunded_unused) == (
        3, 6, 2, 1)
    assert (figures.redemption_rate, figures.plain_rate) == (0.6, 0.5)


def test_nothing_has_no_rate(shelf: Shelf) -> None:
    found = shelf.services.report.statistics(shelf.owner)
    assert found.figures == counted([])
    assert (found.figures.redemption_rate, found.figures.plain_rate) == (None, None)
    assert (found.platforms, found.trend, found.doors.self_served) == ((), (), None)


def test_a_used_half_of_a_times_card_counts_half(shelf: Shelf) -> None:
    shelf.add(status=7, uses_total=3, uses_used=1, paid_price_fen=Money(100_00),
              verified_at=NOW)
    found = shelf.services.report.statistics(shelf.owner, start_date=TODAY)
    assert found.figures.redeemed_amount == Money(33_33)
    assert [(step.partly, step.amount) for step in found.trend] == [(1, Money(33_33))]


def test_the_period_before_is_as_long_and_ends_the_day_before(shelf: Shelf) -> None:
    found = shelf.services.report.statistics(
        shelf.owner, start_date=date(2026, 11, 1), end_date=date(2026, 11, 20))
    assert found.before_period == Period(date(2026, 10, 12), date(2026, 10, 31))
    today = shelf.services.report.statistics(shelf.owner, start_date=TODAY)
    assert today.period == Period(TODAY, TODAY)
    assert today.before_period == Period(TODAY - timedelta(days=1), TODAY - timedelta(days=1))
    assert shelf.services.report.statistics(shelf.owner, end_date=TODAY).before is None


def test_every_day_of_the_trend_is_there_and_years_go_by_months(shelf: Shelf) -> None:
    for months in (0, 1, 14):
        shelf.add(status=2, verified_at=NOW - timedelta(days=31 * months))
    days = shelf.services.report.statistics(shelf.owner, start_date=date(2026, 10, 1))
    assert days.trend_step == "day" and len(days.trend) == 52
    assert sum(step.redeemed for step in days.trend) == 2
    years = shelf.services.report.statistics(shelf.owner)
    assert years.trend_step == "month"
    assert [step.day for step in years.trend][:2] == [date(2025, 9, 1), date(2025, 10, 1)]
    assert [step.redeemed for step in years.trend] == [1, *[0] * 12, 1, 1]


def test_a_redemption_at_midnight_belongs_to_the_new_day(shelf: Shelf) -> None:
    shelf.add(status=2, verified_at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    found = shelf.services.report.statistics(shelf.owner, start_date=date(2026, 11, 20))
    assert [step.redeemed for step in found.trend] == [0, 1]


def test_staff_see_figures_of_their_venues_only(shelf: Shelf) -> None:
    for venue in (1, 2, 2, None):
        shelf.add(venue=venue)
    assert shelf.services.report.statistics(shelf.clerk).figures.vouchers == 2
    assert shelf.services.report.statistics(shelf.owner).figures.vouchers == 4
    with pytest.raises(NotAllowed):
        shelf.services.report.statistics(shelf.clerk, venue_id=2)


def test_the_share_that_members_do_themselves(chain: Chain) -> None:
    report, tallies = chain.services.report, chain.services.tallies
    chain.redeem(chain.buy())
    undone = chain.redeem(chain.buy())
    chain.services.redeem.undo(undone.ref, chain.manager, "拿错了")
    at_desk = chain.ask(chain.buy(), actor=chain.clerk)
    assert at_desk.door == "desk"

    def shown() -> tuple[int, dict[str, int], float | None]:
        doors = report.statistics(chain.owner, start_date=chain.today).doors
        return doors.redemptions, dict(doors.by_door), doors.self_served

    assert shown() == (2, {"desk": 1, "kiosk": 1}, 0.5)
    first_day = chain.today
    chain.pass_time(timedelta(days=2))
    tallies.fold()
    chain.redeem(chain.buy())
    whole = report.statistics(chain.owner, start_date=first_day).doors
    assert dict(whole.by_door) == {"desk": 1, "kiosk": 2}
    assert shown() == (1, {"kiosk": 1}, 1.0)
    only_then = report.statistics(chain.owner, start_date=first_day, end_date=first_day).doors
    assert dict(only_then.by_door) == {"desk": 1, "kiosk": 1}
    assert report.statistics(chain.western_clerk).doors.redemptions == 0
    with chain.store.connection():
        assert Redemption.select().where(Redemption.completed_at.is_null(False)).count() == 4


def test_no_step_of_a_redemption_escapes_the_sums(chain: Chain) -> None:
    tallies = chain.services.tallies
    bought = chain.buy("douyin")
    asked = chain.ask(bought)
    steps = (lambda: chain.services.redeem.confirm(asked.ref, chain.clerk),
             lambda: chain.services.redeem.undo(asked.ref, chain.manager, "拿错了"),
             lambda: chain.services.redeem.reject(chain.ask(bought).ref, chain.clerk, "等会儿"))
    for step in steps:
        tallies.fold()
        step()
        assert tallies.prove() == Proof(miscounted=0, repaired=0)
    assert tallies.fold() == 1
    assert tallies.prove() == Proof(miscounted=0, repaired=0)
    figures = chain.services.report.statistics(chain.owner).figures
    assert (figures.vouchers, figures.unredeemed, figures.redeemed) == (1, 1, 0)


def test_new_members_are_told_by_the_platform_whose_voucher_brought_them(shelf: Shelf) -> None:
    def new(number: int, at: datetime, platform: int | None, venue: int | None) -> None:
        with shelf.services.store.connection():
            Member.insert(id=10 + number, phone=f"1390000{number:04d}", created_at=at,
                          first_platform=platform, first_venue=venue).execute()

    for number, (ago, platform, venue) in enumerate((
            (0, 1, 1), (0, 1, 2), (0, 2, 1), (1, 2, 1), (3, 1, 1), (0, None, None))):
        new(number, NOW - timedelta(days=ago), platform, venue)

    def told(actor: Actor = shelf.owner, **wanted: Any) -> dict[str, int]:
        return {one.platform_name: one.members
                for one in shelf.services.report.statistics(actor, **wanted).new_members}

    assert told() == {"美团": 3, "抖音": 2}
    assert told(start_date=TODAY) == {"美团": 2, "抖音": 1}
    assert told(start_date=TODAY - timedelta(days=1)) == {"美团": 2, "抖音": 2}
    assert told(start_date=TODAY, venue_id=2) == {"美团": 1}
    assert told(shelf.clerk) == {"美团": 2, "抖音": 2}, "of his own venue"


def test_today_is_a_day_in_shanghai(shelf: Shelf) -> None:
    shelf.clock.advance(timedelta(hours=10))  # 00:33 of the next day there
    found = shelf.services.report.statistics(shelf.owner, start_date=TODAY)
    assert found.period.end == date(2026, 11, 22) == business_day(shelf.clock.now())
