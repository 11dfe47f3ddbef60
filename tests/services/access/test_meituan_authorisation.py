"""A merchant lets us in at Meituan, and takes it back (S56, S61)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    PlatformMisconfigured,
    VoucherError,
)
from core.sandbox.world import World
from core.services import trouble
from core.store.tables import Audit, PlatformShop, Task
from tests.builders import Chain
from tests.services.access.merchant import agrees, shop_row, takes_back


def lets_in(chain: Chain, world: World, shop: int = 0) -> None:
    link = chain.services.platforms.meituan.begin(chain.manager, chain.binjiang)
    back = agrees(link.url, world.meituan.shops[shop].op_biz_code)
    chain.services.platforms.meituan.finish(back["code"], back["state"], back["opBizName"])


def test_a_manager_connects_his_venue_and_vouchers_work_with_the_new_token(
        chain: Chain, world: World) -> None:
    before = shop_row(chain, chain.binjiang)
    lets_in(chain, world)
    row = shop_row(chain, chain.binjiang)
    assert row.id == before.id and row.token not in (None, before.token)
    days = (row.token_expires_at - chain.clock.now(), row.refresh_expires_at - chain.clock.now())
    assert [round(one / timedelta(days=1)) for one in days] == [30, 35]
    assert row.shop_id == world.meituan.shops[0].op_poi_id
    assert chain.redeem(chain.buy()).state.value == "completed"
    booked = chain.rows(Audit, Audit.action.startswith("platform."))
    assert [(one.action, one.actor_id) for one in booked] == [
        ("platform.authorisation_begun", chain.manager.id),
        ("platform.authorised", chain.manager.id)]


def test_tokens_are_nowhere_readable(chain: Chain, world: World) -> None:
    lets_in(chain, world)
    row = shop_row(chain, chain.binjiang)
    with chain.store.connection():
        for table in ("platform_shops", "audit", "authorisation_states"):
            kept = str(chain.store.database.execute_sql(f"SELECT * FROM {table}").fetchall())
            assert row.token not in kept and row.refresh_token not in kept


def test_a_link_is_good_once_and_for_half_an_hour(chain: Chain, world: World) -> None:
    access, shop = chain.services.platforms.meituan, world.meituan.shops[0].op_biz_code
    link = access.begin(chain.manager, chain.binjiang)
    back = agrees(link.url, shop)
    access.finish(back["code"], back["state"])
    again = agrees(link.url, shop)
    late = agrees(access.begin(chain.manager, chain.binjiang).url, shop)
    forged = {**late, "state": "x" * 43}
    chain.clock.shift += timedelta(minutes=31)
    for one in (again, late, forged):
        with pytest.raises(NotAllowed) as refused:
            access.finish(one["code"], one["state"])
        assert refused.value.word == "authorisation_state"


def test_a_code_that_the_platform_refuses_connects_nothing(chain: Chain) -> None:
    access, before = chain.services.platforms.meituan, shop_row(chain, chain.binjiang)
    state = access.begin(chain.manager, chain.binjiang).url.split("state=")[1].split("&")[0]
    with pytest.raises(PlatformMisconfigured):
        access.finish("not-a-code", state)
    assert shop_row(chain, chain.binjiang).token == before.token


def test_one_shop_is_connected_to_one_venue(chain: Chain, world: World) -> None:
    before = shop_row(chain, chain.binjiang)
    with pytest.raises(Conflict) as refused:
        lets_in(chain, world, shop=1)
    assert (refused.value.word, refused.value.facts["venue"]) == ("shop_taken", "城西店")
    assert shop_row(chain, chain.binjiang).token == before.token


def test_who_may_connect_what(chain: Chain) -> None:
    begin = chain.services.platforms.meituan.begin
    for actor, venue, business in ((chain.clerk, chain.binjiang, "58"),
                                   (chain.manager, chain.chengxi, "58"),
                                   (chain.manager, chain.binjiang, "59")):
        with pytest.raises(NotAllowed):
            begin(actor, venue, business)
    with pytest.raises(InvalidInput):
        begin(chain.owner, chain.binjiang, "1")
    with pytest.raises(NotFound):
        begin(chain.owner, 10**9, "58")
    assert "businessId=59" in begin(chain.owner, chain.binjiang, "59").url


def unbound(chain: Chain, world: World) -> bytes:
    """The push that says that 滨江店's shop was taken back."""
    adapter = chain.services.platforms.meituan._authorisation()
    assert adapter is not None
    return takes_back(chain, adapter.unbind_page("58"), world.meituan.shops[0].op_biz_code)


def test_a_merchant_who_takes_it_back_is_told_to_staff_once(chain: Chain, world: World) -> None:
    push = unbound(chain, world)
    for _ in range(3):
        chain.services.platforms.callbacks.meituan(push)
    row = shop_row(chain, chain.binjiang)
    assert (row.status, row.token, row.refresh_token) == (2, None, None)
    (task,) = chain.rows(Task, Task.kind == trouble.AUTHORISE)
    assert task.facts["reason"] == "unbound" and "outbox" in chain.nudged
    (booked,) = chain.rows(Audit, Audit.action == "platform.unbound")
    assert (booked.from_state, booked.to_state) == ("connected", "taken_back")
    with pytest.raises(VoucherError) as refused:
        chain.ask(chain.buy())
    assert refused.value.word == "platform_disabled"


def test_a_late_notice_about_an_earlier_authorisation_changes_nothing(chain: Chain,
                                                                      world: World) -> None:
    push = unbound(chain, world)
    chain.pass_time(timedelta(minutes=5))
    lets_in(chain, world)
    chain.services.platforms.callbacks.meituan(push)
    row = shop_row(chain, chain.binjiang)
    assert row.status == 1 and row.token is not None


def test_authorising_again_ends_the_task(chain: Chain, world: World) -> None:
    chain.services.platforms.callbacks.meituan(unbound(chain, world))
    chain.pass_time(timedelta(minutes=5))
    lets_in(chain, world)
    (task,) = chain.rows(Task, Task.kind == trouble.AUTHORISE)
    assert (task.state, task.resolution) == ("done", "authorised")
    assert chain.redeem(chain.buy()).state.value == "completed"
    assert len(chain.rows(PlatformShop, PlatformShop.venue == chain.binjiang,
                          PlatformShop.business == "58")) == 1
