"""Tokens renewed long before they end, by one process at a time, and an alert when that fails.

An access token lives 30 days, its refresh token 35 (meituan.md 2.3): renewing ten days early
leaves ten days to notice that it does not work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from core.clock import Clock
from core.errors import PlatformError, PlatformMisconfigured
from core.platforms.base import Shop
from core.platforms.meituan_authorisation import MeituanAuthorisation
from core.services import trouble
from core.services.actor import SYSTEM
from core.services.meituan_access import MEITUAN, SHOP, facts_of, shop_key
from core.store import audit, authorisations, merchants
from core.store.authorisations import Tokens
from core.store.db import Store
from core.store.merchants import MerchantRow
from core.store.tables import PlatformShop

log = logging.getLogger(__name__)

AHEAD = timedelta(days=10)
WARN = timedelta(days=7)
"""A token with less left has resisted renewal for days: people must hear of it."""
LEASE = timedelta(seconds=30)
AGAIN, AFTER_REFUSAL = timedelta(minutes=1), timedelta(hours=1)


class TokenRefresh:
    """`authorisation` gives the adapter of the set-up platform, or None."""

    def __init__(self, store: Store, clock: Clock,
                 authorisation: Callable[[], MeituanAuthorisation | None],
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._authorisation = authorisation
        self._nudge = nudge

    def run(self) -> str:
        """Renew what ends within ten days, and warn of what ends within seven."""
        done = 0
        with self._store.connection():
            for row in authorisations.with_tokens(MEITUAN):
                assert row.token_expires_at is not None, "with_tokens"
                if row.token_expires_at - self._clock.now() <= AHEAD:
                    done += self._refresh(row) is not None
            warned = self._store.transact("tokens.warn", self._warn)
        if warned:
            self._nudge("outbox")
        return f"{done} renewed, {warned} warnings"

    def renew(self, shop: Shop) -> Shop | None:
        """A shop with a token that works, when the platform has called its token expired: another
        process may have renewed it already. None: cannot. May be called by a door."""
        with self._store.connection():
            row = authorisations.of_venue(MEITUAN, shop.venue_id, SHOP)
            token = self._fresh(row, shop.token)
        return Shop(shop.venue_id, shop.shop_id, shop.account_id, token) if token else None

    def renew_merchant(self, merchant: MerchantRow) -> MerchantRow | None:
        """The same for the customer account behind the orders."""
        with self._store.connection():
            row = next((row for row in authorisations.with_tokens(MEITUAN)
                        if row.business != SHOP and row.account_id == merchant.account_id), None)
            if self._fresh(row, merchant.token or "") is None:
                return None
            return merchants.merchant(merchant.platform_id, merchant.account_id)

    def _fresh(self, row: PlatformShop | None, refused: str) -> str | None:
        if row is None or self._store.in_transaction():
            return None
        return row.token if row.token != refused else self._refresh(row)

    def _refresh(self, row: PlatformShop) -> str | None:
        """The new token; None when somebody else is at it, or the platform gives none."""
        adapter, at = self._authorisation(), self._clock.now()
        lease = at + LEASE
        if adapter is None or row.refresh_token is None or not self._store.transact(
                "tokens.claim", lambda: authorisations.claim_refresh(
                    row.id, row.token_expires_at, at, lease)):
            return None
        try:
            grant = adapter.refresh(row.refresh_token, row.business)
        except PlatformMisconfigured as error:
            self._store.transact("tokens.refused", partial(self._refused, row, lease, error))
            self._nudge("outbox")
            return None
        except PlatformError as error:
            log.warning("token of venue %s not renewed: %s", row.venue_id, error.word)
            self._store.transact("tokens.later", lambda: authorisations.wait(
                row.id, lease, self._clock.now() + AGAIN))
            return None
        tokens = Tokens(grant.access_token, grant.refresh_token, grant.expires_at,
                        grant.refresh_expires_at)

        spent = row.refresh_token

        def keep() -> bool:
            now = self._clock.now()
            if not authorisations.refreshed(self._store, row.id, spent, tokens):
                return False
            audit.add(SYSTEM, "platform.token_renewed", "platform_shop", row.id, now,
                      venue_id=row.venue_id, business=row.business)
            trouble.over(trouble.TOKEN_ENDING, shop_key(row), now, resolution="renewed")
            return True

        return tokens.access if self._store.transact("tokens.keep", keep) else None

    def _refused(self, row: PlatformShop, lease: datetime, error: PlatformMisconfigured) -> None:
        """The platform wants a new authorisation; the old token works until it ends."""
        at = self._clock.now()
        authorisations.wait(row.id, lease, at + AFTER_REFUSAL)
        trouble.tell(trouble.AUTHORISE, shop_key(row), venue_id=row.venue_id,
                     subject_kind="platform_shop", subject_id=row.id, at=at,
                     facts=facts_of(row) | {"reason": error.facts.get("reason", ""),
                                            "platform_log_id": error.log_id})

    def _warn(self) -> int:
        at, warned = self._clock.now(), 0
        for row in authorisations.with_tokens(MEITUAN):
            assert row.token_expires_at is not None, "with_tokens"
            left = row.token_expires_at - at
            if left <= WARN:
                warned += trouble.tell(
                    trouble.TOKEN_ENDING, shop_key(row), venue_id=row.venue_id,
                    subject_kind="platform_shop", subject_id=row.id, at=at,
                    facts=facts_of(row) | {"days_left": max(left.days, 0),
                                           "ends_at": row.token_expires_at.isoformat()})
        return warned
