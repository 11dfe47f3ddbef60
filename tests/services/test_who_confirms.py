"""Who has to say yes, who may, and that it counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Conflict, NotAllowed, NotFound
from core.money import Money
from core.services.actor import Actor, Role
from core.services.redeem import RedeemRequest
from core.store.tables import Audit, Booking, ClassSession, Redemption, Venue, Voucher
from core.vouchers.redemption import State, VoucherStatus
from tests.builders import PHONE, Chain
from tests.services.racing import together


def set_venue(chain: Chain, **columns: Any) -> None:
    with chain.store.connection():
        Venue.update(**columns).where(Venue.id == chain.binjiang).execute()


@pytest.mark.parametrize(("door", "state"), [
    ("desk", State.COMPLETED), ("bot", State.COMPLETED), ("api", State.COMPLETED),
    ("kiosk", State.AWAITING_STAFF), ("mini", State.AWAITING_STAFF)])
def test_each_door_has_its_habit(chain: Chain, door: str, state: State) -> None:
    assert chain.ask(chain.buy(), replace(chain.clerk, door=door)).state is state


@pytest.mark.parametrize(("policy", "state"), [
    ({"kiosk": "auto"}, State.COMPLETED), ({"desk": "staff"}, State.AWAITING_STAFF)])
def test_a_venue_may_have_its_own_habit(chain: Chain, policy: dict[str, str],
                                        state: State) -> None:
    set_venue(chain, confirm_policy=policy)
    actor = chain.kiosk if "kiosk" in policy else chain.clerk
    assert chain.ask(chain.buy(), actor).state is state


def test_an_expensive_voucher_waits_for_a_second_person(chain: Chain) -> None:
    set_venue(chain, auto_limit_fen=Money.yuan(100))
    asked = chain.ask(chain.buy(), chain.clerk)
    assert asked.state is State.AWAITING_STAFF
    with pytest.raises(NotAllowed) as caught:
        chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert caught.value.word == "second_person_needed"
    assert chain.services.redeem.confirm(asked.ref, chain.manager).state is State.COMPLETED


def test_a_manager_needs_no_second_person(chain: Chain) -> None:
    set_venue(chain, auto_limit_fen=Money.yuan(100))
    assert chain.ask(chain.buy(), chain.manager).state is State.COMPLETED


def test_the_seed_verify_waits_too_where_a_second_person_is_needed(chain: Chain) -> None:
    set_venue(chain, auto_limit_fen=Money.yuan(100))
    bought = chain.buy()
    view = chain.services.redeem.at_once(RedeemRequest(code=bought.code, phone=PHONE), chain.clerk)
    assert view.state is State.AWAITING_STAFF
    assert chain.consumed(bought) == 0


@pytest.mark.parametrize("who", ["kiosk", "member", "western_clerk", "nobody"])
def test_only_staff_of_the_venue_may_confirm_or_reject(chain: Chain, who: str) -> None:
    strangers = {"kiosk": chain.kiosk, "western_clerk": chain.western_clerk,
                 "member": Actor("member", 1, "mini", chain.binjiang),
                 "nobody": Actor("anonymous", 0, "api")}
    bought = chain.buy()
    asked = chain.ask(bought)
    with pytest.raises(NotAllowed):
        chain.services.redeem.confirm(asked.ref, strangers[who])
    with pytest.raises(NotAllowed):
        chain.services.redeem.reject(asked.ref, strangers[who], "")
    assert chain.services.redeem.view(asked.ref, chain.kiosk).state is State.AWAITING_STAFF
    assert chain.consumed(bought) == 0


def test_the_owner_may_confirm_anywhere(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    elsewhere = replace(chain.owner, venue_id=chain.chengxi, venues=frozenset())
    assert chain.services.redeem.confirm(asked.ref, elsewhere).state is State.COMPLETED


def test_a_role_taken_away_counts_at_the_click(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    with pytest.raises(NotAllowed):
        chain.services.redeem.confirm(asked.ref, replace(chain.clerk, role=None))


def test_pressing_twice_shows_the_same_result(chain: Chain) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    first = chain.services.redeem.confirm(asked.ref, chain.clerk)
    again = chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert (first.state, first.result) == (again.state, again.result)
    assert chain.consumed(bought) == 1


def test_a_colleague_who_comes_second_learns_who_was_first(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    chain.services.redeem.confirm(asked.ref, chain.clerk)
    with pytest.raises(Conflict) as caught:
        chain.services.redeem.confirm(asked.ref, chain.manager)
    assert caught.value.word == "already_decided"
    assert (caught.value.facts["by"], caught.value.facts["state"]) == ("林小满", "completed")


def test_two_colleagues_at_once_consume_once(chain: Chain) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    outcomes = together(*[
        lambda who=who: chain.services.redeem.confirm(asked.ref, who)
        for who in (chain.clerk, chain.manager, chain.owner) * 3])
    assert chain.consumed(bought) == 1
    done = chain.services.redeem.view(asked.ref, chain.kiosk)
    assert done.state is State.COMPLETED and done.confirmed_by is not None
    winners = {view.confirmed_by.id for view in outcomes if not isinstance(view, Exception)}
    assert winners == {done.confirmed_by.id}
    assert len(chain.rows(Audit, Audit.action == "redemption.confirmed")) == 1


def test_a_rejected_request_leaves_the_voucher_and_the_seat_free(chain: Chain) -> None:
    session = chain.class_tonight(capacity=1)
    bought = chain.buy("douyin", "class")
    asked = chain.ask(bought)
    assert chain.rows(ClassSession)[0].taken == 1

    no = chain.services.redeem.reject(asked.ref, chain.clerk, "要本人来")

    assert (no.state, no.reason, no.settled) == (State.REJECTED, "要本人来", True)
    assert no.voucher_status is VoucherStatus.UNUSED
    assert chain.rows(ClassSession)[0].taken == 0
    assert chain.rows(Booking)[0].status == "released"
    assert chain.consumed(bought) == 0
    assert chain.ask(bought, choice=f"class:{session}").state is State.AWAITING_STAFF


def test_the_member_may_take_it_back_and_a_stranger_may_not(chain: Chain) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    with pytest.raises(NotAllowed):
        chain.services.redeem.withdraw(asked.ref, replace(chain.kiosk, id=999))
    gone = chain.services.redeem.withdraw(asked.ref, chain.kiosk)
    assert gone.state is State.WITHDRAWN
    assert chain.services.redeem.withdraw(asked.ref, chain.kiosk).state is State.WITHDRAWN
    with pytest.raises(Conflict):
        chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert chain.consumed(bought) == 0


def test_what_is_done_cannot_be_rejected_or_withdrawn(chain: Chain) -> None:
    done = chain.redeem(chain.buy())
    for attempt in (lambda: chain.services.redeem.reject(done.ref, chain.clerk, ""),
                    lambda: chain.services.redeem.withdraw(done.ref, chain.kiosk)):
        with pytest.raises(Conflict) as caught:
            attempt()
        assert caught.value.word == "already_decided"


def test_nobody_confirms_after_ten_minutes(chain: Chain) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chain.clock.shift += timedelta(minutes=10)
    with pytest.raises(Conflict) as caught:
        chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert caught.value.word == "waiting_expired"
    late = chain.services.redeem.view(asked.ref, chain.kiosk)
    assert (late.state, late.voucher_status) == (State.EXPIRED, VoucherStatus.UNUSED)
    assert chain.consumed(bought) == 0


def test_a_job_ends_what_nobody_confirmed(chain: Chain) -> None:
    chain.class_tonight(capacity=1)
    bought = chain.buy("meituan", "class")
    asked = chain.ask(bought)
    assert chain.services.settle.expire_waiting() == 0
    chain.clock.shift += timedelta(minutes=10)
    assert chain.services.settle.expire_waiting() == 1
    assert chain.services.settle.expire_waiting() == 0
    assert chain.services.redeem.view(asked.ref, chain.kiosk).state is State.EXPIRED
    assert chain.rows(ClassSession)[0].taken == 0


def test_an_overdue_request_of_another_kiosk_blocks_nobody(chain: Chain) -> None:
    bought = chain.buy()
    chain.ask(bought)
    chain.clock.shift += timedelta(minutes=10)
    again = chain.ask(bought, replace(chain.kiosk, id=999))
    assert again.state is State.AWAITING_STAFF
    assert sorted(row.state for row in chain.rows(Redemption)) == ["awaiting_staff", "expired"]
    assert len(chain.rows(Voucher)) == 1


def test_an_unknown_ref_is_not_found(chain: Chain) -> None:
    for ask in (lambda: chain.services.redeem.view("RNOTHING", chain.kiosk),
                lambda: chain.services.redeem.confirm("RNOTHING", chain.clerk),
                lambda: chain.services.redeem.version("RNOTHING", chain.kiosk)):
        with pytest.raises(NotFound):
            ask()


def test_staff_find_a_redemption_by_ticket_ref_or_code(chain: Chain) -> None:
    bought = chain.buy()
    done = chain.redeem(bought)
    for text in (done.ticket, done.ticket[2:], done.ref, bought.code):
        assert chain.services.redeem.find(text, chain.manager).ref == done.ref
        with pytest.raises((NotFound, NotAllowed)):
            chain.services.redeem.find(text, chain.western_clerk)


def test_lists_show_ones_own_venues(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    done = chain.redeem(chain.buy("douyin"))
    redeem = chain.services.redeem
    assert [view.ref for view in redeem.waiting(chain.clerk)] == [asked.ref]
    with pytest.raises(NotAllowed):
        redeem.waiting(chain.western_clerk, chain.binjiang)
    page = redeem.listed(chain.clerk, page_size=1)
    assert ([view.ref for view in page["items"]], page["total"]) == ([done.ref], 2)
    assert redeem.listed(chain.clerk, state="completed")["total"] == 1
    assert redeem.listed(chain.western_clerk)["items"] == []
    assert redeem.listed(chain.owner)["total"] == 2


def test_the_version_changes_with_the_view(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    version = chain.services.redeem.version(asked.ref, chain.kiosk)
    assert chain.services.redeem.version(asked.ref, chain.kiosk) == version
    chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert chain.services.redeem.version(asked.ref, chain.kiosk) != version


def test_roles_are_ordered_by_power() -> None:
    assert Role.CLERK < Role.MANAGER < Role.ADMIN
