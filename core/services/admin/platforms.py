"""Platforms and the venues' shops at them. Secrets go in and never come out (invariant I8)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.errors import (
    HexiaotaiError,
    InvalidInput,
    NotFound,
    PlatformError,
    VoucherError,
)
from core.services.actor import Actor, Role
from core.services.platform_ports import PlatformPorts, shop_of
from core.store import audit, catalogue
from core.store.admin import platforms, venues
from core.store.db import Store
from core.store.tables import Platform, PlatformShop
from core.vouchers.reading import Candidate, Form

PROBE_CODE = "0000000000"
"""Asked about when a connection is tried: well-formed, and nobody's."""
ON, OFF = 1, 2
ANSWERED = frozenset({"voucher_not_found", "already_redeemed", "expired", "refunded",
                      "wrong_venue", "not_started"})
"""What a platform says of a code it has looked up: then the connection works."""


@dataclass(frozen=True, slots=True)
class PlatformName:
    """A platform as filters name it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ShopView:
    """A venue's identity at a platform. `has_token`: a secret is kept, and stays kept."""

    id: int
    venue_id: int
    venue_name: str
    business: str
    shop_id: str
    account_id: str
    has_token: bool
    token_expires_at: datetime | None
    active: bool


@dataclass(frozen=True, slots=True)
class PlatformView:
    """A platform's set-up without its secrets."""

    id: int
    code: str
    name: str
    app_id: str
    has_secret: bool
    api_url: str
    active: bool
    updated_at: datetime
    shops: tuple[ShopView, ...]


@dataclass(frozen=True, slots=True)
class PlatformChange:
    """`secret`: None or empty keeps the one there is."""

    name: str
    app_id: str
    secret: str | None
    api_url: str
    active: bool


@dataclass(frozen=True, slots=True)
class ShopChange:
    """`token`: None or empty keeps the one there is."""

    venue_id: int
    business: str
    shop_id: str
    account_id: str
    token: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a test of the connection. `word`: of the error, empty when it works."""

    works: bool
    word: str
    log_id: str
    milliseconds: int


class Platforms:
    """For administrators; every change is in the audit book, without values of secrets."""

    def __init__(self, store: Store, clock: Clock, ports: PlatformPorts) -> None:
        self._store = store
        self._clock = clock
        self._ports = ports

    def known(self) -> list[PlatformName]:
        """Every platform, for filters; no secret of anybody."""
        with self._store.connection():
            return [PlatformName(row.id, row.platform_code, row.platform_name)
                    for row in platforms.every()]

    def listed(self, actor: Actor) -> list[PlatformView]:
        """Every platform with its shops. Raises NotAllowed."""
        actor.require(Role.ADMIN)
        with self._store.connection():
            shops = platforms.shops()
            return [_view(row, shops) for row in platforms.every()]

    def one(self, platform_id: int, actor: Actor) -> PlatformView:
        """Raises NotFound, NotAllowed."""
        actor.require(Role.ADMIN)
        with self._store.connection():
            return _view(_row(platform_id), platforms.shops())

    def change(self, platform_id: int, wanted: PlatformChange, actor: Actor) -> PlatformView:
        """Raises NotFound, NotAllowed, InvalidInput (facts field)."""
        actor.require(Role.ADMIN)
        if not wanted.name.strip():
            raise InvalidInput("needed", field="name")
        at = self._clock.now()

        def work() -> None:
            row = _row(platform_id)
            columns: dict[str, object] = dict(
                platform_name=wanted.name.strip(), app_id=wanted.app_id.strip() or None,
                api_url=wanted.api_url.strip() or None, status=ON if wanted.active else OFF)
            changed = [name for name, value in columns.items() if getattr(row, name) != value]
            if wanted.secret:
                columns["app_secret"] = wanted.secret.strip()
                changed.append("app_secret")
            platforms.change(platform_id, at, **columns)
            audit.add(actor, "platform.changed", "platform", platform_id, at,
                      from_state=_word(row.status), to_state=_word(ON if wanted.active else OFF),
                      changed=changed)

        self._store.transact("admin.platform", work)
        return self.one(platform_id, actor)

    def put_shop(self, platform_id: int, wanted: ShopChange, actor: Actor) -> ShopView:
        """What a platform calls one of our venues. Raises NotFound, NotAllowed."""
        actor.require(Role.ADMIN)
        at = self._clock.now()

        def work() -> int:
            _row(platform_id)
            if venues.one(wanted.venue_id) is None:
                raise NotFound("venue_not_found")
            columns: dict[str, object] = dict(
                shop_id=wanted.shop_id.strip(), account_id=wanted.account_id.strip(),
                status=ON if wanted.active else OFF)
            changed = list(columns)
            if wanted.token:
                columns["token"] = wanted.token.strip()
                changed.append("token")
            shop_id = platforms.put_shop(at, wanted.venue_id, platform_id, wanted.business.strip(),
                                         **columns)
            audit.add(actor, "platform_shop.changed", "platform_shop", shop_id, at,
                      venue_id=wanted.venue_id, changed=changed)
            return shop_id

        shop_id = self._store.transact("admin.platform_shop", work)
        return next(shop for shop in self.one(platform_id, actor).shops if shop.id == shop_id)

    def try_it(self, platform_id: int, venue_id: int, actor: Actor) -> Tried:
        """Ask the platform about a code that nobody has: reading only, nothing is consumed.

        Raises NotFound (also for a venue that is not connected), NotAllowed.
        """
        actor.require(Role.ADMIN)
        with self._store.connection():
            code = _row(platform_id).platform_code
            shop = catalogue.shop(code, venue_id)
        if shop is None:
            raise NotFound("shop_not_connected")
        started = time.monotonic()
        failure = self._asked(code, shop)
        spent = int((time.monotonic() - started) * 1000)
        works = failure is None or failure.word in ANSWERED
        with self._store.connection():
            self._store.transact("admin.platform_tried", lambda: audit.add(
                actor, "platform.tried", "platform", platform_id, self._clock.now(),
                venue_id=venue_id, works=works, word="" if failure is None else failure.word))
        if failure is None or works:
            return Tried(True, "", "", spent)
        log_id = failure.log_id if isinstance(failure, PlatformError | VoucherError) else ""
        return Tried(False, failure.word, log_id, spent)

    def _asked(self, code: str, shop: catalogue.ShopRow) -> HexiaotaiError | None:
        try:
            self._ports.prepare("admin.try", code, Candidate(code, Form.CODE, PROBE_CODE),
                                shop_of(shop))
        except (VoucherError, PlatformError) as error:
            return error
        return None


def _row(platform_id: int) -> Platform:
    row = platforms.one(platform_id)
    if row is None:
        raise NotFound("platform_not_found")
    return row


def _word(status: int) -> str:
    return "on" if status == ON else "off"


def _view(row: Platform, shops: list[PlatformShop]) -> PlatformView:
    return PlatformView(
        id=row.id, code=row.platform_code, name=row.platform_name, app_id=row.app_id or "",
        has_secret=bool(row.app_secret), api_url=row.api_url or "", active=row.status == ON,
        updated_at=row.updated_at, shops=tuple(ShopView(
            shop.id, shop.venue_id, shop.venue.name, shop.business, shop.shop_id,
            shop.account_id, bool(shop.token), shop.token_expires_at, shop.status == ON)
            for shop in shops if shop.platform_id == row.id))


__all__ = ["PlatformChange", "PlatformName", "PlatformView", "Platforms",
           "ShopChange", "ShopView", "Tried"]
