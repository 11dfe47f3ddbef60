"""The platform without a wire on the same stage: clerks' records in a real database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from core.clock import business_day, day_ends
from core.money import Money
from core.platforms.base import CertificatePlatform, Shop
from core.platforms.manual import Manual
from core.services.manual_ledger import ManualBook, refund
from core.store.compiled import insert
from core.store.db import Store
from core.store.tables import ManualRecord, ManualUse, Venue
from core.vouchers.scan import Candidate
from tests.platforms.stage import Bought, ShiftedClock, Stage

TITLES = {"month_card": "健身月卡 30 天", "west_only": "健身月卡 30 天", "times_card": "次卡入场"}


@dataclass(frozen=True)
class Sku:
    deal_id: str


class Catalogue:
    """What `World` tells of SKUs."""

    def sku(self, platform: str, key: str) -> Sku:
        return Sku(f"product-{key}")


class ManualStage(Stage):
    """Buying here is a clerk's record; a certificate's code is its own QR."""

    def __init__(self, store: Store) -> None:
        self.name, self.store_of_records = "manual", store
        self.clock: Any = ShiftedClock()
        self.world: Any = Catalogue()
        self.shop, self.west = self._venues()
        self.platform: CertificatePlatform = Manual(ManualBook(store), self.clock)
        self.sold = 0

    def _venues(self) -> tuple[Shop, Shop]:
        with self.store_of_records.connection():
            first, second = (int(insert(Venue, name=name, created_at=self.clock.now()))
                             for name in ("滨江店", "城西店"))
        return Shop(first, "", "", ""), Shop(second, "", "", "")

    def buy(self, sku: str = "month_card", *, quantity: int = 1, paid: float = 199,
            original: float = 299, uses: int = 1, expires: str | None = None,
            **more: Any) -> list[Bought]:
        at = self.clock.now()
        last = date.fromisoformat(expires) if expires else business_day(at) + timedelta(days=90)
        venue = self.west if sku == "west_only" else self.shop
        bought = []
        with self.store_of_records.connection():
            for _ in range(quantity):
                self.sold += 1
                code = f"5{venue.venue_id:05d}{self.sold:06d}"
                number = insert(
                    ManualRecord, code=code, venue=venue.venue_id, sku_id=f"product-{sku}",
                    title=TITLES[sku], paid_fen=Money.yuan(paid), uses_total=uses,
                    original_fen=Money.yuan(original), expires_at=day_ends(last),
                    note="商家 App 里核了", recorded_by=1, created_at=at)
                bought.append(Bought(f"M{number}", code, code))
        return bought

    def scanned(self, bought: Bought) -> Candidate:
        return self.typed(bought)

    def refund(self, bought: Bought, state: str = "refunded") -> None:
        with self.store_of_records.connection():
            refund(bought.certificate_id, state)

    def fault(self, mode: str, action: str = "consume", **more: Any) -> None:
        pytest.skip("no wire that could fail: the record is in our own database")

    def behave(self) -> None:
        """Nothing misbehaves."""

    def shift_platform(self, offset: timedelta) -> None:
        """It has no clock but ours."""

    def ledger(self, bought: Bought) -> dict[str, Any]:
        with self.store_of_records.connection():
            record = ManualRecord.get_by_id(int(bought.certificate_id[1:]))
            uses = list(ManualUse.select().where(ManualUse.record == record.id)
                        .order_by(ManualUse.id))
        live = [use for use in uses if use.cancelled_at is None]
        return {
            "order_id": bought.certificate_id, "code": record.code, "used": len(live),
            "status": "used" if len(live) >= record.uses_total else "unused",
            "consumed": [{"verify_id": use.verify_id, "key": use.key, "venue": use.venue_id,
                          "live": use.cancelled_at is None} for use in uses],
            "cancelled": [{"verify_id": use.verify_id} for use in uses
                          if use.cancelled_at is not None]}
