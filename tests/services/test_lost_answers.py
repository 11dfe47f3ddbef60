"""A platform that fails, hangs or talks nonsense: shown as it is, answered in time, settled later
by itself (invariants I2, I3)."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from core.store.tables import Entitlement, OutboxMessage, Redemption, Task, VerificationLog
from core.vouchers.redemption import State, VoucherStatus
from tests.builders import Bought, Chain

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])
MODES = pytest.mark.parametrize("mode", [
    "timeout_before", "timeout_after_commit", "http_500", "garbage", "slow", "rate_limited",
    "token_expired"])
ANSWER_WITHIN = 2.0


def settle(chain: Chain, rounds: int = 6) -> None:
    """Let the doctor come round until nothing is open."""
    for _ in range(rounds):
        chain.clock.shift += timedelta(seconds=41)
        chain.services.settle.run()


def books_agree(chain: Chain, bought: Bought) -> None:
    """One entitlement for each standing consumption, and none without."""
    granted = [one for one in chain.rows(Entitlement) if one.status == "active"]
    assert len(granted) == chain.consumed(bought)


@PLATFORMS
@MODES
def test_a_failing_consume_never_lies_and_settles_by_itself(chain: Chain, platform: str,
                                                            mode: str) -> None:
    bought = chain.buy(platform)
    asked = chain.ask(bought)
    chain.fault(platform, "consume", mode, delay=2.5)

    began = time.monotonic()
    shown = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert time.monotonic() - began < ANSWER_WITHIN

    assert shown.state in (State.UNCERTAIN, State.REFUSED)
    assert shown.result is None
    if shown.state is State.UNCERTAIN:
        assert shown.voucher_status is VoucherStatus.UNKNOWN
        assert not shown.settled and shown.next_try_at is not None
        assert "settle" in chain.nudged
    else:
        assert mode == "token_expired" and chain.consumed(bought) == 0

    chain.behave()
    settle(chain)
    ended = chain.services.redeem.view(asked.ref, chain.kiosk)
    expected = State.REFUSED if shown.state is State.REFUSED else State.COMPLETED
    assert ended.state is expected
    assert chain.consumed(bought) == (expected is State.COMPLETED)
    books_agree(chain, bought)


@PLATFORMS
@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after_commit", "http_500", "garbage",
                                  "rate_limited", "token_expired"])
def test_a_failing_look_refuses_nothing_for_good(chain: Chain, platform: str, mode: str) -> None:
    """The consume's answer is lost and so are the questions after it."""
    bought = chain.buy(platform)
    asked = chain.ask(bought)
    chain.fault(platform, "consume", "timeout_after_commit", delay=0.1)
    chain.fault(platform, "find", mode, delay=2.5)
    assert chain.services.redeem.confirm(asked.ref, chain.clerk).state is State.UNCERTAIN
    chain.clock.shift += timedelta(seconds=6)
    chain.services.settle.run()
    assert chain.services.redeem.view(asked.ref, chain.kiosk).state is State.UNCERTAIN
    chain.behave()
    settle(chain)
    assert chain.services.redeem.view(asked.ref, chain.kiosk).state is State.COMPLETED
    assert chain.consumed(bought) == 1
    books_agree(chain, bought)


@PLATFORMS
def test_a_definite_no_ends_it_at_once(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    asked = chain.ask(bought)
    chain.control("refunds", {"certificate_id": bought.certificate_id})
    no = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert no.state is State.REFUSED and no.settled
    assert no.error is not None and no.error.error in ("refunded", "refunding")
    assert no.voucher_status is VoucherStatus.REFUNDED
    assert chain.rows(Entitlement) == []
    assert [line.operation_type for line in chain.rows(VerificationLog)] == [3]


@PLATFORMS
def test_used_elsewhere_between_request_and_yes_is_refused(chain: Chain, platform: str) -> None:
    """Another system of the same shop consumed it meanwhile."""
    bought = chain.buy(platform)
    asked = chain.ask(bought)
    with chain.store.connection():
        Redemption.update(open_key=None, state="withdrawn").where(
            Redemption.ref == asked.ref).execute()
    chain.ask(bought, chain.clerk)
    with chain.store.connection():
        Entitlement.delete().execute()
        theirs = Redemption.get(Redemption.state == "completed")
        theirs.delete_instance(recursive=True)
        Redemption.update(open_key=1, state="awaiting_staff").where(
            Redemption.ref == asked.ref).execute()
    no = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert no.state is State.REFUSED
    assert no.error is not None and no.error.error == "already_redeemed"
    assert no.voucher_status is VoucherStatus.REDEEMED
    assert chain.rows(Entitlement) == []


@PLATFORMS
def test_an_ended_authorisation_alerts_those_in_charge(chain: Chain, platform: str) -> None:
    asked = [chain.ask(chain.buy(platform)) for _ in range(2)]
    chain.fault(platform, "consume", "token_expired")
    for one in asked:
        no = chain.services.redeem.confirm(one.ref, chain.clerk)
        assert no.state is State.REFUSED
    assert [task.kind for task in chain.rows(Task)] == ["authorise_platform"]
    alerts = chain.rows(OutboxMessage, OutboxMessage.kind == "alert")
    assert {one.recipient for one in alerts} == {"meixue", "laoli"}
    assert alerts[0].payload["kind"] == "authorise_platform"


@PLATFORMS
@pytest.mark.parametrize("mode", ["timeout_before", "timeout_after_commit", "http_500", "garbage",
                                  "slow", "rate_limited", "token_expired", "cancel_refused"])
def test_a_failing_undo_never_lies_and_settles_by_itself(chain: Chain, platform: str,
                                                         mode: str) -> None:
    bought = chain.buy(platform)
    done = chain.redeem(bought)
    chain.fault(platform, "cancel", mode, delay=2.5)

    began = time.monotonic()
    shown = chain.services.redeem.undo(done.ref, chain.clerk, "拍错了")
    assert time.monotonic() - began < ANSWER_WITHIN
    assert shown.state in (State.UNDO_UNCERTAIN, State.COMPLETED)
    if shown.state is State.COMPLETED:
        assert shown.error is not None
        assert chain.consumed(bought) == 1

    chain.behave()
    settle(chain)
    ended = chain.services.redeem.view(done.ref, chain.kiosk)
    expected = State.COMPLETED if shown.state is State.COMPLETED else State.UNDONE
    assert ended.state is expected
    books_agree(chain, bought)
