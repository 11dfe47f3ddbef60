"""Tokens are renewed long before they end, by one at a time; staff hear days before one ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.sandbox.world import World
from core.services import trouble
from core.store import authorisations, merchants, orders
from core.store.tables import Alert, Audit, PlatformShop, SyncedOrder, SyncRun, Task
from tests.builders import Chain
from tests.running import until
from tests.services.access.merchant import refreshes, shop_row, tokens_end
from tests.services.racing import together

DAY = timedelta(days=1)


def run(chain: Chain) -> str:
    """The job."""
    return chain.services.platforms.tokens.run()


def tasks(chain: Chain, kind: str) -> list[Task]:
    return chain.rows(Task, Task.kind == kind)


def renewed(chain: Chain) -> bool:
    """Two minutes later: whether every token is young."""
    chain.pass_time(timedelta(minutes=2))
    run(chain)
    rows = chain.rows(PlatformShop, PlatformShop.token_expires_at.is_null(False))
    return all(row.token_expires_at - chain.clock.now() > 29 * DAY for row in rows)


def cannot_refresh(chain: Chain, mode: str = "http_500") -> None:
    chain.control("faults", {"platform": "meituan", "endpoint": "/oauth/refresh", "mode": mode})


def test_ten_days_before_its_end_a_token_is_replaced_and_nobody_is_bothered(
        chain: Chain, world: World) -> None:
    tokens_end(chain, world, 11 * DAY)
    assert run(chain) == "0 renewed, 0 warnings"
    before = shop_row(chain, chain.binjiang)
    chain.pass_time(1.5 * DAY)
    assert run(chain) == "3 renewed, 0 warnings"
    row = shop_row(chain, chain.binjiang)
    assert row.token != before.token and row.refresh_token != before.refresh_token
    assert row.token_expires_at - chain.clock.now() > 29 * DAY
    assert run(chain) == "0 renewed, 0 warnings" and not chain.rows(Alert)
    assert len(chain.rows(Audit, Audit.action == "platform.token_renewed")) == 3


def test_many_at_once_renew_each_token_once(chain: Chain, world: World) -> None:
    tokens_end(chain, world, 2 * DAY)
    together(*[lambda: run(chain)] * 4)
    assert refreshes(chain) == 3


def test_one_that_died_while_renewing_blocks_nobody_for_long(chain: Chain, world: World) -> None:
    tokens_end(chain, world, 2 * DAY)
    at = chain.clock.now()
    with chain.store.connection():
        rows = authorisations.with_tokens("meituan")
        assert all(authorisations.claim_refresh(row.id, row.token_expires_at, at,
                                                at + timedelta(seconds=30)) for row in rows)
    assert run(chain).startswith("0 renewed")
    chain.pass_time(timedelta(seconds=31))
    assert run(chain).startswith("3 renewed")


def test_a_token_that_resists_is_told_seven_days_before_its_end_and_over_when_renewed(
        chain: Chain, world: World) -> None:
    cannot_refresh(chain)
    tokens_end(chain, world, 8 * DAY)
    assert run(chain) == "0 renewed, 0 warnings"
    chain.pass_time(1.5 * DAY)
    assert run(chain) == "0 renewed, 3 warnings"
    chain.pass_time(timedelta(hours=1))
    assert run(chain) == "0 renewed, 0 warnings"
    told = tasks(chain, trouble.TOKEN_ENDING)
    assert {task.facts["days_left"] for task in told} == {6} and "outbox" in chain.nudged
    chain.behave()
    until(lambda: renewed(chain), "the platform to be tried again")
    assert {task.state for task in tasks(chain, trouble.TOKEN_ENDING)} == {"done"}


def test_a_refusal_asks_for_a_new_authorisation_and_is_not_repeated_at_once(
        chain: Chain, world: World) -> None:
    tokens_end(chain, world, 9 * DAY)
    with chain.store.connection():
        PlatformShop.update(refresh_token="V2-never-issued").where(
            PlatformShop.venue == chain.binjiang, PlatformShop.business == "58").execute()
    for _ in range(5):
        run(chain)
        chain.pass_time(timedelta(minutes=10))
    assert refreshes(chain) == 3
    (task,) = tasks(chain, trouble.AUTHORISE)
    assert task.facts["venue"] == "滨江店" and task.facts["reason"] == "authorisation_refused"
    assert chain.redeem(chain.buy()).state.value == "completed"  # the old token still works


def redeems(chain: Chain) -> Any:
    return chain.redeem(chain.buy()).state.value == "completed"


def lists(chain: Chain) -> Any:
    chain.services.platforms.sync.run("incremental")
    return {run.state for run in chain.rows(SyncRun)} == {"done"}


def reconciles(chain: Chain) -> Any:
    run_of = chain.services.operations.reconcile.run
    return run_of(chain.binjiang, "meituan", chain.today, chain.manager).state == "done"


def asks_for_an_order(chain: Chain) -> Any:
    number = str(chain.ledger(chain.buy())["order_id"])
    with chain.store.connection():
        merchant = merchants.merchants("meituan")[0]
    chain.store.transact("test.due", lambda: orders.mark_due(
        merchant.platform_id, number, chain.clock.now(), account_id=merchant.account_id))
    chain.services.platforms.checks.run()
    (row,) = chain.rows(SyncedOrder, SyncedOrder.order_id == number)
    return (row.check_at, row.problem) == (None, "")


@pytest.mark.parametrize("work", [redeems, lists, reconciles, asks_for_an_order])
def test_work_that_meets_an_ended_token_renews_it_on_the_way(chain: Chain, world: World,
                                                             work: Any) -> None:
    """The job did not come for a month; the platform says 'token expired'."""
    tokens_end(chain, world, 30 * DAY)
    chain.pass_time(30 * DAY + timedelta(minutes=1))
    assert work(chain)
    assert not tasks(chain, trouble.AUTHORISE)
    assert refreshes(chain) == 1


def test_the_new_tokens_survive_a_lost_answer(chain: Chain, world: World) -> None:
    """The platform has changed both tokens, and we did not hear it."""
    tokens_end(chain, world, 2 * DAY)
    chain.control("faults", {"platform": "meituan", "endpoint": "/oauth/refresh",
                             "mode": "timeout_after_commit", "count": 3, "delay": 0.1})
    run(chain)
    assert renewed(chain) and redeems(chain)
