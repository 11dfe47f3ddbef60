"""Credentials move to a new key while the shop works; nothing written meanwhile is lost (S216)."""

from __future__ import annotations

import threading

import pytest

from core.demo_keys import new_keys
from core.services.secrets import Rotation, Secrets
from core.store import secrets
from core.store.db import Store
from core.store.tables import PlatformShop, Venue
from core.store.tables.fields import seal_with
from core.store.vault import KeyVault, WrongKey
from tests.builders import Chain


def vault(chain: Chain, *keys: str) -> KeyVault:
    return KeyVault(chain.services.settings.data_key, keys)


def rotate(chain: Chain, keys: KeyVault) -> Rotation:
    """The command, in a process that was started with these keys."""
    seal_with(keys)
    return Secrets(chain.store, chain.clock, keys).rotate()


def texts(store: Store) -> list[str]:
    """Every encrypted credential as it lies in the tables."""
    return [text for table, name in secrets.columns()
            for batch in secrets.ciphertexts(store, table, name) for _, text in batch]


@pytest.fixture
def keys(chain: Chain) -> tuple[str, str]:
    """The old key, under which everything is encrypted, and a new one."""
    with chain.store.connection():
        Venue.update(robot_key="robot-key-1").execute()
    (old,) = chain.services.settings.secret_keys
    return old, new_keys()["SECRET_KEYS"]


def test_everything_is_rewritten_and_the_old_key_can_go(chain: Chain,
                                                        keys: tuple[str, str]) -> None:
    old, new = keys
    before = len(texts(chain.store))
    done = rotate(chain, vault(chain, new, old))
    assert (done.rewritten, done.already, done.left) == (before, 0, 0) and before > 5
    only_new, only_old = vault(chain, new), vault(chain, old)
    for text in texts(chain.store):
        only_new.decrypt(text)
        with pytest.raises(WrongKey):
            only_old.decrypt(text)
    seal_with(only_new)
    assert {row.robot_key for row in chain.rows(Venue)} == {"robot-key-1"}
    assert chain.redeem(chain.buy()).state.value == "completed"


def test_a_second_run_finds_nothing_to_do(chain: Chain, keys: tuple[str, str]) -> None:
    old, new = keys
    both = vault(chain, new, old)
    count = rotate(chain, both).rewritten
    again = rotate(chain, both)
    assert (again.rewritten, again.already, again.left) == (0, count, 0)


def test_a_run_that_was_cut_off_is_finished_by_the_next(chain: Chain,
                                                        keys: tuple[str, str]) -> None:
    old, new = keys
    both, (table, name) = vault(chain, new, old), secrets.columns()[-1]
    seal_with(both)
    half = Secrets(chain.store, chain.clock, both)._column(table, name).rewritten
    assert rotate(chain, both).rewritten == len(texts(chain.store)) - half
    assert all(both.is_newest(text) for text in texts(chain.store))


def test_what_is_written_meanwhile_is_never_overwritten(chain: Chain,
                                                        keys: tuple[str, str]) -> None:
    """Processes with the old first key go on renewing tokens until they are restarted."""
    old, new = keys
    both, late = vault(chain, new, old), vault(chain, old, new)
    (row, *_) = chain.rows(PlatformShop, PlatformShop.business == "58")
    stop, written = threading.Event(), ["V2-0"]

    def write(token: str) -> None:
        database = chain.store.database
        chain.store.transact("test.renew", lambda: database.execute_sql(
            f"UPDATE platform_shops SET token = {database.param} WHERE id = {row.id}",
            (late.encrypt(token),)))
        written.append(token)

    def renewing() -> None:
        while not stop.is_set():
            write(f"V2-{len(written)}")

    writer = threading.Thread(target=renewing)
    writer.start()
    try:
        for _ in range(5):
            rotate(chain, both)
    finally:
        stop.set()
        writer.join()
    assert len(written) > 5
    rotate(chain, both)
    assert chain.rows(PlatformShop, PlatformShop.id == row.id)[0].token == written[-1]
    assert all(both.is_newest(text) for text in texts(chain.store))


def test_what_no_key_opens_is_told_and_left_alone(chain: Chain, keys: tuple[str, str]) -> None:
    _, new = keys
    before = texts(chain.store)
    done = rotate(chain, vault(chain, new))
    assert (done.rewritten, done.left) == (0, len(before))
    assert texts(chain.store) == before
