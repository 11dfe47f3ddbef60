"""滨江店 sells photos: what it asks, set up through the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from core.money import Money
from core.pricing.tiers import Tier
from tests.builders import Chain
from tests.desk.conftest import app, chain, clerk, desk, manager, owner

__all__ = ["app", "chain", "clerk", "desk", "manager", "owner"]


@dataclass
class PhotoShop:
    """Its products' ids."""

    chain: Chain
    photos: int
    prints: int

    @property
    def venue(self) -> int:
        return self.chain.binjiang

    def batch(self, **more: Any) -> Any:
        """A batch of ten codes for 8.5 折, made by the manager."""
        columns = {"name": "开业券", "scenic_id": self.venue, "discount_type": 2, "kept": 8500,
                   "amount_fen": None, "product_types": "[]", "total_count": 10, **more}
        return self.chain.services.pricing.batches.create(columns, self.chain.manager)


@pytest.fixture
def shop(chain: Chain) -> PhotoShop:
    def product(kind: str, name: str, fen: int, tiers: tuple[Tier, ...] = ()) -> int:
        return int(chain.services.pricing.products.create(
            {"product_type": kind, "product_id": "default", "scenic_id": chain.binjiang,
             "product_name": name, "base_price_fen": Money(fen), "unit": ""},
            chain.manager, tiers=tiers).id)

    return PhotoShop(chain, product("PHOTO_SET", "照相集", 128_00),
                     product("PHOTO_PRINT", "6 寸打印", 15_00, (Tier(8, None, Money(12_00)),)))
