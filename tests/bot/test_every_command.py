"""The whole command table, talked through: every name, alias and example, by every role."""

from __future__ import annotations

from bot.phrases import HOW_TO_BIND, NOT_FOR_YOU
from bot.router import COMMANDS, Command
from core.services.actor import Role
from tests.bot.talk import Talk
from tests.builders import Chain

LOST = ("没听懂", "卡住了", "I did not get that", "Something got stuck")


def words(each: Command) -> tuple[str, ...]:
    return (each.name, *each.aliases)


def test_a_stranger_hears_how_to_get_bound_whatever_he_says(chain: Chain, chat: Talk) -> None:
    said = {word: chat.say(word, as_="周教练") for each in COMMANDS for word in words(each)}
    assert {word for word, answer in said.items() if answer != HOW_TO_BIND.zh} == set()


def test_a_clerk_is_told_whose_job_it_is(chain: Chain, chat: Talk) -> None:
    above = [each for each in COMMANDS if each.role is not None and each.role > Role.CLERK]
    assert {"告警", "发布菜单"} <= {each.name for each in above}
    said = {word: chat.say(word) for each in above for word in words(each)}
    assert {word for word, answer in said.items() if answer != NOT_FOR_YOU.zh} == set()


def test_the_owner_is_understood_in_every_word(chain: Chain, chat: Talk) -> None:
    chat.say("门店 1", as_="老李")
    for each in COMMANDS:
        for said in (*words(each), each.usage.zh, each.usage.en):
            answer = chat.say(said, as_="老李")
            assert answer and not answer.startswith(LOST), (said, answer)


def test_help_begins_with_what_the_counter_needs(chain: Chain, chat: Talk) -> None:
    told = chat.say("帮助").splitlines()
    assert told[1].startswith("核销 ") and told[-1].startswith("帮助｜")


def test_help_lists_exactly_what_one_may_use(chain: Chain, chat: Talk) -> None:
    told = chat.say("帮助")
    for each in COMMANDS:
        allowed = each.role is None or each.role <= Role.CLERK
        assert (f"{each.usage.zh}｜" in told) == allowed, each.name
