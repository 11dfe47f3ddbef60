"""绑定, 解绑, 我, 门店, 语言: who somebody is in the chat."""

from __future__ import annotations

from bot.incoming import Pending, Reply, Say, lines
from bot.phrases import HOW_TO_BIND
from bot.router import YES, YES_OR_NO, command, step
from core.clock import business_day
from core.ids import new_key
from core.services.actor import Role
from core.services.chat import Person
from core.services.staff_words import Words
from core.services.workplace import Place

ROLES = {Role.CLERK: Words("店员", "clerk"), Role.MANAGER: Words("店长", "manager"),
         Role.ADMIN: Words("老板", "owner")}


@command("绑定", "bind", role=None, takes_text=True, usage=("绑定 ABCD2345", "bind ABCD2345"),
         english="Tie this chat to your account")
def bind(say: Say) -> Reply:
    """用核销台给的 8 位码认出你"""
    if not say.text:
        return Reply(HOW_TO_BIND)
    sent = say.incoming
    person = say.services.binding.bind(say.text, sent.channel, sent.app_id, sent.sender,
                                       request_id=sent.key)
    return Reply(lines(Words(f"✅ 认识了，{person.actor.name}",
                             f"✅ Hello {person.actor.name}"),
                       *_about(person, say.services.workplace.places(person.actor)),
                       Words("回“帮助”看能做什么", "Say “help” to see what you can do")))


@command("我", "我是谁", "whoami", "me", role=Role.CLERK, usage=("我", "me"),
         english="Who you are here")
def whoami(say: Say) -> Reply:
    """你是谁，在哪家店"""
    person = say.staff
    return Reply(lines(Words(person.actor.name, person.actor.name),
                       *_about(person, say.services.workplace.places(person.actor)),
                       Words(f"绑定：{business_day(person.bound_at)}",
                             f"Bound: {business_day(person.bound_at)}")))


def _about(person: Person, places: list[Place]) -> list[Words]:
    role = ROLES[person.actor.role or Role.CLERK]
    here = next((place.name for place in places if place.current), None)
    return [Words(f"身份：{role.zh}", f"Role: {role.en}"),
            Words(f"门店：{here or '还没选，回“门店”'}",
                  f"Venue: {here or 'none yet, say “venue”'}")]


@command("解绑", "unbind", role=Role.CLERK, usage=("解绑", "unbind"),
         english="Untie this chat from your account")
def unbind(say: Say) -> Reply:
    """这个聊天不再代表你"""
    return Reply(Words("解绑以后，这里收不到确认，也不能核销。要解绑就回“确认”",
                       "After that you get no cards here and cannot redeem. Say “yes” to unbind"),
                 Pending("unbind", new_key()), taps=YES_OR_NO)


@step("unbind")
def do_unbind(say: Say, asked: Pending, answer: str) -> Reply | None:
    if answer != YES:
        return None
    sent = say.incoming
    say.services.binding.unbind(sent.channel, sent.app_id, sent.sender, request_id=sent.key)
    return Reply(Words("解绑了。要再用，在核销台重新点“绑定聊天”",
                       "Done. To come back, press “Bind chat” at the desk page"))


@command("门店", "换店", "venue", "shop", role=Role.CLERK, takes_text=True,
         usage=("门店 城西", "venue 2"), english="See or switch the venue you work in")
def venue(say: Say) -> Reply:
    """看你在哪家店，或换一家"""
    places = say.services.workplace.places(say.actor)
    if not say.text:
        rows = [Words(f"{n} {place.name}{'，现在在这' if place.current else ''}",
                      f"{n} {place.name}{', you are here' if place.current else ''}")
                for n, place in enumerate(places, 1)]
        return Reply(lines(*rows, Words("换店回“门店 编号”", "Say “venue NUMBER” to switch")))
    named = [place for n, place in enumerate(places, 1)
             if say.text == str(n) or say.text in place.name]
    if len(named) != 1:
        return Reply(Words("没有这家店，或你不在那边上班。回“门店”看有哪些",
                           "No such venue for you. Say “venue” to see yours"))
    place = say.services.workplace.move(say.actor, named[0].id)
    return Reply(Words(f"✅ 换到{place.name}了，那边的确认会发给你",
                       f"✅ You are at {place.name} now and get its cards"))


@command("English", "英文", "language en", role=Role.CLERK, usage=("English", "English"),
         english="Answer me in English")
def english(say: Say) -> Reply:
    """改用英文回话"""
    say.services.chat.speak(say.staff, "en")
    return Reply(Words("From now on I answer in English. Say “中文” to switch back",
                       "From now on I answer in English. Say “中文” to switch back"))


@command("中文", "chinese", role=Role.CLERK, usage=("中文", "中文"),
         english="Answer me in Chinese")
def chinese(say: Say) -> Reply:
    """改用中文回话"""
    say.services.chat.speak(say.staff, "zh")
    return Reply(Words("好，用中文回话", "好，用中文回话"))
