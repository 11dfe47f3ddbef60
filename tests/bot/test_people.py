"""Who is who in the chat: binding, unbinding, venues, roles, help."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import NotAllowed
from core.services.actor import Role
from core.store.tables import (
    Audit,
    BindingCode,
    ChatBinding,
    InboundMessage,
    Staff,
    StaffVenue,
)
from tests.bot.talk import Talk
from tests.builders import CORPID, Chain


def new_clerk(chain: Chain, name: str = "周教练") -> int:
    """Somebody hired at 滨江店 who has no chat yet."""
    at = chain.clock.now()
    with chain.store.connection():
        staff = Staff.create(username="zhou", name=name, role="clerk", venue=chain.binjiang,
                             password_hash="-", created_at=at)
        StaffVenue.create(staff=staff, venue=chain.binjiang, created_at=at)
        return int(staff.id)


def code_for(chain: Chain, staff_id: int) -> str:
    with chain.store.connection():
        return chain.services.binding.new_code(staff_id, chain.manager)


@pytest.mark.parametrize("text", ["你好", "帮助", "核销 1234567890", "待办", "确认", "我", "?"])
def test_an_unbound_person_is_told_how_to_get_bound(chain: Chain, chat: Talk, text: str) -> None:
    assert "绑定 ABCD2345" in chat.say(text, as_="周教练")


def test_a_scan_of_an_unbound_person_touches_nothing(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    assert "还不认识你" in chat.scan(bought.code, as_="周教练") and chain.consumed(bought) == 0


def test_a_code_binds_once(chain: Chain, chat: Talk) -> None:
    code = code_for(chain, new_clerk(chain))
    answer = chat.say(f"绑定 {code}", as_="周教练")
    assert "认识了，周教练" in answer and "身份：店员" in answer and "门店：滨江店" in answer
    assert "周教练" in chat.say("我", as_="周教练")
    assert "绑定码不对" in chat.say(f"绑定 {code}", as_="陈晨"), "it is used up"
    with chain.store.connection():
        assert Audit.select().where(Audit.action == "binding.bound").count() == 1
        assert code not in str(list(BindingCode.select().dicts()))


@pytest.mark.parametrize("form", ["绑定{code}", "bind {code}", "绑定 {lower}", "绑定：{dashed}"])
def test_a_code_is_read_as_people_type_it(chain: Chain, chat: Talk, form: str) -> None:
    code = code_for(chain, new_clerk(chain))
    text = form.format(code=code, lower=code.lower(), dashed=f"{code[:4]}-{code[4:]}")
    assert "认识了" in chat.say(text, as_="周教练")


def test_a_code_is_good_for_ten_minutes(chain: Chain, chat: Talk) -> None:
    code = code_for(chain, new_clerk(chain))
    chain.pass_time(timedelta(minutes=10))
    assert "过了 10 分钟" in chat.say(f"绑定 {code}", as_="周教练")


def test_a_new_code_ends_the_older_one(chain: Chain, chat: Talk) -> None:
    staff_id = new_clerk(chain)
    first, second = code_for(chain, staff_id), code_for(chain, staff_id)
    assert "不对" in chat.say(f"绑定 {first}", as_="周教练")
    assert "认识了" in chat.say(f"绑定 {second}", as_="周教练")


def test_five_wrong_codes_and_even_the_right_one_waits(chain: Chain, chat: Talk) -> None:
    code = code_for(chain, new_clerk(chain))
    for number in range(5):
        assert "不对" in chat.say(f"绑定 ABCD234{number}", as_="周教练")
    assert "秒后再试" in chat.say(f"绑定 {code}", as_="周教练")
    chain.pass_time(timedelta(minutes=10, seconds=1))
    assert "秒后" not in chat.say(f"绑定 {code_for(chain, new_clerk_id(chain))}", as_="周教练")


def new_clerk_id(chain: Chain) -> int:
    with chain.store.connection():
        return int(Staff.get(Staff.username == "zhou").id)


def test_a_clerk_gives_out_no_codes_for_others(chain: Chain) -> None:
    staff_id = new_clerk(chain)
    with chain.store.connection():
        with pytest.raises(NotAllowed):
            chain.services.binding.new_code(staff_id, chain.clerk)
        assert chain.services.binding.new_code(chain.clerk.id, chain.clerk)


def test_unbinding_asks_first(chain: Chain, chat: Talk) -> None:
    assert "要解绑就回“确认”" in chat.say("解绑")
    assert "滨江店" in chat.say("我")
    chat.say("解绑")
    assert "解绑了" in chat.say("确认")
    assert "还不认识你" in chat.say("我")


def test_who_leaves_the_app_is_unbound(chain: Chain, chat: Talk) -> None:
    assert chat.event("unsubscribe") == ""
    with chain.store.connection():
        assert ChatBinding.get_or_none(ChatBinding.external_id == "linxiaoman") is None
        assert Audit.select().where(Audit.action == "binding.unbound").count() == 1


def test_entering_the_app_is_not_greeted_each_time(chain: Chain, chat: Talk) -> None:
    assert chat.event("enter_agent") == ""


def test_a_disabled_account_is_nobody(chain: Chain, chat: Talk) -> None:
    with chain.store.connection():
        Staff.update(status=0).where(Staff.id == chain.clerk.id).execute()
    assert "还不认识你" in chat.say("我")


def test_a_venue_is_switched_by_name_or_number(chain: Chain, chat: Talk) -> None:
    with chain.store.connection():
        StaffVenue.create(staff=chain.clerk.id, venue=chain.chengxi,
                          created_at=chain.clock.now())
    assert "1 滨江店，现在在这" in chat.say("门店")
    assert "换到城西店了" in chat.say("门店 城西")
    assert "2 城西店，现在在这" in chat.say("门店")
    assert "换到滨江店了" in chat.say("门店1")
    asked = chain.ask(chain.buy())
    chat.deliver()
    assert len(chat.cards(asked)) == 1


def test_a_venue_that_is_not_mine_stays_shut(chain: Chain, chat: Talk) -> None:
    assert "没有这家店" in chat.say("门店 城西")
    assert "换到城西店了" in chat.say("门店 城西", as_="老李"), "the owner may work anywhere"


def test_help_shows_what_one_may_use(chain: Chain, chat: Talk) -> None:
    text = chat.say("帮助")
    for usage in ("核销 1234567890", "撤销 H0372", "待办", "门店 城西", "查 H0372"):
        assert usage in text
    assert "绑定 ABCD2345｜" in text
    assert "redeem 1234567890 | Redeem a voucher" in _in_english(chat, "help")


def _in_english(chat: Talk, text: str) -> str:
    chat.say("English")
    return chat.say(text)


@pytest.mark.parametrize("typo, meant", [("核消", "核销"), ("待辦", "待办"), ("helpp", "帮助"),
                                         ("撒销", "撤销"), ("redem", "核销")])
def test_a_near_miss_is_answered_with_what_was_meant(chain: Chain, chat: Talk, typo: str,
                                                     meant: str) -> None:
    answer = chat.say(typo)
    assert "你是不是要说" in answer and meant in answer


def test_small_talk_is_pointed_to_help(chain: Chain, chat: Talk) -> None:
    assert "帮助" in chat.say("你们几点关门")


def test_no_at_a_summary_spares_the_member_who_waits(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.say(f"{chain.buy().code} 13700000001")
    assert "不办了" in chat.say("no")
    assert chain.services.redeem.view(asked.ref, chain.kiosk).state == "awaiting_staff"


def test_a_person_of_two_chats_is_one_person(chain: Chain, chat: Talk) -> None:
    with chain.store.connection():
        ChatBinding.create(staff=chain.clerk.id, channel="wecom", app_id=CORPID,
                           external_id="zhoujiaolian", created_at=chain.clock.now())
    assert "林小满" in chat.say("我", as_="周教练")
    assert chain.clerk.role is Role.CLERK


def test_the_audit_names_the_message_that_caused_it(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} 13700000001")
    chat.say("确认")
    with chain.store.connection():
        rows = list(Audit.select().where(Audit.subject_kind == "redemption"))
        keys = {row.message_key[:32] for row in InboundMessage.select()}
    assert rows and all(row.door == "bot" and row.request_id in keys for row in rows)


def test_the_purge_keeps_what_is_still_needed(chain: Chain, chat: Talk) -> None:
    asked = chain.ask(chain.buy())
    chat.say("绑定 ABCD2345", as_="周教练")
    chain.services.upkeep.purge()
    chat.deliver()
    assert len(chat.cards(asked)) == 1
    chain.pass_time(timedelta(days=91))
    assert "2 notices" in (said := chain.services.upkeep.purge()) and "1 attempts" in said
