"""A migrated, empty store on the database under test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings
from core.store.db import Store, open_store
from core.store.vault import KeyVault
from tests.builders import ready


@pytest.fixture
def vault(settings: Settings) -> KeyVault:
    return KeyVault(settings.data_key, settings.secret_keys)


@pytest.fixture
def store(settings: Settings, vault: KeyVault) -> Iterator[Store]:
    ready(settings)
    opened = open_store(settings.database_url, vault)
    yield opened
    opened.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def here(path: Path, vault: KeyVault) -> Iterator[Store]:
    """A store in a file of SQLite, whatever the other tests run on: servers remember nothing."""
    opened = open_store(f"sqlite:///{path}", vault)
    opened.migrate()
    with opened.connection():
        yield opened
    opened.close()
