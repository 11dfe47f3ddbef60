"""The sums by day: no change escapes them, and what is wrong is found and repaired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from core.config import Settings
from core.services import tallies as service
from core.services.tallies import Proof
from core.store import tally_check, voucher_search
from core.store.counted import CREATED, DAY, VERIFIED, Counted, Sums, changes, remembered
from core.store.tables import Audit, DoorTally, Voucher, VoucherTally
from core.store.tallies import MONTH, Kind, Reading, Span, spans
from tests.shelf import NOW, SHANGHAI, TODAY, Shelf, a_shelf


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Shelf]:
    made = a_shelf(settings)
    yield made
    made.services.store.close()


def stale(shelf: Shelf) -> int:
    return len(shelf.that(lambda row: row.stale == 1))


def kept(shelf: Shelf, dimension: str = CREATED) -> dict[tuple[date, int], int]:
    """Vouchers by day and status, as folded."""
    with shelf.services.store.connection():
        return {(row.day, row.status): row.vouchers for row in VoucherTally.select().where(
            VoucherTally.dimension == dimension, VoucherTally.grain == DAY,
            VoucherTally.vouchers != 0)}


def test_every_way_to_change_a_row_has_it_counted_again(shelf: Shelf) -> None:
    first = shelf.add()
    shelf.services.tallies.fold()
    assert stale(shelf) == 0
    with shelf.services.store.connection():
        Voucher.update(status=3).where(Voucher.id == first).execute()
    assert stale(shelf) == 1
    shelf.services.tallies.fold()
    with shelf.services.store.connection():
        row = Voucher.get_by_id(first)
        row.status = 2
        row.save()
    assert stale(shelf) == 1
    shelf.services.tallies.fold()
    with shelf.services.store.connection():
        Voucher.update({Voucher.status: 4}).where(Voucher.id == first).execute()
    assert stale(shelf) == 1
    assert kept(shelf) == {(TODAY, 2): 1}
    shelf.services.tallies.fold()
    assert kept(shelf) == {(TODAY, 4): 1}


def test_redeeming_moves_a_voucher_from_one_sum_to_another(shelf: Shelf) -> None:
    one = shelf.add(created_at=NOW - timedelta(days=3))
    shelf.services.tallies.fold()
    with shelf.services.store.connection():
        Voucher.update(status=2, verified_at=NOW, venue=1).where(Voucher.id == one).execute()
    assert shelf.services.tallies.fold() == 1
    assert kept(shelf) == {(TODAY - timedelta(days=3), 2): 1}
    assert kept(shelf, VERIFIED) == {(TODAY, 2): 1}


def test_folding_goes_by_small_batches_until_nothing_is_left(
        shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 7)
    shelf.fill(40)
    assert shelf.services.tallies.fold() == 40
    assert shelf.services.tallies.fold() == 0
    assert shelf.services.tallies.prove() == Proof(0, 0)


def test_folding_stops_when_its_time_is_up(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "BATCH", 7)
    shelf.fill(40)
    assert shelf.services.tallies.fold(seconds=0) == 7
    assert stale(shelf) == 33


def test_right_sums_are_proved_and_nothing_is_booked(shelf: Shelf) -> None:
    shelf.fill(80)
    shelf.services.tallies.fold()
    shelf.change_some(20)  # waiting to be folded is not wrong
    assert shelf.services.tallies.prove() == Proof(miscounted=0, repaired=0)
    with shelf.services.store.connection():
        assert Audit.select().count() == 0


def test_a_wrong_sum_is_repaired_with_an_audit_row(shelf: Shelf) -> None:
    shelf.fill(50)
    shelf.services.tallies.fold()
    right = kept(shelf)
    with shelf.services.store.connection():
        VoucherTally.update(vouchers=VoucherTally.vouchers + 5).where(
            VoucherTally.dimension == CREATED, VoucherTally.grain == DAY,
            VoucherTally.day == max(right)[0]).execute()
        VoucherTally.delete().where(VoucherTally.dimension == VERIFIED).execute()
    assert kept(shelf) != right
    proof = shelf.services.tallies.prove()
    assert proof.miscounted == 0 and proof.repaired > 0
    assert kept(shelf) == right
    with shelf.services.store.connection():
        rows = list(Audit.select())
    assert {row.action for row in rows} == {"tallies.repaired"}
    assert {row.facts["dimension"] for row in rows} == {CREATED, VERIFIED}
    assert shelf.services.tallies.prove() == Proof(0, 0)


def test_a_writer_that_went_past_the_tables_is_found(shelf: Shelf) -> None:
    shelf.fill(30)
    shelf.services.tallies.fold()
    with shelf.services.store.connection():
        shelf.services.store.database.execute_sql(
            "UPDATE vouchers SET status = 4, platform_id = 2 WHERE id IN "
            f"({', '.join(map(str, shelf.ids[:3]))})")
    proof = shelf.services.tallies.prove()
    assert 0 < proof.miscounted <= 3
    shelf.services.tallies.fold()
    assert shelf.services.tallies.prove() == Proof(0, 0)
    found = shelf.services.report.statistics(shelf.owner).figures
    assert found.refunded == len(shelf.that(lambda row: row.status == 4))
    with shelf.services.store.connection():
        (row,) = list(Audit.select())
    assert row.action == "tallies.recounted" and row.facts == {"vouchers": proof.miscounted}


def test_a_wrong_day_of_the_doors_is_repaired(shelf: Shelf) -> None:
    with shelf.services.store.connection():
        DoorTally.create(day=date(2026, 11, 1), venue_id=1, door="kiosk", completed=3)
    assert shelf.services.tallies.prove() == Proof(0, 1)
    with shelf.services.store.connection():
        assert DoorTally.select().count() == 0


def test_sums_of_nothing_are_forgotten(shelf: Shelf) -> None:
    one = shelf.add()
    shelf.services.tallies.fold()
    with shelf.services.store.connection():
        Voucher.update(status=2).where(Voucher.id == one).execute()
    shelf.services.tallies.fold()
    shelf.services.tallies.prove()
    with shelf.services.store.connection():
        assert VoucherTally.select().where(VoucherTally.vouchers == 0).count() == 0
        assert VoucherTally.select().where(VoucherTally.vouchers == 1).count() == 2


def test_the_plain_query_and_a_reading_say_the_same_of_each_day(shelf: Shelf) -> None:
    shelf.fill(60)
    shelf.services.tallies.fold()
    shelf.change_some(10)
    store = shelf.services.store
    for dimension in tally_check.DIMENSIONS:
        for back in range(75):
            day = TODAY - timedelta(days=back)
            with store.snapshot():
                told = Reading(store, SHANGHAI).sums(dimension, by=tally_check.KIND, first=day,
                                                     last=day)
                assert told == tally_check.plain(store, dimension, day, day, SHANGHAI)


def test_a_voucher_remembers_what_it_was_counted_as() -> None:
    one = Counted(739941, 0, 740031, 1, 2, 0, 1, 19900, 0, 0)
    assert remembered(one.text) == one
    assert remembered(None) is None


def test_what_does_not_change_changes_nothing() -> None:
    one = Counted(739941, 739942, 740031, 1, 2, 3, 2, 19900, 19900, 0)
    assert changes([(one, one)]) == {}
    assert changes([(None, one), (one, None)]) == {}
    gained = changes([(None, one)])
    assert len(gained) == 6 and set(map(str, gained.values())) == {
        str(Sums(1, 1, 1, 19900, 19900, 0))}


@pytest.mark.parametrize(("first", "last", "parts"), [
    pytest.param(None, None, [Span(MONTH, None, None)], id="everything"),
    pytest.param(date(2026, 1, 1), date(2026, 2, 28),
                 [Span(MONTH, date(2026, 1, 1), date(2026, 2, 28))], id="whole months"),
    pytest.param(date(2026, 1, 5), date(2026, 1, 20),
                 [Span(DAY, date(2026, 1, 5), date(2026, 1, 20))], id="within a month"),
    pytest.param(date(2026, 1, 31), date(2026, 3, 1),
                 [Span(DAY, date(2026, 1, 31), date(2026, 1, 31)),
                  Span(MONTH, date(2026, 2, 1), date(2026, 2, 28)),
                  Span(DAY, date(2026, 3, 1), date(2026, 3, 1))], id="both edges"),
    pytest.param(date(2026, 1, 31), date(2026, 2, 1),
                 [Span(DAY, date(2026, 1, 31), date(2026, 2, 1))], id="over an edge"),
    pytest.param(None, date(2026, 12, 30),
                 [Span(MONTH, None, date(2026, 11, 30)),
                  Span(DAY, date(2026, 12, 1), date(2026, 12, 30))], id="until"),
    pytest.param(date(2025, 12, 31), None,
                 [Span(DAY, date(2025, 12, 31), date(2025, 12, 31)),
                  Span(MONTH, date(2026, 1, 1), None)], id="from"),
    pytest.param(date(2026, 5, 1), date(2026, 4, 1),
                 [Span(DAY, date(2026, 5, 1), date(2026, 4, 1))], id="backwards"),
])
def test_a_range_is_cut_into_months_and_edges(first: date | None, last: date | None,
                                              parts: list[Span]) -> None:
    assert spans(first, last) == parts


def test_a_snapshot_sees_one_moment(shelf: Shelf) -> None:
    one = shelf.add()
    store = shelf.services.store
    with store.snapshot():
        before = Reading(store, SHANGHAI).sums(CREATED, Kind())
        assert before[()].vouchers == 1
        with pytest.raises(RuntimeError):
            store.transact("test.write", lambda: None)
        assert voucher_search.one(one) is not None
