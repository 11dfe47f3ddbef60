"""What staff are told: to the right people, once, with nothing that must stay masked."""

from __future__ import annotations

import json
from datetime import timedelta

from core.store.tables import ChatBinding, OutboxMessage, Staff
from tests.builders import PHONE, Chain


def test_staff_of_the_venue_get_a_card_and_see_what_became_of_it(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    assert asked.staff_told == ("林小满", "梅雪")
    cards = chain.rows(OutboxMessage)
    assert [(card.kind, card.channel, card.recipient) for card in cards] == [
        ("confirm_card", "wecom", "linxiaoman"), ("confirm_card", "wecom", "meixue")]
    assert cards[0].payload["ticket"] == asked.ticket
    assert cards[0].payload["choice"]["result_type"] == 1

    chain.services.redeem.confirm(asked.ref, chain.clerk)
    updates = chain.rows(OutboxMessage, OutboxMessage.kind == "card_update")
    assert {update.recipient for update in updates} == {"linxiaoman", "meixue"}
    assert {update.payload["decided_by"] for update in updates} == {"林小满"}
    assert updates[0].payload["result"]["after"] == str(chain.today + timedelta(30))


def test_a_rejection_says_who_and_why(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    chain.services.redeem.reject(asked.ref, chain.manager, "要本人来")
    update = chain.rows(OutboxMessage, OutboxMessage.kind == "card_update")[0]
    assert (update.payload["state"], update.payload["decided_by"], update.payload["reason"]) == (
        "rejected", "梅雪", "要本人来")


def test_a_desk_redemption_sends_no_cards(chain: Chain) -> None:
    chain.ask(chain.buy(), chain.clerk)
    assert chain.rows(OutboxMessage) == []


def test_a_reminder_is_a_new_card_at_most_every_half_minute(chain: Chain) -> None:
    asked = chain.ask(chain.buy())
    chain.clock.shift += timedelta(seconds=31)
    for _ in range(3):
        chain.services.redeem.remind(asked.ref, chain.kiosk)
    assert len(chain.rows(OutboxMessage)) == 4
    chain.clock.shift += timedelta(seconds=31)
    chain.services.redeem.remind(asked.ref, chain.kiosk)
    assert len(chain.rows(OutboxMessage)) == 6


def test_who_left_or_works_elsewhere_today_is_not_asked(chain: Chain) -> None:
    with chain.store.connection():
        Staff.update(status=2).where(Staff.username == "linxiaoman").execute()
    assert chain.ask(chain.buy()).staff_told == ("梅雪",)
    with chain.store.connection():
        Staff.update(venue=chain.chengxi).where(Staff.username == "meixue").execute()
    # Nobody works here now: whoever may is asked rather than nobody.
    assert chain.ask(chain.buy()).staff_told == ("梅雪",)
    with chain.store.connection():
        ChatBinding.delete().execute()
    assert chain.ask(chain.buy()).staff_told == ()


def test_news_hold_no_whole_phone_and_no_whole_code(chain: Chain) -> None:
    bought = chain.buy("douyin")
    chain.redeem(bought)
    text = json.dumps([row.payload for row in chain.rows(OutboxMessage)], ensure_ascii=False)
    assert PHONE not in text and bought.code not in text and "138****8000" in text
