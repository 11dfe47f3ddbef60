"""Configuration is read once, and again after each change of it, whoever made it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import core.store
from core.store import catalogue
from core.store.compiled import insert
from core.store.db import Store
from core.store.steady import Steady
from core.store.tables import Kiosk, Member, Session, Venue
from tests.store.elsewhere import another_process_renames_to_hill, in_a_thread

AT = datetime(2026, 11, 21, tzinfo=UTC)
COUNTED = importlib.import_module("core.store.migrations.0002_configuration_edition").DECIDES
NEVER_CHANGED = {"id", "created_at"}


class Undecided(Exception):
    """Somebody thought better of it."""


@pytest.fixture(autouse=True)
def a_venue(here: Store) -> None:
    Venue.create(name="Lake", created_at=AT)


def the_venue() -> str | None:
    found = catalogue.venue(1)
    return found.name if found is not None else None


def rename(name: str) -> None:
    Venue.update(name=name).execute()


def statements(store: Store) -> list[str]:
    """What peewee runs from now on."""
    said: list[str] = []
    store.database.query_hooks.append(lambda event: said.append(event.sql))
    return said


def test_what_was_read_is_not_read_again(here: Store) -> None:
    assert the_venue() == "Lake"
    said = statements(here)
    assert the_venue() == "Lake" and said == []
    insert(Member, created_at=AT)
    assert the_venue() == "Lake" and not any('"venues"' in one for one in said)


def test_nothing_found_is_an_answer_too(here: Store) -> None:
    assert catalogue.venue(2) is None
    said = statements(here)
    assert catalogue.venue(2) is None and said == []
    Venue.create(name="Hill", created_at=AT)
    assert catalogue.venue(2) is not None


def test_one_s_own_change_counts_also_before_it_is_committed(here: Store) -> None:
    assert the_venue() == "Lake"
    assert here.transact("test", lambda: (rename("Hill"), the_venue())[1]) == "Hill"
    assert the_venue() == "Hill"


def test_what_was_never_committed_is_not_remembered(here: Store) -> None:
    def think_better_of_it() -> None:
        rename("Hill")
        assert the_venue() == "Hill"
        raise Undecided

    assert the_venue() == "Lake"
    with pytest.raises(Undecided):
        here.transact("test", think_better_of_it)
    assert the_venue() == "Lake"
    here.transact("test", lambda: rename("Wood"))  # the very number that came to nothing
    assert the_venue() == "Wood"


def test_a_snapshot_shows_its_own_moment(here: Store) -> None:
    with here.snapshot():
        assert the_venue() == "Lake"
        in_a_thread(here, lambda: rename("Hill"))
        assert the_venue() == "Lake"
    assert the_venue() == "Hill"


def test_the_change_of_another_thread_counts(here: Store) -> None:
    assert the_venue() == "Lake"
    in_a_thread(here, lambda: rename("Hill"))
    assert the_venue() == "Hill"


def test_the_change_of_another_process_counts(here: Store, path: Path) -> None:
    assert the_venue() == "Lake"
    another_process_renames_to_hill(path)
    assert the_venue() == "Hill"


def test_what_decides_nothing_changes_no_edition(here: Store) -> None:
    insert(Kiosk, venue=1, name="1", last_seen_at=AT, created_at=AT)
    session = insert(Session, kind="kiosk", subject_id="1", token_hash="a", door="kiosk",
                     csrf="", expires_at=AT, created_at=AT)
    before = here.configuration()
    Kiosk.update(last_seen_at=datetime.now(UTC)).execute()
    insert(Session, kind="member", subject_id="1", token_hash="b", door="mini", csrf="",
           expires_at=AT, created_at=AT)
    assert here.configuration() == before
    Session.update(revoked_at=AT).where(Session.id == session).execute()
    assert here.configuration() != before


def steady_statements() -> dict[str, Steady[Venue]]:
    found = {}
    for module in pkgutil.iter_modules(core.store.__path__):
        names = vars(importlib.import_module(f"core.store.{module.name}"))
        found |= {f"{module.name}.{name}": value for name, value in names.items()
                  if isinstance(value, Steady)}
    return found


@pytest.mark.parametrize("name", steady_statements())
def test_every_column_that_is_remembered_is_counted(here: Store, name: str) -> None:
    sql = steady_statements()[name]._plan().sql
    tables = {alias: table for table, alias in re.findall(r'"(\w+)" AS "(t\d+)"', sql)}
    columns = {(tables[alias], column) for alias, column in re.findall(r'"(t\d+)"\."(\w+)"', sql)}
    assert columns, name
    for table, column in columns - {(table, never) for table in tables.values()
                                    for never in NEVER_CHANGED}:
        assert table in COUNTED, (name, table)
        counted = COUNTED[table].split(", ")
        assert counted == [""] or column in counted, (name, table, column)
