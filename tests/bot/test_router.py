"""What people say finds the command they mean, and only one they may use."""

from __future__ import annotations

import re

import pytest

from bot.commands import FAMILIES
from bot.phrases import SENTENCES, sentence
from bot.router import COMMANDS, allowed, match, normal, suggestions
from core import errors
from core.services.actor import Actor, Role
from core.services.chat import Alerts, Person
from core.vouchers.reading import Reason
from tests.bot.test_alerts import SHOP_NIGHT

assert FAMILIES


def person(role: Role) -> Person:
    return Person(1, Actor("staff", 1, "bot", 1, role, "小王", frozenset({1})), "wecom", "zh",
                  SHOP_NIGHT, Alerts())


@pytest.mark.parametrize("said, name, rest", [
    ("核销 A1B2", "核销", "A1B2"), ("核销A1B2", "核销", "A1B2"), ("核销：A1B2", "核销", "A1B2"),
    ("ＨＸ　１２３", "核销", "123"), ("hx123", "核销", "123"), ("Redeem 12", "核销", "12"),
    ("查券123", "查", "123"), ("查 H0372", "查", "H0372"), ("查H0372", "查", "H0372"),
    ("拒绝H0373要本人来", "拒绝", "H0373要本人来"), ("拒绝要本人来", "拒绝", "要本人来"),
    ("确认", "确认", ""), ("好", "确认", ""), ("Yes", "确认", ""), ("?", "帮助", ""),
    ("？", "帮助", ""), (" 待办 ", "待办", ""), ("\u200b待办", "待办", ""),
    ("undo h0372 by mistake", "撤销", "h0372 by mistake"),
])
def test_a_command_is_found_with_what_follows_it(said: str, name: str, rest: str) -> None:
    found = match(said, COMMANDS)
    assert found is not None and (found[0].name, found[1]) == (name, rest)


@pytest.mark.parametrize("said", [
    "", "1234567890", "H 0372", "好吃吗", "查一下今天", "是不是这样", "我想问一下", "hxabc",
    "todos", "待办事项", "helpful", "redeemed",
])
def test_what_is_no_command_is_not_taken_for_one(said: str) -> None:
    assert match(said, COMMANDS) is None


def test_names_and_aliases_are_told_apart() -> None:
    words = [word.casefold() for each in COMMANDS for word in (each.name, *each.aliases)]
    assert len(words) == len(set(words))


def test_every_command_says_what_it_does_in_both_languages() -> None:
    for each in COMMANDS:
        assert each.about.zh and each.about.en and each.usage.zh and each.usage.en
        assert each.about.en.isascii() and not each.about.zh.isascii()


def test_each_role_sees_what_it_may_use() -> None:
    strangers = {each.name for each in allowed(None)}
    clerks = {each.name for each in allowed(person(Role.CLERK))}
    managers = {each.name for each in allowed(person(Role.MANAGER))}
    owners = {each.name for each in allowed(person(Role.ADMIN))}
    assert strangers == {"绑定", "帮助"}
    assert strangers < clerks < managers < owners
    assert "告警" in managers - clerks and "发布菜单" in owners - managers


def test_suggestions_hold_back_what_one_may_not_use() -> None:
    assert suggestions("告警吗", person(Role.MANAGER)) == ["告警"]
    assert "告警" not in suggestions("告警吗", person(Role.CLERK))


def test_text_is_folded_before_it_is_read() -> None:
    assert normal(" 核销　ＡＢ\n１２\u200b ") == "核销 AB 12"


def test_every_reason_and_error_word_has_a_sentence() -> None:
    listed = (errors.VoucherError.__doc__ or "").split(":", 1)[1].split(". ")[0]
    words = {reason.value for reason in Reason} | set(re.findall("[a-z_]+", listed))
    assert "qr_expired" in words and words <= SENTENCES.keys(), words - SENTENCES.keys()


def test_sentences_stand_without_their_facts() -> None:
    for word in SENTENCES:
        bare = sentence(errors.VoucherError(word))
        assert "{" not in bare.zh + bare.en and bare.zh and bare.en
        assert not set("请您！") & set(bare.zh.replace("申请", "")), "house tone"


def test_an_unknown_word_gets_the_sentence_of_its_class() -> None:
    assert sentence(errors.PlatformBusy("douyin", "odd")).zh.startswith("抖音这会儿忙")
    assert sentence(errors.HexiaotaiError("odd")).zh == "没办成，什么都没动"
