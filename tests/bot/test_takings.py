"""今日, 昨日, 统计: what was redeemed, from the uses that stand."""

from __future__ import annotations

from datetime import timedelta

from tests.bot.talk import Talk
from tests.builders import Chain

PHONE = "13700000001"


def redeemed(chain: Chain, chat: Talk, as_: str, platform: str = "meituan",
             sku: str = "month_card") -> None:
    chat.say(f"{chain.buy(platform, sku).code} {PHONE}", as_)
    answer = chat.say("确认", as_)
    if "编号" in answer or "办哪一个" in answer:
        answer = chat.say("1", as_)
    while not answer.startswith("✅"):
        answer = chat.say("确认", as_)


def test_nothing_yet(chain: Chain, chat: Talk) -> None:
    assert "还没有核销" in chat.say("今日")


def test_a_clerk_sees_her_own_and_the_manager_all(chain: Chain, chat: Talk) -> None:
    redeemed(chain, chat, "林小满")
    redeemed(chain, chat, "梅雪", "douyin", "lessons")
    mine = chat.say("今日")
    assert "滨江店，你经手的" in mine and "一共 1 单，¥199.00" in mine and "抖音" not in mine
    whole = chat.say("today", as_="梅雪")
    assert "滨江店，全店" in whole and "一共 2 单，¥1,479.00" in whole
    assert "美团：1 单，¥199.00" in whole and "抖音：1 单，¥1,280.00" in whole
    assert "月卡 30 天开好了" in whole and "私教课 10 节买好了" in whole
    assert "还没有核销" in chat.say("今日", as_="陈晨"), "the other venue"


def test_an_undone_one_counts_as_undone(chain: Chain, chat: Talk) -> None:
    redeemed(chain, chat, "林小满")
    chat.say("撤销")
    chat.say("确认")
    assert "一共 0 单，¥0.00" in (text := chat.say("今日")) and "撤销 1 单" in text


def test_uses_of_a_times_card_count_what_they_cost(chain: Chain, chat: Talk) -> None:
    chat.say(f"{chain.buy(sku='times_card').code} {PHONE} 3次")
    assert chat.say("确认").startswith("✅")
    assert "一共 1 单，¥80.40" in chat.say("今日")


def test_yesterday_and_longer(chain: Chain, chat: Talk) -> None:
    redeemed(chain, chat, "林小满")
    chain.pass_time(timedelta(days=1))
    assert "还没有核销" in chat.say("今日")
    assert "昨天" in (text := chat.say("昨日")) and "一共 1 单" in text
    text = chat.say("统计")
    assert "今天：0 单，¥0.00" in text and "近 7 天：1 单，¥199.00" in text
    chain.pass_time(timedelta(days=10))
    assert "近 7 天：0 单" in (text := chat.say("stats")) and "近 30 天：1 单" in text
