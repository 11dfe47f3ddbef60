"""Authorisations that merchants give us, and the tokens they are worth. Callers hold a
transaction where they write."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.store.catalogue import ACTIVE
from core.store.db import Store
from core.store.select import first
from core.store.tables import AuthorisationState, Platform, PlatformShop, Venue

TAKEN_BACK = 2
"""`platform_shops.status` once the merchant took the authorisation back."""


def begin(platform_id: int, venue_id: int, business: str, staff_id: int, state_hash: str,
          expires_at: datetime, at: datetime) -> None:
    """Remember a link that was given out."""
    AuthorisationState.insert(
        platform=platform_id, venue=venue_id, business=business, staff=staff_id,
        state_hash=state_hash, expires_at=expires_at, created_at=at).execute()


def use(platform_code: str, state_hash: str, at: datetime) -> AuthorisationState | None:
    """The link behind a state, once; None for an unknown, spent or expired one."""
    found = first(AuthorisationState.select(AuthorisationState, Platform).join(Platform).where(
        (AuthorisationState.state_hash == state_hash)
        & (Platform.platform_code == platform_code)))
    if found is None:
        return None
    used = AuthorisationState.update(used_at=at).where(
        (AuthorisationState.id == found.id) & AuthorisationState.used_at.is_null()
        & (AuthorisationState.expires_at > at)).execute()
    return found if used == 1 else None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an authorisation gave. Aware UTC."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    refresh_expires_at: datetime

    def columns(self) -> dict[str, object]:
        """As a shop's row keeps them."""
        return {"token": self.access, "refresh_token": self.refresh,
                "token_expires_at": self.expires_at,
                "refresh_expires_at": self.refresh_expires_at}


def keep(platform_id: int, venue_id: int, business: str, account_id: str, tokens: Tokens,
         at: datetime) -> int:
    """Connect a venue (again); the row's id."""
    same = ((PlatformShop.venue == venue_id) & (PlatformShop.platform == platform_id)
            & (PlatformShop.business == business))
    columns = {"account_id": account_id, "status": ACTIVE, "authorised_at": at,
               "refresh_lease_until": None, **tokens.columns()}
    known = PlatformShop.get_or_none(same)
    if known is None:
        return int(PlatformShop.insert(venue=venue_id, platform=platform_id, business=business,
                                       created_at=at, **columns).execute())
    PlatformShop.update(**columns).where(PlatformShop.id == known.id).execute()
    return int(known.id)


def name_shop(row_id: int, shop_id: str) -> None:
    """The platform's id of the shop, found out after the authorisation."""
    PlatformShop.update(shop_id=shop_id).where(PlatformShop.id == row_id).execute()


def by_account(platform_code: str, business: str, account_id: str) -> list[PlatformShop]:
    """Connected rows of one authorised shop or customer, with their venue and platform."""
    return [row for row in _connected(platform_code)
            if (row.business, row.account_id) == (business, account_id)]


def by_id(row_id: int) -> PlatformShop | None:
    """A row with its venue and platform."""
    return first(_all().where(PlatformShop.id == row_id))


def of_venue(platform_code: str, venue_id: int, business: str) -> PlatformShop | None:
    """A venue's connected row."""
    return next((row for row in _connected(platform_code)
                 if (row.venue_id, row.business) == (venue_id, business)), None)


def with_tokens(platform_code: str) -> list[PlatformShop]:
    """Connected rows whose tokens end some day, the earliest first."""
    found = [row for row in _connected(platform_code) if row.token_expires_at is not None]
    return sorted(found, key=lambda row: row.token_expires_at)


def _all():  # type: ignore[no-untyped-def]  # peewee's select has no useful type here
    return (PlatformShop.select(PlatformShop, Platform, Venue).join(Platform)
            .switch(PlatformShop).join(Venue))


def _connected(platform_code: str) -> list[PlatformShop]:
    return list(_all().where((Platform.platform_code == platform_code)
                             & (PlatformShop.status == ACTIVE)).order_by(PlatformShop.id))


def claim_refresh(row_id: int, ends: datetime | None, at: datetime, until: datetime) -> bool:
    """Refresh this row's token: one caller at a time, until the lease ends; and only the token
    that ends at `ends`, because somebody may have replaced it since the row was read."""
    free = PlatformShop.refresh_lease_until.is_null() | (PlatformShop.refresh_lease_until <= at)
    return bool(PlatformShop.update(refresh_lease_until=until).where(
        (PlatformShop.id == row_id) & (PlatformShop.status == ACTIVE)
        & (PlatformShop.token_expires_at == ends) & free).execute())


def refreshed(store: Store, row_id: int, spent: str, tokens: Tokens) -> bool:
    """Keep fresh tokens in place of the spent ones, and end the claim. Whoever holds them by now:
    the platform gives them only once. False when a new authorisation came in between."""
    row = first(store.locked(PlatformShop.select().where(PlatformShop.id == row_id)))
    if row is None or row.refresh_token != spent:
        return False
    PlatformShop.update(refresh_lease_until=None, **tokens.columns()).where(
        PlatformShop.id == row_id).execute()
    return True


def wait(row_id: int, lease: datetime, until: datetime) -> None:
    """Nobody tries again before `until`."""
    PlatformShop.update(refresh_lease_until=until).where(
        (PlatformShop.id == row_id) & (PlatformShop.refresh_lease_until == lease)).execute()


def take_back(row_id: int) -> None:
    """The merchant withdrew: the row is kept, its tokens are worthless."""
    PlatformShop.update(status=TAKEN_BACK, token=None, refresh_token=None,
                        token_expires_at=None, refresh_expires_at=None).where(
        PlatformShop.id == row_id).execute()


def connect_shop(platform_id: int, venue_id: int, account_id: str, shop_id: str,
                 at: datetime) -> None:
    """Connect a venue at a platform that needs no token per shop."""
    same = ((PlatformShop.venue == venue_id) & (PlatformShop.platform == platform_id)
            & (PlatformShop.business == ""))
    columns = {"account_id": account_id, "shop_id": shop_id, "status": ACTIVE,
               "authorised_at": at}
    if PlatformShop.update(**columns).where(same).execute() == 0:
        PlatformShop.insert(venue=venue_id, platform=platform_id, business="", created_at=at,
                            **columns).execute()


def set_credentials(platform_id: int, app_id: str, secret: str, account_id: str,
                    at: datetime) -> None:
    """The app's key and secret, and whose app it is."""
    row = Platform.get_by_id(platform_id)
    Platform.update(app_id=app_id, app_secret=secret, updated_at=at,
                    config={**row.config, "account_id": account_id}).where(
        Platform.id == platform_id).execute()
