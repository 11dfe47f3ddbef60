"""The member pass: a visit counts once, and a screenshot is worth nothing after a minute."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.config import Settings
from core.errors import Conflict, HexiaotaiError, InvalidInput, NotAllowed
from core.services.actor import Actor
from core.services.visits import Visits, VisitView, signing_key
from core.store.tables import Audit, CourseOrder, Member, MemberCard, Visit
from core.store.visits import shared_now
from core.vouchers.member_pass import PassKind
from core.wiring import build
from tests.builders import PHONE, Chain
from tests.services.racing import together


@dataclass
class Gates:
    """The visits of a chain, on a shared clock that a test can put forward."""

    chain: Chain
    member: Actor
    shift: timedelta = timedelta()
    visits: Visits = field(init=False)

    def __post_init__(self) -> None:
        key = signing_key(self.chain.services.settings.session_key)
        self.visits = Visits(self.chain.store, key, self.now)

    def now(self) -> datetime:
        return shared_now(self.chain.store) + self.shift

    def pass_(self, kind: PassKind | None = None, target: int | None = None) -> str:
        return self.visits.show(self.member, kind, target).text

    def scan(self, text: str, actor: Actor | None = None) -> VisitView:
        return self.visits.record(text, actor or self.chain.kiosk)

    def refused(self, text: str, actor: Actor | None = None) -> str:
        with pytest.raises(HexiaotaiError) as refused:
            self.scan(text, actor)
        return refused.value.word


@pytest.fixture
def gates(chain: Chain) -> Gates:
    chain.card(ends_in=30)
    (member,) = chain.rows(Member, Member.phone == PHONE)
    return Gates(chain, Actor("member", member.id, "mini"))


def a_course(chain: Chain, member: Actor, uses: int = 10, **more: Any) -> int:
    at = chain.clock.now()
    with chain.store.connection():
        return int(CourseOrder.create(member=member.id, product=chain.products["lessons"],
                                      venue=chain.binjiang, uses_total=uses, created_at=at,
                                      **more).id)


def test_a_card_opens_the_gate_and_counts_one_visit(chain: Chain, gates: Gates) -> None:
    seen = gates.scan(gates.pass_())
    assert (seen.product_name, seen.member_name, seen.repeated) == ("月卡 30 天", "林**", False)
    assert seen.member_phone == "138****8000" and seen.uses_left is None
    (card,) = chain.rows(MemberCard)
    assert card.visits == 1
    (booked,) = chain.rows(Audit, Audit.action == "visit.counted")
    assert (booked.actor_kind, booked.actor_id) == ("kiosk", chain.kiosk.id)


def test_a_course_gives_one_use(chain: Chain, gates: Gates) -> None:
    course = a_course(chain, gates.member)
    shown = gates.visits.show(gates.member, PassKind.COURSE, course)
    assert [one.kind for one in shown.choices] == [PassKind.CARD, PassKind.COURSE]
    assert gates.scan(shown.text, chain.clerk).uses_left == 9
    assert chain.rows(CourseOrder)[0].uses_used == 1


def test_a_pass_shown_again_is_the_same_visit(chain: Chain, gates: Gates) -> None:
    text = gates.pass_()
    first, again = gates.scan(text), gates.scan(text, chain.clerk)
    assert again.repeated and again.id == first.id
    assert len(chain.rows(Visit)) == 1 and chain.rows(MemberCard)[0].visits == 1


def test_the_next_code_of_the_same_phone_is_the_same_visit(chain: Chain, gates: Gates) -> None:
    gates.scan(gates.pass_())
    gates.shift = timedelta(minutes=5)
    assert gates.scan(gates.pass_()).repeated
    gates.shift = timedelta(minutes=11)
    assert not gates.scan(gates.pass_()).repeated
    assert chain.rows(MemberCard)[0].visits == 2


def test_a_screenshot_is_useless_after_a_minute(chain: Chain, gates: Gates) -> None:
    text = gates.pass_()
    gates.shift = timedelta(seconds=55)
    assert not gates.scan(text).repeated
    gates.shift = timedelta(minutes=15)
    text = gates.pass_()
    gates.shift += timedelta(seconds=61)
    assert gates.refused(text) == "pass_expired"
    assert len(chain.rows(Visit)) == 1


@pytest.mark.parametrize("skew", [timedelta(minutes=1), timedelta(minutes=-1)], ids=str)
def test_a_gate_whose_own_clock_is_a_minute_off_lets_in(chain: Chain, gates: Gates,
                                                        skew: timedelta) -> None:
    text = chain.services.visits.show(gates.member).text
    chain.clock.shift += skew
    seen = chain.services.visits.record(text, chain.kiosk)
    assert not seen.repeated and len(chain.rows(Visit)) == 1


def test_two_gates_at_once_count_one_visit(chain: Chain, gates: Gates) -> None:
    course = a_course(chain, gates.member)
    passes = [gates.pass_(PassKind.COURSE, course) for _ in range(4)]
    seen = together(*(lambda text=text: gates.scan(text) for text in (*passes, *passes)))
    assert [type(one) for one in seen] == [VisitView] * 8
    assert sum(not one.repeated for one in seen) == 1 and len({one.id for one in seen}) == 1
    assert chain.rows(CourseOrder)[0].uses_used == 1


def one_gate(settings: Settings, text: str, kiosk: Actor) -> tuple[int, bool]:
    """Runs in a process of its own, as another server would."""
    services = build(settings)
    seen = services.visits.record(text, kiosk)
    return seen.id, seen.repeated


def test_gates_of_several_servers_count_one_visit(chain: Chain, gates: Gates) -> None:
    text = chain.services.visits.show(gates.member).text
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as servers:
        tries = [servers.submit(one_gate, chain.services.settings, text, chain.kiosk)
                 for _ in range(4)]
        seen = [each.result() for each in tries]
    assert len({visit for visit, _ in seen}) == 1 and sum(not again for _, again in seen) == 1
    assert chain.rows(MemberCard)[0].visits == 1


def test_a_pass_is_good_in_any_case_and_spacing(chain: Chain, gates: Gates) -> None:
    text = gates.pass_()
    assert not gates.scan(f" {text.lower()}\r\n").repeated
    assert gates.scan(text).repeated


def test_what_we_did_not_sign_is_no_pass(chain: Chain, gates: Gates) -> None:
    text = gates.pass_()
    flipped = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]
    for wrong in (flipped, "HXP" + "A" * 52, text[:-1], "1234567890", ""):
        assert gates.refused(wrong) == "pass_unreadable"
    other = Visits(chain.store, signing_key("another installation's secret"), gates.now)
    assert gates.refused(other.show(gates.member).text) == "pass_unreadable"
    assert chain.rows(Visit) == []


@pytest.mark.parametrize("change, why", [
    ({"status": "frozen"}, "frozen"), ({"status": "cancelled"}, "cancelled"), ({}, "over")],
    ids=["frozen", "cancelled", "over"])
def test_a_card_counts_as_it_stands_at_the_gate(chain: Chain, gates: Gates,
                                                change: dict[str, Any], why: str) -> None:
    text = gates.pass_()
    with chain.store.connection():
        MemberCard.update(**(change or {"ends_on": chain.today - timedelta(days=1)})).execute()
    with pytest.raises(Conflict) as refused:
        gates.scan(text)
    assert (refused.value.word, refused.value.facts["why"]) == ("pass_nothing", why)
    with pytest.raises(Conflict, match="pass_nothing"):
        gates.visits.show(gates.member)


def test_the_last_use_of_a_course_is_the_last(chain: Chain, gates: Gates) -> None:
    course = a_course(chain, gates.member, uses=1)
    assert gates.scan(gates.pass_(PassKind.COURSE, course)).uses_left == 0
    assert [one.kind for one in gates.visits.choices(gates.member)] == [PassKind.CARD]


def test_somebody_elses_card_cannot_be_shown(chain: Chain, gates: Gates) -> None:
    theirs = chain.card(phone="13900139000", ends_in=300)
    shown = gates.visits.show(gates.member, PassKind.CARD, theirs)
    assert shown.chosen.id != theirs


def test_only_staff_and_kiosks_are_gates(chain: Chain, gates: Gates) -> None:
    text = gates.pass_()
    with pytest.raises(NotAllowed):
        gates.scan(text, gates.member)
    with pytest.raises(NotAllowed):
        gates.visits.show(chain.clerk)
    with pytest.raises(InvalidInput, match="venue_needed"):
        gates.scan(text, replace(chain.clerk, venue_id=None))
