"""待办, 确认, 拒绝, 取消, 查 by text."""

from __future__ import annotations

from datetime import timedelta

from core.store.tables import Redemption
from core.vouchers.redemption import State
from tests.bot.talk import Talk
from tests.builders import OTHER_PHONE, Chain
from tests.operations.injected import at_their_till


def state_of(chain: Chain, ref: str) -> str:
    with chain.store.connection():
        return str(Redemption.get(Redemption.ref == ref).state)


def test_nobody_waits(chain: Chain, chat: Talk) -> None:
    assert chat.say("待办") == "没有人在等"
    assert "没有等你确认的" in chat.say("确认")


def test_open_tasks_and_for_managers_the_books_are_counted(chain: Chain, chat: Talk) -> None:
    at_their_till(chain, chain.buy("douyin"))
    chain.pass_time(timedelta(hours=3))
    chat.say(f"对账 重对 抖音 {chain.today}", as_="梅雪")
    chat.say(chain.buy(sku="unmapped").code)
    manager, clerk = chat.say("待办", as_="梅雪"), chat.say("待办")
    assert manager.splitlines() == ["没有人在等", "还有 1 件事要办，在核销台的“待办”里",
                                    "对账有 1 处对不上，在核销台的“对账”里处理"]
    assert clerk.splitlines() == manager.splitlines()[:2], "the books are the managers' business"
    asked = chain.ask(chain.buy())
    told = chat.say("待办", as_="梅雪")
    assert "1 处对不上" in told and asked.ticket in told
    assert chat.say("确认", as_="梅雪").startswith("✅"), "the question is still asked"


def test_one_who_waits_is_shown_and_confirmed(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    assert asked.ticket in chat.say("待办")
    assert chat.say("确认").startswith("✅ 月卡 30 天开好了") and chain.consumed(bought) == 1


def test_a_bare_yes_asks_before_it_confirms_the_only_one(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    answer = chat.say("确认")
    assert "这一单在等" in answer and asked.ticket in answer and chain.consumed(bought) == 0
    assert chat.say("确认").startswith("✅")


def test_several_are_told_apart_by_ticket(chain: Chain, chat: Talk) -> None:
    first, second = chain.ask(chain.buy()), chain.ask(chain.buy(), phone=OTHER_PHONE)
    listed = chat.say("谁在等")
    assert first.ticket in listed and second.ticket in listed and "2 个人在等" in listed
    assert "没有等你确认的" in chat.say("确认")
    chat.say(f"确认 {second.ticket.replace(' ', '')}")
    assert state_of(chain, second.ref) == State.COMPLETED
    assert state_of(chain, first.ref) == State.AWAITING_STAFF


def test_a_no_with_its_reason(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    answer = chat.say(f"拒绝 {asked.ticket} 要本人来")
    assert "店员没同意，券没动：要本人来" in answer
    assert chain.services.redeem.view(asked.ref, chain.kiosk).reason == "要本人来"


def test_a_bare_no_turns_down_the_only_one(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.say("拒绝 要本人来")
    assert state_of(chain, asked.ref) == State.REJECTED


def test_no_asks_which_when_several_wait(chain: Chain, chat: Talk) -> None:
    first, second = chain.ask(chain.buy()), chain.ask(chain.buy(), phone=OTHER_PHONE)
    assert "哪一单" in chat.say("拒绝")
    assert {state_of(chain, one.ref) for one in (first, second)} == {State.AWAITING_STAFF}


def test_staff_may_withdraw_for_a_member(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    assert "取消了" in chat.say(f"取消 {asked.ticket}")
    assert state_of(chain, asked.ref) == State.WITHDRAWN


def test_another_venues_ticket_is_not_to_be_had(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    for said in (f"确认 {asked.ticket}", f"拒绝 {asked.ticket}", f"查 {asked.ticket}"):
        answer = chat.say(said, as_="陈晨")
        assert "没找到" in answer or "别家店" in answer
    assert "没有人在等" in chat.say("待办", as_="陈晨")
    assert state_of(chain, asked.ref) == State.AWAITING_STAFF


def test_a_ticket_alone_is_looked_up(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    for said in (asked.ticket, asked.ticket.replace(" ", "").lower(), f"查{asked.ticket}"):
        assert asked.ticket in chat.say(said)
    assert state_of(chain, asked.ref) == State.AWAITING_STAFF


def test_a_code_is_looked_up_without_touching_it(chain: Chain, chat: Talk) -> None:
    bought = chain.buy("douyin", "times_card")
    answer = chat.say(f"查 {bought.code}")
    assert "未核销，这次没动它" in answer and "10 次，还剩 10 次" in answer
    assert chain.consumed(bought) == 0


def test_a_redeemed_code_shows_who_did_it(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chain.redeem(bought)
    answer = chat.say(f"查 {bought.code}")
    assert "经办：林小满" in answer and "月卡 30 天开好了" in answer


def test_codes_and_phones_are_masked_in_every_answer(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    said = [chat.say(bought.code), chat.say("13711112222"), chat.say("确认"),
            chat.say(f"查 {bought.code}")]
    assert all(bought.code not in answer and "13711112222" not in answer for answer in said)
