"""Meituan's authorisation of a shop (58) or of the chain's customer account (59).

(meituan.md 2.3, checklist S56, S61.) The link carries a state that only its hash is kept of, good
once and for half an hour; the code that comes back becomes tokens; a job renews them long before
they end; a notice says when the merchant took them back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    PlatformError,
    PlatformMisconfigured,
)
from core.ids import new_token, token_hash
from core.platforms.meituan_authorisation import Grant, MeituanAuthorisation
from core.services import trouble
from core.services.actor import Actor, Role
from core.services.platform_books import Books, merchant_of
from core.store import audit, authorisations, catalogue, merchants
from core.store.authorisations import Tokens
from core.store.db import Store
from core.store.tables import AuthorisationState, PlatformShop

log = logging.getLogger(__name__)

MEITUAN = "meituan"
SHOP, CUSTOMER = "58", "59"
LINK_VALID = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AuthorisationLink:
    """Where the merchant signs in and agrees; its one-time state is part of it."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Authorised:
    """What the merchant agreed to."""

    venue_id: int
    venue_name: str
    business: str
    account_id: str
    expires_at: datetime


class MeituanAccess:
    """`authorisation` gives the adapter of the set-up platform, or None."""

    def __init__(self, store: Store, clock: Clock,
                 authorisation: Callable[[], MeituanAuthorisation | None], books: Books,
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._authorisation = authorisation
        self._books = books
        self._nudge = nudge

    def begin(self, actor: Actor, venue_id: int, business: str = SHOP) -> AuthorisationLink:
        """A link for the merchant. A manager may connect his venue; the customer account, which
        covers all of them, needs an admin.

        Raises NotAllowed, NotFound, InvalidInput("unknown_business"), PlatformMisconfigured.
        """
        if business not in (SHOP, CUSTOMER):
            raise InvalidInput("unknown_business")
        actor.require(Role.MANAGER if business == SHOP else Role.ADMIN, venue_id)
        state, at = new_token(), self._clock.now()
        with self._store.connection():
            adapter, platform_id = self._adapter()
            if catalogue.venue(venue_id) is None:
                raise NotFound("venue_not_found")

            def keep() -> None:
                authorisations.begin(platform_id, venue_id, business, actor.id,
                                     token_hash(state), at + LINK_VALID, at)
                audit.add(actor, "platform.authorisation_begun", "venue", venue_id, at,
                          venue_id=venue_id, platform=MEITUAN, business=business)

            self._store.transact("access.begin", keep)
        return AuthorisationLink(adapter.page(business, state), at + LINK_VALID)

    def finish(self, code: str, state: str, account_name: str = "") -> Authorised:
        """The merchant came back: turn his code into tokens and connect the venue.

        Raises NotAllowed("authorisation_state") for a state that is unknown, spent or old;
        Conflict("shop_taken") when another venue is connected to that very shop; PlatformError,
        after which he has to begin again, since a code works once.
        """
        at = self._clock.now()
        with self._store.connection():
            adapter, _ = self._adapter()
            asked = self._store.transact("access.state", lambda: authorisations.use(
                MEITUAN, token_hash(state), at))
            if asked is None:
                raise NotAllowed("authorisation_state")
            grant = adapter.exchange(code, asked.business)
            row_id = self._store.transact("access.keep", lambda: self._keep(asked, grant))
            self._find_shop(row_id, account_name)
            self._nudge("outbox")
            self._nudge("sync_requested")
            return Authorised(asked.venue_id, asked.venue.name, asked.business,
                              grant.op_biz_code, grant.expires_at)

    def _keep(self, asked: AuthorisationState, grant: Grant) -> int:
        at = self._clock.now()
        taken = [row for row in authorisations.by_account(MEITUAN, asked.business,
                                                          grant.op_biz_code)
                 if row.venue_id != asked.venue_id]
        if taken:
            raise Conflict("shop_taken", venue=taken[0].venue.name)
        row_id = authorisations.keep(asked.platform_id, asked.venue_id, asked.business,
                                     grant.op_biz_code, _tokens(grant), at)
        who = Actor(kind="staff", id=asked.staff_id, door="callback")
        audit.add(who, "platform.authorised", "platform_shop", row_id, at,
                  venue_id=asked.venue_id, to_state="connected", platform=MEITUAN,
                  business=asked.business)
        _settled(row_id, at)
        trouble.over(trouble.AUTHORISE, f"{MEITUAN}:{grant.op_biz_code}", at,
                     resolution="authorised")
        return row_id

    def _find_shop(self, row_id: int, account_name: str) -> None:
        """Which shop of the customer's list this is, by its name. No call needs it: the token is
        the shop; so a platform that does not answer now spoils nothing."""
        row = authorisations.by_id(row_id)
        books = self._books(MEITUAN)
        owners = merchants.merchants(MEITUAN)
        if row is None or row.business != SHOP or books is None or len(owners) != 1:
            return
        try:
            listed = books.shops.shops(merchant_of(owners[0]))
        except PlatformError as error:
            log.info("shop of venue %s not looked up: %s", row.venue_id, error.word)
            return
        found = [one for one in listed if one.name in (account_name, row.venue.name)]
        if len(found) == 1:
            self._store.transact("access.shop", lambda: authorisations.name_shop(
                row_id, found[0].shop_id))

    def unbound(self, account_id: str, business: str, told_at: datetime, at: datetime) -> None:
        """The merchant took an authorisation back (push 510001). Runs inside the transaction
        that takes the notice. One that is older than the present authorisation is about an
        earlier one: notices come late and twice."""
        for row in authorisations.by_account(MEITUAN, business, account_id):
            if told_at + SECOND <= (row.authorised_at or row.created_at):
                continue
            authorisations.take_back(row.id)
            audit.add(Actor(kind="platform", id=row.platform_id, door="callback"),
                      "platform.unbound", "platform_shop", row.id, at, venue_id=row.venue_id,
                      from_state="connected", to_state="taken_back", business=business)
            trouble.tell(trouble.AUTHORISE, shop_key(row), venue_id=row.venue_id,
                         subject_kind="platform_shop", subject_id=row.id, at=at,
                         facts=facts_of(row) | {"reason": "unbound"})

    def _adapter(self) -> tuple[MeituanAuthorisation, int]:
        adapter, platform = self._authorisation(), catalogue.platform(MEITUAN)
        if adapter is None or platform is None:
            raise PlatformMisconfigured(MEITUAN, reason="not_set_up")
        return adapter, platform.id


def _tokens(grant: Grant) -> Tokens:
    return Tokens(grant.access_token, grant.refresh_token, grant.expires_at,
                  grant.refresh_expires_at)


def shop_key(row: PlatformShop) -> str:
    """The key of tasks about one venue's connection."""
    return f"shop:{row.id}"


def facts_of(row: PlatformShop) -> dict[str, object]:
    """What such a task says."""
    return {"platform": MEITUAN, "platform_name": row.platform.platform_name,
            "business": row.business, "venue": row.venue.name}


def _settled(row_id: int, at: datetime) -> None:
    for kind in (trouble.AUTHORISE, trouble.TOKEN_ENDING):
        trouble.over(kind, f"shop:{row_id}", at, resolution="authorised")
