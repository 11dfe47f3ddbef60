"""今日, 昨日, 统计: what was redeemed; a clerk's own work, a manager's whole venue."""

from __future__ import annotations

from bot import showing
from bot.incoming import Reply, Say, lines
from bot.router import command
from core.services.actor import Role
from core.services.staff_sentences import platform_name
from core.services.staff_words import Words, clock_time, gave
from core.services.takings import Takings

SPANS = (1, 7, 30)
"""Days, today included."""


@command("今日", "今天", "today", role=Role.CLERK, usage=("今日", "today"),
         english="What was redeemed today")
def today(say: Say) -> Reply:
    """今天核销了多少"""
    return Reply(_day(say.services.cashbook.day(say.actor), Words("今天", "Today")))


@command("昨日", "昨天", "yesterday", role=Role.CLERK, usage=("昨日", "yesterday"),
         english="What was redeemed yesterday")
def yesterday(say: Say) -> Reply:
    """昨天核销了多少"""
    return Reply(_day(say.services.cashbook.day(say.actor, 1), Words("昨天", "Yesterday")))


@command("统计", "stats", role=Role.CLERK, usage=("统计", "stats"),
         english="Today, 7 days and 30 days")
def stats(say: Say) -> Reply:
    """今天、7 天、30 天各多少"""
    rows = []
    for span in SPANS:
        found = say.services.cashbook.last_days(say.actor, span)
        name = Words("今天", "Today") if span == 1 else Words(f"近 {span} 天", f"{span} days")
        rows.append(Words(f"{name.zh}：{found.redemptions} 单，{found.paid}",
                          f"{name.en}: {found.redemptions}, {found.paid}"))
    return Reply(lines(_whose(found), *rows))


def _whose(found: Takings) -> Words:
    if found.own:
        return Words(f"{found.venue_name}，你经手的", f"{found.venue_name}, your work")
    return Words(f"{found.venue_name}，全店", f"{found.venue_name}, everybody")


def _day(found: Takings, name: Words) -> Words:
    whose = _whose(found)
    head = Words(f"{name.zh}（{found.first:%m-%d}）{whose.zh}",
                 f"{name.en} ({found.first:%m-%d}), {whose.en}")
    if not found.redemptions and not found.undone:
        return lines(head, Words("还没有核销", "Nothing redeemed yet"))
    each = [Words(f"{platform_name(one.platform).zh}：{one.redemptions} 单，{one.paid}",
                  f"{platform_name(one.platform).en}: {one.redemptions}, {one.paid}")
            for one in found.platforms]
    whole = Words(f"一共 {found.redemptions} 单，{found.paid}",
                  f"Together {found.redemptions}, {found.paid}")
    undone = Words(f"撤销 {found.undone} 单", f"Undone: {found.undone}") if found.undone else None
    last = [Words(f"{clock_time(view.completed_at)} {showing.short(view.ticket)} "
                  f"{gave(view.result).zh}",
                  f"{clock_time(view.completed_at)} {showing.short(view.ticket)} "
                  f"{gave(view.result).en}")
            for view in found.newest if view.completed_at and view.result]
    return lines(head, whole, *each, undone, *last)
