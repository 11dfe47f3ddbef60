"""Refunds after use that nobody told us of, where a platform's list does not show changes.

Meituan lists orders by payment and pushes refunds; a lost push would wait for the hourly status
run, while the member goes on using what he was paid back for. Its verification history marks such
a use as refunded, so every sweep reads the history of the last days on which we redeemed there:
a few calls for each shop. What it finds is only made due; asking the order decides.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from core.clock import Clock, business_day, day_ends, day_starts
from core.errors import PlatformError
from core.services.platform_books import PlatformBooks
from core.services.platform_ports import shop_of
from core.store import catalogue, orders, reconciliations
from core.store.db import Store
from core.store.merchants import MerchantRow
from core.store.reconciliations import Line
from core.store.tables import Venue
from core.vouchers.redemption import VoucherStatus

log = logging.getLogger(__name__)

DAYS = 7
"""Of use that are looked at again. Older refunds are found by the status run and the push."""


class LateRefunds:
    """Reads the platforms; makes orders due."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def look(self, merchant: MerchantRow, books: PlatformBooks) -> int:
        """How many orders of ours are to be asked because of a refund that we did not know of.
        A history that cannot be read is left for the next time."""
        at, found = self._clock.now(), set[str]()
        for venue, platform in reconciliations.pairs():
            if platform.id != merchant.platform_id:
                continue
            today = business_day(at, venue.zone)
            for day in (today - timedelta(days=ago) for ago in range(DAYS)):
                try:
                    found |= self._of_day(merchant, books, venue, day)
                except PlatformError as error:
                    log.warning("history of %s, venue %s, %s: %s", merchant.platform_code,
                                venue.id, day, error.word)
                    break
        if found:
            self._store.transact("late_refunds.due", lambda: _make_due(merchant, found, at))
        return len(found)

    def _of_day(self, merchant: MerchantRow, books: PlatformBooks, venue: Venue,
                day: date) -> set[str]:
        ours = _standing(merchant.platform_id, venue, day)
        shop = catalogue.shop(merchant.platform_code, venue.id) if ours else None
        if shop is None:
            return set()
        books.asking.wait()
        gone = {ours[one.verify_id][3] for one in books.history.records(day, shop_of(shop))
                if one.refunded and one.verify_id in ours}
        return {row.platform_order_no for row in reconciliations.vouchers_of(gone)
                if row.platform_order_no and row.status != VoucherStatus.REFUNDED}


def _standing(platform_id: int, venue: Venue, day: date) -> dict[str, Line]:
    """Our uses of that day that were not taken back, by what the platform calls each."""
    lines = reconciliations.uses_of_day(venue.id, platform_id, day_starts(day, venue.zone),
                                        day_ends(day, venue.zone))
    return {line[0]: line for line in lines if line[6] is None}


def _make_due(merchant: MerchantRow, order_ids: set[str], at: datetime) -> None:
    for order_id in sorted(order_ids):
        orders.mark_due(merchant.platform_id, order_id, at, account_id=merchant.account_id,
                        ask_entry=True)
