"""帮助, and what to make of a text that names no command."""

from __future__ import annotations

from bot import showing
from bot.commands.confirm import named, ticket_and_rest
from bot.commands.redeem import look, parts
from bot.incoming import Kind, Reply, Say, lines
from bot.phrases import HOW_TO_BIND
from bot.router import allowed, command, otherwise, suggestions
from core.services.staff_words import Words
from core.vouchers import scan
from core.vouchers.scan import Reason, Unreadable


@command("帮助", "help", "?", "菜单", "menu", "h", role=None, usage=("帮助", "help"),
         english="What you can say")
def help_(say: Say) -> Reply:
    """看能说什么"""
    if say.person is None:
        return Reply(HOW_TO_BIND)
    rows = [Words(f"{each.usage.zh}｜{each.about.zh}", f"{each.usage.en} | {each.about.en}")
            for each in allowed(say.person)]
    return Reply(lines(Words("直接发券码就能核销，发会员码就记一次进店，也可以说",
                             "Send a code to redeem it, a member pass to count a visit, or say"),
                       *rows))


@otherwise(Kind.TEXT)
def anything_else(say: Say) -> Reply:
    """A bare ticket, a bare code, a member pass, or words: suggest what looks like them."""
    ticket = ticket_and_rest(say.text)
    if ticket is not None and not ticket[1]:
        return Reply(showing.redemption(named(say, ticket[0])))
    read = scan.read(parts(say.text)[0])
    if say.services.visits.is_pass(say.text):
        return look(say, say.text)
    if not isinstance(read, Unreadable) or read.reason not in (Reason.NOT_A_CODE, Reason.EMPTY):
        return look(say, say.text)
    near = suggestions(say.text, say.person)
    if near:
        return Reply(Words("没听懂。你是不是要说：" + "、".join(near),
                           "I did not get that. Did you mean: " + ", ".join(near)))
    return Reply(Words("没听懂。发券码就能核销，别的回“帮助”看",
                       "I did not get that. Send a code to redeem it, or say “help”"))
