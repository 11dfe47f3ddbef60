"""Each day's reconciliation finds exactly what differs and nothing else; after the fixes, nothing.

The sandbox is the platform: its buyers, its till, its history over HTTP.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.clock import day_starts
from core.errors import Conflict, InvalidInput, NotAllowed, VoucherError
from core.services.finding_fixes import Wish
from core.services.reconciliation_views import ReconciliationView
from core.store.tables import (
    Alert,
    Audit,
    Entitlement,
    Finding,
    MemberCard,
    VerificationLog,
)
from core.vouchers.redemption import State
from tests.bot.talk import Talk
from tests.builders import PHONE, Chain
from tests.operations.injected import (
    at_their_till,
    cancelled_here,
    cancelled_there,
    lost_there,
    other_amount,
)

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])
LATER = timedelta(hours=3)


@pytest.fixture(autouse=True)
def morning(chain: Chain) -> None:
    """Ten in the morning, so that no test meets midnight by chance."""
    tomorrow = day_starts(chain.today + timedelta(days=1)) + timedelta(hours=10)
    chain.pass_time(tomorrow - chain.clock.now())


def day_of(chain: Chain, platform: str, day: date) -> ReconciliationView:
    return chain.services.operations.reconcile.run(chain.binjiang, platform, day, chain.manager)


def kinds(view: ReconciliationView) -> list[str]:
    return sorted(one.kind for one in view.findings if one.state == "open")


def one_of(view: ReconciliationView, kind: str) -> Any:
    (found,) = [one for one in view.findings if one.kind == kind]
    return found


def fix(chain: Chain, finding: Any, word: str, **more: Any) -> Any:
    return chain.services.operations.fixes.fix(finding.id, Wish(word, **more), chain.manager)


@PLATFORMS
def test_a_day_in_order_has_no_findings(chain: Chain, platform: str) -> None:
    day = chain.today
    chain.redeem(chain.buy(platform))
    chain.redeem(chain.buy(platform, "lessons"))
    chain.redeem(chain.buy(platform, "times_card", uses=10), uses=2)
    undone = chain.redeem(chain.buy(platform, "season_card"))
    chain.services.redeem.undo(undone.ref, chain.clerk, "")
    chain.pass_time(LATER)
    view = day_of(chain, platform, day)
    assert kinds(view) == []
    assert (view.our_count, view.our_amount) == (view.platform_count, view.platform_amount)
    assert view.counts["matched"] >= 4


@PLATFORMS
def test_exactly_the_injected_differences_are_found_and_fixed(chain: Chain,
                                                             platform: str) -> None:
    day = chain.today
    chain.redeem(chain.buy(platform))
    unknown, elsewhere = chain.buy(platform), chain.buy(platform, "season_card")
    at_their_till(chain, unknown)
    at_their_till(chain, elsewhere)
    lost = chain.redeem(chain.buy(platform, "season_card"))
    taken = chain.redeem(chain.buy(platform, "lessons"))
    cancelled_there(chain, taken)
    wrong = chain.redeem(chain.buy(platform, "lessons"))
    other_amount(chain, wrong, 39900)
    here = chain.redeem(chain.buy(platform))
    lost_there(chain, lost)
    cancelled_here(chain, here)

    assert set(kinds(day_of(chain, platform, day))) <= {"pending"}
    chain.pass_time(LATER)
    view = day_of(chain, platform, day)
    # A use that the platform has under another id than ours is missing in both books.
    assert kinds(view) == ["amount_differs", "cancelled_here", "cancelled_there", "local_only",
                           "platform_only", "platform_only", "platform_only"]
    assert view.open == 7

    theirs = {one.verify_id: one for one in view.findings if one.kind == "platform_only"}
    ledger = chain.ledger(unknown)["consumed"][0]["verify_id"]
    granted = fix(chain, theirs.pop(str(ledger)), "grant", phone=PHONE, name="林知夏")
    assert granted.state == "fixed" and granted.redemption_id is not None
    for one in theirs.values():
        fix(chain, one, "used_elsewhere")
    fix(chain, one_of(view, "local_only"), "take_back", reason="平台没有")
    fix(chain, one_of(view, "cancelled_there"), "take_back", reason="平台撤了")
    fix(chain, one_of(view, "amount_differs"), "platform_amount")
    fix(chain, one_of(view, "cancelled_here"), "accept", reason="查过了")

    assert chain.row(lost).state == State.UNDONE and chain.row(taken).state == State.UNDONE
    after = day_of(chain, platform, day)
    assert (kinds(after), after.open) == ([], 0)
    assert kinds(day_of(chain, platform, day)) == []
    booked = chain.rows(Audit, Audit.action == "finding.fixed")
    assert len(booked) == 7 and all(row.actor_id == chain.manager.id for row in booked)
    (alert,) = chain.rows(Alert, Alert.kind == "books_differ")
    assert alert.over_at is not None


@PLATFORMS
def test_a_missing_card_is_given_once_however_often_it_is_pressed(chain: Chain,
                                                                 platform: str) -> None:
    day = chain.today
    at_their_till(chain, chain.buy(platform))
    chain.pass_time(LATER)
    found = one_of(day_of(chain, platform, day), "platform_only")
    with pytest.raises(VoucherError) as refused:
        fix(chain, found, "grant")
    assert refused.value.word == "phone_needed"
    first = fix(chain, found, "grant", phone=PHONE)
    assert fix(chain, found, "grant", phone=PHONE) == first
    with pytest.raises(Conflict):
        fix(chain, found, "used_elsewhere")
    (card,) = chain.rows(MemberCard)
    assert card.ends_on == chain.today + timedelta(days=30)
    assert len(chain.rows(Entitlement)) == 1
    assert [row.operation_type for row in chain.rows(VerificationLog)] == [1]
    assert kinds(day_of(chain, platform, day)) == []


def test_leaving_a_difference_needs_a_reason_and_a_manager(chain: Chain) -> None:
    day = chain.today
    at_their_till(chain, chain.buy())
    chain.pass_time(LATER)
    found = one_of(day_of(chain, "meituan", day), "platform_only")
    with pytest.raises(InvalidInput):
        fix(chain, found, "accept")
    with pytest.raises(InvalidInput):
        fix(chain, found, "take_back", reason="x")
    with pytest.raises(NotAllowed):
        chain.services.operations.fixes.fix(found.id, Wish("accept", "x"), chain.clerk)
    fix(chain, found, "accept", reason="老板自己核的")
    assert chain.rows(Finding)[0].reason == "老板自己核的"


def test_missed_days_are_caught_up_and_a_sick_platform_is_asked_again(chain: Chain,
                                                                     chat: Talk) -> None:
    reconcile = chain.services.operations.reconcile
    assert reconcile.due() == "4 days compared, 0 failed"
    at_their_till(chain, chain.buy())
    chain.pass_time(timedelta(days=3))
    chat.fault("meituan", "/ddzh/tuangou/receipt/querylistbydate", "token_expired",
               count=500)
    assert reconcile.due() == "6 days compared, 6 failed"
    chat.behave()
    chain.pass_time(timedelta(hours=1))
    assert reconcile.due() == "6 days compared, 0 failed"
    assert reconcile.due() == "0 days compared, 0 failed"
    (found,) = chain.rows(Finding, Finding.state == "open")
    assert found.kind == "platform_only"


def test_the_owner_hears_in_the_morning_once(chain: Chain, chat: Talk) -> None:
    operations = chain.services.operations
    chain.redeem(chain.buy())
    chain.pass_time(timedelta(days=1, hours=-3))
    assert operations.reconcile.due() == "8 days compared, 0 failed"
    assert not operations.digest.tell()
    chain.pass_time(timedelta(hours=2))
    assert (operations.digest.tell(), operations.digest.tell()) == (True, False)
    before = len(chat.texts("梅雪"))
    chat.deliver()
    assert "对账" in chat.texts("老李")[-1] and "滨江店 美团" in chat.texts("老李")[-1]
    assert len(chat.texts("梅雪")) == before
