"""Statements made once: values in and out are converted as peewee would, but not before somebody
asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from peewee import JOIN

from core.store.compiled import Compiled, insert, insert_all, update
from core.store.db import Store
from core.store.tables import Member, MemberCard, Product, Venue
from core.store.tables.fields import SealedField

AT = datetime(2026, 11, 21, 6, 0, 0, 123456, tzinfo=UTC)

BY_PHONE = Compiled(lambda phone: Member.select().where(Member.phone == phone))
NEWEST_WITH_CARD: Compiled[Member] = Compiled(lambda phone: Member.select(
    Member.id, Member.phone, MemberCard.id, MemberCard.created_at)
    .join(MemberCard, JOIN.LEFT_OUTER, on=MemberCard.member == Member.id, attr="card")
    .where(Member.phone == phone))


@pytest.fixture
def do(store: Store) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    yield lambda work: store.transact("test", work)


def test_what_goes_in_comes_out(do: Callable[[Callable[[], Any]], Any]) -> None:
    made = do(lambda: insert(Member, phone="13800138000", phone_tail="8000", created_at=AT))
    found = do(lambda: BY_PHONE.first(phone="13800138000"))
    assert (found.id, found.phone, found.created_at, found.name) == (made, "13800138000", AT, "")
    assert found.merged_into_id is None
    assert do(lambda: BY_PHONE.first(phone="13800138001")) is None


def test_a_column_is_unsealed_when_asked_for_and_only_once(
        do: Callable[[Callable[[], Any]], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    do(lambda: insert(Member, phone="13800138000", phone_tail="8000", created_at=AT))
    unsealed: list[Any] = []
    honest = SealedField.python_value

    def watched(field: SealedField, value: str | None) -> str | None:
        unsealed.append(value)
        return honest(field, value)

    monkeypatch.setattr(SealedField, "python_value", watched)
    statement = Compiled(lambda phone: Member.select().where(Member.phone == phone))
    found = do(lambda: statement.first(phone="13800138000"))
    assert found.phone_tail == "8000" and unsealed == []
    assert found.phone == found.phone == "13800138000" and len(unsealed) == 1


def test_an_outer_join_that_finds_nothing_gives_none(
        do: Callable[[Callable[[], Any]], Any]) -> None:
    member = do(lambda: insert(Member, phone="13800138000", phone_tail="8000", created_at=AT))
    assert do(lambda: NEWEST_WITH_CARD.first(phone="13800138000")).card is None

    def give_card() -> int:
        venue = Venue.create(name="滨江店", created_at=AT)
        product = Product.create(name="月卡", kind="card", voucher_type=1, family="gym", days=30,
                                 created_at=AT)
        return insert(MemberCard, member=member, product=product.id, venue=venue.id,
                      starts_on=AT.date(), ends_on=AT.date(), created_at=AT)

    card = do(give_card)
    found = do(lambda: NEWEST_WITH_CARD.first(phone="13800138000"))
    assert (found.card.id, found.card.created_at) == (card, AT)


def test_rows_of_one_insert_keep_their_own_values(do: Callable[[Callable[[], Any]], Any]) -> None:
    rows = [{"phone": f"1380013800{n}", "phone_tail": f"800{n}", "created_at": AT}
            for n in range(3)]
    do(lambda: insert_all(Member, rows[:2]))
    do(lambda: insert_all(Member, rows, ignore=True))
    found = [do(lambda phone=row["phone"]: BY_PHONE.all(phone=phone)) for row in rows]
    assert [[one.phone_tail for one in each] for each in found] == [["8000"], ["8001"], ["8002"]]


def test_a_write_tells_how_many_rows_it_matched(do: Callable[[Callable[[], Any]], Any]) -> None:
    made = do(lambda: insert(Member, phone="13800138000", phone_tail="8000", created_at=AT))
    assert do(lambda: update(Member, {"id": made, "merged_into": None}, name="林")) == 1
    assert do(lambda: update(Member, {"id": made, "name": "王"}, name="李")) == 0
    assert do(lambda: BY_PHONE.first(phone="13800138000")).name == "林"


def test_a_column_that_does_not_exist_is_refused(do: Callable[[Callable[[], Any]], Any]) -> None:
    with pytest.raises(KeyError, match="colour"):
        do(lambda: insert(Member, phone="13800138000", colour="blue", created_at=AT))
