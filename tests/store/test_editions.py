"""What was read is remembered exactly until somebody commits, in whatever thread or process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.store.db import Store
from core.store.editions import Remembered
from core.store.tables import Venue
from tests.store.elsewhere import another_process_renames_to_hill, in_a_thread


def rename(name: str) -> None:
    Venue.update(name=name).execute()


@pytest.fixture(autouse=True)
def a_venue(here: Store) -> None:
    Venue.create(name="Lake", created_at=datetime(2026, 11, 21, tzinfo=UTC))


def test_reading_begins_no_new_edition(here: Store) -> None:
    first = here.edition()
    assert [venue.name for venue in Venue.select()] == ["Lake"]
    assert first is not None and here.edition() == first


def test_one_s_own_commit_does(here: Store) -> None:
    first = here.edition()
    here.transact("test", lambda: rename("Hill"))
    assert here.edition() != first


def test_the_commit_of_another_thread_does(here: Store) -> None:
    first = here.edition()
    in_a_thread(here, lambda: rename("Hill"))
    assert here.edition() != first


def test_the_commit_of_another_process_does(here: Store, path: Path) -> None:
    first = here.edition()
    another_process_renames_to_hill(path)
    assert here.edition() != first
    assert [venue.name for venue in Venue.select()] == ["Hill"]


def test_a_thread_that_looks_for_the_first_time_trusts_nothing_older(here: Store) -> None:
    """a change between our look and its own first one is one that neither of them saw"""
    first = here.edition()
    seen: list[int | None] = []
    in_a_thread(here, lambda: seen.append(here.edition()))
    assert seen != [first]


def test_inside_a_transaction_nothing_is_remembered(here: Store) -> None:
    """it may see what will never be committed"""
    assert here.transact("test", lambda: (rename("Hill"), here.edition())[1]) is None
    with here.snapshot():
        assert here.edition() is None
    remembered: Remembered[str] = Remembered(10)
    remembered.keep(None, "name", "Hill")
    assert remembered.get(None, "name") is None


def test_another_edition_forgets_all_and_so_does_too_much() -> None:
    remembered: Remembered[str] = Remembered(2)
    remembered.keep(1, "a", "A")
    remembered.keep(1, "b", "B")
    assert (remembered.get(1, "a"), remembered.get(2, "a")) == ("A", None)
    remembered.keep(1, "c", "C")
    assert (remembered.get(1, "a"), remembered.get(1, "c")) == (None, "C")
    remembered.keep(2, "a", "new")
    assert (remembered.get(1, "c"), remembered.get(2, "a")) == (None, "new")
