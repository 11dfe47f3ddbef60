"""What is given is given once, taken back exactly, and frozen when the buyer was refunded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.services.grant import Grants
from core.services.redeem import RedemptionView
from core.store import entitlements, redemptions
from core.store.tables import Booking, ClassSession, CourseOrder, Entitlement, MemberCard
from core.vouchers.redemption import ResultType, State
from tests.builders import Chain


def freeze(chain: Chain, view: RedemptionView) -> None:
    def work() -> None:
        row = redemptions.by_ref(view.ref)
        assert row is not None
        found = entitlements.of_redemption(row.id)
        assert found is not None
        Grants().freeze(found, chain.clock.now())

    chain.store.transact("test.freeze", work)


@pytest.mark.parametrize("sku", ["month_card", "lessons", "class", "renewal"])
def test_a_refunded_buyer_keeps_nothing_of_it(chain: Chain, sku: str) -> None:
    chain.class_tonight()
    if sku == "renewal":
        chain.card(ends_in=3)
    done = chain.redeem(chain.buy("douyin", sku))
    for _ in range(2):
        freeze(chain, done)
    assert chain.rows(Entitlement)[0].status == "frozen"
    if sku == "month_card":
        assert chain.rows(MemberCard)[0].status == "frozen"
    elif sku == "lessons":
        assert chain.rows(CourseOrder)[0].status == "frozen"
    elif sku == "class":
        assert chain.rows(Booking)[0].status == "released"
        assert chain.rows(ClassSession)[0].taken == 0
    else:
        (card,) = chain.rows(MemberCard)
        assert (card.status, card.ends_on) == ("active", chain.today + timedelta(3))


def test_an_undo_after_a_freeze_takes_the_days_only_once(chain: Chain) -> None:
    chain.card(ends_in=3)
    done = chain.redeem(chain.buy("douyin", "renewal"))
    freeze(chain, done)
    chain.services.redeem.undo(done.ref, chain.clerk, "")
    assert chain.rows(MemberCard)[0].ends_on == chain.today + timedelta(3)


def test_a_card_gone_meanwhile_is_opened_instead(chain: Chain) -> None:
    """The certificate is consumed by then, so the member gets a card all the same."""
    card = chain.card(ends_in=3)
    asked = chain.ask(chain.buy("douyin", "renewal"), choice=f"renew:{card}")
    with chain.store.connection():
        MemberCard.update(status="cancelled").execute()
    done = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert done.state is State.COMPLETED and done.result is not None
    assert done.result.result_type is ResultType.CARD_OPENED and done.result.opened_instead
    assert [(one.status, one.ends_on) for one in chain.rows(MemberCard)] == [
        ("cancelled", chain.today + timedelta(3)), ("active", chain.today + timedelta(30))]


def test_a_class_is_never_overbooked_by_holds(chain: Chain) -> None:
    session = chain.class_tonight(capacity=2)
    asked = [chain.ask(chain.buy("douyin", "class"), choice=f"class:{session}",
                       phone=f"1380000000{number}") for number in range(2)]
    assert chain.rows(ClassSession)[0].taken == 2
    seen = chain.services.redeem.inspect(chain.buy("douyin", "class").code, chain.kiosk)
    (choice,) = seen.certificates[0].choices
    assert (choice.enabled, choice.seats_left) == (False, 0)
    chain.services.redeem.withdraw(asked[0].ref, chain.kiosk)
    seen = chain.services.redeem.inspect(chain.buy("douyin", "class").code, chain.kiosk)
    assert seen.certificates[0].choices[0].seats_left == 1
