"""The photo shop of `photo_shop`, on the database under test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.config import Settings
from tests.services.pricing.photo_shop import PhotoShop, a_photo_shop


@pytest.fixture
def shop(settings: Settings) -> Iterator[PhotoShop]:
    made = a_photo_shop(settings)
    yield made
    made.services.store.close()
