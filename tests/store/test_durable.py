"""A commit that anybody hears of is on the disk; the disk is not waited for once for each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import Settings
from core.store import durable
from core.store.db import open_store
from core.store.durable import LogSync
from core.store.tables import Venue
from core.store.vault import KeyVault
from tests.builders import ready
from tests.store.test_transactions import add_venue

PATIENCE = 30


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "shop.db-wal"
    path.write_bytes(b"frames")
    return str(path)


class Disk:
    """Counts what is synced; each sync takes until `let` lets it go on."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.syncs = 0

    def sync(self, file: int) -> None:
        self.syncs += 1
        self.began.release()
        assert self.let.acquire(timeout=PATIENCE)


def started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_who_commits_while_the_disk_works_shares_the_next_sync(
        log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, waiting = Disk(), LogSync(log)
    monkeypatch.setattr(durable, "_sync", disk.sync)
    first = started(waiting.wait)
    assert disk.began.acquire(timeout=PATIENCE)
    # Committed after the first sync began: it is not known to cover them.
    arrived = threading.Barrier(6, timeout=PATIENCE)
    ticket = waiting._ticket

    def counted() -> int:
        mine = ticket()
        arrived.wait()
        return mine

    monkeypatch.setattr(waiting, "_ticket", counted)
    others = [started(waiting.wait) for _ in range(5)]
    arrived.wait()
    disk.let.release(2)
    for each in (first, *others):
        each.join(PATIENCE)
        assert not each.is_alive()
    assert disk.syncs == 2


def test_a_log_that_was_checkpointed_and_deleted_needs_nothing(tmp_path: Path) -> None:
    LogSync(str(tmp_path / "gone.db-wal")).wait()


def test_a_failing_disk_is_told_to_each_who_committed(
        log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(file: int) -> None:
        raise OSError("I/O error")

    monkeypatch.setattr(durable, "_sync", fails)
    waiting = LogSync(log)
    for _ in range(2):
        with pytest.raises(OSError, match="I/O error"):
            waiting.wait()


def test_a_transaction_ends_when_its_commit_is_on_the_disk(
        environment: dict[str, str], tmp_path: Path, vault: KeyVault,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite; a server's commit waits for the disk by itself."""
    settings = Settings.read(environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/shop.db"})
    ready(settings)
    happened: list[str] = []
    store = open_store(settings.database_url, vault, happened.append)

    def sync(file: int) -> None:
        with store.connection():
            happened.append(f"synced {Venue.select().count()}")
        os.fsync(file)

    monkeypatch.setattr(durable, "_sync", sync)
    store.transact("test.work", add_venue)
    store.close()
    assert happened == ["test.work.before", "test.work.inside", "synced 1", "test.work.after"]
