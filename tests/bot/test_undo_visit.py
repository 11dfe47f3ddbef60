"""撤销进店: a visit that was counted by mistake is given back: shown first, done once, refused with
a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands.gate import GIVEN_BACK_BEFORE, NO_SUCH_VISIT, NOT_TODAY
from core.services.actor import Actor
from core.store.tables import Audit, CourseOrder, Member, MemberCard, Visit
from core.vouchers.member_pass import PassKind
from tests.bot.talk import Talk
from tests.builders import PHONE, Chain


@pytest.fixture
def member(chain: Chain) -> Actor:
    """Somebody with a card of 30 days and a course of ten."""
    chain.card(ends_in=30)
    (row,) = chain.rows(Member, Member.phone == PHONE)
    chain.course(row.id, 10)
    return Actor("member", row.id, "mini")


def shown(chain: Chain, member: Actor, kind: PassKind = PassKind.COURSE) -> str:
    """What his phone shows now."""
    held = next(one for one in chain.services.visits.choices(member) if one.kind is kind)
    return chain.services.visits.show(member, kind, held.id).text


@pytest.fixture
def visit(chain: Chain, member: Actor) -> int:
    """One use of the course, counted at the kiosk; its number."""
    return chain.services.visits.record(shown(chain, member), chain.kiosk).id


def uses(chain: Chain) -> int:
    return int(chain.rows(CourseOrder)[0].uses_used)


def yesterday(chain: Chain, visit: int) -> None:
    """Visits are counted by the database's clock: the row is moved instead."""
    with chain.store.connection():
        Visit.update(came_at=chain.clock.now() - timedelta(days=1)).where(
            Visit.id == visit).execute()


def test_who_counted_it_is_told_how_and_the_use_comes_back_after_a_yes(
        chain: Chain, chat: Talk, member: Actor) -> None:
    counted = chat.say(shown(chain, member))
    (row,) = chain.rows(Visit)
    assert counted.endswith(f"记错了，回“撤销进店 {row.id} 原因”")
    preview = chat.say(f"撤销进店 {row.id} 扫错了人").splitlines()
    assert preview[:2] == [f"撤销进店 {row.id}，会变成这样", "会员：林** 138****8000"]
    assert preview[2].startswith("团课 10 次，") and preview[2].endswith("，滨江店")
    assert preview[3:] == ["课包次数：剩 9 → 剩 10", "回“确认”撤销，回“取消”不动"]
    assert uses(chain) == 1, "nothing has happened yet"
    assert chat.say("确认").startswith("✅ 撤掉了，次数还给会员，剩 10 次\n会员：林** 138****8000")
    assert uses(chain) == 0
    (why,) = chain.rows(Audit, Audit.action == "visit.undone")
    assert (why.actor_kind, why.actor_id, why.door) == ("staff", chain.clerk.id, "bot")
    assert why.facts["reason"] == "扫错了人"


def test_a_cards_visit_does_not_count_any_more(chain: Chain, chat: Talk, member: Actor) -> None:
    chat.say(shown(chain, member, PassKind.CARD))
    (row,) = chain.rows(Visit)
    assert "这次不算到店" in chat.say(f"撤销进店{row.id}扫错了人")
    assert chat.say("确认").startswith("✅ 撤掉了，这次不算到店")
    assert chain.rows(MemberCard)[0].visits == 0


def test_the_kiosks_visits_are_found_in_the_list(chain: Chain, chat: Talk, member: Actor,
                                                 visit: int) -> None:
    for said in ("撤销进店", "撤销 进店", "undo visit"):
        listed = chat.say(said).splitlines()
        assert listed[0].startswith("撤哪一次？") and len(listed) == 2
        assert listed[1].startswith(f"{visit} 林** 138****8000，团课 10 次，")
    assert "最近没有人" in chat.say("撤销进店", as_="陈晨"), "who came to the other venue"
    chain.services.visit_book.undo(visit, "扫错了人", chain.manager)
    assert "最近没有人" in chat.say("撤销进店")


def test_two_yeses_and_a_resend_give_back_one_use(chain: Chain, chat: Talk, visit: int) -> None:
    chat.say(f"撤销进店 {visit} 扫错了人")
    first = chat.say("确认")
    assert chat.resend() == first
    assert "没有等你确认的" in chat.say("确认")
    assert chat.say(f"撤销进店 {visit} 扫错了人") == GIVEN_BACK_BEFORE.zh
    assert uses(chain) == 0 and len(chain.rows(Audit, Audit.action == "visit.undone")) == 1


def test_the_desk_was_faster(chain: Chain, chat: Talk, visit: int) -> None:
    chat.say(f"撤销进店 {visit} 扫错了人")
    chain.services.visit_book.undo(visit, "扫错了", chain.manager)
    assert "剩 10 次" in chat.say("确认")
    assert uses(chain) == 0 and len(chain.rows(Audit, Audit.action == "visit.undone")) == 1


def test_without_a_reason_it_is_shown_and_asked_for(chain: Chain, chat: Talk,
                                                    visit: int) -> None:
    answer = chat.say(f"撤销进店 {visit}")
    assert "138****8000" in answer
    assert answer.endswith(f"撤进店要写原因，回“撤销进店 {visit} 原因”")
    assert "没有等你确认的" in chat.say("确认") and uses(chain) == 1


def test_cancel_leaves_it_counted(chain: Chain, chat: Talk, visit: int) -> None:
    chat.say(f"撤销进店 {visit} 扫错了人")
    assert "不办了" in chat.say("取消") and uses(chain) == 1


def test_an_unknown_and_another_venues_visit_are_not_to_be_had(chain: Chain, chat: Talk,
                                                               visit: int) -> None:
    assert chat.say(f"撤销进店 {visit + 1000} 扫错了人") == NO_SUCH_VISIT.zh
    assert chat.say("撤销进店 13800138000 扫错了人") == NO_SUCH_VISIT.zh
    assert chat.say(f"撤销进店 {visit} 扫错了人", as_="陈晨") == NO_SUCH_VISIT.zh
    assert uses(chain) == 1


def test_yesterdays_is_the_managers(chain: Chain, chat: Talk, visit: int) -> None:
    yesterday(chain, visit)
    assert chat.say(f"撤销进店 {visit} 扫错了人") == NOT_TODAY.zh and uses(chain) == 1
    assert "会变成这样" in chat.say(f"撤销进店 {visit} 扫错了人", as_="梅雪")
    assert chat.say("确认", as_="梅雪").startswith("✅") and uses(chain) == 0


def test_a_yes_after_midnight_is_too_late(chain: Chain, chat: Talk, visit: int) -> None:
    chat.say(f"撤销进店 {visit} 扫错了人")
    yesterday(chain, visit)
    assert chat.say("确认") == NOT_TODAY.zh and uses(chain) == 1


def test_a_stranger_gives_nothing_back(chain: Chain, chat: Talk, visit: int) -> None:
    assert "绑定" in chat.say(f"撤销进店 {visit} 扫错了人", as_="周教练") and uses(chain) == 1


def test_undo_alone_points_to_it(chain: Chain, chat: Talk, visit: int) -> None:
    assert "进店记错了回“撤销进店”" in chat.say("撤销")
    assert uses(chain) == 1
