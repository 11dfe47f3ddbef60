"""Taking a use back, and asking whether it was; the same tests for each platform."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import PlatformRefused
from tests.platforms.stage import Stage
from tests.platforms.test_contract_redeem import refused


def test_an_undo_gives_the_use_back(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    assert stage.platform.find_cancelled(undo, stage.shop) is None
    stage.platform.cancel(undo, stage.shop)
    assert stage.ledger(bought)["status"] == "unused"
    assert [one["verify_id"] for one in stage.ledger(bought)["cancelled"]] == list(undo.verify_ids)
    assert stage.platform.find_cancelled(undo, stage.shop) is not None


def test_undoing_twice_is_undoing_once(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    stage.platform.cancel(undo, stage.shop)
    stage.platform.cancel(undo, stage.shop)
    stage.platform.cancel(replace(undo, key="another"), stage.shop)
    assert len(stage.ledger(bought)["cancelled"]) == 1


def test_an_undone_certificate_can_be_used_again(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    stage.platform.cancel(stage.undo_of(intent, stage.platform.consume(intent, stage.shop)),
                          stage.shop)
    again = replace(bought, code=stage.ledger(bought)["code"])  # Meituan gives the buyer a new one
    prepared = stage.prepared(again)
    stage.platform.consume(stage.intent_for(prepared, prepared.certificates[0]), stage.shop)
    assert len(stage.live_uses(bought)) == 1


def test_after_the_window_nothing_is_taken_back(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    stage.pass_time(stage.platform.undo_window + timedelta(seconds=5))
    with refused("undo_window_passed"):
        stage.platform.cancel(undo, stage.shop)
    assert stage.platform.find_cancelled(undo, stage.shop) is None
    assert stage.ledger(bought)["status"] == "used"


@pytest.mark.wired
def test_the_platform_may_refuse_within_the_window(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    stage.fault("cancel_refused", "cancel")
    with refused("undo_window_passed"):
        stage.platform.cancel(undo, stage.shop)
    assert stage.platform.find_cancelled(undo, stage.shop) is None


def test_what_was_refunded_after_use_cannot_be_undone(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    stage.refund(bought)
    with refused("refunded"):
        stage.platform.cancel(undo, stage.shop)
    assert len(stage.live_uses(bought)) == 1


def test_all_uses_of_one_redemption_come_back_together(stage: Stage) -> None:
    bought = stage.buy_one("times_card", uses=5)
    kept = stage.platform.consume(stage.intent(bought), stage.shop)
    intent = stage.intent(bought, uses=2)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    stage.platform.cancel(undo, stage.shop)
    assert [use["verify_id"] for use in stage.live_uses(bought)] == [kept.uses[0].verify_id]
    stage.platform.cancel(undo, stage.shop)
    assert [use["verify_id"] for use in stage.live_uses(bought)] == [kept.uses[0].verify_id]


def test_undoing_an_older_use_never_takes_back_a_newer_one(stage: Stage) -> None:
    """Meituan reverses the newest verification of a card only; Douyin names the one it means."""
    bought = stage.buy_one("times_card", uses=5)
    older_intent = stage.intent(bought)
    older = stage.platform.consume(older_intent, stage.shop)
    newer = stage.platform.consume(stage.intent(bought), stage.shop)
    undo = stage.undo_of(older_intent, older)
    if stage.name == "meituan":
        with refused("undo_window_passed"):
            stage.platform.cancel(undo, stage.shop)
        expected = {older.uses[0].verify_id, newer.uses[0].verify_id}
    else:
        stage.platform.cancel(undo, stage.shop)
        expected = {newer.uses[0].verify_id}
    assert {use["verify_id"] for use in stage.live_uses(bought)} == expected


def test_some_uses_of_a_redemption_come_back_where_the_platform_can(stage: Stage) -> None:
    bought = stage.buy_one("times_card", uses=5)
    intent = stage.intent(bought, uses=3)
    undo = stage.undo_of(intent, stage.platform.consume(intent, stage.shop))
    some = replace(undo, verify_ids=undo.verify_ids[:2])
    if stage.name == "meituan":
        with pytest.raises(PlatformRefused) as caught:
            stage.platform.cancel(some, stage.shop)
        assert caught.value.facts["reason"] == "whole_verification_only"
        assert len(stage.live_uses(bought)) == 3
    else:
        stage.platform.cancel(some, stage.shop)
        assert len(stage.live_uses(bought)) == 1
        assert stage.platform.find_cancelled(some, stage.shop) is not None


def test_meituan_tells_the_buyers_new_code_where_it_can(meituan: Stage) -> None:
    """The old code names no certificate any more; whoever holds it hears so."""
    bought = meituan.buy_one()
    intent = meituan.intent(bought)
    meituan.platform.cancel(meituan.undo_of(intent, meituan.platform.consume(
        intent, meituan.shop)), meituan.shop)
    with refused("voucher_not_found") as caught:
        meituan.prepared(bought)
    assert caught.value.facts["reason"] == "code_replaced"


def test_uses_taken_back_one_by_one_elsewhere_are_noticed(douyin: Stage) -> None:
    bought = douyin.buy_one("times_card", uses=5)
    intent = douyin.intent(bought, uses=2)
    undo = douyin.undo_of(intent, douyin.platform.consume(intent, douyin.shop))
    douyin.platform.cancel(replace(undo, key="elsewhere", verify_ids=undo.verify_ids[:1]),
                           douyin.shop)
    with pytest.raises(PlatformRefused) as caught:
        douyin.platform.cancel(undo, douyin.shop)
    assert caught.value.facts["reason"] == "partly_cancelled"
