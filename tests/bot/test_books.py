"""同步 and 对账: the books looked at from the chat."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.store.tables import SyncRun
from tests.bot.talk import Talk
from tests.builders import Chain
from tests.operations.injected import at_their_till


def test_a_sync_is_asked_for_and_followed(chain: Chain, chat: Talk) -> None:
    assert "还没同步过" in chat.say("同步 看")
    for platform in ("meituan", "douyin"):
        chain.buy(platform)
    answer = chat.say("同步")
    assert "美团" in answer and "抖音" in answer and "排上了" in answer
    assert "sync_requested" in chain.nudged
    chain.services.platforms.sync.go_on()
    followed = chat.say("同步 看")
    assert followed.count("好了，1 单，新券 1 张") == 2


def test_who_asked_in_the_chat_hears_the_end_once(chain: Chain, chat: Talk) -> None:
    chain.buy("douyin")
    before, others = len(chat.texts()), len(chat.texts("梅雪"))
    assert "好了会告诉你" in chat.say("同步 抖音")
    chain.services.platforms.sync.go_on()
    assert "outbox" in chain.nudged
    chat.deliver()
    chat.deliver()
    _, told = chat.texts()[before:]
    assert re.fullmatch(r"✅ 抖音 \d\d:\d\d 好了，[1-9]\d* 单，新券 [1-9]\d* 张", told)
    assert len(chat.texts("梅雪")) == others


def test_a_run_that_failed_is_told_too(chain: Chain, chat: Talk) -> None:
    chain.buy("douyin")
    chat.fault("douyin", "*", "token_expired", 99)
    before = len(chat.texts())
    chat.say("同步 抖音")
    chain.services.platforms.sync.go_on()
    chat.deliver()
    assert [text for text in chat.texts()[before:] if text.startswith("❌ 抖音")
            and "没成" in text]


def test_a_run_of_the_desk_or_the_clock_tells_no_chat(chain: Chain, chat: Talk) -> None:
    before = len(chat.texts())
    chain.services.platforms.sync.ask(chain.clerk, platform="douyin")
    answer = chat.say("同步 抖音")
    assert "同步 看" in answer and "好了会告诉你" not in answer, "he did not ask for this one"
    chain.services.platforms.sync.go_on()
    chain.services.platforms.sync.run("incremental")
    chat.deliver()
    assert len(chat.texts()) == before + 1, "only the answer"


def test_the_same_wish_again_gives_the_same_run(chain: Chain, chat: Talk) -> None:
    chat.say("同步 抖音")
    assert chat.say("sync douyin").count("抖音") == 1
    assert len(chain.rows(SyncRun)) == 1


@pytest.mark.parametrize("said", ["同步 昨天", "同步 美团 昨日", "sync yesterday meituan"])
def test_a_day_may_be_named(chain: Chain, chat: Talk, said: str) -> None:
    assert "排上了" in chat.say(said)


@pytest.mark.parametrize("said", ["同步 火星", "同步 13-45", "对账 火星"])
def test_what_is_no_day_and_no_platform_is_said(chain: Chain, chat: Talk, said: str) -> None:
    assert "没看懂" in chat.say(said) and not chain.rows(SyncRun)


def test_a_day_that_agrees_and_then_a_use_we_do_not_know(chain: Chain, chat: Talk) -> None:
    day = chain.today
    chain.redeem(chain.buy("douyin"))
    assert "还没对过" in chat.say(f"对账 {day}")
    assert "✅ 抖音" in chat.say(f"对账 重对 {day} 抖音", as_="梅雪")
    assert "我们 1 笔 ¥199.00，平台 1 笔 ¥199.00" in chat.say(f"对账 {day} 抖音")
    at_their_till(chain, chain.buy("douyin"))
    chain.pass_time(timedelta(hours=3))
    answer = chat.say(f"对账 重对 抖音 {day}", as_="梅雪")
    assert "1 处对不上" in answer and "平台说核销了，我们没有这笔" in answer


def test_comparing_again_is_the_managers(chain: Chain, chat: Talk) -> None:
    assert "店长来办" in chat.say("对账 重对")
