"""撤销: shown before it is done, done once, refused with a reason."""

from __future__ import annotations

from datetime import timedelta

from core.store.tables import Booking, CourseOrder, MemberCard, Redemption
from core.vouchers.redemption import State
from tests.bot.talk import Talk
from tests.builders import Bought, Chain

PHONE = "13700000001"


def redeemed(chain: Chain, chat: Talk, as_: str = "林小满", sku: str = "month_card") -> Bought:
    bought = chain.buy(sku=sku)
    chat.say(f"{bought.code} {PHONE}", as_)
    assert chat.say("确认", as_).startswith("✅")
    return bought


def test_the_last_one_is_taken_back(chain: Chain, chat: Talk) -> None:
    bought = redeemed(chain, chat)
    preview = chat.say("撤销")
    assert "会变成这样" in preview and "券：已核销 → 未核销" in preview
    assert chain.consumed(bought) == 1, "nothing has happened yet"
    assert "撤销了，券回到未核销" in chat.say("确认")
    assert chain.consumed(bought) == 0
    with chain.store.connection():
        assert MemberCard.get().status == "cancelled"


def test_by_ticket_and_with_a_reason(chain: Chain, chat: Talk) -> None:
    redeemed(chain, chat)
    ticket = chain.services.redeem.listed(chain.clerk)["items"][0].ticket
    chat.say(f"撤销 {ticket} 点错了")
    chat.say("确认")
    with chain.store.connection():
        row = Redemption.get()
        assert (row.state, row.undo_reason) == (State.UNDONE, "点错了")


def test_by_code(chain: Chain, chat: Talk) -> None:
    bought = redeemed(chain, chat)
    assert "会变成这样" in chat.say(f"撤销 {bought.code}")


def test_cancel_leaves_it_redeemed(chain: Chain, chat: Talk) -> None:
    bought = redeemed(chain, chat)
    chat.say("撤销")
    assert "不办了" in chat.say("取消") and chain.consumed(bought) == 1


def test_cancelling_a_redeemed_ticket_points_to_undo(chain: Chain, chat: Talk) -> None:
    redeemed(chain, chat)
    ticket = chain.services.redeem.listed(chain.clerk)["items"][0].ticket
    assert f"撤销 {ticket.replace(' ', '')}" in chat.say(f"取消 {ticket}")


def test_two_yeses_undo_once(chain: Chain, chat: Talk) -> None:
    bought = redeemed(chain, chat)
    chat.say("撤销")
    first = chat.say("确认")
    assert chat.resend() == first
    assert "没有等你确认的" in chat.say("确认") and chain.consumed(bought) == 0


def test_a_used_course_needs_a_manager_and_a_reason(chain: Chain, chat: Talk) -> None:
    bought = redeemed(chain, chat, sku="lessons")
    with chain.store.connection():
        CourseOrder.update(uses_used=1).execute()
    ticket = chain.services.redeem.listed(chain.clerk)["items"][0].ticket
    assert "得店长来" in chat.say(f"撤销 {ticket}")
    assert "撤要写原因" in chat.say(f"撤销 {ticket}", as_="梅雪")
    assert "会变成这样" in chat.say(f"撤销 {ticket} 教练没来", as_="梅雪")
    assert "撤销了" in chat.say("确认", as_="梅雪") and chain.consumed(bought) == 0


def test_a_class_seat_is_free_again(chain: Chain, chat: Talk) -> None:
    session = chain.class_tonight(capacity=1)
    bought = chain.buy(sku="class")
    chat.say(f"{bought.code} {PHONE}")
    assert "约好了燃脂单车" in chat.say("确认")
    chat.say("撤销")
    chat.say("确认")
    with chain.store.connection():
        assert Booking.get().status == "released" and Booking.get().session_id == session


def test_too_late_for_the_platform_changes_nothing(chain: Chain, chat: Talk) -> None:
    bought = redeemed(chain, chat)
    ticket = chain.services.redeem.listed(chain.clerk)["items"][0].ticket
    chain.pass_time(timedelta(minutes=11))
    chat.say(f"撤销 {ticket}")
    answer = chat.say("确认")
    assert chain.consumed(bought) == 1 and "撤销了" not in answer
    assert "平台" in answer
    with chain.store.connection():
        assert MemberCard.get().status == "active"


def test_another_venues_redemption_is_out_of_reach(chain: Chain, chat: Talk) -> None:
    bought = redeemed(chain, chat)
    ticket = chain.services.redeem.listed(chain.clerk)["items"][0].ticket
    answer = chat.say(f"撤销 {ticket}", as_="陈晨")
    assert "没找到" in answer or "别家店" in answer
    assert chain.consumed(bought) == 1


def test_the_colleagues_last_one_is_not_mine(chain: Chain, chat: Talk) -> None:
    redeemed(chain, chat)
    assert "没有能撤的" in chat.say("撤销", as_="梅雪")
