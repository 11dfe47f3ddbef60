"""Connecting the chain at Douyin: the app is tried, its stores become venues of ours (S100)."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput, NotAllowed, PlatformUnknown
from core.sandbox.world import World
from core.services.actor import Role
from core.services.douyin_access import DouyinConnection
from core.store.tables import Audit, Platform, PlatformShop
from tests.builders import Chain


@pytest.fixture
def unconnected(chain: Chain) -> Chain:
    """A chain that Douyin's stores are not known of yet."""
    with chain.store.connection():
        douyin = Platform.get(Platform.platform_code == "douyin")
        PlatformShop.delete().where(PlatformShop.platform == douyin.id).execute()
        Platform.update(app_id=None, app_secret=None).where(Platform.id == douyin.id).execute()
    return chain


def connect(chain: Chain, world: World, **changed: object) -> DouyinConnection:
    douyin = world.douyin
    given: dict[str, object] = {"client_key": douyin.client_key, "account_id": douyin.account_id,
                                "client_secret": douyin.client_secret} | changed
    return chain.services.platforms.douyin.connect(chain.owner, **given)  # type: ignore[arg-type]  # texts and a mapping


def stores(chain: Chain) -> dict[str, int]:
    with chain.store.connection():
        douyin = Platform.get(Platform.platform_code == "douyin")
    return {row.shop_id: row.venue_id for row in chain.rows(
        PlatformShop, PlatformShop.platform == douyin.id)}


def test_stores_become_the_venues_they_name_and_vouchers_work(
        unconnected: Chain, world: World) -> None:
    found = connect(unconnected, world)
    assert [shop.venue_id for shop in found.shops if shop.venue_id] == list(
        stores(unconnected).values())
    assert stores(unconnected)[world.douyin.pois[0].poi_id] == unconnected.binjiang
    bought = unconnected.buy("douyin")
    assert unconnected.redeem(bought).state.value == "completed"
    (booked,) = unconnected.rows(Audit, Audit.action == "platform.authorised")
    assert booked.actor_id == unconnected.owner.id


def test_connecting_again_changes_nothing(unconnected: Chain, world: World) -> None:
    first = connect(unconnected, world)
    before = stores(unconnected)
    again = unconnected.services.platforms.douyin.connect(unconnected.owner)
    assert (again, stores(unconnected)) == (first, before)


def test_somebody_says_which_store_is_which_venue(unconnected: Chain, world: World) -> None:
    here, there = (poi.poi_id for poi in world.douyin.pois[:2])
    connect(unconnected, world, venues={there: unconnected.binjiang})
    assert stores(unconnected)[there] == unconnected.binjiang
    assert stores(unconnected).get(here) != unconnected.binjiang, "a venue is one store"


@pytest.mark.parametrize(("changed", "word"), [
    ({"client_secret": "not-the-secret"}, "credentials_wrong"),
    ({"client_key": "nobodys-key"}, "credentials_wrong"),
    ({"client_secret": None}, "credentials_needed"),
    ({"venues": {"no-such-store": 1}}, "unknown_shop"),
    ({"venues": {"": 1}}, "unknown_shop"),
])
def test_what_is_wrong_is_said_and_nothing_is_kept(
        unconnected: Chain, world: World, changed: dict[str, object], word: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect(unconnected, world, **changed)
    assert refused.value.word == word
    assert stores(unconnected) == {}


def test_a_venue_that_is_not_there_is_said(unconnected: Chain, world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect(unconnected, world, venues={world.douyin.pois[0].poi_id: 10**9})
    assert refused.value.word == "unknown_venue"
    assert stores(unconnected) == {}


def test_a_platform_that_is_away_keeps_what_was(chain: Chain, world: World) -> None:
    before = stores(chain)
    chain.control("faults", {"platform": "douyin", "endpoint": "*", "mode": "http_500"})
    with pytest.raises(PlatformUnknown):
        connect(chain, world)
    assert stores(chain) == before


def test_the_secret_is_nowhere_readable(unconnected: Chain, world: World) -> None:
    connect(unconnected, world)
    with unconnected.store.connection():
        for table in ("third_party_platforms", "platform_shops", "audit"):
            kept = unconnected.store.database.execute_sql(f"SELECT * FROM {table}").fetchall()
            assert world.douyin.client_secret not in str(kept)


@pytest.mark.parametrize("role", [Role.CLERK, Role.MANAGER])
def test_only_an_administrator_connects(chain: Chain, role: Role) -> None:
    person = {Role.CLERK: chain.clerk, Role.MANAGER: chain.manager}[role]
    with pytest.raises(NotAllowed):
        chain.services.platforms.douyin.connect(person)
