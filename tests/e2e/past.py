"""What happened in the demo's shop before the day of a test."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from core.clock import business_day
from core.money import Money
from core.store.tables import Redemption, RedemptionUse, VerificationLog, Voucher
from core.wiring import Services
from tests.e2e.kiosk import new_phone
from tests.running import RunningShop

A_DAY = timedelta(days=1)


def redeemed(shop: RunningShop, services: Services, phone: str) -> dict[str, str]:
    """A redemption at the counter, a day ago by our clocks; with its `ref`."""
    bought = shop.buy("douyin", sku="month_card", phone=phone)
    token = shop.staff("linxiaoman")["token"]
    seen = shop.call("POST", "/api/v1/redemptions/inspect",
                     {"code": bought["code"], "phone": phone}, token=token).json()["data"]
    done = shop.call("POST", "/api/v1/redemptions", {
        "inspection": seen["inspection"], "phone": phone}, token=token, key=phone).json()["data"]
    with services.store.connection():
        row = Redemption.get(Redemption.ref == done["ref"])
        Redemption.update(created_at=row.created_at - A_DAY, completed_at=row.completed_at - A_DAY,
                          consumed_at=row.consumed_at - A_DAY).where(
            Redemption.id == row.id).execute()
        Voucher.update(verified_at=row.completed_at - A_DAY).where(
            Voucher.id == row.voucher_id).execute()
        VerificationLog.update(created_at=row.created_at - A_DAY).where(
            VerificationLog.voucher == row.voucher_id).execute()
    return {**bought, "ref": done["ref"]}


@contextmanager
def booked_wrong(shop: RunningShop, services: Services, amount: Money) -> Iterator[None]:
    """That amount in our book of yesterday is not the platform's, and the books were compared.
    Afterwards the books are equal again, whoever saw to it."""
    bought = redeemed(shop, services, new_phone())
    with sqlite3.connect(shop.folder / "sandbox.db", timeout=30) as platforms:
        platforms.execute("UPDATE uses SET at = at - ? WHERE certificate_id = ?",
                          [A_DAY.total_seconds(), bought["certificate_id"]])
    with services.store.connection():
        made = Redemption.get(Redemption.ref == bought["ref"])
        RedemptionUse.update(amount_fen=amount, used_at=made.consumed_at).where(
            RedemptionUse.redemption == made.id).execute()
    day = business_day(services.clock.now()) - A_DAY
    token = shop.staff("meixue")["token"]
    compared = shop.call("POST", "/api/v1/reconciliations", {
        "venue_id": made.venue_id, "platform": "douyin", "day": str(day)}, token=token)
    (found,) = [one for one in compared.json()["data"]["findings"] if one["state"] == "open"]
    yield
    fixed = shop.call("POST", f"/api/v1/reconciliations/findings/{found['id']}/fix",
                      {"fix": "platform_amount"}, token=token)
    assert fixed.status_code == 200, fixed.text
