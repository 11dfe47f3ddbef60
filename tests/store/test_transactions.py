"""Named transactions: all or nothing, repeated when the database says so, watched by probes."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from peewee import IntegrityError, OperationalError

from core.config import Settings
from core.money import Money
from core.store.db import MOST_TRIES, SQLITE, GuardLost, Store, locked, open_store
from core.store.tables import Audit, Kiosk, Member, Venue
from core.store.vault import KeyVault

AT = datetime(2026, 11, 21, 6, 7, 8, 123456, tzinfo=UTC)


def add_venue(name: str = "滨江店 🏋", **columns: object) -> int:
    return int(Venue.create(name=name, created_at=AT, **columns).id)


def names(store: Store) -> list[str]:
    with store.connection():
        return [venue.name for venue in Venue.select().order_by(Venue.id)]


def test_what_raises_leaves_nothing(store: Store) -> None:
    def work() -> None:
        add_venue()
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        store.transact("test.work", work)
    assert names(store) == []


def test_it_returns_what_the_work_returns_and_keeps_it(store: Store) -> None:
    made = store.transact("test.work", add_venue)
    with store.connection():
        assert Venue.get_by_id(made).name == "滨江店 🏋"


def test_a_transaction_inside_another_is_a_mistake(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside another"):
        store.transact("test.outer", lambda: store.transact("test.inner", add_venue))
    assert names(store) == []


def test_probes_see_before_inside_and_after(settings: Settings, vault: KeyVault,
                                            store: Store) -> None:
    seen: list[tuple[str, list[str]]] = []
    watched = open_store(settings.database_url, vault,
                         lambda point: seen.append((point, [])))
    watched.transact("test.work", add_venue)
    assert [point for point, _ in seen] == ["test.work.before", "test.work.inside",
                                            "test.work.after"]
    watched.close()


def test_work_is_repeated_when_its_guard_was_lost_or_a_unique_key_taken(store: Store) -> None:
    tries: list[int] = []

    def work() -> str:
        tries.append(1)
        add_venue(f"try {len(tries)}")
        if len(tries) == 1:
            raise GuardLost("somebody was quicker")
        if len(tries) == 2:
            raise IntegrityError("UNIQUE")
        return "done"

    assert store.transact("test.work", work) == "done"
    assert names(store) == ["try 3"]


def test_it_gives_up_in_the_end(store: Store) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        raise GuardLost("never")

    with pytest.raises(GuardLost):
        store.transact("test.work", work)
    assert len(tries) == MOST_TRIES


def test_other_database_errors_are_not_repeated(store: Store) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        store.database.execute_sql("SELECT * FROM no_such_table")

    with pytest.raises(Exception, match="no_such_table"):
        store.transact("test.work", work)
    assert len(tries) == 1


def test_deadlocks_are_repeated(store: Store) -> None:
    """Two writers that lock two rows in opposite order. SQLite has one writer: they queue."""
    first, second = (store.transact("test.add", lambda n=n: add_venue(n)) for n in ("a", "b"))
    gate = threading.Barrier(2)
    met: list[bool] = []

    def swap(one: int, two: int) -> None:
        def work() -> None:
            Venue.update(address=Venue.address + "x").where(Venue.id == one).execute()
            if store.engine != SQLITE and len(met) < 2:
                met.append(True)
                gate.wait(10)
            Venue.update(address=Venue.address + "x").where(Venue.id == two).execute()

        store.transact("test.swap", work)

    threads = [threading.Thread(target=swap, args=pair)
               for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.connection():
        assert {venue.address for venue in Venue.select()} == {"xx"}


def test_counting_together_loses_nothing(store: Store) -> None:
    """Read, think, write: held rows and guarded writes instead of hope."""
    card = store.transact("test.add", add_venue)

    def bump() -> None:
        def work() -> None:
            venue = locked(Venue.select().where(Venue.id == card)).first()
            Venue.update(auto_limit_fen=Money((venue.auto_limit_fen or Money(0)).fen + 1)).where(
                Venue.id == card).execute()

        for _ in range(20):
            store.transact("test.bump", work)

    threads = [threading.Thread(target=bump) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.connection():
        assert Venue.get_by_id(card).auto_limit_fen == Money(160)


def test_a_busy_sqlite_file_is_tried_again(store: Store) -> None:
    if store.engine != SQLITE:
        return
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("database is locked")

    store.transact("test.work", work)
    assert len(tries) == 3


def test_instants_keep_their_microseconds_and_their_zone(store: Store) -> None:
    store.transact("test.add", add_venue)
    with store.connection():
        (venue,) = Venue.select().where(Venue.created_at == AT)
        assert venue.created_at == AT
        assert not Venue.select().where(Venue.created_at > AT).exists()
        assert Venue.select().where(Venue.created_at > AT - timedelta(microseconds=1)).exists()
    with pytest.raises(ValueError, match="naive"):
        store.transact("test.add", lambda: Venue.create(name="x", created_at=datetime(2026, 1, 1)))


def test_codes_and_names_compare_case_sensitively(store: Store) -> None:
    for name in ("Case", "case"):
        store.transact("test.add", lambda name=name: add_venue(name))
    with store.connection():
        assert Venue.select().where(Venue.name == "case").count() == 1


def test_a_sealed_phone_is_found_and_stays_unique(store: Store) -> None:
    def add() -> None:
        Member.create(phone="13800138000", phone_tail="8000", created_at=AT)

    store.transact("test.add", add)
    with store.connection():
        assert Member.get(Member.phone == "13800138000").phone == "13800138000"
        (row,) = store.database.execute_sql("SELECT phone FROM members").fetchall()
        assert "138" not in row[0]
    with pytest.raises(IntegrityError):
        store.transact("test.add", add)


def test_the_books_survive_their_subject(store: Store) -> None:
    """Nothing is cascaded away: a venue with history cannot be deleted (Q13)."""
    venue = store.transact("test.add", add_venue)

    def more() -> None:
        from_table = Venue.get_by_id(venue)
        Audit.create(actor_kind="system", actor_id=0, door="job", action="x",
                     subject_kind="venue", subject_id=venue, created_at=AT)
        Kiosk.create(venue=from_table, name="1 号", created_at=AT)

    store.transact("test.more", more)
    with pytest.raises(IntegrityError):
        store.transact("test.delete", lambda: Venue.delete().where(Venue.id == venue).execute())


def test_a_child_process_does_not_share_its_parents_connection(store: Store) -> None:
    """RQ forks its workers; sharing a connection hung one of three (libraries.md section 4)."""
    store.transact("test.add", add_venue)
    with store.connection():
        parents = store.database.connection()
        child = os.fork()
        if child == 0:
            try:
                with store.connection():
                    same = store.database.connection() is parents
                    found = Venue.select().count()
                os._exit(0 if found == 1 and not same else 1)
            except BaseException:  # the parent sees it by the exit code
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert Venue.select().count() == 1
