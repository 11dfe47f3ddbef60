"""Many at once, and a platform that fails now and then: exactly one use each (invariant I1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from core.errors import PlatformBusy, PlatformUnknown, VoucherError
from core.platforms.base import Consumed, Consumption
from core.platforms.deadline import budget
from core.vouchers.redemption import MOST_TRIES
from tests.platforms.stage import Stage

WAYS_TO_FAIL = ("timeout_before", "timeout_after_commit", "http_500", "garbage", "rate_limited")


def at_once(work: Callable[[Consumption], object], on: Sequence[Consumption]) -> list[object]:
    with ThreadPoolExecutor(max_workers=20) as threads:
        return list(threads.map(work, on))


def test_twenty_at_once_on_one_certificate_are_one_use(stage: Stage) -> None:
    bought = stage.buy_one()
    intents = [stage.intent(bought) for _ in range(20)]

    def consume(intent: Consumption) -> object:
        now = replace(intent, first_tried_at=stage.clock.now())
        try:
            return stage.platform.consume(now, stage.shop)
        except VoucherError as refused:
            return refused.word

    results = at_once(consume, intents)
    assert sorted(map(str, results)).count("already_redeemed") == 19
    (won,) = [one for one in results if isinstance(one, Consumed)]
    (use,) = stage.live_uses(bought)
    assert won.uses[0].verify_id == use["verify_id"]


def test_twenty_at_once_with_one_key_hear_one_result(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    results = at_once(lambda one: stage.platform.consume(one, stage.shop).uses, [intent] * 20)
    (use,) = stage.live_uses(bought)
    assert {str(uses) for uses in results} == {str(results[0])}
    assert use["verify_id"] in str(results[0])


def test_the_last_uses_of_a_card_are_not_sold_twice(stage: Stage) -> None:
    bought = stage.buy_one("times_card", uses=5)
    intents = [stage.intent(bought, uses=2) for _ in range(8)]

    def consume(intent: Consumption) -> object:
        now = replace(intent, first_tried_at=stage.clock.now())
        try:
            return stage.platform.consume(now, stage.shop)
        except VoucherError as refused:
            return refused.word

    results = at_once(consume, intents)
    won = [one for one in results if isinstance(one, Consumed)]
    assert len(won) == 2
    assert {one for one in results if isinstance(one, str)} == {"not_enough_uses"}
    assert stage.ledger(bought)["used"] == 4


def test_a_tenth_of_all_calls_failing_loses_and_doubles_nothing(stage: Stage) -> None:
    bought = [stage.buy_one() for _ in range(60)]
    intents = [stage.intent(one) for one in bought]
    for mode in WAYS_TO_FAIL:
        stage.fault(mode, "*", probability=0.02)

    def settle(intent: Consumption) -> Consumed | None:
        """As the doctor does it, without the pauses."""
        for attempt in range(MOST_TRIES):
            try:
                with budget(5):
                    found = stage.platform.find(intent, stage.shop) if attempt else None
                    return found or stage.platform.consume(intent, stage.shop)
            except (PlatformUnknown, PlatformBusy):
                continue
        return None

    settled = at_once(settle, intents)
    stage.behave()
    for one, outcome in zip(bought, settled, strict=True):
        assert isinstance(outcome, Consumed)
        assert [use.verify_id for use in outcome.uses] == [
            use["verify_id"] for use in stage.live_uses(one)]
