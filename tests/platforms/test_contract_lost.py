"""Lost and odd answers: never guessed, and the truth can be had afterwards (invariant I3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import (
    HexiaotaiError,
    PlatformBusy,
    PlatformMisconfigured,
    PlatformUnknown,
)
from core.platforms.deadline import budget
from tests.platforms.stage import Stage
from tests.platforms.test_contract_redeem import refused
from tests.sandbox.buyers import wait_for

FAULTS: dict[str, tuple[type[HexiaotaiError], bool]] = {
    "timeout_before": (PlatformUnknown, False),
    "timeout_after_commit": (PlatformUnknown, True),
    "http_500": (PlatformUnknown, False),
    "garbage": (PlatformUnknown, True),
    "rate_limited": (PlatformBusy, False),
    "token_expired": (PlatformMisconfigured, False),
}
"""mode → what a call says that meets nothing else, and whether it had its effect."""
LOSING = [mode for mode, (error, _) in FAULTS.items() if error is PlatformUnknown]


@pytest.fixture(params=FAULTS)
def mode(request: pytest.FixtureRequest, stage: Stage) -> Iterator[str]:
    yield request.param
    stage.behave()


def test_a_failing_look_says_so(stage: Stage, mode: str) -> None:
    bought = stage.buy_one()
    stage.fault(mode, "prepare")
    with pytest.raises(FAULTS[mode][0]):
        stage.prepared(bought)
    stage.behave()
    assert stage.prepared(bought).certificates


def test_a_lost_consume_is_found_out_and_finished(stage: Stage, mode: str) -> None:
    error, happened = FAULTS[mode]
    bought = stage.buy_one()
    intent = stage.intent(bought)
    stage.fault(mode, "consume")
    with pytest.raises(error):
        stage.platform.consume(intent, stage.shop)
    stage.behave()
    found = stage.platform.find(intent, stage.shop)
    assert (found is not None) is happened
    finished = stage.platform.consume(intent, stage.shop)
    (use,) = stage.live_uses(bought)
    assert [one.verify_id for one in finished.uses] == [use["verify_id"]]
    if found is not None:
        assert [one.verify_id for one in found.uses] == [use["verify_id"]]


def test_a_lost_consume_of_several_uses_is_found_out(stage: Stage, mode: str) -> None:
    error, happened = FAULTS[mode]
    bought = stage.buy_one("times_card", paid=100, uses=7)
    before = stage.platform.consume(stage.intent(bought, uses=2), stage.shop)
    known = frozenset(use.verify_id for use in before.uses)
    intent = stage.intent(bought, uses=3, known_verify_ids=known)
    stage.fault(mode, "consume")
    with pytest.raises(error):
        stage.platform.consume(intent, stage.shop)
    stage.behave()
    found = stage.platform.find(intent, stage.shop)
    assert (len(found.uses) if found else 0) == (3 if happened else 0)
    finished = stage.platform.consume(intent, stage.shop)
    mine = {use["verify_id"] for use in stage.live_uses(bought)} - known
    assert {one.verify_id for one in finished.uses} == mine
    assert len(mine) == 3
    if found:
        assert {one.verify_id for one in found.uses} == mine


def test_a_lost_undo_is_found_out_and_finished(stage: Stage, mode: str) -> None:
    error, happened = FAULTS[mode]
    bought = stage.buy_one()
    intent = stage.intent(bought)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    stage.fault(mode, "cancel")
    with pytest.raises(error):
        stage.platform.cancel(undo, stage.shop)
    stage.behave()
    assert (stage.platform.find_cancelled(undo, stage.shop) is not None) is happened
    stage.platform.cancel(undo, stage.shop)
    assert len(stage.ledger(bought)["cancelled"]) == 1
    assert stage.ledger(bought)["status"] == "unused"


def test_a_lost_undo_of_a_times_card_takes_back_no_second_time(stage: Stage, mode: str) -> None:
    bought = stage.buy_one("times_card", uses=5)
    kept = stage.platform.consume(stage.intent(bought), stage.shop)
    intent = stage.intent(bought, uses=2)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    stage.fault(mode, "cancel")
    with pytest.raises(FAULTS[mode][0]):
        stage.platform.cancel(undo, stage.shop)
    stage.behave()
    stage.platform.cancel(undo, stage.shop)
    assert [use["verify_id"] for use in stage.live_uses(bought)] == [kept.uses[0].verify_id]


@pytest.mark.parametrize("lost", LOSING)
def test_one_lost_answer_is_made_good_at_once(stage: Stage, lost: str) -> None:
    """Reads and keyed writes are repeated within the call."""
    bought = stage.buy_one()
    stage.fault(lost, "prepare", count=1)
    intent = stage.intent(bought)
    stage.fault(lost, "consume", count=1)
    consumed = stage.platform.consume(intent, stage.shop)
    assert [one.verify_id for one in consumed.uses] == [
        use["verify_id"] for use in stage.live_uses(bought)]


@pytest.mark.parametrize("later", ["rate_limited", "token_expired"])
def test_a_no_after_a_lost_answer_is_not_believed(stage: Stage, later: str) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    stage.fault(later, "consume")
    stage.fault("timeout_after_commit", "consume", count=1)  # the newest fault acts first
    with pytest.raises(PlatformUnknown):
        stage.platform.consume(intent, stage.shop)
    stage.behave()
    assert stage.platform.find(intent, stage.shop) is not None


def test_a_late_commit_is_one_use(stage: Stage) -> None:
    """We gave up waiting; the platform works on and commits after we asked what became of it."""
    bought = stage.buy_one()
    intent = stage.intent(bought)
    stage.prepared(stage.buy_one())  # has the token, so that the budget is for the consume alone
    stage.fault("slow", "consume", delay=1.0, count=1)
    with budget(0.3), pytest.raises(PlatformUnknown):
        stage.platform.consume(intent, stage.shop)
    assert stage.platform.find(intent, stage.shop) is None
    finished = stage.platform.consume(intent, stage.shop)
    wait_for(lambda: stage.calls_answered("consume") == 2)
    (use,) = stage.live_uses(bought)
    assert [one.verify_id for one in finished.uses] == [use["verify_id"]]


def test_nothing_to_find_before_the_first_try(stage: Stage) -> None:
    assert stage.platform.find(stage.intent(stage.buy_one()), stage.shop) is None


def test_a_use_by_another_shop_of_the_chain_is_not_ours(stage: Stage) -> None:
    bought = stage.buy_one()
    ours, theirs = stage.intent(bought), stage.intent(bought)
    stage.platform.consume(theirs, stage.west)
    with refused("already_redeemed"):
        stage.platform.find(ours, stage.shop)


def test_a_use_before_our_first_try_is_not_ours(stage: Stage) -> None:
    bought = stage.buy_one()
    theirs, ours = stage.intent(bought), stage.intent(bought)
    stage.platform.consume(theirs, stage.shop)
    ours = replace(ours, first_tried_at=stage.clock.now() + timedelta(minutes=5))
    with refused("already_redeemed"):
        stage.platform.find(ours, stage.shop)


def test_uses_of_a_card_by_others_leave_ours_open(stage: Stage) -> None:
    bought = stage.buy_one("times_card", uses=3)
    ours, theirs = stage.intent(bought), stage.intent(bought)
    stage.platform.consume(theirs, stage.west)
    assert stage.platform.find(ours, stage.shop) is None
    stage.platform.consume(ours, stage.shop)
    assert len(stage.live_uses(bought)) == 2


def test_a_refund_while_unsure_settles_it(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    stage.fault("timeout_before", "consume")
    with pytest.raises(PlatformUnknown):
        stage.platform.consume(intent, stage.shop)
    stage.behave()
    stage.refund(bought)
    with refused("refunded"):
        assert stage.platform.find(intent, stage.shop) is None
        stage.platform.consume(intent, stage.shop)


def test_a_platform_that_is_away_is_busy_not_unknown(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    gone = replace(stage, url="http://127.0.0.1:9")
    with pytest.raises(PlatformBusy) as caught:
        gone.platform.consume(intent, stage.shop)
    assert caught.value.facts["reason"] == "unreachable"
