"""The instant platform on stage, under the same tests as the real ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from core.clock import business_day, day_ends
from core.ids import new_key
from core.money import Money, allocate
from core.platforms.base import Shop
from core.sandbox.world import World
from core.vouchers.certificate import Certificate, CertificateStatus
from core.vouchers.scan import Candidate, Form
from tests.platforms.instant import InstantPlatform
from tests.platforms.stage import Bought, ShiftedClock, Stage


class InstantStage(Stage):
    """Sells what the sandbox's catalogue of Douyin sells, without a sandbox."""

    def __init__(self, world: World) -> None:
        self.name, self.world, self.clock = "douyin", world, ShiftedClock()
        self.instant = self.platform = InstantPlatform(self.clock, self.name)
        self.shop, self.west = Shop(1, "poi-1", "account", ""), Shop(2, "poi-2", "account", "")

    def buy(self, sku: str = "month_card", **more: Any) -> list[Bought]:
        known = self.world.sku(self.name, sku)
        assert known is not None
        paid = Money.yuan(more["paid"]) if "paid" in more else Money(known.paid_fen)
        uses = more.get("uses", known.uses)
        last = (date.fromisoformat(more["expires"]) if "expires" in more
                else business_day(self.clock.now()) + timedelta(days=known.valid_days))
        order_id = new_key()
        return [self._sell(Certificate(
            platform=self.name, certificate_id=new_key(), order_id=order_id,
            sku_id=known.deal_id, title=known.title, status=CertificateStatus.UNUSED,
            original=(Money.yuan(more["original"]) if "original" in more
                      else Money(known.original_fen)),
            paid=paid, uses_total=uses, uses_left=uses,
            use_amounts=tuple(allocate(paid, [1] * uses)), handle="",
            expires=day_ends(last), times_card=uses > 1), known.venues)
            for _ in range(more.get("quantity", 1))]

    def _sell(self, certificate: Certificate, venues: tuple[int, ...]) -> Bought:
        code = new_key()
        self.instant.sell(replace(certificate, code=code, handle=certificate.certificate_id),
                          code, frozenset(venues))
        return Bought(certificate.certificate_id, code, code)

    def refund(self, bought: Bought, state: str = "refunded") -> None:
        self.instant.held[bought.certificate_id].refund = CertificateStatus(state)

    def pass_time(self, by: timedelta) -> None:
        self.clock.shift += by

    def shift_platform(self, offset: timedelta) -> None:
        """It has no clock of its own."""

    def ledger(self, bought: Bought) -> dict[str, Any]:
        held = self.instant.held[bought.certificate_id]
        status = held.status(self.clock.now())
        return {
            "order_id": held.certificate.order_id, "code": bought.code, "used": len(held.live),
            "status": status.value,
            "consumed": [{"verify_id": use.verify_id, "key": use.key, "venue": use.venue,
                          "live": use.cancelled_at is None} for use in held.uses],
            "cancelled": [{"verify_id": use.verify_id} for use in held.uses
                          if use.cancelled_at is not None]}

    def scanned(self, bought: Bought) -> Candidate:
        return Candidate(self.name, Form.CODE, bought.code)
