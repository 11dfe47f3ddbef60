"""A member pass in the chat counts a visit, whichever way it comes; and only once."""

from __future__ import annotations

import pytest

from core.services.actor import Actor
from core.store.tables import Audit, CourseOrder, Member, MemberCard, Visit
from core.vouchers.member_pass import PassKind
from tests.bot.talk import Talk
from tests.bot.test_photo import picture
from tests.builders import PHONE, Chain


@pytest.fixture
def member(chain: Chain) -> Actor:
    """Somebody with a card of 30 days."""
    chain.card(ends_in=30)
    (row,) = chain.rows(Member, Member.phone == PHONE)
    return Actor("member", row.id, "mini")


@pytest.fixture
def shown(chain: Chain, member: Actor) -> str:
    """What his phone shows now."""
    return chain.services.visits.show(member).text


def visits(chain: Chain) -> int:
    return len(chain.rows(Visit))


def test_typed_it_is_answered_as_at_the_desk(chain: Chain, chat: Talk, shown: str) -> None:
    answer = chat.say(shown.lower())
    assert answer.startswith("✅ 进场记好了") and "月卡 30 天" in answer and "138****8000" in answer
    assert chain.rows(MemberCard)[0].visits == 1
    (counted,) = chain.rows(Audit, Audit.action == "visit.counted")
    assert (counted.actor_kind, counted.actor_id, counted.door) == ("staff", chain.clerk.id, "bot")


@pytest.mark.parametrize("how", ["scan", "photo", "redeem"])
def test_scanned_photographed_or_after_a_command(chain: Chain, chat: Talk, shown: str,
                                                 how: str) -> None:
    answer = {"scan": lambda: chat.scan(shown), "photo": lambda: chat.photo(picture(shown,
              turned=11)), "redeem": lambda: chat.say(f"核销 {shown}")}[how]()
    assert answer.startswith("✅ 进场记好了") and visits(chain) == 1


def test_a_course_tells_what_is_left(chain: Chain, chat: Talk, member: Actor) -> None:
    course = chain.course(member.id, 10)
    text = chain.services.visits.show(member, PassKind.COURSE, course).text
    assert "还剩 9 次" in chat.say(text)
    assert chain.rows(CourseOrder)[0].uses_used == 1


def test_again_at_the_kiosk_or_by_a_resend_it_is_the_same_visit(chain: Chain, chat: Talk,
                                                                shown: str) -> None:
    first = chat.say(shown)
    assert chat.resend() == first
    assert "刚才已经记过了" in chat.say(shown)
    assert chain.services.visits.record(shown, chain.kiosk).repeated
    assert visits(chain) == 1


def test_looking_counts_nothing(chain: Chain, chat: Talk, shown: str) -> None:
    assert "会员码" in chat.say(f"查 {shown}") and visits(chain) == 0


def test_what_we_did_not_sign_is_refused(chain: Chain, chat: Talk, shown: str) -> None:
    assert "不是会员码" in chat.say("HXP" + "A" * 52)
    assert "一次发一个" in chat.photo(picture(shown, chain.buy().code))
    assert visits(chain) == 0


def test_a_stranger_counts_nobody(chain: Chain, chat: Talk, shown: str) -> None:
    assert "绑定" in chat.say(shown, as_="周教练") and visits(chain) == 0
