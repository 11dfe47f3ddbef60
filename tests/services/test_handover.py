"""From kiosk to phone: one phone takes over, the kiosk follows and learns not whose it is."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from core.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from core.services.handover import Handovers, Progress
from core.services.redeem import RedeemRequest
from core.store.tables import Handover
from tests.builders import PHONE, Chain
from tests.services.racing import together


@pytest.fixture
def handovers(chain: Chain) -> Handovers:
    return chain.services.handovers


def state(chain: Chain, number: int) -> str:
    return chain.services.handovers.progress(number, chain.kiosk).state


def test_a_phone_goes_on_with_what_was_scanned(chain: Chain, handovers: Handovers) -> None:
    bought = chain.buy()
    seen = chain.services.redeem.inspect(bought.code, chain.kiosk)
    offer = handovers.offer(chain.kiosk, seen.token)
    assert state(chain, offer.id) == "offered"
    phone = handovers.visitor(handovers.take(offer.code))
    assert state(chain, offer.id) == "taken"
    assert (phone.kiosk_name, phone.venue_name) == ("1 号自助机", "滨江店")
    asked = chain.services.redeem.request(
        RedeemRequest(inspection=phone.inspection, phone=PHONE), phone.actor)
    handovers.asked(phone, asked.ref)
    assert handovers.progress(offer.id, chain.kiosk).ticket == asked.ticket
    assert state(chain, offer.id) == "waiting", "a phone never redeems without the staff"
    chain.services.redeem.confirm(asked.ref, chain.clerk)
    assert state(chain, offer.id) == "done" and chain.consumed(bought) == 1


def test_the_kiosk_learns_a_ticket_number_at_most() -> None:
    assert set(Progress.__dataclass_fields__) == {"state", "ticket", "expires_at"}


def test_only_the_first_phone_takes_it(chain: Chain, handovers: Handovers) -> None:
    code = handovers.offer(chain.kiosk).code
    tries = together(*[lambda: handovers.take(code)] * 6)
    assert sum(isinstance(one, str) for one in tries) == 1
    assert {str(one) for one in tries if not isinstance(one, str)} == {"handover_taken"}
    with pytest.raises(Conflict, match="handover_taken"):
        handovers.known(code)


def test_looking_at_the_code_takes_nothing(chain: Chain, handovers: Handovers) -> None:
    offer = handovers.offer(chain.kiosk)
    handovers.known(offer.code)
    handovers.known(offer.code)
    assert state(chain, offer.id) == "offered"


def test_a_code_and_a_phone_have_their_time(chain: Chain, handovers: Handovers) -> None:
    late = handovers.offer(chain.kiosk)
    chain.pass_time(timedelta(minutes=5, seconds=1))
    assert state(chain, late.id) == "over"
    with pytest.raises(NotFound, match="handover_over"):
        handovers.take(late.code)
    token = handovers.take(handovers.offer(chain.kiosk).code)
    chain.pass_time(timedelta(minutes=19))
    handovers.visitor(token)
    chain.pass_time(timedelta(minutes=2))
    with pytest.raises(NotSignedIn):
        handovers.visitor(token)


def test_what_nobody_took_is_void_when_the_member_leaves(chain: Chain,
                                                         handovers: Handovers) -> None:
    offer = handovers.offer(chain.kiosk)
    handovers.withdraw(chain.kiosk)
    assert state(chain, offer.id) == "over"
    with pytest.raises(NotFound, match="handover_over"):
        handovers.take(offer.code)


def test_a_phone_goes_on_when_the_next_member_comes_to_the_kiosk(chain: Chain,
                                                                 handovers: Handovers) -> None:
    token = handovers.take(handovers.offer(chain.kiosk).code)
    first = handovers.offer(chain.kiosk)
    second = handovers.offer(chain.kiosk)
    assert (state(chain, first.id), state(chain, second.id)) == ("over", "offered")
    handovers.visitor(token)


def test_neither_code_nor_token_is_at_rest(chain: Chain, handovers: Handovers) -> None:
    offer = handovers.offer(chain.kiosk, "a sealed inspection")
    token = handovers.take(offer.code)
    with chain.store.connection():
        rows = chain.store.database.execute_sql("SELECT * FROM handovers").fetchall()
    kept = repr(rows)
    assert offer.code not in kept and token not in kept and "a sealed inspection" not in kept


def test_another_kiosk_and_people_have_no_business_here(chain: Chain,
                                                        handovers: Handovers) -> None:
    offer = handovers.offer(chain.kiosk)
    with pytest.raises(NotFound):
        handovers.progress(offer.id, replace(chain.kiosk, id=chain.kiosk.id + 1))
    for actor in (chain.clerk, replace(chain.kiosk, kind="member")):
        with pytest.raises(NotAllowed):
            handovers.offer(actor)


def test_a_dump_of_visits_holds_no_person(chain: Chain, handovers: Handovers) -> None:
    offer = handovers.offer(chain.kiosk)
    phone = handovers.visitor(handovers.take(offer.code))
    (row,) = chain.rows(Handover)
    assert row.phone_hash and PHONE not in repr(asdict(phone))


def test_the_mini_programs_code_is_drawn_while_it_can_be(chain: Chain) -> None:
    asked: list[tuple[str, str]] = []

    def draw(scene: str, page: str) -> bytes:
        asked.append((scene, page))
        return b"a picture"

    handovers = Handovers(chain.store, chain.clock, draw)
    offer = handovers.offer(chain.kiosk)
    assert handovers.picture(offer.code) == b"a picture"
    assert asked == [(offer.code, "pages/continue/index")] and len(offer.code) <= 32
    handovers.take(offer.code)
    assert handovers.picture(offer.code) is None, "not for a code that is spent"
    assert chain.services.handovers.picture(offer.code) is None, "nor where none is configured"
