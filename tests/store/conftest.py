"""A migrated, empty store on the database under test."""

from __future__ import annotations

from collections.abc import Iterator

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
