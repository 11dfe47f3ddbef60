"""What listing and checking orders tells people and the books. Runs inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.clock import Clock
from core.errors import PlatformMisconfigured
from core.services import trouble, unmapped
from core.services.actor import Actor
from core.services.order_plan import Happened
from core.services.refunds import Refunds
from core.store import catalogue, history, quarantine, vouchers
from core.store.db import Store
from core.store.merchants import MerchantRow

LOGGED = {"refunded": vouchers.REFUNDED, "used_elsewhere": vouchers.REDEEMED,
          "taken_back_elsewhere": vouchers.UNDONE}


class OrderNews:
    """Audit and log for every change, tasks for those that a person must decide about."""

    def __init__(self, store: Store, clock: Clock, refunds: Refunds) -> None:
        self._store = store
        self._clock = clock
        self._refunds = refunds

    def happened(self, merchant: MerchantRow, all_: Sequence[Happened], at: datetime) -> None:
        """Things about certificates that we knew."""
        actor = _platform(merchant)
        history.audit(self._store, actor, [
            (f"voucher.{one.what}", "voucher", one.row.id, one.row.venue_id,
             one.was.name.lower(), one.now.name.lower()) for one in all_], at)
        history.log(self._store, actor, [(one.row.id, LOGGED[one.what], one.what)
                                         for one in all_ if one.what in LOGGED], at)
        for one in all_:
            if one.what == "refunded" and one.loss:
                self._refunds.after_use(one.row, merchant.platform_code, one.loss, one.refunded,
                                        actor, at)
            elif one.what == "taken_back_elsewhere":
                self._refunds.taken_back(one.row, merchant.platform_code, actor, at)

    def unmapped(self, merchant: MerchantRow, sku_id: str, title: str) -> None:
        """A deal that we sell and nobody mapped: told before the first member stands there."""
        if not sku_id:
            return
        at = self._clock.now()
        mapping = catalogue.met_unmapped(merchant.platform_id, sku_id, title, at)
        trouble.tell(unmapped.KIND, f"{merchant.platform_code}:{sku_id}",
                     venue_id=merchant.venue_id, subject_kind="sku_mapping",
                     subject_id=mapping.id, at=at,
                     facts=_named(merchant) | {"sku_id": sku_id, "title": title})

    def odd(self, merchant: MerchantRow, order_id: str, wrong: str, at: datetime) -> None:
        """An order that cannot be read; one task while any is set aside."""
        trouble.tell(trouble.ODD_ORDERS, merchant.platform_code, venue_id=merchant.venue_id,
                     subject_kind="platform", subject_id=merchant.platform_id, at=at,
                     facts=_named(merchant) | {"order_id": order_id, "wrong": wrong})

    def read_after_all(self, merchant: MerchantRow, at: datetime) -> None:
        """Close that task when the last of them could be read."""
        if not quarantine.aside(merchant.platform_id):
            trouble.over(trouble.ODD_ORDERS, merchant.platform_code, at, resolution="readable")

    def cannot(self, merchant: MerchantRow, error: PlatformMisconfigured, at: datetime) -> None:
        """The platform refuses our credentials or authorisation."""
        trouble.tell(trouble.AUTHORISE, f"{merchant.platform_code}:{merchant.account_id}",
                     venue_id=merchant.venue_id, subject_kind="platform",
                     subject_id=merchant.platform_id, at=at,
                     facts=_named(merchant) | {"reason": error.facts.get("reason", ""),
                                               "platform_log_id": error.log_id})

    def can_again(self, merchant: MerchantRow, at: datetime) -> None:
        """It lets us in again."""
        trouble.over(trouble.AUTHORISE, f"{merchant.platform_code}:{merchant.account_id}", at,
                     resolution="answers")


def _named(merchant: MerchantRow) -> dict[str, object]:
    platform = catalogue.platform(merchant.platform_code)
    return {"platform": merchant.platform_code,
            "platform_name": platform.platform_name if platform else merchant.platform_code}


def _platform(merchant: MerchantRow) -> Actor:
    return Actor(kind="platform", id=merchant.platform_id, door="sync",
                 name=merchant.platform_code)
