"""Connecting the chain at Douyin: the app's key is tried, the account's stores are listed and
matched to venues (checklist S100). A store's token does not exist; the app's renews itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.errors import InvalidInput, NotFound, PlatformMisconfigured
from core.platforms.books import ListedShop, Merchant, ShopDirectory
from core.services import trouble
from core.services.actor import Actor, Role
from core.store import audit, authorisations, catalogue, merchants
from core.store.db import Store
from core.store.tables import Platform, Venue

DOUYIN = "douyin"
WRONG = frozenset({"client_key_wrong", "client_secret_wrong", "not_authorised"})
"""Reasons about what was typed in, not about the platform."""

Directory = Callable[[Platform, str, str], ShopDirectory]
"""A shop list of an app that is not connected yet: platform row, client key, client secret."""


@dataclass(frozen=True, slots=True)
class DouyinShop:
    """One store of the account. `venue_id` None: no venue of ours was found for it."""

    poi_id: str
    name: str
    address: str
    venue_id: int | None
    venue_name: str


@dataclass(frozen=True, slots=True)
class DouyinConnection:
    account_id: str
    shops: tuple[DouyinShop, ...]


class DouyinAccess:
    """`directory` makes the list of an app's stores from its key and secret."""

    def __init__(self, store: Store, clock: Clock, directory: Directory) -> None:
        self._store = store
        self._clock = clock
        self._directory = directory

    def connect(self, actor: Actor, *, client_key: str | None = None,
                client_secret: str | None = None, account_id: str | None = None,
                venues: Mapping[str, int] | None = None) -> DouyinConnection:
        """Try the app, list the account's stores, and connect those that match a venue. What is
        not given stays as it is stored; `venues` (poi id → venue id) settles what names do not.

        Raises NotAllowed (admins only), InvalidInput: credentials_needed, credentials_wrong
        (facts reason), unknown_shop, unknown_venue; PlatformBusy, PlatformUnknown.
        """
        actor.require(Role.ADMIN)
        with self._store.connection():
            row = catalogue.platform(DOUYIN)
            if row is None:
                raise NotFound("platform_not_found")
            key, secret = client_key or row.app_id, client_secret or row.app_secret
            account = account_id or row.config.get("account_id")
            if not key or not secret or not account:
                raise InvalidInput("credentials_needed")
            try:
                listed = self._directory(row, key, secret).shops(Merchant(account))
            except PlatformMisconfigured as error:
                if error.facts.get("reason") in WRONG:
                    raise InvalidInput("credentials_wrong",
                                       reason=error.facts["reason"]) from None
                raise
            return self._store.transact("access.douyin", lambda: self._keep(
                actor, row.id, (key, secret, account), listed, venues or {}))

    def _keep(self, actor: Actor, platform_id: int, app: tuple[str, str, str],
              listed: Sequence[ListedShop], given: Mapping[str, int]) -> DouyinConnection:
        at, (key, secret, account) = self._clock.now(), app
        ours = merchants.open_venues()
        known = {shop.shop_id: shop.venue_id for shop in catalogue.shops(DOUYIN)}
        if given.keys() - {one.shop_id for one in listed}:
            raise InvalidInput("unknown_shop")
        if set(given.values()) - {venue.id for venue in ours}:
            raise InvalidInput("unknown_venue")
        authorisations.set_credentials(platform_id, key, secret, account, at)
        names = {venue.id: venue.name for venue in ours}
        taken, shops = set[int](), []
        for one in sorted(listed, key=lambda one: one.shop_id not in given):
            venue_id = given.get(one.shop_id) or known.get(one.shop_id) or _match(one, ours)
            if venue_id in taken:
                venue_id = None
            if venue_id is not None:
                taken.add(venue_id)
                authorisations.connect_shop(platform_id, venue_id, account, one.shop_id, at)
            shops.append(DouyinShop(one.shop_id, one.name, one.address, venue_id,
                                    names.get(venue_id or 0, "")))
        audit.add(actor, "platform.authorised", "platform", platform_id, at,
                  to_state="connected", platform=DOUYIN, shops=len(shops),
                  connected=sum(shop.venue_id is not None for shop in shops))
        trouble.over(trouble.AUTHORISE, f"{DOUYIN}:{account}", at, resolution="authorised")
        return DouyinConnection(account, tuple(shops))


def _match(shop: ListedShop, venues: Sequence[Venue]) -> int | None:
    """The one venue whose address is the store's, or whose name is in its name: 青屿健身（滨江店）
    is 滨江店. Two candidates are none."""
    same_address = [venue.id for venue in venues if shop.address == venue.address != ""]
    named = [venue.id for venue in venues if venue.name and venue.name in shop.name]
    return next((int(found[0]) for found in (same_address, named) if len(found) == 1), None)
