"""A visit that was counted by mistake is given back, once, with a reason; and visits follow a
member who turns out to be somebody the shop knows already."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import HexiaotaiError
from core.services.actor import Actor
from core.services.members import one_person
from core.services.visit_book import VisitBook
from core.store.tables import Audit, CourseOrder, MemberCard, Visit
from core.vouchers.member_pass import PassKind
from tests.builders import OTHER_PHONE, Chain
from tests.services.racing import together
from tests.services.test_visits import Gates, a_course, gates

__all__ = ["gates"]


@pytest.fixture
def book(chain: Chain, gates: Gates) -> VisitBook:
    return VisitBook(chain.store, gates.now)


def refused(book: VisitBook, visit: int, actor: Actor, reason: str = "扫错了人") -> str:
    with pytest.raises(HexiaotaiError) as no:
        book.undo(visit, reason, actor)
    return no.value.word


def test_a_use_comes_back_once_and_the_audit_says_why(chain: Chain, gates: Gates,
                                                      book: VisitBook) -> None:
    course = a_course(chain, gates.member)
    seen = gates.scan(gates.pass_(PassKind.COURSE, course))
    back = [book.undo(seen.id, "  扫错了\n人 ", chain.clerk) for _ in range(2)]
    assert [one.uses_left for one in back] == [10, 10] and back[0].undone_at is not None
    assert chain.rows(CourseOrder)[0].uses_used == 0
    (why,) = chain.rows(Audit, Audit.action == "visit.undone")
    assert (why.actor_id, why.facts["reason"]) == (chain.clerk.id, "扫错了 人")


def test_a_cards_visit_does_not_count_any_more(chain: Chain, gates: Gates,
                                               book: VisitBook) -> None:
    seen = gates.scan(gates.pass_())
    book.undo(seen.id, "扫错了人", chain.clerk)
    assert chain.rows(MemberCard)[0].visits == 0
    (mine,) = gates.visits.visits(gates.member)["items"]
    assert mine.undone_at is not None, "the member sees that it was given back"


def test_two_clerks_give_back_one_use(chain: Chain, gates: Gates, book: VisitBook) -> None:
    course = a_course(chain, gates.member)
    first = gates.scan(gates.pass_(PassKind.COURSE, course))
    gates.shift = timedelta(minutes=11)
    gates.scan(gates.pass_(PassKind.COURSE, course))
    together(*(lambda: book.undo(first.id, "扫错了人", chain.clerk) for _ in range(4)))
    assert chain.rows(CourseOrder)[0].uses_used == 1
    assert len(chain.rows(Audit, Audit.action == "visit.undone")) == 1


def test_the_pass_is_spent_and_the_phones_next_one_counts_anew(chain: Chain, gates: Gates,
                                                               book: VisitBook) -> None:
    text = gates.pass_()
    book.undo(gates.scan(text).id, "扫错了人", chain.clerk)
    assert gates.refused(text) == "pass_expired"
    assert not gates.scan(gates.pass_()).repeated
    assert chain.rows(MemberCard)[0].visits == 1


def test_who_may_give_back_what(chain: Chain, gates: Gates, book: VisitBook) -> None:
    seen = gates.scan(gates.pass_())
    assert refused(book, seen.id, chain.clerk, " \n") == "reason_needed"
    assert refused(book, seen.id, gates.member) == "role_too_low"
    assert refused(book, seen.id, chain.kiosk) == "role_too_low"
    elsewhere = replace(chain.clerk, venue_id=chain.chengxi,
                        venues=frozenset({chain.chengxi}))
    assert refused(book, seen.id, elsewhere) == "not_found"
    assert refused(book, seen.id + 1000, chain.clerk) == "not_found"
    assert book.undoable(seen.id, chain.clerk) == book.one(seen.id, chain.clerk)
    gates.shift = timedelta(days=1)
    assert refused(book, seen.id, chain.clerk) == "role_too_low", "yesterday's is a manager's"
    with pytest.raises(HexiaotaiError, match="role_too_low"):
        book.undoable(seen.id, chain.clerk)
    assert book.undo(seen.id, "扫错了人", chain.manager).undone_at is not None


def test_a_venue_lists_who_came_page_by_page(chain: Chain, gates: Gates,
                                             book: VisitBook) -> None:
    seen = []
    for number in range(3):
        gates.shift = timedelta(minutes=11 * number)
        seen.append(gates.scan(gates.pass_()).id)
    first, rest = (book.listed(chain.clerk, page=page, page_size=2) for page in (1, 2))
    assert [one.id for one in (*first["items"], *rest["items"])] == seen[::-1]
    assert (first["total"], rest["page"], rest["page_size"]) == (3, 2, 2)
    with pytest.raises(HexiaotaiError, match="other_venue"):
        book.listed(chain.clerk, venue_id=chain.chengxi)
    with pytest.raises(HexiaotaiError, match="venue_needed"):
        book.listed(replace(chain.owner, venue_id=None))


def test_visits_go_on_with_the_member_who_stays(chain: Chain, gates: Gates,
                                                book: VisitBook) -> None:
    before = gates.pass_()
    seen = gates.scan(gates.pass_())
    chain.card(phone=OTHER_PHONE, ends_in=300)
    keep = next(row.member_id for row in chain.rows(MemberCard)
                if row.member_id != gates.member.id)
    chain.store.transact("test.merge", lambda: one_person.merge(
        gates.member.id, keep, chain.owner, chain.clock.now()))
    who_stays = replace(gates.member, id=keep)
    assert [one.id for one in gates.visits.visits(who_stays)["items"]] == [seen.id]
    assert gates.visits.visits(gates.member)["items"] == []
    assert gates.scan(before).repeated, "a pass shown before the merge is the same visit"
    gates.shift = timedelta(seconds=55)
    (visit,) = chain.rows(Visit)
    assert visit.member_id == keep
    back = book.undo(seen.id, "扫错了人", chain.clerk)
    assert back.member_phone.endswith(OTHER_PHONE[-4:])
    assert next(row for row in chain.rows(MemberCard) if row.id == visit.card_id).visits == 0
