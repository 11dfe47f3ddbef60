"""A member waits at the kiosk: staff get a card at once, one of them decides, all see it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from core.errors import VoucherError
from core.services.redeem import RedeemRequest
from core.store.tables import ChatBinding, OutboxMessage, Redemption, Staff, StaffVenue, Task
from core.vouchers.redemption import State
from tests.bot.talk import Talk
from tests.builders import Chain

PHONE = "13700009082"


def state_of(chain: Chain, ref: str) -> str:
    with chain.store.connection():
        return str(Redemption.get(Redemption.ref == ref).state)


def test_the_card_says_what_whose_and_until_when(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy(sku="season_card"), phone=PHONE)
    assert "outbox" in chain.nudged, "the sender is woken at once"
    chat.deliver()
    card = chat.card(asked)
    assert card.band == "等你确认" and card.title.startswith("开季卡 90 天，到 20")
    assert card.facts["会员"] == "137****9082" and card.facts["券"] == "美团 季卡 90 天"
    assert card.facts["实付"] == "¥499.00"
    assert card.body["main_title"]["desc"] == f"{asked.ticket}，滨江店自助机"
    assert "前有效" in card.body["sub_title_text"]
    assert card.keys == [f"reject:{asked.ref}", f"confirm:{asked.ref}"]


def test_the_staff_of_that_venue_get_it(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.deliver()
    assert [len(chat.cards(asked, name)) for name in ("林小满", "梅雪", "陈晨", "周教练")] == \
        [1, 1, 0, 0]
    assert set(chain.services.redeem.view(asked.ref, chain.kiosk).staff_told) >= {"林小满", "梅雪"}


def test_a_click_opens_the_card_and_everybody_sees_who(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    assert chat.click(chat.card(asked, "梅雪"), "confirm") == ""
    assert chain.consumed(bought) == 1
    chat.deliver()
    for name in ("林小满", "梅雪"):
        card = chat.card(asked, name)
        assert card.band == "已核销" and "月卡 30 天开好了" in card.title
        assert card.decided.startswith("梅雪 ") and card.decided.endswith("点的确认")
        assert card.keys == [f"undo:{asked.ref}"]


def test_a_click_on_no_leaves_the_voucher_alone(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    chat.click(chat.card(asked), "reject")
    chat.deliver()
    assert state_of(chain, asked.ref) == State.REJECTED and chain.consumed(bought) == 0
    card = chat.card(asked, "梅雪")
    assert "没同意" in card.band and card.decided.startswith("林小满 ")


def test_two_clerks_on_one_card_redeem_once(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    cards = [chat.card(asked, name) for name in ("林小满", "梅雪")]
    threads = [threading.Thread(target=chat.click, args=(card, "confirm")) for card in cards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert chain.consumed(bought) == 1
    chat.deliver()
    shown = {chat.card(asked, name).decided for name in ("林小满", "梅雪")}
    assert len(shown) == 1 and shown.pop().endswith("点的确认")


def test_the_slower_clerk_is_told_who_was_first(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.deliver()
    late = chat.card(asked, "林小满")
    chat.click(chat.card(asked, "梅雪"), "confirm")
    chat.click(late, "reject")
    chat.deliver()
    assert state_of(chain, asked.ref) == State.COMPLETED
    assert "已经由梅雪处理了" in chat.texts("林小满")[-1]
    assert chat.card(asked, "林小满").decided.startswith("梅雪 ")


def test_confirming_by_text_closes_the_cards_too(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.deliver()
    assert chat.say(f"确认 {asked.ticket}").startswith("✅")
    chat.deliver()
    assert chat.card(asked, "梅雪").decided.startswith("林小满 ")


def test_a_redeemed_card_takes_it_back_after_a_yes(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    chat.click(chat.card(asked), "confirm")
    chat.deliver()
    assert chat.click(chat.card(asked), "undo") == "", "the answer comes as a text of its own"
    chat.deliver()
    assert f"撤销 {asked.ticket}，会变成这样" in chat.texts()[-1] and chain.consumed(bought) == 1
    assert "撤销了" in chat.say("确认") and chain.consumed(bought) == 0
    chat.deliver()
    assert chat.card(asked).decided.startswith("林小满 ") and chat.card(asked).keys == []


def test_a_stale_undo_button_says_what_became_of_it(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.deliver()
    chat.click(chat.card(asked, "梅雪"), "confirm")
    chat.deliver()
    stale = chat.card(asked, "林小满")
    chain.services.redeem.undo(asked.ref, chain.manager, "点错了")
    chat.deliver()
    chat.click(stale, "undo")
    chat.deliver()
    assert "撤销了" in chat.texts()[-1]
    assert chat.card(asked).decided.startswith("梅雪 "), "and the card is brought up to date"


def test_a_card_runs_out_after_ten_minutes(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    chain.pass_time(timedelta(minutes=10, seconds=1))
    chat.click(chat.card(asked), "confirm")
    chain.services.settle.expire_waiting()
    chat.deliver()
    assert state_of(chain, asked.ref) == State.EXPIRED and chain.consumed(bought) == 0
    assert chat.card(asked, "梅雪").closed == "过时了"
    assert "超过 10 分钟" in chat.texts()[-1]


def test_the_member_changed_her_mind(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.deliver()
    chain.services.redeem.withdraw(asked.ref, chain.kiosk)
    chat.deliver()
    assert chat.card(asked).closed == "会员取消了"


def test_a_card_decided_before_it_was_sent_is_not_sent(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chain.services.redeem.withdraw(asked.ref, chain.kiosk)
    done = chat.deliver()
    assert chat.cards(asked) == [] and done.sent == 0 and done.overtaken >= 2


def test_who_was_reminded_before_the_first_card_was_sent_gets_one(chain: Chain,
                                                                 chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chain.pass_time(timedelta(seconds=31))
    chain.services.redeem.remind(asked.ref, chain.kiosk)
    chat.deliver()
    chat.click(chat.card(asked), "confirm")
    chat.deliver()
    assert chat.card(asked).decided.startswith("林小满 ")


def test_who_was_moved_away_cannot_confirm_with_an_old_card(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    card = chat.card(asked)
    with chain.store.connection():
        StaffVenue.update(venue=chain.chengxi).where(StaffVenue.staff == chain.clerk.id).execute()
        Staff.update(venue=chain.chengxi).where(Staff.id == chain.clerk.id).execute()
    chat.click(card, "confirm")
    chat.deliver()
    assert state_of(chain, asked.ref) == State.AWAITING_STAFF and chain.consumed(bought) == 0
    assert "别家店" in chat.texts()[-1]


@pytest.mark.parametrize("gone", ["disabled", "unbound"])
def test_who_left_cannot_confirm_with_an_old_card(chain: Chain, chat: Talk, gone: str) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    card = chat.card(asked)
    with chain.store.connection():
        if gone == "disabled":
            Staff.update(status=0).where(Staff.id == chain.clerk.id).execute()
        else:
            ChatBinding.delete().where(ChatBinding.external_id == "linxiaoman").execute()
    chat.click(card, "confirm")
    chat.deliver()
    assert state_of(chain, asked.ref) == State.AWAITING_STAFF and chain.consumed(bought) == 0


def test_a_click_sent_twice_counts_once(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    chat.click(chat.card(asked), "confirm")
    chat.resend()
    chat.deliver()
    assert chain.consumed(bought) == 1
    assert chat.card(asked).decided.startswith("林小满 ")


def test_an_unknown_outcome_is_shown_as_such_and_then_told(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought)
    chat.deliver()
    chat.fault("meituan", "/ddzh/tuangou/receipt/consume", "timeout_after_commit", 3)
    chat.click(chat.card(asked), "confirm")
    chat.deliver()
    assert "还没回话，正在查" in chat.texts()[-1] and "开好了" not in chat.card(asked).title
    chain.pass_time(timedelta(seconds=30))
    chain.services.settle.run()
    chat.deliver()
    assert chain.consumed(bought) == 1
    assert [chat.card(asked, name).band for name in ("林小满", "梅雪")] == ["已核销"] * 2


def test_a_lost_answer_of_the_chat_app_shows_one_card(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.fault("wecom", "/cgi-bin/message/send", "timeout_after_commit", 6)
    first = chat.deliver()
    assert first.sent == 0 and first.later >= 2
    chat.behave()
    chain.pass_time(timedelta(seconds=40))
    second = chat.deliver()
    assert second.later == second.dead == 0
    assert len(chat.cards(asked)) == 1
    chat.click(chat.card(asked), "confirm")
    chat.deliver()
    assert chat.card(asked).decided.startswith("林小满 ")


def test_a_sender_that_died_leaves_the_card_to_the_next(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    at = chain.clock.now()
    with chain.store.connection():
        OutboxMessage.update(lease_until=at + timedelta(seconds=30),
                             next_try_at=at + timedelta(seconds=30)).execute()
    assert chat.deliver().sent == 0
    chain.pass_time(timedelta(seconds=31))
    assert chat.deliver().sent >= 2 and len(chat.cards(asked)) == 1


def test_two_senders_at_once_show_one_card(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    threads = [threading.Thread(target=chat.deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(chat.cards(asked, "林小满")) == len(chat.cards(asked, "梅雪")) == 1


def test_the_chat_app_away_for_a_while_is_tried_again(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.fault("wecom", "*", "http_500", 6)
    assert chat.deliver().later >= 2 and chat.deliver().sent == 0
    chain.pass_time(timedelta(seconds=3))
    assert chat.deliver().sent >= 2 and len(chat.cards(asked)) == 1


def test_what_cannot_be_delivered_becomes_a_task(chain: Chain, chat: Talk) -> None:
    with chain.store.connection():
        ChatBinding.update(external_id="left-the-company").where(
            ChatBinding.external_id == "linxiaoman").execute()
    asked = chain.ask(chain.buy())
    done = chat.deliver()
    assert done.dead == 1 and len(chat.cards(asked, "梅雪")) == 1
    with chain.store.connection():
        (task,) = Task.select().where(Task.kind == "notice_failed")
        assert task.facts["why"] == "unreachable"


def test_cards_come_in_the_readers_language(chain: Chain, chat: Talk) -> None:
    chat.say("English")
    asked = chain.ask(chain.buy())
    chat.deliver()
    assert chat.card(asked).band == "waits for your yes" and "Member" in chat.card(asked).facts
    assert chat.card(asked, "梅雪").band == "等你确认"


def test_nothing_secret_is_in_a_card(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chain.ask(bought, phone=PHONE)
    chat.deliver()
    text = str(chat.card(asked).body)
    assert PHONE not in text and bought.code not in text and "137****9082" in text


def test_an_unmapped_voucher_is_told_to_the_manager(chain: Chain, chat: Talk) -> None:
    with pytest.raises(VoucherError, match="unmapped_sku"):
        chain.services.redeem.request(
            RedeemRequest(code=chain.buy(sku="unmapped").code, phone=PHONE), chain.kiosk)
    chat.deliver()
    assert "运动水壶礼盒" in chat.texts("梅雪")[-1] and "券没动" in chat.texts("梅雪")[-1]
