"""What a choice gives and what a button does, in the desk's words."""

from __future__ import annotations

from core.services.inspection import Choice
from core.services.redemption_view import Reversal
from core.services.staff_words import Words, day_and_time
from core.vouchers.redemption import ResultType
from kiosk.desk.words import say

REASONS = (Words("核错人了", "Wrong person"), Words("选错用法", "Wrong choice"),
           Words("会员改主意", "The member changed their mind"))
"""Why people undo, most of the time."""
REJECTIONS = (Words("要本人来", "The buyer has to come"), Words("手机号对不上", "Phone differs"),
              Words("先去前台看看", "Please come to the desk"))

_STATUS_CHIPS = {"unused": "unused", "redeemed": "redeemed", "partly_redeemed": "partial"}


def choice_title(choice: Choice) -> str:
    """`续上现在的月卡`"""
    name = choice.product_name
    if choice.result_type is ResultType.CARD_RENEWED:
        return say("续上现在的卡：{name}", "Renew the present card: {name}", name=name)
    if choice.result_type is ResultType.CARD_OPENED:
        return say("办一张新的{name}", "Open a new card: {name}", name=name)
    if choice.result_type is ResultType.COURSE_BOUGHT:
        return say("记到课程里：{name}", "Add to the courses: {name}", name=name)
    at = day_and_time(choice.starts_at) if choice.starts_at else ""
    return f"{at} {choice.session_title}"


def choice_gives(choice: Choice) -> str:
    """`2026-11-24 变成 2026-12-24`"""
    if choice.why_not == "class_full":
        return say("满了", "Full")
    if choice.result_type is ResultType.CARD_RENEWED:
        return say("{before} 变成 {after}", "{before} becomes {after}", before=choice.before,
                   after=choice.after)
    if choice.result_type is ResultType.CARD_OPENED:
        return say("今天到 {after}，{days} 天", "today to {after}, {days} days",
                   after=choice.after, days=choice.days)
    if choice.result_type is ResultType.COURSE_BOUGHT:
        until = say("，到 {after}", ", to {after}", after=choice.after) if choice.after else ""
        return say("{n} 次", "{n} uses", n=choice.uses) + until
    coach = f"{choice.coach}，" if choice.coach else ""
    return coach + say("占 1 个位，还剩 {n} 个", "one seat, {n} left", n=choice.seats_left)


def button(choice: Choice | None) -> str:
    """The confirming button says what it does."""
    if choice is None:
        return say("核销", "Redeem")
    return {
        ResultType.CARD_OPENED: say("核销并开卡", "Redeem and open the card"),
        ResultType.CARD_RENEWED: say("核销并续卡", "Redeem and renew"),
        ResultType.COURSE_BOUGHT: say("核销并记课", "Redeem and add the lessons"),
        ResultType.CLASS_BOOKED: say("核销并约课", "Redeem and book"),
    }[choice.result_type]


def reversed_thing(change: Reversal, platform: str) -> str:
    """The first column of an undo's table."""
    return {
        "voucher": say("{p}的券", "Voucher at {p}", p=platform),
        "card_ends_on": say("会员的卡，到期日", "The card ends on"),
        "card": say("会员的卡", "The card"), "course": say("会员的课包", "The course package"),
        "seat": say("课上的座位", "The seat in the class"),
        "voucher_uses_left": say("{p}的券，剩下的次数", "Uses left at {p}", p=platform),
        "course_uses": say("会员课包的次数", "Lessons of the course package"),
    }.get(change.what, change.what)


def condition(word: str) -> str:
    """What something is before or after an undo."""
    return {
        "unused": say("未核销", "unused"), "redeemed": say("已核销", "redeemed"),
        "partly_redeemed": say("部分核销", "partly redeemed"), "active": say("在用", "in use"),
        "cancelled": say("作废", "cancelled"), "booked": say("已约", "booked"),
        "released": say("放出来", "released"),
    }.get(word, word)


def condition_chip(word: str) -> str:
    """The chip of a voucher's condition; empty for what is no voucher."""
    return _STATUS_CHIPS.get(word, "")
